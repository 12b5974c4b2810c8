package sbi

import (
	"slices"
	"strconv"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// perceptron is the shape of a network of hidden layers of equal width with tanh
// after each, of whose first layer a context computes a part. With masks it is a
// made.
type perceptron struct {
	inputs, width, outputs int
	layers                 int          // hidden ones and the last
	masks                  []*nn.Tensor // of every layer's weights; nil without
	degrees                []int        // of the hidden units, in order; nil without masks
}

// perceptronOp computes a perceptron's outputs and gradients in one go, rows in
// groups that stay in the cache. Its inputs are u, the context's part of the first
// hidden layer, then weight and bias of every layer. There may be several rows of
// u to a row of context.
type perceptronOp struct {
	perceptron
	kernel gemm.Kernel
	vec    *vec.Kernels
	hidden []float32   // units after tanh, layer after layer
	shift  []float32   // the context's part with the first bias
	masked [][]float32 // weights
	turned [][]float32 // masked weights, transposed
	delta  [2][]float32
	sums   [][]float32 // gradients of weights and biases
	rows   []int
	ones   []float32
}

// groupRows is the number of rows in a group.
const groupRows = 120

// op gives the operation for a tape, that of the batch before if it has the shape.
func (p perceptron) op(t *nn.Tape) *perceptronOp {
	if o, ok := t.Earlier().(*perceptronOp); ok && o.inputs == p.inputs && o.width == p.width && o.outputs == p.outputs && o.layers == p.layers && slices.Equal(o.masks, p.masks) {
		return o
	}
	o := &perceptronOp{perceptron: p, kernel: gemm.NewKernel(simd.Best()), vec: vec.New(simd.Best())}
	for i := range p.layers {
		features, units := p.width, p.width
		if i == 0 {
			features = p.inputs
		}
		if i == p.layers-1 {
			units = p.outputs
		}
		o.masked, o.turned = append(o.masked, nil), append(o.turned, make([]float32, features*units))
		if p.masks != nil {
			o.masked[i] = make([]float32, features*units)
		}
		o.sums = append(o.sums, make([]float32, features*units), make([]float32, units))
	}
	return o
}

func (*perceptronOp) Name() string { return "perceptron" }

func (o *perceptronOp) Shape(in []*nn.Tensor) ([]int, error) {
	u, context := in[0], in[1]
	if u.Rank() != 2 || u.Dim(1) != o.inputs {
		return nil, nn.ShapeError(u, "(rows, "+strconv.Itoa(o.inputs)+")")
	}
	if context.Rank() != 2 || context.Dim(1) != o.width || u.Dim(0)%context.Dim(0) != 0 {
		return nil, nn.ShapeError(context, "a row of hidden units for every one or more rows of the parameters")
	}
	return []int{u.Dim(0), o.outputs}, nil
}

// layer gives the units of hidden layer i for rows lo … hi−1.
func (o *perceptronOp) layer(i, lo, hi, rows int) []float32 {
	width := o.width
	return o.hidden[(i*rows+lo)*width : (i*rows+hi)*width]
}

// stripColumns is how many columns are computed together.
const stripColumns = 32

// multiply sets or adds to c, of shape (m, n), the product of a, of shape (m, k)
// or its transposed, and b, of shape (k, n).
func (o *perceptronOp) multiply(c []float32, a gemm.Operand, b []float32, m, n, k int, add bool) {
	o.part(c, n, a, b, n, m, n, k, add)
}

// part is multiply of matrices whose rows lie cRow and bRow elements apart.
func (o *perceptronOp) part(c []float32, cRow int, a gemm.Operand, b []float32, bRow, m, n, k int, add bool) {
	if cap(o.rows) < k {
		o.rows = make([]int, k)
	}
	o.rows = o.rows[:k]
	for s := range o.rows {
		o.rows[s] = s * bRow * gemm.Offset
	}
	o.kernel.Strips(gemm.RowMajor(c, cRow), a, b, o.rows, m, n, k, add)
}

// sumRows adds the rows of x, of n elements each, to sum.
func (o *perceptronOp) sumRows(sum, x []float32, n int) {
	for len(o.ones) < len(x)/n {
		o.ones = append(o.ones, 1)
	}
	o.multiply(sum, gemm.RowMajor(o.ones, len(x)/n), x, 1, n, len(x)/n, true)
}

// seen is how many units a unit of the next layer sees: those of at most its
// degree.
func (p perceptron) seen(unit int) int {
	if p.degrees == nil {
		return p.width
	}
	n := unit
	for n < p.width && p.degrees[n] <= p.degrees[unit] {
		n++
	}
	return n
}

// seeing is the first unit of the next layer that sees a unit.
func (p perceptron) seeing(unit int) int {
	if p.degrees == nil {
		return 0
	}
	n := unit
	for n > 0 && p.degrees[n-1] >= p.degrees[unit] {
		n--
	}
	return n
}

func (o *perceptronOp) Forward(out []float32, in []*nn.Tensor) {
	u, context := in[0].Data, in[1].Data
	rows, width, dim := in[0].Dim(0), o.width, o.inputs
	times := rows / in[1].Dim(0)
	last := o.layers - 1
	o.hidden = resize(o.hidden, last*rows*width)
	for i := range o.layers {
		o.mask(i, in[2+2*i])
	}
	o.shift = resize(o.shift, len(context))
	for at := 0; at < len(context); at += width {
		o.vec.Add(o.shift[at:at+width], context[at:at+width], in[3].Data)
	}
	for lo := 0; lo < rows; lo += groupRows {
		hi := min(lo+groupRows, rows)
		n := hi - lo
		first := o.layer(0, lo, hi, rows)
		for r := range n {
			copy(first[r*width:][:width], o.shift[(lo+r)/times*width:])
		}
		o.multiply(first, gemm.RowMajor(u[lo*dim:], dim), o.turned[0], n, width, dim, true)
		x := first
		for i := 1; i < last; i++ {
			o.vec.Tanh(x, x)
			y := o.layer(i, lo, hi, rows)
			repeat(y, in[3+2*i].Data)
			for at := 0; at < width; at += stripColumns {
				end := min(at+stripColumns, width)
				o.part(y[at:], width, gemm.RowMajor(x, width), o.turned[i][at:], width, n, end-at, o.seen(end-1), true)
			}
			x = y
		}
		o.vec.Tanh(x, x)
		outputs := in[3+2*last].Len()
		y := out[lo*outputs : hi*outputs]
		repeat(y, in[3+2*last].Data)
		o.multiply(y, gemm.RowMajor(x, width), o.turned[last], n, outputs, width, true)
	}
}

// mask prepares the weights of a layer for this batch.
func (o *perceptronOp) mask(i int, weights *nn.Tensor) {
	turned, outputs, features := o.turned[i], weights.Dim(0), weights.Dim(1)
	if o.masks == nil {
		o.masked[i] = weights.Data
	} else {
		o.vec.Mul(o.masked[i], weights.Data, o.masks[i].Data)
	}
	for r := range outputs {
		for c, w := range o.masked[i][r*features:][:features] {
			turned[c*outputs+r] = w
		}
	}
}

// repeat fills y with copies of a row.
func repeat(y, row []float32) {
	for at := 0; at < len(y); at += len(row) {
		copy(y[at:], row)
	}
}

func (o *perceptronOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	u := in[0].Data
	rows, width, dim := in[0].Dim(0), o.width, o.inputs
	times := rows / in[1].Dim(0)
	last := o.layers - 1
	for _, s := range o.sums {
		clear(s)
	}
	for lo := 0; lo < rows; lo += groupRows {
		hi := min(lo+groupRows, rows)
		n := hi - lo
		outputs := o.outputs
		above := outGrad[lo*outputs : hi*outputs]
		x := o.layer(last-1, lo, hi, rows)
		o.sumRows(o.sums[2*last+1], above, outputs)
		o.multiply(o.sums[2*last], gemm.RowMajor(above, outputs).T(), x, outputs, width, n, true)
		delta := o.below(0, n)
		o.multiply(delta, gemm.RowMajor(above, outputs), o.masked[last], n, width, outputs, false)
		o.vec.TanhGrad(delta, x, delta)
		for i := last - 1; i > 0; i-- {
			x = o.layer(i-1, lo, hi, rows)
			o.sumRows(o.sums[2*i+1], delta, width)
			next := o.below(last-i, n)
			for at := 0; at < width; at += stripColumns {
				first, columns := o.seeing(at), min(stripColumns, width-at)
				o.part(o.sums[2*i][first*width+at:], width, gemm.Operand{Data: delta[first:], Row: 1, Col: width}, x[at:], width, width-first, columns, n, true)
				o.part(next[at:], width, gemm.RowMajor(delta[first:], width), o.masked[i][first*width+at:], width, n, columns, width-first, false)
			}
			o.vec.TanhGrad(next, x, next)
			delta = next
		}
		o.sumRows(o.sums[1], delta, width)
		o.multiply(o.sums[0], gemm.RowMajor(delta, width).T(), u[lo*dim:hi*dim], width, dim, n, true)
		if to := grads[0]; to != nil {
			o.multiply(to[lo*dim:hi*dim], gemm.RowMajor(delta, width), o.masked[0], n, dim, width, true)
		}
		if to := grads[1]; to != nil {
			for r := lo; r < hi; {
				end := min(r/times*times+times, hi) // the rows of this context
				o.sumRows(to[r/times*width:][:width], delta[(r-lo)*width:(end-lo)*width], width)
				r = end
			}
		}
	}
	for i, mask := range o.masks {
		o.vec.Mul(o.sums[2*i], o.sums[2*i], mask.Data)
	}
	for i, sum := range o.sums {
		if to := grads[2+i]; to != nil {
			o.vec.Add(to, to, sum)
		}
	}
}

// below gives room for the gradient of a layer's units.
func (o *perceptronOp) below(layer, n int) []float32 {
	o.delta[layer%2] = resize(o.delta[layer%2], n*o.width)
	return o.delta[layer%2]
}
