//go:build !(linux && amd64)

package simd

// Tiles says whether matrix instructions on tiles of bfloat16 (AMX) may be used.
func Tiles() bool { return false }
