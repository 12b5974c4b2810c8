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

// made is a masked autoencoder for distribution estimation (Germain et al. 2015,
// https://arxiv.org/abs/1502.03509): a network whose outputs for dimension d
// depend on the dimensions before d, and on the context, alone. Hidden units are
// sorted by degree, so that everything a dimension needs lies in front.
type made struct {
	dim, outputs int // outputs are per dimension
	degrees      []int
	context      *nn.Linear // nil without context
	layers       []maskedLinear
	shape        perceptron
}

// maskedLinear is a linear layer of which the mask leaves some weights.
type maskedLinear struct {
	*nn.Linear
	mask *nn.Tensor
}

// newMADE makes a network with a number of hidden layers of hidden units, tanh
// after each.
func newMADE(dim, context, hidden, layers, outputs int, rng *rand.Rand) *made {
	m := &made{dim: dim, outputs: outputs, degrees: make([]int, hidden)}
	for i := range m.degrees {
		// Degree d sees the first d dimensions: degree 0 sees the context alone, so
		// that the first dimension depends on it too; the last dimension is seen by
		// none.
		m.degrees[i] = i * dim / hidden
	}
	in := make([]int, dim)
	out := make([]int, dim*outputs)
	for i := range in {
		in[i] = i + 1
	}
	for i := range out {
		out[i] = i / outputs
	}
	if context > 0 {
		m.context = nn.NewLinear(context, hidden, rng)
	}
	m.layers = append(m.layers, newMaskedLinear(in, m.degrees, rng))
	for range layers - 1 {
		m.layers = append(m.layers, newMaskedLinear(m.degrees, m.degrees, rng))
	}
	m.layers = append(m.layers, newMaskedLinear(m.degrees, out, rng))
	m.shape = perceptron{inputs: dim, width: hidden, outputs: dim * outputs, layers: layers + 1, degrees: m.degrees}
	for _, l := range m.layers {
		m.shape.masks = append(m.shape.masks, l.mask)
	}
	return m
}

// newMaskedLinear makes a layer in which a unit sees those of at most its degree.
func newMaskedLinear(in, out []int, rng *rand.Rand) maskedLinear {
	l := maskedLinear{Linear: nn.NewLinear(len(in), len(out), rng)}
	l.mask = l.Weight.Clone()
	for o, above := range out {
		for i, below := range in {
			value := float32(0)
			if above >= below {
				value = 1
			}
			l.mask.Data[o*len(in)+i] = value
		}
	}
	return l
}

// forward gives the outputs, of shape (rows, dim·outputs), the dimension varying
// slowest. Row r of u goes with row r mod contexts of context.
func (m *made) forward(t *nn.Tape, u, context *nn.Tensor) *nn.Tensor {
	var inputs [16]*nn.Tensor
	in := append(inputs[:0], u, m.contextPart(t, u, context))
	for _, l := range m.layers {
		in = append(in, l.Weight, l.Bias)
	}
	return t.Custom(m.shape.op(t, in[1].Dim(0) < u.Dim(0)), in...)
}

// contextPart is what the context adds to the first hidden layer.
func (m *made) contextPart(t *nn.Tape, u, context *nn.Tensor) *nn.Tensor {
	if m.context != nil {
		return m.context.Forward(t, context)
	}
	zero, err := nn.NewTensor(u.Dim(0), len(m.degrees))
	if err != nil {
		return t.Mean(nil)
	}
	return zero
}

// Parameters are those of all layers; the masks are fixed by the sizes.
func (m *made) Parameters() []nn.Parameter {
	var all []nn.Parameter
	if m.context != nil {
		all = append(all, named("context", m.context)...)
	}
	for i, l := range m.layers {
		all = append(all, named("layer"+strconv.Itoa(i), l.Linear)...)
	}
	return all
}

// named gives a module's parameters with a place before their names.
func named(place string, m interface{ Parameters() []nn.Parameter }) []nn.Parameter {
	all := m.Parameters()
	for i := range all {
		all[i].Name = place + "." + all[i].Name
	}
	return all
}

// walker computes a made dimension by dimension for many draws that share a
// context: every hidden unit once, when the dimensions it sees are known. Those that
// see the context alone are the same for all draws, and a part of the others' biases.
// Arrays have a row a unit and a column a draw, so that units of a degree lie
// together; a row of ones comes first, which the biases are the weights of.
type walker struct {
	products
	m       *made
	draws   int
	shared  int // hidden units of a layer that see the context alone
	vec     *vec.Kernels
	masked  [][]float32 // weights of every layer
	weights [][]float32 // of the units that draws do not share, the bias before them
	start   []float32   // outputs of the first dimension
	known   []float32   // (1 + dim, draws): ones and the dimensions so far
	hidden  [][]float32 // after tanh, (1 + hidden, draws) a layer
	out     []float32   // (outputs, draws) of the dimension at hand
	context []float32   // that the biases are for
	begun   bool
	first   []int // first hidden unit of each degree, shared ones not counted
}

func newWalker(m *made) *walker {
	w := &walker{products: products{kernel: gemm.NewKernel(simd.Best())}, m: m, vec: vec.New(simd.Best())}
	w.first = make([]int, m.dim+1)
	for d := range w.first {
		w.first[d], _ = slices.BinarySearch(m.degrees, d)
	}
	w.shared = w.first[1]
	for d := range w.first {
		w.first[d] = max(0, w.first[d]-w.shared)
	}
	for i, l := range m.layers {
		masked := make([]float32, l.Weight.Len())
		w.vec.Mul(masked, l.Weight.Data, l.mask.Data)
		w.masked = append(w.masked, masked)
		units, features, below := w.size(i)
		left := m.outputs // units that draws share
		if i < len(m.layers)-1 {
			left = w.shared
		}
		all := make([]float32, 0, (units-left)*(1+features-below))
		for r := left; r < units; r++ {
			all = append(append(all, 0), masked[r*features+below:(r+1)*features]...)
		}
		w.weights = append(w.weights, all)
	}
	w.hidden = make([][]float32, len(m.layers)-1)
	return w
}

// size gives the numbers of a layer's units and features, and of features that draws
// share.
func (w *walker) size(layer int) (units, features, below int) {
	l := w.m.layers[layer]
	if layer > 0 {
		below = w.shared
	}
	return l.Weight.Dim(0), l.Weight.Dim(1), below
}

// begin sets the context and the number of draws.
func (w *walker) begin(context []float32, draws int) {
	if !w.begun || w.m.context != nil && !slices.Equal(w.context, context) {
		w.context = append(w.context[:0], context...)
		w.share()
	}
	if w.begun && w.draws == draws {
		return
	}
	w.begun, w.draws = true, draws
	w.known = withOnes(w.known, draws, w.m.dim)
	for i := range w.hidden {
		w.hidden[i] = withOnes(w.hidden[i], draws, len(w.m.degrees)-w.shared)
	}
	w.out = resize(w.out, draws*w.m.outputs)
}

// share computes the units that see the context alone, and with them the biases of
// the others.
func (w *walker) share() {
	var values []float32 // of the layer below
	for i, l := range w.m.layers {
		units, features, below := w.size(i)
		biases := append([]float32(nil), l.Bias.Data...)
		for r := range biases {
			if c := w.m.context; i == 0 && c != nil {
				width := c.Weight.Dim(1)
				biases[r] += c.Bias.Data[r] + float32(w.vec.Dot(c.Weight.Data[r*width:][:width], w.context[:width]))
			}
			if below > 0 {
				biases[r] += float32(w.vec.Dot(w.masked[i][r*features:][:below], values))
			}
		}
		stride := 1 + features - below
		left := units - len(w.weights[i])/stride
		for r, b := range biases[left:] {
			w.weights[i][r*stride] = b
		}
		values = biases[:left]
		if i < len(w.m.layers)-1 {
			w.vec.Tanh(values, values)
		}
	}
	w.start = values
}

// withOnes gives rows of draws elements after a row of ones.
func withOnes(s []float32, draws, rows int) []float32 {
	s = resize(s, draws*(1+rows))
	for i := range draws {
		s[i] = 1
	}
	return s
}

// step gives the outputs, of shape (outputs, draws), for dimension d, given those
// before it. Steps must be taken in order from d = 0, each followed by set.
func (w *walker) step(d int) []float32 {
	if d == 0 {
		for i, v := range w.start {
			row := w.out[i*w.draws:][:w.draws]
			for k := range row {
				row[k] = v
			}
		}
		return w.out
	}
	width := len(w.m.degrees) - w.shared
	from, to := w.first[d], w.first[d+1] // the units of degree d
	if from < to {
		for i, h := range w.hidden {
			in, features, seen := w.known, w.m.dim, d
			if i > 0 {
				in, features, seen = w.hidden[i-1], width, to
			}
			part := h[(1+from)*w.draws : (1+to)*w.draws]
			w.units(part, w.weights[i][from*(1+features):], features, in, seen, to-from)
			w.vec.Tanh(part, part)
		}
	}
	last := len(w.m.layers) - 1
	w.units(w.out, w.weights[last][(d-1)*w.m.outputs*(1+width):], width, w.hidden[last-1], to, w.m.outputs)
	return w.out
}

// set says what dimension d turned out to be.
func (w *walker) set(d int, u []float32) { copy(w.known[(1+d)*w.draws:][:w.draws], u) }

// units sets n rows of out to weights·in + bias, of which the first seen rows of
// in after the ones count.
func (w *walker) units(out, weights []float32, features int, in []float32, seen, n int) {
	w.multiply(out, w.draws, gemm.RowMajor(weights, 1+features), in, w.draws, n, w.draws, 1+seen, false)
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
