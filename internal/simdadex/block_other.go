//go:build !amd64 && !arm64

package simdadex

import "hillock/internal/simd"

func kernelsOf(simd.Level) *kernels { return nil }
