package vec

import "hillock/internal/simd"

func vectorTable(level simd.Level) (table, bool) {
	switch level {
	case simd.AVX512:
		return table{
			lanes: 16,
			add:   addAVX512, mul: mulAVX512, reluGrad: reluGradAVX512, tanhGrad: tanhGradAVX512,
			sigmoidGrad: sigmoidGradAVX512, maxPairsGrad: maxPairsGradAVX512,
			maxPairs: maxPairsAVX512, repeatPairs: repeatPairsAVX512, addPairs: addPairsAVX512,
			exp: expAVX512, sigmoid: sigmoidAVX512, tanh: tanhAVX512,
			scaleShift: scaleShiftAVX512, shiftReLU: shiftReLUAVX512, axpy: axpyAVX512, combine: combineAVX512,
			sum: sumAVX512, dot: dotAVX512, squares: squaresAVX512, adam: adamAVX512,
		}, true
	case simd.AVX2:
		return table{
			lanes: 8,
			add:   addAVX2, mul: mulAVX2, reluGrad: reluGradAVX2, tanhGrad: tanhGradAVX2,
			sigmoidGrad: sigmoidGradAVX2, maxPairsGrad: maxPairsGradAVX2,
			maxPairs: maxPairsAVX2, repeatPairs: repeatPairsAVX2, addPairs: addPairsAVX2,
			exp: expAVX2, sigmoid: sigmoidAVX2, tanh: tanhAVX2,
			scaleShift: scaleShiftAVX2, shiftReLU: shiftReLUAVX2, axpy: axpyAVX2, combine: combineAVX2,
			sum: sumAVX2, dot: dotAVX2, squares: squaresAVX2, adam: adamAVX2,
		}, true
	}
	return table{}, false
}
