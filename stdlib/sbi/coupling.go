package sbi

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// coupling is a transform that leaves some dimensions as they are and applies
// bijections to the others, whose parameters a network computes from those and
// the context.
type coupling struct {
	dim, from, to int // dimensions from … to−1 change
	net           *dense
	kind          bijection
}

// newCoupling makes the transforms of both halves of the dimensions in turn.
func newCoupling(dim, context, hidden, layers int, kind bijection, rng *rand.Rand) []transform {
	half := dim / 2
	part := func(from, to int) transform {
		return &coupling{dim, from, to, newDense(dim-(to-from), context, hidden, layers, (to-from)*kind.params(), rng), kind}
	}
	if dim == 1 {
		return []transform{part(0, 1)}
	}
	return []transform{part(half, dim), part(0, half)}
}

func (c *coupling) forward(t *nn.Tape, u, context *nn.Tensor) (z, logDet *nn.Tensor) {
	if c.to-c.from == c.dim {
		// Nothing but the context to go by; u enters by its shape alone.
		return c.kind.forward(t, u, c.net.forward(t, u, nil, context))
	}
	if c.from == 0 {
		passive := t.Slice(u, c.to, c.dim)
		z, logDet = c.kind.forward(t, t.Slice(u, 0, c.to), c.net.forward(t, u, passive, context))
		return t.Concat(z, passive), logDet
	}
	passive := t.Slice(u, 0, c.from)
	z, logDet = c.kind.forward(t, t.Slice(u, c.from, c.dim), c.net.forward(t, u, passive, context))
	return t.Concat(passive, z), logDet
}

// Parameters are those of the network.
func (c *coupling) Parameters() []nn.Parameter { return c.net.Parameters() }

func (c *coupling) inverter() inverter {
	return &couplingInverter{c: c, net: newDenseWalker(c.net), inverse: c.kind.inverse()}
}

type couplingInverter struct {
	c       *coupling
	net     *denseWalker
	inverse inverseMap
}

func (v *couplingInverter) invert(z []float32, draws int, context []float32) {
	c := v.c
	passive := z[:c.from*draws]
	if c.from == 0 {
		passive = z[c.to*draws:]
	}
	params := v.net.run(passive, draws, context)
	each := c.kind.params() * draws
	for d := c.from; d < c.to; d++ {
		v.inverse.invert(z[d*draws:][:draws], params[(d-c.from)*each:][:each])
	}
}

// dense is a network of inputs and context, tanh after each hidden layer.
type dense struct {
	inputs  int
	input   *nn.Linear // nil without inputs
	context *nn.Linear
	layers  []*nn.Linear
}

func newDense(inputs, context, hidden, layers, outputs int, rng *rand.Rand) *dense {
	n := &dense{inputs: inputs, context: nn.NewLinear(max(context, 1), hidden, rng)}
	if inputs > 0 {
		n.input = nn.NewLinear(inputs, hidden, rng)
	}
	for range layers - 1 {
		n.layers = append(n.layers, nn.NewLinear(hidden, hidden, rng))
	}
	n.layers = append(n.layers, nn.NewLinear(hidden, outputs, rng))
	return n
}

// forward gives outputs for rows of x, of which row r goes with row r mod contexts
// of context; without x there are as many as like has.
func (n *dense) forward(t *nn.Tape, like, x, context *nn.Tensor) *nn.Tensor {
	h := n.context.Forward(t, context)
	if n.input != nil {
		var inputs [16]*nn.Tensor
		in := append(inputs[:0], x, h, n.input.Weight, n.input.Bias)
		for _, l := range n.layers {
			in = append(in, l.Weight, l.Bias)
		}
		last := n.layers[len(n.layers)-1].Bias.Len()
		return t.Custom(perceptron{inputs: n.inputs, width: h.Dim(1), outputs: last, layers: len(n.layers) + 1}.op(t, false), in...)
	}
	for _, l := range n.layers {
		h = l.Forward(t, t.Tanh(h))
	}
	if rows := like.Dim(0); rows != h.Dim(0) {
		zero, err := nn.NewTensor(rows/h.Dim(0), h.Len())
		if err != nil {
			return t.Mean(nil)
		}
		h = t.Reshape(t.AddRepeated(zero, t.Reshape(h, 1, h.Len())), rows, h.Dim(1))
	}
	return h
}

// Parameters are those of all layers.
func (n *dense) Parameters() []nn.Parameter {
	all := named("context", n.context)
	if n.input != nil {
		all = append(all, named("input", n.input)...)
	}
	for i, l := range n.layers {
		all = append(all, named("layer"+strconv.Itoa(i), l)...)
	}
	return all
}

// denseWalker computes a dense for many draws of one context; arrays have a row a
// unit and a column a draw.
type denseWalker struct {
	n        *dense
	products gemm.Workspace
	vec      *vec.Kernels
	buffers  [2][]float32
	shift    []float32 // first biases with the context's part
	context  []float32 // that shift is for
}

func newDenseWalker(n *dense) *denseWalker { return &denseWalker{n: n, vec: vec.New(simd.Best())} }

// run gives the outputs, valid until the next run.
func (w *denseWalker) run(x []float32, draws int, context []float32) []float32 {
	w.begin(context)
	shift := w.shift
	var h []float32
	if w.n.input != nil {
		h = w.layer(0, w.n.input.Weight, shift, x, draws)
	} else {
		w.buffers[0] = resize(w.buffers[0], len(shift)*draws)
		h = w.buffers[0]
		for i, b := range shift {
			row := h[i*draws:][:draws]
			for r := range row {
				row[r] = b
			}
		}
	}
	for i, l := range w.n.layers {
		w.vec.Tanh(h, h)
		h = w.layer(1-i%2, l.Weight, l.Bias.Data, h, draws)
	}
	return h
}

// begin sets the first biases with the context's part, where they are for another.
func (w *denseWalker) begin(context []float32) {
	if w.shift != nil && slices.Equal(w.context, context) {
		return
	}
	c := w.n.context
	features := c.Weight.Dim(1)
	w.context = append(w.context[:0], context...)
	w.shift = append(w.shift[:0], c.Bias.Data...)
	for i := range w.shift {
		w.shift[i] += float32(w.vec.Dot(c.Weight.Data[i*features:][:features], context[:features]))
		if w.n.input != nil {
			w.shift[i] += w.n.input.Bias.Data[i]
		}
	}
}

// layer computes weight·in + bias into a buffer.
func (w *denseWalker) layer(buffer int, weight *nn.Tensor, bias, in []float32, draws int) []float32 {
	outputs, features := weight.Dim(0), weight.Dim(1)
	w.buffers[buffer] = resize(w.buffers[buffer], outputs*draws)
	out := w.buffers[buffer]
	w.products.Multiply(gemm.RowMajor(out, draws), gemm.RowMajor(weight.Data, features), gemm.RowMajor(in, draws), outputs, draws, features, false, 1)
	for i, b := range bias {
		row := out[i*draws:][:draws]
		w.vec.ScaleShift(row, row, 1, b)
	}
	return out
}
