package sbi

import (
	"slices"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// sharedUnits are the hidden units of a perceptron that see nothing but the context,
// first in every layer. Rows with the same context, as the atoms of an observation,
// have them in common. What they add to the units of the next layer is a part of
// these units' biases, which with it differ from context to context.
type sharedUnits struct {
	perceptron
	products
	units     int // in a hidden layer
	vec       *vec.Kernels
	contexts  int
	across    int         // columns of arrays, of which a context has one
	weights   [][]float32 // of every layer, masked, of the units below, the bias before them
	values    [][]float32 // after tanh, layer after layer, behind a row of ones
	offsets   [][]float32 // of all units of every layer
	slopes    [][]float32 // gradients of the offsets of the other units, and of all outputs: a row a context
	delta     [2][]float32
	along     []float32 // values below, or gradients, a row a context
	gradients []float32 // of the weights of a layer
}

// seeContextAlone is the number of hidden units of a layer that see nothing but the
// context, 0 if none or all do.
func (p perceptron) seeContextAlone() int {
	if n, _ := slices.BinarySearch(p.degrees, 1); n < p.width {
		return n
	}
	return 0
}

// without is the perceptron of the units behind the first of each layer, and of the
// outputs behind those of the first dimension.
func (p perceptron) without(units int) perceptron {
	p.outputs -= p.outputs / p.inputs
	p.width -= units
	p.degrees = p.degrees[units:]
	p.lowest = 1
	return p
}

func newSharedUnits(p perceptron, units int) *sharedUnits {
	s := &sharedUnits{perceptron: p, products: products{kernel: gemm.NewKernel(simd.Best())}, units: units, vec: vec.New(simd.Best())}
	s.offsets, s.slopes, s.values = make([][]float32, p.layers), make([][]float32, p.layers), make([][]float32, p.layers-1)
	for i := range p.layers {
		_, n := p.size(i)
		s.weights = append(s.weights, make([]float32, n*(1+units)))
	}
	return s
}

// others is how many units of a layer have slopes.
func (s *sharedUnits) others(layer int) int {
	if layer == s.layers-1 {
		return s.outputs
	}
	return s.width - s.units
}

// forward computes the offsets of all layers from the operation's inputs.
func (s *sharedUnits) forward(in []*nn.Tensor) {
	s.contexts = in[1].Dim(0)
	s.across = wholeVectors(s.contexts)
	for i := range s.layers {
		weights, bias := in[2+2*i], in[3+2*i].Data
		features, n := s.size(i)
		s.slopes[i] = resize(s.slopes[i], s.contexts*s.others(i))
		s.offsets[i] = resize(s.offsets[i], n*s.across)
		if i == 0 {
			s.kernel.Turn(s.offsets[0], s.across, in[1].Data, n, s.contexts, n)
			for r, b := range bias {
				row := s.offsets[0][r*s.across:][:s.across]
				clear(row[s.contexts:])
				s.vec.ScaleShift(row, row, 1, b)
			}
		} else {
			for r, b := range bias {
				row := s.weights[i][r*(1+s.units):][:1+s.units]
				row[0] = b
				s.vec.Mul(row[1:], weights.Data[r*features:], s.masks[i].Data[r*features:])
			}
			s.multiply(s.offsets[i], s.across, gemm.RowMajor(s.weights[i], 1+s.units), s.values[i-1], s.across, n, s.across, 1+s.units, false)
		}
		if i < s.layers-1 {
			s.values[i] = resize(s.values[i], (1+s.units)*s.across)
			for c := range s.across {
				s.values[i][c] = 1
			}
			s.vec.Tanh(s.values[i][s.across:], s.offsets[i][:s.units*s.across])
		}
	}
}

// begin clears the slopes, to which those of the rows are added before backward.
func (s *sharedUnits) begin() {
	for _, slopes := range s.slopes {
		clear(slopes)
	}
}

// backward sets the gradients of all biases and of the weights of what shared units
// give, given those of the outputs, and adds to those of the contexts if they are
// wanted.
func (s *sharedUnits) backward(outGrad, context []float32, sums [][]float32) {
	last := s.layers - 1
	for block := s.slopes[last]; len(outGrad) > 0; outGrad = outGrad[len(block):] {
		s.vec.Add(block, block, outGrad[:len(block)])
	}
	for i := last; i >= 0; i-- {
		features, n := s.size(i)
		delta := resize(s.delta[i%2], n*s.across)
		s.delta[i%2] = delta
		from := n - s.others(i) // before it are shared units, whose gradients the layer above has set
		s.kernel.Turn(delta[from*s.across:], s.across, s.slopes[i], n-from, s.contexts, n-from)
		if i == 0 {
			for r := range n {
				sums[1][r] = 0
				for _, g := range delta[r*s.across:][:s.contexts] {
					sums[1][r] += g
				}
			}
			break
		}
		width := wholeVectors(1 + s.units)
		s.along, s.gradients = resize(s.along, s.contexts*width), resize(s.gradients, n*width)
		s.kernel.Turn(s.along, width, s.values[i-1], s.across, 1+s.units, s.contexts)
		s.multiply(s.gradients, width, gemm.RowMajor(delta, s.across), s.along, width, n, 1+s.units, s.contexts, false)
		for r := range n {
			row := s.gradients[r*width:]
			sums[2*i+1][r] = row[0]
			copy(sums[2*i][r*features:][:s.units], row[1:])
		}
		below := resize(s.delta[(i-1)%2], s.width*s.across)
		s.delta[(i-1)%2] = below
		shared := below[:s.units*s.across]
		s.multiply(shared, s.across, gemm.Operand{Data: s.weights[i][1:], Row: 1, Col: 1 + s.units}, delta, s.across, s.units, s.across, n, false)
		s.vec.TanhGrad(shared, s.values[i-1][s.across:], shared)
	}
	if context != nil {
		s.along = resize(s.along, len(context))
		s.kernel.Turn(s.along, s.width, s.delta[0], s.across, s.width, s.contexts)
		s.vec.Add(context, context, s.along)
	}
}
