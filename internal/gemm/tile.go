package gemm

import "hillock/internal/simd"

// tile computes a few rows of a strip of columns of C = A·B, or C += A·B when
// add is 1. Element (r, s) of A lies at a + r·aRow + s·aStep, row s of B begins
// at b + bOff[s], row r of C at c + r·cRow; all distances in bytes. The bits of
// mask say which columns exist.
type tile func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32)

// strips is some tiles side by side; mask is about the last.
type strips func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32, strips int)

// kernel is a family of tiles.
type kernel struct {
	rows, cols int
	tiles      []strips // by the number of rows; nil without vector instructions
	packed     []tile   // for a packed A and all columns; nil if A is read as it lies

	// How operands are packed; nil if in plain Go.
	copyRows func(dst, src *float32, srcRow, dstRow, rows int, from, to uint32)
	side     int // of the squares that turn transposes
	turn     func(dst, src *float32, srcRow, dstRow, lanes, blocks int, to uint32)
	// turnsParts says that turn heeds its mask; else it writes whole squares.
	turnsParts bool
}

// choose gives the kernel of a level.
func choose(level simd.Level) kernel {
	if k, ok := vectorKernel(level); ok {
		return k
	}
	return kernel{rows: 4, cols: 16}
}
