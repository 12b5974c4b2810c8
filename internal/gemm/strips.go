package gemm

import (
	"unsafe"

	"hillock/internal/simd"
)

// Operand is a matrix seen through strides: element (i, j) is
// Data[i*Row + j*Col].
type Operand struct {
	Data     []float32
	Row, Col int
}

// RowMajor is the operand whose rows of n elements follow one another.
func RowMajor(data []float32, n int) Operand { return Operand{Data: data, Row: n, Col: 1} }

// T is the transposed operand; it shares the data.
func (o Operand) T() Operand { return Operand{Data: o.Data, Row: o.Col, Col: o.Row} }

// from is the operand that begins at element (i, j).
func (o Operand) from(i, j int) Operand {
	return Operand{Data: o.Data[i*o.Row+j*o.Col:], Row: o.Row, Col: o.Col}
}

const floatSize = int(unsafe.Sizeof(float32(0)))

// Kernel multiplies without packing anything: B's rows may lie anywhere, so that
// a convolution needs no copy of its input. A Kernel may be shared by goroutines.
type Kernel struct{ kernel }

// NewKernel gives the kernel of a level of instructions.
func NewKernel(level simd.Level) Kernel { return Kernel{choose(level)} }

// Offset is the distance between neighbouring elements, in the unit of the row
// offsets that Strips takes.
const Offset = floatSize

// Strips computes an m×n block of C = A·B (C += A·B with add). Row s of B begins
// rows[s] bytes after b's first element and holds at least n elements from there.
// C's rows are contiguous.
func (k Kernel) Strips(c, a Operand, b []float32, rows []int, m, n, depth int, add bool) {
	k.strips(c, a, b, rows, m, n, depth, add)
}

// strips is Strips.
func (k kernel) strips(c Operand, a Operand, b []float32, rows []int, m, n, depth int, add bool) {
	if m == 0 || n == 0 {
		return
	}
	if depth == 0 {
		if !add {
			for i := range m {
				clear(c.Data[i*c.Row : i*c.Row+n])
			}
		}
		return
	}
	if k.tiles == nil {
		plainStrips(c, a, b, rows, m, n, depth, add)
		return
	}
	// Tiles of even height: 13 rows are 7 and 6, not 12 and a slow 1.
	tilesDown := (m + k.rows - 1) / k.rows
	rowsEach := (m + tilesDown - 1) / tilesDown
	// Several strips at a time where A's rows stay in the first cache meanwhile.
	const short = 256
	width := k.cols
	if depth <= short {
		width = n
	}
	for j := 0; j < n; j += width {
		for i := 0; i < m; i += rowsEach {
			k.one(c.from(i, j), a.from(i, 0), b[j:], rows, min(rowsEach, m-i), min(width, n-j), depth, add, false)
		}
	}
}

// one computes a tile of m×n, or several side by side. packed says that A's columns
// are contiguous and follow one another.
func (k kernel) one(c, a Operand, b []float32, rows []int, m, n, depth int, add, packed bool) {
	if k.tiles == nil {
		plainStrips(c, a, b, rows, m, n, depth, add)
		return
	}
	var accumulate uint32
	if add {
		accumulate = 1
	}
	if packed && n == k.cols {
		k.packed[m](depth, &a.Data[0], a.Row*floatSize, a.Col*floatSize, &b[0], &rows[0], &c.Data[0], c.Row*floatSize, bits(n), accumulate)
		return
	}
	count := (n + k.cols - 1) / k.cols
	k.tiles[m](depth, &a.Data[0], a.Row*floatSize, a.Col*floatSize, &b[0], &rows[0], &c.Data[0], c.Row*floatSize, bits(n-(count-1)*k.cols), accumulate, count)
}

// plainStrips is strips without vector instructions.
func plainStrips(c Operand, a Operand, b []float32, rows []int, m, n, depth int, add bool) {
	for i := range m {
		out := c.Data[i*c.Row:][:n]
		if !add {
			clear(out)
		}
		for s := range depth {
			x := a.Data[i*a.Row+s*a.Col]
			from := rows[s] / floatSize
			for j, y := range b[from:][:n] {
				out[j] += x * y
			}
		}
	}
}
