package vec

import "hillock/internal/simd"

func vectorTable(level simd.Level) (table, bool) {
	if level != simd.NEON {
		return table{}, false
	}
	return table{
		lanes: 4,
		add:   addNEON, mul: mulNEON, reluGrad: reluGradNEON, tanhGrad: tanhGradNEON,
		sigmoidGrad: sigmoidGradNEON, maxPairsGrad: maxPairsGradNEON,
		maxPairs: maxPairsNEON, repeatPairs: repeatPairsNEON, addPairs: addPairsNEON,
		exp: expNEON, sigmoid: sigmoidNEON, tanh: tanhNEON,
		scaleShift: scaleShiftNEON, shiftReLU: shiftReLUNEON, axpy: axpyNEON, combine: combineNEON,
		sum: sumNEON, dot: dotNEON, squares: squaresNEON, adam: adamNEON,
	}, true
}
