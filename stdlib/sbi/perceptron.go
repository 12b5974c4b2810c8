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
	first  []float32   // gradient of the first layer's weights, turned
	live   []int       // rows with a gradient
	group  rowGroup
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
	o := &perceptronOp{perceptron: p, kernel: gemm.NewKernel(simd.Best()), vec: vec.New(simd.Best()), first: make([]float32, p.inputs*p.width)}
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
	for n := copy(y, row); n < len(y); n *= 2 {
		copy(y[n:], y[:n])
	}
}

func (o *perceptronOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	width, dim := o.width, o.inputs
	times := in[0].Dim(0) / in[1].Dim(0)
	last := o.layers - 1
	for _, s := range o.sums {
		clear(s)
	}
	all := o.findLive(outGrad)
	for lo := 0; lo < len(o.live); lo += groupRows {
		hi := min(lo+groupRows, len(o.live))
		places, n := o.live[lo:hi], hi-lo
		if all {
			o.group.view(o, in[0].Data, outGrad, lo, hi)
		} else {
			o.group.gather(o, in[0].Data, outGrad, places)
		}
		above := o.group.outGrad
		x := o.group.hidden[last-1]
		o.sumRows(o.sums[2*last+1], above, o.outputs)
		o.multiply(o.sums[2*last], gemm.RowMajor(above, o.outputs).T(), x, o.outputs, width, n, true)
		delta := o.below(0, n)
		o.multiply(delta, gemm.RowMajor(above, o.outputs), o.masked[last], n, width, o.outputs, false)
		o.vec.TanhGrad(delta, x, delta)
		for i := last - 1; i > 0; i-- {
			x = o.group.hidden[i-1]
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
		// The first layer's weights have few columns: their gradient is computed turned.
		o.multiply(o.first, gemm.RowMajor(o.group.u, dim).T(), delta, dim, width, n, lo > 0)
		if to := grads[0]; to != nil {
			o.group.uGrad = resize(o.group.uGrad, n*dim)
			o.multiply(o.group.uGrad, gemm.RowMajor(delta, width), o.masked[0], n, dim, width, false)
			for k, r := range places {
				for i, g := range o.group.uGrad[k*dim:][:dim] {
					to[r*dim+i] += g
				}
			}
		}
		if to := grads[1]; to != nil {
			for k := 0; k < n; {
				c, end := places[k]/times, k+1 // the rows of this context
				for end < n && places[end]/times == c {
					end++
				}
				o.sumRows(to[c*width:][:width], delta[k*width:end*width], width)
				k = end
			}
		}
	}
	if len(o.live) > 0 {
		for i := range dim {
			for k, g := range o.first[i*width:][:width] {
				o.sums[0][k*dim+i] = g
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

// findLive lists the rows that have a gradient, which atoms far from where the
// posterior is do not; all rows when those without are too few to be left out.
func (o *perceptronOp) findLive(outGrad []float32) (all bool) {
	rows := len(outGrad) / o.outputs
	o.live = o.live[:0]
	for r := range rows {
		for _, g := range outGrad[r*o.outputs:][:o.outputs] {
			if g != 0 {
				o.live = append(o.live, r)
				break
			}
		}
	}
	if len(o.live) < rows*3/4 {
		return false
	}
	o.live = o.live[:0]
	for r := range rows {
		o.live = append(o.live, r)
	}
	return true
}

// below gives room for the gradient of a layer's units.
func (o *perceptronOp) below(layer, n int) []float32 {
	o.delta[layer%2] = resize(o.delta[layer%2], n*o.width)
	return o.delta[layer%2]
}

// rowGroup is what the way back needs of some rows.
type rowGroup struct {
	u, outGrad []float32
	hidden     [][]float32 // of every layer
	uGrad      []float32
	copies     []float32
}

// view takes rows lo … hi−1 as they lie.
func (g *rowGroup) view(o *perceptronOp, u, outGrad []float32, lo, hi int) {
	rows := len(u) / o.inputs
	g.u, g.outGrad, g.hidden = u[lo*o.inputs:hi*o.inputs], outGrad[lo*o.outputs:hi*o.outputs], g.hidden[:0]
	for i := range o.layers - 1 {
		g.hidden = append(g.hidden, o.layer(i, lo, hi, rows))
	}
}

// gather copies rows from their places.
func (g *rowGroup) gather(o *perceptronOp, u, outGrad []float32, places []int) {
	n, hidden := len(places), o.layers-1
	g.copies = resize(g.copies, n*(o.inputs+o.outputs+hidden*o.width))
	rest := g.copies
	take := func(from []float32, width int) (to []float32) {
		to, rest = rest[:n*width], rest[n*width:]
		return gatherInto(to, from, places, width)
	}
	g.u, g.outGrad, g.hidden = take(u, o.inputs), take(outGrad, o.outputs), g.hidden[:0]
	rows := len(u) / o.inputs
	for i := range hidden {
		g.hidden = append(g.hidden, take(o.layer(i, 0, rows, rows), o.width))
	}
}
