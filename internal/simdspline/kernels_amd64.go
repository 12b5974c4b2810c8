package simdspline

import "hillock/internal/simd"

func kernelsOf(level simd.Level) kernels {
	switch level {
	case simd.AVX2:
		return kernels{lanes: 4, forward: forwardAVX2, inverse: inverseAVX2, backward: backwardAVX2}
	case simd.AVX512:
		return kernels{lanes: 8, forward: forwardAVX512, inverse: inverseAVX512, backward: backwardAVX512}
	}
	return kernels{}
}
