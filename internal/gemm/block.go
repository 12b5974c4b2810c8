package gemm

const (
	depthBlock  = 256     // rows of B in a block: a strip of it stays in the first cache
	columnBlock = 256     // columns of B in a block: it stays in the second cache
	rowBlock    = 132     // rows of A in a block, which stays there beside B's
	many        = 1 << 20 // elements of A or B that are packed at a time
	deep        = 2048    // elements of A's rows that are read on end when A is not packed
)

// block is a product whose operands are packed first: B in strips of columns, A
// in panels of rows, each as the tiles read it. Both are then read in order, and
// no two of their lines share a place in the cache.
type block struct {
	c, a, b   Operand
	m, n, k   int
	add       bool
	strips    int  // of B
	panel     int  // rows in a panel of A
	group     int  // rows of A in an item of work
	packsA    bool // A is worth packing
	packedA   []float32
	packedB   []float32
	fromStrip []int // where the rows of a packed strip begin, in bytes
}

// blocks multiplies parts of the operands that fit the budget, one after the
// other.
func (w *Workspace) blocks(c, a, b Operand, m, n, k int, add bool, goroutines int) {
	cols, budget := w.kern.cols, w.budget
	if budget == 0 {
		budget = many
	}
	depth := min(k, max(depthBlock, budget/((min(n, columnBlock)+cols-1)/cols*cols)/depthBlock*depthBlock))
	width := min(n, max(columnBlock, budget/depth/columnBlock*columnBlock))
	height := min(m, max(rowBlock, budget/depth/rowBlock*rowBlock))
	if len(w.block.fromStrip) == 0 {
		w.block.fromStrip = make([]int, depthBlock)
		for s := range w.block.fromStrip {
			w.block.fromStrip[s] = s * cols * floatSize
		}
	}
	for j := 0; j < n; j += width {
		for s := 0; s < k; s += depth {
			for i := 0; i < m; i += height {
				p := &w.block
				p.c, p.a, p.b = c.from(i, j), a.from(i, s), b.from(s, j)
				p.m, p.n, p.k, p.add = min(height, m-i), min(width, n-j), min(depth, k-s), add || s > 0
				w.multiplyBlock(i == 0, goroutines)
			}
		}
	}
}

// multiplyBlock multiplies the part in w.block; B is packed already unless
// fresh.
func (w *Workspace) multiplyBlock(fresh bool, goroutines int) {
	p := &w.block
	p.strips = (p.n + w.kern.cols - 1) / w.kern.cols
	// Panels of even height: 13 rows are 7 and 6, not 12 and a slow 1.
	down := (p.m + w.kern.rows - 1) / w.kern.rows
	p.panel = (p.m + down - 1) / down
	p.packsA = w.kern.packed != nil && p.strips > 2
	p.group = rowBlock / p.panel * p.panel
	// Enough items for the goroutines to share evenly.
	across := (p.n + columnBlock - 1) / columnBlock
	for goroutines > 1 && p.group > p.panel && (p.m+p.group-1)/p.group*across < 4*goroutines {
		p.group -= p.panel
	}
	groups := (p.m + p.group - 1) / p.group
	if fresh {
		p.packedB = grow(p.packedB, p.strips*w.kern.cols*p.k)
		w.share(goroutines, across, packColumns)
	}
	if p.packsA {
		p.packedA = grow(p.packedA, p.m*p.k)
		w.share(goroutines, groups, packGroup)
	}
	w.share(goroutines, groups*across, multiplyItem)
}

// packColumns packs a block of B's columns, strip by strip, depth block after
// depth block. Where the rows lie on end, it goes a few rows at a time, so that
// memory is read in long pieces.
func packColumns(w *Workspace, item int) {
	p, cols := &w.block, w.kern.cols
	left := item * columnBlock
	right := min(left+columnBlock, p.n)
	piece := depthBlock
	if p.b.Col == 1 {
		piece = 8
	}
	for s := 0; s < p.k; s += depthBlock {
		depth := min(depthBlock, p.k-s)
		for d := 0; d < depth; d += piece {
			rows := min(piece, depth-d)
			for j := left; j < right; j += cols {
				to := p.packedB[s*p.strips*cols+j*depth+d*cols:][:rows*cols]
				w.kern.pack(to, cols, p.b.from(s+d, j).T(), min(cols, p.n-j), cols, rows)
			}
		}
	}
}

// packGroup packs the panels of group g of A's rows.
func packGroup(w *Workspace, g int) {
	p := &w.block
	for s := 0; s < p.k; s += depthBlock {
		depth := min(depthBlock, p.k-s)
		for i := g * p.group; i < min((g+1)*p.group, p.m); i += p.panel {
			rows := min(p.panel, p.m-i)
			w.kern.pack(p.packedA[s*p.m+i*depth:][:rows*depth], rows, p.a.from(i, s), rows, rows, depth)
		}
	}
}

// multiplyItem multiplies a group of A's rows with a block of B's columns.
func multiplyItem(w *Workspace, item int) {
	p := &w.block
	across := (p.n + columnBlock - 1) / columnBlock
	first, left := item/across*p.group, item%across*columnBlock
	last, right := min(first+p.group, p.m), min(left+columnBlock, p.n)
	if !p.packsA {
		for from := 0; from < p.k; from += deep {
			for i := first; i < last; i += p.panel {
				for s := from; s < min(from+deep, p.k); s += depthBlock {
					for j := left; j < right; j += w.kern.cols {
						w.tile(i, min(p.panel, last-i), j, s)
					}
				}
			}
		}
		return
	}
	for s := 0; s < p.k; s += depthBlock {
		for j := left; j < right; j += w.kern.cols {
			for i := first; i < last; i += p.panel {
				w.tile(i, min(p.panel, last-i), j, s)
			}
		}
	}
}

// tile multiplies a panel, rows i … i+rows−1 of A, with the strip from column j,
// in the depth block from s.
func (w *Workspace) tile(i, rows, j, s int) {
	p, cols := &w.block, w.kern.cols
	depth := min(depthBlock, p.k-s)
	strip := p.packedB[s*p.strips*cols+j*depth:][:depth*cols]
	a := p.a.from(i, s)
	if p.packsA {
		a = Operand{Data: p.packedA[s*p.m+i*depth:], Row: 1, Col: rows}
	}
	w.kern.one(p.c.from(i, j), a, strip, p.fromStrip, rows, min(cols, p.n-j), depth, p.add || s > 0, p.packsA)
}
