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
	lowest                 int          // degree of the first output
}

// perceptronOp computes a perceptron's outputs and gradients in one go. Its inputs
// are u, the context's part of the first hidden layer, then weight and bias of every
// layer. Row r of u goes with row r mod contexts of the context.
//
// With masks, what sees the context alone is computed once for all rows that share
// it (sharedUnits). Rows go through the rest in groups that stay in the cache, as
// columns: an array has a row a unit and a column a row of u, so that vectors are full
// whatever the number of units, and what masks leave out is not computed. A row of
// ones comes first, which the biases are the weights of.
type perceptronOp struct {
	perceptron
	products
	shared  *sharedUnits // nil if there are none
	own     perceptron   // of the other units, which the rest is about
	vec     *vec.Kernels
	ends    [][]int     // of the blocks of units of every layer that are computed together
	weights [][]float32 // of every layer, masked, the bias before them
	input   []float32   // of a group
	hidden  []float32   // units after tanh, group after group, layer after layer
	output  []float32   // of a group, and their gradients
	context []float32   // the context's part, a column a context
	columns int         // of a group's arrays

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
	ones           []float32
}

// products multiplies matrices that are small, as they lie.
type products struct {
	kernel gemm.Kernel
	rows   []int
}

const (
	groupRows   = 128 // in a group, at most
	unitsAtOnce = 8   // or more are in a block, which shares what it sees
	longest     = 16  // numbers in a vector
)

// op gives the operation for a tape and rows of which several may have a context
// in common, that of the batch before if it has the shape.
func (p perceptron) op(t *nn.Tape, several bool) *perceptronOp {
	shared := 0
	if several {
		shared = p.seeContextAlone()
	}
	if o, ok := t.Earlier().(*perceptronOp); ok && o.equal(p) && o.width-o.own.width == shared {
		return o
	}
	o := &perceptronOp{perceptron: p, own: p, products: products{kernel: gemm.NewKernel(simd.Best())}, vec: vec.New(simd.Best())}
	if shared > 0 {
		o.shared = newSharedUnits(p, shared)
		o.own = p.without(shared)
	}
	o.stride = wholeVectors(o.own.width + 1)
	for i := range p.layers {
		features, units := p.size(i)
		o.sums = append(o.sums, make([]float32, features*units), make([]float32, units))
		features, units = o.own.size(i)
		o.ends = append(o.ends, o.own.blocks(i))
		o.weights = append(o.weights, make([]float32, units*(1+features)))
		o.gradients = append(o.gradients, make([]float32, units*o.stride))
	}
	o.output = make([]float32, p.outputs*groupRows)
	o.first = make([]float32, (1+p.inputs)*o.stride)
	o.along = make([]float32, groupRows*o.stride)
	for at := o.own.width; at < len(o.along); at += o.stride {
		o.along[at] = 1
	}
	for i := range o.delta {
		o.delta[i] = make([]float32, o.own.width*groupRows)
	}
	o.ones = slices.Repeat([]float32{1}, groupRows)
	return o
}

func (p perceptron) equal(q perceptron) bool {
	return p.inputs == q.inputs && p.width == q.width && p.outputs == q.outputs && p.layers == q.layers && slices.Equal(p.masks, q.masks)
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
		return nil, nn.ShapeError(context, "a row of hidden units for every row of the parameters, or for every few")
	}
	return []int{u.Dim(0), o.outputs}, nil
}

// layer gives the units of hidden layer i of a group, the ones before them.
func (o *perceptronOp) layer(group, i int) []float32 {
	size := (1 + o.own.width) * o.columns
	return o.hidden[(group*(o.layers-1)+i)*size:][:size]
}

// multiply sets or adds to c, of shape (m, n), the product of a, of shape (m, k),
// and b, of shape (k, n). Rows of c and b lie cRow and bRow apart.
func (p *products) multiply(c []float32, cRow int, a gemm.Operand, b []float32, bRow, m, n, k int, add bool) {
	p.rows = resize(p.rows, k)
	for s := range p.rows {
		p.rows[s] = s * bRow * gemm.Offset
	}
	p.kernel.Strips(gemm.RowMajor(c, cRow), a, b, p.rows, m, n, k, add)
}

// degree is that of a unit of a layer, of outputs the dimension that they are for.
func (p perceptron) degree(layer, unit int) int {
	if layer < p.layers-1 {
		return p.degrees[unit]
	}
	return p.lowest + unit/max(1, p.outputs/(p.inputs-p.lowest))
}

// seen is how many units of the layer before a unit of a layer sees.
func (p perceptron) seen(layer, unit int) int {
	features, _ := p.size(layer)
	if p.degrees == nil || layer == 0 {
		return features
	}
	n, _ := slices.BinarySearch(p.degrees, p.degree(layer, unit)+1)
	return n
}

// blocks gives the ends of the blocks of a layer's units: all of them without masks,
// else some of few degrees.
func (p perceptron) blocks(layer int) []int {
	_, units := p.size(layer)
	var ends []int
	for from, end := 0, 1; end <= units; end++ {
		if end == units || p.degrees != nil && end-from >= unitsAtOnce && p.degree(layer, end) != p.degree(layer, end-1) {
			ends = append(ends, end)
			from = end
		}
	}
	return ends
}

// eachBlock goes through the blocks of a layer's units.
func (o *perceptronOp) eachBlock(layer int, do func(from, to int)) {
	from := 0
	for _, end := range o.ends[layer] {
		do(from, end)
		from = end
	}
}

func (o *perceptronOp) Forward(out []float32, in []*nn.Tensor) {
	u, dim := in[0].Data, o.inputs
	rows, contexts := in[0].Dim(0), in[1].Dim(0)
	last := o.layers - 1
	for i := range o.layers {
		o.prepare(i, in[2+2*i], in[3+2*i])
	}
	across := wholeVectors(contexts)
	if o.shared != nil {
		o.shared.forward(in)
	} else {
		o.context = resize(o.context, o.width*across)
		o.kernel.Turn(o.context, across, in[1].Data, o.width, contexts, o.width)
	}
	// Groups of even size, in whole vectors.
	groups := (rows + groupRows - 1) / groupRows
	o.columns = wholeVectors((rows + groups - 1) / groups)
	o.input = o.withOnes(o.input, 1, dim)
	o.hidden = o.withOnes(o.hidden, groups*last, o.own.width)
	for lo := 0; lo < rows; lo += o.columns {
		g, n := lo/o.columns, min(o.columns, rows-lo)
		o.kernel.Turn(o.input[o.columns:], o.columns, u[lo*dim:], dim, n, dim)
		x := o.input
		for i := range last {
			y := o.layer(g, i)[o.columns:]
			switch {
			case o.shared != nil:
				o.repeat(y, o.shared.offsets[i][o.shared.units*across:], across, o.own.width, contexts, lo, n)
			case i == 0:
				o.repeat(y, o.context, across, o.width, contexts, lo, n)
			}
			o.ahead(y, x, i, n)
			o.vec.Tanh(y, y)
			x = o.layer(g, i)
		}
		if o.shared != nil {
			o.repeat(o.output, o.shared.offsets[last], across, o.outputs, contexts, lo, n)
		}
		o.ahead(o.output[(o.outputs-o.own.outputs)*o.columns:], x, last, n)
		o.kernel.Turn(out[lo*o.outputs:], o.outputs, o.output, o.columns, o.outputs, n)
	}
}

// prepare lays out the weights of a layer for this batch.
func (o *perceptronOp) prepare(i int, weights, bias *nn.Tensor) {
	features, units := o.size(i)
	ownFeatures, ownUnits := o.own.size(i)
	left := features - ownFeatures
	for r := range ownUnits {
		unit := units - ownUnits + r
		row := o.weights[i][r*(1+ownFeatures):][:1+ownFeatures]
		row[0] = bias.Data[unit]
		whole := weights.Data[unit*features:][:features]
		if o.masks == nil {
			copy(row[1:], whole[left:])
		} else {
			o.vec.Mul(row[1:], whole[left:], o.masks[i].Data[unit*features+left:][:ownFeatures])
		}
	}
}

// ahead computes the units of a layer before tanh, of n rows. To what repeat has put
// there it adds; what shared units give has the biases in it.
func (o *perceptronOp) ahead(y, x []float32, layer, n int) {
	features, _ := o.own.size(layer)
	ones, add := 1, layer == 0
	if o.shared != nil {
		ones, add = 0, true
	}
	x = x[(1-ones)*o.columns:]
	o.eachBlock(layer, func(from, to int) {
		weights := o.weights[layer][from*(1+features)+1-ones:]
		o.multiply(y[from*o.columns:], o.columns, gemm.RowMajor(weights, 1+features), x, o.columns, to-from, wholeVectors(n), ones+o.own.seen(layer, to-1), add)
	})
}

// repeat sets some units of n rows from lo on to what the contexts give them, of
// which each has a column; rows of units lie across apart.
func (o *perceptronOp) repeat(y, offsets []float32, across, units, contexts, lo, n int) {
	first := lo % contexts
	for i := range units {
		to, from := y[i*o.columns:][:wholeVectors(n)], offsets[i*across:][:contexts]
		done := copy(to[:n], from[first:])
		done += copy(to[done:n], from[:first])
		for done < n { // a period, and as many again
			done += copy(to[done:n], to[:done])
		}
		clear(to[n:])
	}
}
