//go:build !amd64 && !arm64

package gemm

import "hillock/internal/simd"

func vectorKernel(simd.Level) (kernel, bool) { return kernel{}, false }
