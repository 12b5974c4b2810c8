//go:build !amd64 && !arm64

package simdspline

import "hillock/internal/simd"

func kernelsOf(simd.Level) kernels { return kernels{} }
