package tiles

import (
	"unsafe"

	"hillock/internal/gemm"
)

// lanes is how many numbers are split together; there must be as many.
const lanes = 16

// Halves are numbers as high and low halves. The zero value is empty and grows as
// needed.
type Halves struct {
	data []uint16 // the high ones, then the low ones
	n    int
}

func (h *Halves) resize(n int) (high, low []uint16) {
	if cap(h.data) < 2*n {
		h.data = make([]uint16, 2*n)
	}
	h.data, h.n = h.data[:2*n], n
	return h.data[:n], h.data[n:]
}

// whole calls split for whole vectors of n numbers, and for the last n numbers again
// where some are left.
func whole(n int, split func(at, vectors int)) {
	if n >= lanes {
		split(0, n/lanes)
	}
	if n%lanes > 0 {
		split(n-lanes, 1)
	}
}

// Split takes numbers in their order, at least 16.
func (h *Halves) Split(x []float32) {
	high, low := h.resize(len(x))
	whole(len(x), func(at, vectors int) { halves(&high[at], &low[at], &x[at], vectors) })
}

// SplitRows takes a matrix of an even number of rows, of at least 16 numbers each,
// with the numbers of two rows side by side: element (i, j) is number
// (i/2)·2·cols + 2·j + i%2.
func (h *Halves) SplitRows(x []float32, cols int) {
	high, low := h.resize(len(x))
	for at := 0; at < len(x); at += 2 * cols {
		first, second := x[at:][:cols], x[at+cols:][:cols]
		high, low := high[at:][:2*cols], low[at:][:2*cols]
		whole(cols, func(j, vectors int) { pairs(&high[2*j], &low[2*j], &first[j], &second[j], vectors) })
	}
}

// SplitColumns takes the transposed of matrices of an even number of columns, one
// after the other, with the numbers of two columns side by side: element (i, j) is
// number (j/2)·2·rows + 2·i + j%2 of its matrix.
func (h *Halves) SplitColumns(k gemm.Kernel, x []float32, rows, cols int, scratch *Halves) {
	scratch.Split(x)
	high, low := h.resize(len(x))
	words := func(x []uint16) []float32 {
		return unsafe.Slice((*float32)(unsafe.Pointer(&x[0])), rows*cols/2)
	}
	for at := 0; at < len(x); at += rows * cols {
		k.Transpose(words(high[at:]), words(scratch.data[at:]), rows, cols/2)
		k.Transpose(words(low[at:]), words(scratch.data[scratch.n+at:]), rows, cols/2)
	}
}
