package simdadex

import "hillock/internal/simd"

var neon = kernels{stepNEON, stepHoldNEON, scatterNEON, scatterNEON}

func kernelsOf(l simd.Level) *kernels {
	if l == simd.NEON {
		return &neon
	}
	return nil
}
