// Package vec holds the element-wise float32 kernels under the layers of a
// network: arithmetic, activations and their gradients, reductions, pooling by
// pairs, and the optimiser's step; with AVX-512 or AVX2 where the machine has
// them, in plain Go elsewhere.
package vec

//go:generate go run ./gen -out kernels_amd64.s -stubs kernels_amd64.go -pkg vec
//go:generate go run ./gen/neon -out kernels_arm64.s -stubs kernels_arm64.go -pkg vec
