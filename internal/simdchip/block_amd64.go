package simdchip

import "hillock/internal/simd"

func kernelOf(l simd.Level) kernel {
	switch l {
	case simd.AVX2:
		return stepAVX2
	case simd.AVX512:
		return stepAVX512
	}
	return nil
}
