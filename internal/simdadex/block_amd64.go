package simdadex

import "hillock/internal/simd"

var (
	avx2   = kernels{stepAVX2, stepHoldAVX2, scatterAVX2, scatterPastAVX2}
	avx512 = kernels{stepAVX512, stepHoldAVX512, scatterAVX512, scatterPastAVX512}
)

func kernelsOf(l simd.Level) *kernels {
	switch l {
	case simd.AVX2:
		return &avx2
	case simd.AVX512:
		return &avx512
	}
	return nil
}
