package nn

import "hillock/internal/tiles"

// tileHand is what a goroutine needs to convolve by tiles.
type tileHand struct {
	tiles.Worker
	left, right, scratch tiles.Halves
	from                 tileSteps
}

// tileSteps are the places of both operands' parts in every step of a product.
type tileSteps struct{ left, right []int }

func (s *tileSteps) add(left, right int) {
	s.left, s.right = append(s.left, left), append(s.right, right)
}

func (s *tileSteps) clear() { s.left, s.right = s.left[:0], s.right[:0] }

// tiledConvolution is what a convolution by tiles keeps: its kernels, and for the
// gradient of the input those turned.
type tiledConvolution struct{ forward, back tiledKernels }

// tiledKernels are kernels as (outer, kernel, inner), with the steps over taps and
// inner channels of rows of a width.
type tiledKernels struct {
	halves                    tiles.Halves
	order                     []float32
	from                      tileSteps
	outer, inner, taps, width int
}

// tileDepth is how deep steps over n channels or points are, or 0 where there can
// be none.
func tileDepth(n int) int {
	for _, depth := range []int{tiles.Step, tiles.Step / 2} {
		if n%depth == 0 {
			return depth
		}
	}
	return 0
}

// tiled says whether a convolution is computed by tiles: where they fit, and its
// sums are long enough to be worth it.
func (t *Tape) tiled(c *convolution) bool {
	const worth = 128
	return t.tiles != nil && c.stride == 1 && tileDepth(c.in) > 0 && tileDepth(c.out) > 0 && tileDepth(c.result) > 0 && tileDepth(c.length) > 0 &&
		min(c.in, c.out)*c.kernel >= worth
}

// prepare takes kernels of (outer, inner, kernel), or with turned of (inner, outer,
// kernel) from the last tap on, for rows of a width.
func (k *tiledKernels) prepare(data []float32, outer, inner int, c *convolution, width int, turned bool) {
	k.outer, k.inner, k.taps, k.width = outer, inner, c.kernel, width
	k.order = grow(k.order, len(data))
	for o := range outer {
		for i := range inner {
			from := o*inner + i
			if turned {
				from = i*outer + o
			}
			for tap, w := range data[from*c.kernel:][:c.kernel] {
				if turned {
					tap = c.kernel - 1 - tap
				}
				k.order[(o*c.kernel+tap)*inner+i] = w
			}
		}
	}
	k.halves.Split(k.order)
	k.from.clear()
	for tap := range c.kernel {
		for i := 0; i < inner; i += tileDepth(inner) {
			k.from.add(tap*inner+i, i/2*width+tap*c.dilation)
		}
	}
}

// convolve sets y, of (outer, columns), or with add adds to it, the convolution of x,
// of (inner, width), with kernels.
func (h *tileHand) convolve(y []float32, k *tiledKernels, x []float32, columns int, add bool) {
	h.right.SplitRows(x, k.width)
	h.Multiply(y, columns, tiles.Left{Halves: &k.halves, Row: k.taps * k.inner, From: k.from.left},
		tiles.Right{Halves: &h.right, Pairs: k.width, From: k.from.right}, k.outer, columns, tileDepth(k.inner), add)
}

// weights computes the part of samples first … last−1 of the weights' gradient, as
// (in, kernel, out).
func (h *tileHand) weights(t *Tape, n *node, weights []float32, first, last int) {
	c := n.conv
	x, dy := c.in*c.padded(), c.out*c.result
	depth := tileDepth(c.result)
	// Several samples make a product deep; what they are split into stays in the
	// second cache.
	group := max(1, 100_000/(x+dy))
	for from := first; from < last; from += group {
		to := min(from+group, last)
		h.left.Split(n.samples(from, to))
		h.right.SplitColumns(t.kernel, n.out.Grad[from*dy:to*dy], c.out, c.result, &h.scratch)
		h.from.clear()
		for b := range to - from {
			for l := 0; l < c.result; l += depth {
				h.from.add(b*x+l, (b*c.result+l)/2*c.out)
			}
		}
		for tap := range c.kernel {
			h.Multiply(weights[tap*c.out:], c.kernel*c.out, tiles.Left{Halves: &h.left, At: tap * c.dilation, Row: c.padded(), From: h.from.left},
				tiles.Right{Halves: &h.right, Pairs: c.out, From: h.from.right}, c.in, c.out, depth, from > first)
		}
	}
}
