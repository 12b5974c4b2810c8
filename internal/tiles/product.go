package tiles

import "fmt"

// Left is the left operand of a product: rows of numbers, as Split has them.
type Left struct {
	Halves *Halves
	At     int   // where the rows begin
	Row    int   // numbers from a row to the next
	From   []int // for every step, where its numbers begin in a row
}

// Right is the right operand: rows of pairs, as SplitRows and SplitColumns lay them
// out, of a number of columns each.
type Right struct {
	Halves *Halves
	Pairs  int   // columns in a row of pairs
	From   []int // for every step, the pair that its first row begins with
}

// Worker multiplies. Several goroutines need one each.
type Worker struct {
	job     job
	offsets []int // of both operands
	depth   int   // that the configuration is for
}

// Step is how many of A's columns a step takes, if there are as many, or half of it.
const Step = 32

// tile is the side of a tile of numbers.
const tile = 16

// fits says whether a product of m×n with steps of depth can be computed.
func fits(m, n, depth int) bool {
	return m%tile == 0 && n%tile == 0 && (depth == Step || depth == Step/2)
}

// Multiply sets c, m rows of n numbers that lie row apart, to the product of a and b,
// or with add adds it. Every step adds the product of depth columns of a and as many
// rows of b.
func (w *Worker) Multiply(c []float32, row int, a Left, b Right, m, n, depth int, add bool) {
	if !fits(m, n, depth) || len(a.From) != len(b.From) {
		panic(fmt.Sprintf("tiles: %d×%d in %d and %d steps of %d", m, n, len(a.From), len(b.From), depth)) // the caller's mistake
	}
	j := &w.job
	if w.depth != depth {
		w.depth = depth
		j.config = configuration(depth)
	}
	w.offsets = w.offsets[:0]
	for _, from := range a.From {
		w.offsets = append(w.offsets, 2*from)
	}
	for _, from := range b.From {
		w.offsets = append(w.offsets, 4*from)
	}
	j.steps = len(b.From)
	j.aOff, j.bOff = &w.offsets[0], &w.offsets[j.steps]
	j.aLow, j.aRow = 2*a.Halves.n, 2*a.Row
	j.bLow, j.bRow, j.cRow = 2*b.Halves.n, 4*b.Pairs, 4*row
	for across := 0; across < n; across += 2 * tile {
		for down := 0; down < m; down += 2 * tile {
			j.a, j.b, j.c = &a.Halves.data[a.At+down*a.Row], &b.Halves.data[2*across], &c[down*row+across]
			j.flags = 0
			if add {
				j.flags |= flagAdd
			}
			if across+tile < n {
				j.flags |= flagWide
			}
			if down+tile < m {
				j.flags |= flagTall
			}
			product(j)
		}
	}
}

// job is what the kernel does: up to two by two tiles of C. Distances are in bytes.
type job struct {
	steps      int
	a, b       *uint16
	aOff, bOff *int // of every step
	aLow, aRow int
	bLow, bRow int
	c          *float32
	cRow       int
	flags      int
	config     [64]byte
}

const (
	flagAdd  = 1 << iota // to what C holds
	flagWide             // two tiles side by side
	flagTall             // two tiles one above the other
)

// configuration is that of the tile registers: four of C, two of A, two of B.
func configuration(depth int) (c [64]byte) {
	const bytesOf, rowsOf = 16, 48 // where the table has them, two bytes and one a register
	c[0] = 1
	for i := range 8 {
		c[bytesOf+2*i], c[rowsOf+i] = 4*tile, tile
	}
	for i := 4; i < 6; i++ {
		c[bytesOf+2*i] = byte(2 * depth)
	}
	for i := 6; i < 8; i++ {
		c[rowsOf+i] = byte(depth / 2)
	}
	return c
}
