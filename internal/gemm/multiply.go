package gemm

import (
	"sync"
	"sync/atomic"

	"hillock/internal/simd"
)

const (
	depthBlock = 256  // rows of B in a block: a strip of it stays in the first cache
	widthBlock = 1024 // columns of B in a block: it stays in the second cache
	parallel   = 3e6  // multiply-adds below which one goroutine is faster than two
	direct     = 1e5  // multiply-adds below which packing costs more than it saves
	narrow     = 64   // rows of A up to which a transposed B is not worth packing
)

// Workspace keeps what products need between calls, so that they allocate
// nothing in the steady state. The zero value is ready to use, with the
// machine's best instructions. It must not be used by two goroutines at once.
type Workspace struct {
	packed []float32
	turned []float32
	rows   []int
	kern   kernel
	chosen bool
}

// NewWorkspace makes a workspace for a level of instructions.
func NewWorkspace(level simd.Level) *Workspace {
	return &Workspace{kern: choose(level), chosen: true}
}

func (w *Workspace) kernel() kernel {
	if !w.chosen {
		w.kern, w.chosen = choose(simd.Best()), true
	}
	return w.kern
}

// grow gives a slice of n elements, reusing s.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Multiply sets C = A·B, or adds A·B to C with add, for A of m×k and B of k×n.
// C's columns must be contiguous (Col is 1); A and B may be transposed views.
// goroutines bounds how many work on it; the result does not depend on it.
func (w *Workspace) Multiply(c, a, b Operand, m, n, k int, add bool, goroutines int) {
	kern := w.kernel()
	if k == 0 || b.Col == 1 && (m*n*k <= direct || m <= kern.rows) {
		w.rows = grow(w.rows, k)
		for s := range w.rows {
			w.rows[s] = s * b.Row * floatSize
		}
		kern.strips(c, a, b.Data, w.rows, m, n, k, add)
		return
	}
	if b.Col != 1 && b.Row == 1 && m <= narrow && n >= 4*m {
		w.turn(c, a, b, m, n, k, add, goroutines)
		return
	}
	if m*n*k < parallel {
		goroutines = 1
	}
	for j := 0; j < n; j += widthBlock {
		width := min(widthBlock, n-j)
		for s := 0; s < k; s += depthBlock {
			depth := min(depthBlock, k-s)
			w.block(kern, c.from(0, j), a.from(0, s), b.from(s, j), m, width, depth, add || s > 0, goroutines)
		}
	}
}

// turn computes the product of few rows with a transposed B as Cᵀ = Bᵀ·Aᵀ: B
// is then read once, as it lies.
func (w *Workspace) turn(c, a, b Operand, m, n, k int, add bool, goroutines int) {
	turned := grow(w.turned, m*n)
	w.turned = turned
	w.Multiply(RowMajor(turned, m), b.T(), a.T(), n, m, k, false, goroutines)
	for i := range m {
		row := c.Data[i*c.Row:][:n]
		if add {
			for j := range row {
				row[j] += turned[j*m+i]
			}
			continue
		}
		for j := range row {
			row[j] = turned[j*m+i]
		}
	}
}

// block handles one block of B: packs it in strips, then lets the goroutines
// take groups of rows of A.
func (w *Workspace) block(kern kernel, c, a, b Operand, m, n, depth int, add bool, goroutines int) {
	strips := (n + kern.cols - 1) / kern.cols
	w.packed = grow(w.packed, strips*kern.cols*depth)
	w.rows = grow(w.rows, depth)
	for s := range w.rows {
		w.rows[s] = s * kern.cols * floatSize
	}
	group := max(kern.rows, 96/kern.rows*kern.rows)
	if goroutines > 1 {
		// Enough groups for the goroutines to share evenly.
		for group > kern.rows && (m+group-1)/group < 4*goroutines {
			group -= kern.rows
		}
	}
	groups := (m + group - 1) / group
	if goroutines <= 1 || groups == 1 {
		for q := range strips {
			packStrip(w.packed, b, kern.cols, q, n, depth)
		}
		for g := range groups {
			w.group(kern, c, a, n, depth, g*group, min(group, m-g*group), add)
		}
		return
	}
	share(goroutines, strips, func(q int) { packStrip(w.packed, b, kern.cols, q, n, depth) })
	share(goroutines, groups, func(g int) {
		w.group(kern, c, a, n, depth, g*group, min(group, m-g*group), add)
	})
}

// group multiplies rows first … first+count of A with the packed block.
func (w *Workspace) group(kern kernel, c, a Operand, n, depth, first, count int, add bool) {
	for j := 0; j < n; j += kern.cols {
		strip := w.packed[j*depth : (j+kern.cols)*depth]
		kern.strips(c.from(first, j), a.from(first, 0), strip, w.rows, count, min(kern.cols, n-j), depth, add)
	}
}

// packStrip lays strip q of B out row after row; missing columns are zero.
func packStrip(packed []float32, b Operand, cols, q, n, depth int) {
	out := packed[q*cols*depth:][:cols*depth]
	width := min(cols, n-q*cols)
	if b.Col == 1 {
		for s := range depth {
			row := out[s*cols:][:cols]
			copy(row, b.Data[s*b.Row+q*cols:][:width])
			clear(row[width:])
		}
		return
	}
	if width < cols {
		clear(out)
	}
	for j := range width {
		from := b.Data[(q*cols+j)*b.Col:]
		for s := range depth {
			out[s*cols+j] = from[s*b.Row]
		}
	}
}

// share runs do for every item on some goroutines.
func share(goroutines, items int, do func(item int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	work := func() {
		for {
			item := int(next.Add(1)) - 1
			if item >= items {
				return
			}
			do(item)
		}
	}
	for range min(goroutines, items) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}
