package simdchip

import "hillock/internal/simd"

func kernelOf(l simd.Level) kernel {
	if l == simd.NEON {
		return stepNEON
	}
	return nil
}
