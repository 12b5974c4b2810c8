package gemm

import (
	mathbits "math/bits"
	"unsafe"

	"hillock/internal/simd"
)

func vectorKernel(level simd.Level) (kernel, bool) {
	if level != simd.NEON {
		return kernel{}, false
	}
	k := kernel{rows: 6, cols: 16, tiles: []strips{nil}, side: 4, turn: turnNEON}
	for _, t := range [][5]unmasked{
		{tileNEON1x1, tileNEON1x2, tileNEON1x4, tileNEON1x8, tileNEON1x16},
		{tileNEON2x1, tileNEON2x2, tileNEON2x4, tileNEON2x8, tileNEON2x16},
		{tileNEON3x1, tileNEON3x2, tileNEON3x4, tileNEON3x8, tileNEON3x16},
		{tileNEON4x1, tileNEON4x2, tileNEON4x4, tileNEON4x8, tileNEON4x16},
		{tileNEON5x1, tileNEON5x2, tileNEON5x4, tileNEON5x8, tileNEON5x16},
		{tileNEON6x1, tileNEON6x2, tileNEON6x4, tileNEON6x8, tileNEON6x16},
	} {
		k.tiles = append(k.tiles, masked(t))
	}
	return k, true
}

// unmasked is strips of which all columns exist.
type unmasked func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, add uint32, strips int)

// masked makes strips of tiles that have 1, 2, 4, 8 and 16 columns: NEON has no masks.
func masked(tiles [5]unmasked) strips {
	return func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32, strips int) {
		columns := 16*(strips-1) + mathbits.OnesCount32(mask)
		for size, tile := len(tiles)-1, tiles[len(tiles)-1]; columns > 0; size, tile = size-1, tiles[max(0, size-1)] {
			n := columns >> size
			if n == 0 {
				continue
			}
			tile(k, a, aRow, aStep, b, bOff, c, cRow, add, n)
			if columns -= n << size; columns > 0 {
				b, c = beyond(b, n<<size), beyond(c, n<<size)
			}
		}
	}
}

// beyond is the element n after p's.
func beyond(p *float32, n int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(p), n*floatSize))
}
