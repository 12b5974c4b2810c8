package simdspline

import "hillock/internal/simd"

func kernelsOf(level simd.Level) kernels {
	if level != simd.NEON {
		return kernels{}
	}
	return kernels{lanes: 2, forward: forwardNEON, inverse: inverseNEON, backward: backwardNEON}
}
