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

// perceptronOp computes a perceptron's outputs and gradients in one go. Its inputs
// are u, the context's part of the first hidden layer, then weight and bias of every
// layer. There may be several rows of u to a row of context.
//
// Rows go through it in groups that stay in the cache, as columns: an array has a row
// a unit and a column a row of u, so that vectors are full whatever the number of
// units, and what masks leave out is not computed. A row of ones comes first, which
// the biases are the weights of.
type perceptronOp struct {
	perceptron
	kernel  gemm.Kernel
	vec     *vec.Kernels
	weights [][]float32 // of every layer, masked, the bias before them
	input   []float32   // of a group
	hidden  []float32   // units after tanh, group after group, layer after layer
	output  []float32   // of a group, and their gradients
	repeats []float32   // which column is of which context
	rows    []int
	columns int // of a group's arrays

	live           []int       // rows with a gradient
	from           []int       // where the first units of some of them lie
	units          [][]float32 // of these, layer after layer
	copies, slopes []float32
	delta          [2][]float32
	u              []float32 // the rows of u, a one before each
	along          []float32 // units or gradients and a one, a row a row of u, stride apart
	stride         int
	uGrad          []float32
	gradients      [][]float32 // of weights and biases: a row a unit as in along
	sums           [][]float32 // of weights, of biases, as they are
	first          []float32   // gradient of the first layer's bias and weights, turned
	contextSum     []float32
	ones           []float32
}

const (
	groupRows   = 128 // in a group, at most
	stripRows   = 32  // that are computed together
	unitsAtOnce = 12  // of a layer; with masks they share what they see
	longest     = 16  // numbers in a vector
)

// op gives the operation for a tape, that of the batch before if it has the shape.
func (p perceptron) op(t *nn.Tape) *perceptronOp {
	if o, ok := t.Earlier().(*perceptronOp); ok && o.inputs == p.inputs && o.width == p.width && o.outputs == p.outputs && o.layers == p.layers && slices.Equal(o.masks, p.masks) {
		return o
	}
	o := &perceptronOp{perceptron: p, kernel: gemm.NewKernel(simd.Best()), vec: vec.New(simd.Best())}
	o.stride = wholeVectors(p.width + 1)
	for i := range p.layers {
		features, units := p.size(i)
		o.weights = append(o.weights, make([]float32, units*(1+features)))
		o.sums = append(o.sums, make([]float32, features*units), make([]float32, units))
		o.gradients = append(o.gradients, make([]float32, units*o.stride))
	}
	o.output = make([]float32, p.outputs*groupRows)
	o.first = make([]float32, (1+p.inputs)*o.stride)
	o.along = make([]float32, groupRows*o.stride)
	for at := p.width; at < len(o.along); at += o.stride {
		o.along[at] = 1
	}
	for i := range o.delta {
		o.delta[i] = make([]float32, p.width*groupRows)
	}
	o.contextSum = make([]float32, o.stride)
	o.ones = slices.Repeat([]float32{1}, groupRows)
	return o
}

// wholeVectors is n rounded up to vectors.
func wholeVectors(n int) int { return (n + longest - 1) / longest * longest }

// size gives the numbers of features and units of a layer.
func (p perceptron) size(layer int) (features, units int) {
	features, units = p.width, p.width
	if layer == 0 {
		features = p.inputs
	}
	if layer == p.layers-1 {
		units = p.outputs
	}
	return features, units
}

// withOnes gives room for some arrays of units in a group, each behind a row of ones.
func (o *perceptronOp) withOnes(s []float32, arrays, units int) []float32 {
	size := (1 + units) * o.columns
	s = resize(s, arrays*size)
	for at := 0; at < len(s); at += size {
		copy(s[at:at+o.columns], o.ones)
	}
	return s
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

// layer gives the units of hidden layer i of a group, the ones before them.
func (o *perceptronOp) layer(group, i int) []float32 {
	size := (1 + o.width) * o.columns
	return o.hidden[(group*(o.layers-1)+i)*size:][:size]
}

// multiply sets or adds to c, of shape (m, n), the product of a, of shape (m, k),
// and b, of shape (k, n). Rows of c and b lie cRow and bRow apart.
func (o *perceptronOp) multiply(c []float32, cRow int, a gemm.Operand, b []float32, bRow, m, n, k int, add bool) {
	if cap(o.rows) < k {
		o.rows = make([]int, k)
	}
	o.rows = o.rows[:k]
	for s := range o.rows {
		o.rows[s] = s * bRow * gemm.Offset
	}
	o.kernel.Strips(gemm.RowMajor(c, cRow), a, b, o.rows, m, n, k, add)
}

// seen is how many units of the layer before a unit of a layer sees.
func (p perceptron) seen(layer, unit int) int {
	features, _ := p.size(layer)
	if p.degrees == nil || layer == 0 {
		return features
	}
	degree := unit / max(1, p.outputs/p.inputs) // of an output: its dimension
	if layer < p.layers-1 {
		degree = p.degrees[unit]
	}
	n, _ := slices.BinarySearch(p.degrees, degree+1)
	return n
}

// eachBlock goes through n units, some at a time; all of them without masks.
func (p perceptron) eachBlock(n int, do func(from, to int)) {
	blocks := 1
	if p.degrees != nil {
		blocks = (n + unitsAtOnce - 1) / unitsAtOnce
	}
	for i := range blocks {
		do(i*n/blocks, (i+1)*n/blocks)
	}
}

func (o *perceptronOp) Forward(out []float32, in []*nn.Tensor) {
	u, dim := in[0].Data, o.inputs
	rows := in[0].Dim(0)
	last := o.layers - 1
	for i := range o.layers {
		o.prepare(i, in[2+2*i], in[3+2*i])
	}
	// Groups of even size, in whole vectors.
	groups := (rows + groupRows - 1) / groupRows
	o.columns = wholeVectors((rows + groups - 1) / groups)
	o.input = o.withOnes(o.input, 1, dim)
	o.hidden = o.withOnes(o.hidden, groups*last, o.width)
	for lo := 0; lo < rows; lo += o.columns {
		g, n := lo/o.columns, min(o.columns, rows-lo)
		o.kernel.Turn(o.input[o.columns:], o.columns, u[lo*dim:], dim, n, dim)
		x := o.input
		for i := range last {
			y := o.layer(g, i)
			o.ahead(y[o.columns:], x, i, n)
			if i == 0 {
				o.addContext(y[o.columns:], in[1], rows, lo, n)
			}
			o.vec.Tanh(y[o.columns:], y[o.columns:])
			x = y
		}
		o.ahead(o.output, x, last, n)
		o.kernel.Turn(out[lo*o.outputs:], o.outputs, o.output, o.columns, o.outputs, n)
	}
}

// prepare lays out the weights of a layer for this batch.
func (o *perceptronOp) prepare(i int, weights, bias *nn.Tensor) {
	features := weights.Dim(1)
	for r, b := range bias.Data {
		row := o.weights[i][r*(1+features):][:1+features]
		row[0] = b
		if o.masks == nil {
			copy(row[1:], weights.Data[r*features:][:features])
		} else {
			o.vec.Mul(row[1:], weights.Data[r*features:][:features], o.masks[i].Data[r*features:][:features])
		}
	}
}

// ahead computes the units of a layer before tanh, of n rows.
func (o *perceptronOp) ahead(y, x []float32, layer, n int) {
	features, units := o.size(layer)
	o.eachBlock(units, func(from, to int) {
		o.multiply(y[from*o.columns:], o.columns, gemm.RowMajor(o.weights[layer][from*(1+features):], 1+features), x, o.columns, to-from, wholeVectors(n), 1+o.seen(layer, to-1), false)
	})
}

// addContext adds the context's part of n rows from lo on.
func (o *perceptronOp) addContext(y []float32, context *nn.Tensor, rows, lo, n int) {
	times := rows / context.Dim(0)
	for at := 0; at < n; at += stripRows {
		columns := min(stripRows, n-at)
		from, to := (lo+at)/times, (lo+at+columns-1)/times+1
		o.repeats = resize(o.repeats, (to-from)*stripRows)
		clear(o.repeats)
		for r := range columns {
			o.repeats[((lo+at+r)/times-from)*stripRows+r] = 1
		}
		o.multiply(y[at:], o.columns, gemm.Operand{Data: context.Data[from*o.width:], Row: 1, Col: o.width}, o.repeats, stripRows, o.width, wholeVectors(columns), to-from, true)
	}
}
