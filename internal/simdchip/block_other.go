//go:build !amd64 && !arm64

package simdchip

import "hillock/internal/simd"

func kernelOf(simd.Level) kernel { return nil }
