// Package gemm multiplies float32 matrices. It is the engine under linear and
// convolution layers: AVX-512 and AVX2 tiles chosen at run time, plain Go
// elsewhere, and the same bytes at any number of goroutines.
package gemm

//go:generate go run ./gen -out tile_amd64.s -stubs tile_amd64.go -pkg gemm
//go:generate go run ./gen/neon -out tile_arm64.s -stubs tile_arm64.go -pkg gemm
