//go:build !amd64 && !arm64

package simd

// detect gives the levels that the machine has, the plain one first.
func detect() []Level { return []Level{Plain} }
