package gemm

import (
	"sync"
	"sync/atomic"

	"hillock/internal/simd"
)

const (
	parallel = 3e6  // multiply-adds below which one goroutine is faster than two
	direct   = 8192 // elements of B that lie in the first cache even unpacked
	narrow   = 64   // rows of A up to which a transposed B is not worth packing
)

// Workspace keeps what products need between calls, so that they allocate
// nothing in the steady state. The zero value is ready to use, with the
// machine's best instructions. It must not be used by two goroutines at once.
type Workspace struct {
	kern   kernel
	chosen bool
	budget int // elements of A or B that are packed at a time; 0 means many
	turned []float32
	rows   []int
	block  block

	// What the goroutines of a product share.
	do     func(w *Workspace, item int)
	items  int
	next   atomic.Int64
	wait   sync.WaitGroup
	helper func()
}

// NewWorkspace makes a workspace for a level of instructions.
func NewWorkspace(level simd.Level) *Workspace {
	return &Workspace{kern: choose(level), chosen: true}
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
	if !w.chosen {
		w.kern, w.chosen = choose(simd.Best()), true
	}
	if m == 0 || n == 0 {
		return
	}
	switch {
	case k == 0 || b.Col == 1 && (k*n <= direct || m <= w.kern.rows):
		w.rows = grow(w.rows, k)
		for s := range w.rows {
			w.rows[s] = s * b.Row * floatSize
		}
		w.kern.strips(c, a, b.Data, w.rows, m, n, k, add)
	case b.Col != 1 && b.Row == 1 && m <= narrow && n >= 4*m:
		w.turn(c, a, b, m, n, k, add, goroutines)
	default:
		if m*n*k < parallel {
			goroutines = 1
		}
		w.blocks(c, a, b, m, n, k, add, goroutines)
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

// share runs do for every item on some goroutines. It allocates nothing once
// the workspace has its helper.
func (w *Workspace) share(goroutines, items int, do func(w *Workspace, item int)) {
	if goroutines <= 1 || items <= 1 {
		for item := range items {
			do(w, item)
		}
		return
	}
	if w.helper == nil {
		w.helper = func() {
			w.work()
			w.wait.Done()
		}
	}
	w.do, w.items = do, items
	w.next.Store(0)
	helpers := min(goroutines, items) - 1
	w.wait.Add(helpers)
	for range helpers {
		go w.helper()
	}
	w.work()
	w.wait.Wait()
}

func (w *Workspace) work() {
	for {
		item := int(w.next.Add(1)) - 1
		if item >= w.items {
			return
		}
		w.do(w, item)
	}
}
