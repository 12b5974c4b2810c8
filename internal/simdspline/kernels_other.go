//go:build !amd64

package simdspline

import "hillock/internal/simd"

func kernelsOf(simd.Level) kernels { return kernels{} }
