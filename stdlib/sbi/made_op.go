package sbi

import (
	"strconv"
	"sync"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// madeOp computes a made's outputs and gradients in one go, rows in groups that
// stay in the cache. Its inputs are u, the context's part of the first hidden
// layer, then weight and bias of every layer.
type madeOp struct {
	m      *made
	hidden []float32 // units after tanh, layer after layer
	shift  []float32 // the context's part with the first bias
	masked [][]float32
	turned [][]float32 // masked weights, transposed
	hands  [2]*madeHand
}

// madeHand is what one of the goroutines needs.
type madeHand struct {
	kernel gemm.Kernel
	vec    *vec.Kernels
	rows   []int
	delta  [2][]float32 // gradient of a layer's units, of the group at hand
	sums   [][]float32  // gradients of weights and biases
	ones   []float32
}

// madeRows is the number of rows in a group.
const madeRows = 120

func (m *made) newOp() *madeOp {
	o := &madeOp{m: m, masked: make([][]float32, len(m.layers)), turned: make([][]float32, len(m.layers))}
	for i, l := range m.layers {
		o.masked[i] = make([]float32, l.Weight.Len())
		o.turned[i] = make([]float32, l.Weight.Len())
	}
	for i := range o.hands {
		h := &madeHand{kernel: gemm.NewKernel(simd.Best()), vec: vec.New(simd.Best())}
		for _, l := range m.layers {
			h.sums = append(h.sums, make([]float32, l.Weight.Len()), make([]float32, l.Bias.Len()))
		}
		o.hands[i] = h
	}
	return o
}

func (*madeOp) Name() string { return "masked autoencoder" }

func (o *madeOp) Shape(in []*nn.Tensor) ([]int, error) {
	u, context := in[0], in[1]
	if u.Rank() != 2 || u.Dim(1) != o.m.dim {
		return nil, nn.ShapeError(u, "(rows, "+strconv.Itoa(o.m.dim)+")")
	}
	if context.Rank() != 2 || context.Dim(1) != len(o.m.degrees) || u.Dim(0)%context.Dim(0) != 0 {
		return nil, nn.ShapeError(context, "a row of hidden units for every one or more rows of the parameters")
	}
	return []int{u.Dim(0), o.m.dim * o.m.outputs}, nil
}

// split runs work on halves of the groups, in two goroutines when there are
// enough. Which rows a hand gets depends on their number alone.
func (o *madeOp) split(rows int, work func(h *madeHand, lo, hi int)) {
	groups := (rows + madeRows - 1) / madeRows
	if groups < 4 {
		work(o.hands[0], 0, rows)
		return
	}
	middle := groups / 2 * madeRows
	var wait sync.WaitGroup
	wait.Go(func() { work(o.hands[1], middle, rows) })
	work(o.hands[0], 0, middle)
	wait.Wait()
}

// hands says how many take part.
func (o *madeOp) busy(rows int) []*madeHand {
	if (rows+madeRows-1)/madeRows < 4 {
		return o.hands[:1]
	}
	return o.hands[:]
}

// layer gives the units of hidden layer i for rows lo … hi−1.
func (o *madeOp) layer(i, lo, hi, rows int) []float32 {
	width := len(o.m.degrees)
	return o.hidden[(i*rows+lo)*width : (i*rows+hi)*width]
}

// madeStrip is how many columns are computed together.
const madeStrip = 32

// multiply sets or adds to c, of shape (m, n), the product of a, of shape (m, k)
// or its transposed, and b, of shape (k, n).
func (h *madeHand) multiply(c []float32, a gemm.Operand, b []float32, m, n, k int, add bool) {
	h.part(c, n, a, b, n, m, n, k, add)
}

// part is multiply of matrices whose rows lie cRow and bRow elements apart.
func (h *madeHand) part(c []float32, cRow int, a gemm.Operand, b []float32, bRow, m, n, k int, add bool) {
	if cap(h.rows) < k {
		h.rows = make([]int, k)
	}
	h.rows = h.rows[:k]
	for s := range h.rows {
		h.rows[s] = s * bRow * gemm.Offset
	}
	h.kernel.Strips(gemm.RowMajor(c, cRow), a, b, h.rows, m, n, k, add)
}

// sumRows adds the rows of x, of n elements each, to sum.
func (h *madeHand) sumRows(sum, x []float32, n int) {
	for len(h.ones) < len(x)/n {
		h.ones = append(h.ones, 1)
	}
	h.multiply(sum, gemm.RowMajor(h.ones, len(x)/n), x, 1, n, len(x)/n, true)
}

// seen is how many units a unit of the next layer sees: those of at most its
// degree.
func (m *made) seen(unit int) int {
	n := unit
	for n < len(m.degrees) && m.degrees[n] <= m.degrees[unit] {
		n++
	}
	return n
}

// seeing is the first unit of the next layer that sees a unit.
func (m *made) seeing(unit int) int {
	n := unit
	for n > 0 && m.degrees[n-1] >= m.degrees[unit] {
		n--
	}
	return n
}

func (o *madeOp) Forward(out []float32, in []*nn.Tensor) {
	u, context := in[0].Data, in[1].Data
	rows, width := in[0].Dim(0), len(o.m.degrees)
	times := rows / in[1].Dim(0)
	last := len(o.m.layers) - 1
	o.hidden = resize(o.hidden, last*rows*width)
	for i, l := range o.m.layers {
		weights := in[2+2*i]
		o.hands[0].vec.Mul(o.masked[i], weights.Data, l.mask.Data)
		features := weights.Dim(1)
		for r := range weights.Dim(0) {
			for c, w := range o.masked[i][r*features:][:features] {
				o.turned[i][c*weights.Dim(0)+r] = w
			}
		}
	}
	o.shift = resize(o.shift, len(context))
	for at := 0; at < len(context); at += width {
		o.hands[0].vec.Add(o.shift[at:at+width], context[at:at+width], in[3].Data)
	}
	o.split(rows, func(h *madeHand, from, to int) {
		for lo := from; lo < to; lo += madeRows {
			hi := min(lo+madeRows, to)
			for i := range o.m.layers {
				x, features := u[lo*o.m.dim:hi*o.m.dim], o.m.dim
				if i > 0 {
					x, features = o.layer(i-1, lo, hi, rows), width
				}
				bias := in[3+2*i].Data
				var y []float32
				if i < last {
					y = o.layer(i, lo, hi, rows)
				} else {
					y = out[lo*len(bias) : hi*len(bias)]
				}
				for r := range hi - lo {
					from := bias
					if i == 0 {
						from = o.shift[(lo+r)/times*width:][:width]
					}
					copy(y[r*len(bias):][:len(bias)], from)
				}
				if i == 0 || i == last {
					h.multiply(y, gemm.RowMajor(x, features), o.turned[i], hi-lo, len(bias), features, true)
				} else {
					for at := 0; at < width; at += madeStrip {
						end := min(at+madeStrip, width)
						h.part(y[at:], width, gemm.RowMajor(x, width), o.turned[i][at:], width, hi-lo, end-at, o.m.seen(end-1), true)
					}
				}
				if i < last {
					h.vec.Tanh(y, y)
				}
			}
		}
	})
}

func (o *madeOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	u := in[0].Data
	rows, width, dim := in[0].Dim(0), len(o.m.degrees), o.m.dim
	times := rows / in[1].Dim(0)
	last := len(o.m.layers) - 1
	busy := o.busy(rows)
	for _, h := range busy {
		for _, s := range h.sums {
			clear(s)
		}
	}
	// Rows of one context may lie in both halves.
	var seam []float32
	o.split(rows, func(h *madeHand, from, to int) {
		for lo := from; lo < to; lo += madeRows {
			hi := min(lo+madeRows, to)
			n := hi - lo
			delta := outGrad[lo*dim*o.m.outputs : hi*dim*o.m.outputs]
			for i := last; i >= 0; i-- {
				outputs := in[3+2*i].Len()
				x, features := u[lo*dim:hi*dim], dim
				if i > 0 {
					x, features = o.layer(i-1, lo, hi, rows), width
				}
				h.sumRows(h.sums[2*i+1], delta, outputs)
				if i == 0 || i == last {
					h.multiply(h.sums[2*i], gemm.RowMajor(delta, outputs).T(), x, outputs, features, n, true)
				} else {
					for at := 0; at < width; at += madeStrip {
						first := o.m.seeing(at)
						part := gemm.Operand{Data: delta[first:], Row: 1, Col: width}
						h.part(h.sums[2*i][first*width+at:], width, part, x[at:], width, width-first, min(madeStrip, width-at), n, true)
					}
				}
				if i == 0 {
					break
				}
				h.delta[i%2] = resize(h.delta[i%2], n*width)
				next := h.delta[i%2]
				if i == last {
					h.multiply(next, gemm.RowMajor(delta, outputs), o.masked[i], n, width, outputs, false)
				} else {
					for at := 0; at < width; at += madeStrip {
						first := o.m.seeing(at)
						h.part(next[at:], width, gemm.RowMajor(delta[first:], width), o.masked[i][first*width+at:], width, n, min(madeStrip, width-at), width-first, false)
					}
				}
				h.vec.TanhGrad(next, x, next)
				delta = next
			}
			if to := grads[0]; to != nil {
				h.multiply(to[lo*dim:hi*dim], gemm.RowMajor(delta, width), o.masked[0], n, dim, width, true)
			}
			if grads[1] != nil {
				target := grads[1]
				for r := lo; r < hi; {
					end := min(r/times*times+times, hi) // the rows of this context
					row := target[r/times*width:][:width]
					if h == o.hands[1] && r/times == (from-1)/times {
						// The other half writes there.
						if seam == nil {
							seam = make([]float32, width)
						}
						row = seam
					}
					h.sumRows(row, delta[(r-lo)*width:(end-lo)*width], width)
					r = end
				}
			}
		}
	})
	v := o.hands[0].vec
	if seam != nil {
		middle := (rows + madeRows - 1) / madeRows / 2 * madeRows
		row := grads[1][(middle-1)/times*width:][:width]
		v.Add(row, row, seam)
	}
	for i, l := range o.m.layers {
		for k := range 2 {
			to := grads[2+2*i+k]
			if to == nil {
				continue
			}
			sum := busy[0].sums[2*i+k]
			for _, h := range busy[1:] {
				v.Add(sum, sum, h.sums[2*i+k])
			}
			if k == 0 {
				v.Mul(sum, sum, l.mask.Data)
			}
			v.Add(to, to, sum)
		}
	}
}
