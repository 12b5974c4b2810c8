package gemm

import "hillock/internal/simd"

func vectorKernel(level simd.Level) (kernel, bool) {
	switch level {
	case simd.AVX512:
		return kernel{rows: 12, cols: 32, tiles: []strips{nil,
			tile512x1, tile512x2, tile512x3, tile512x4, tile512x5, tile512x6,
			tile512x7, tile512x8, tile512x9, tile512x10, tile512x11, tile512x12},
			packed: []tile{nil,
				packed512x1, packed512x2, packed512x3, packed512x4, packed512x5, packed512x6,
				packed512x7, packed512x8, packed512x9, packed512x10, packed512x11, packed512x12},
			copyRows: copyRows512, side: 16, turn: turn512, turnsParts: true}, true
	case simd.AVX2:
		return kernel{rows: 6, cols: 16, tiles: []strips{nil,
			tile256x1, tile256x2, tile256x3, tile256x4, tile256x5, tile256x6},
			side: 8, turn: turn256}, true
	}
	return kernel{}, false
}
