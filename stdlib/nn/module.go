package nn

import (
	"math"
	"math/rand/v2"
)

// Module turns a tensor into another: a layer, a network, or a type of your own
// declared in a cell. In a module made of others, Forward runs them by Tape.Run and
// Parameters lists them by ParametersOf, both under the same names. A tensor of your
// own becomes a parameter by WantGradient.
type Module interface {
	// Forward computes the module's output on a tape. The first dimension of x is
	// the batch.
	Forward(t *Tape, x *Tensor) *Tensor
	// Parameters lists what training changes and what is saved with the module,
	// always in the same order.
	Parameters() []Parameter
}

// Parameter is a named tensor of a module. Names are PyTorch's: weight, bias,
// running_mean; a container puts the place before, as in encoder.0.weight.
type Parameter struct {
	Name   string
	Tensor *Tensor
	// Buffer marks what is saved but not trained, such as running means.
	Buffer bool
}

// Describer is a module that says what it is in summaries, and shown by itself:
// Conv1d(1, 32, kernel 5). Others are called module there, and so are those of types
// declared in a cell.
type Describer interface{ Describe() string }

// newParameter makes a trained tensor of zeros.
func newParameter(shape ...int) *Tensor {
	size := 1
	for _, d := range shape {
		size *= d
	}
	p := makeTensor(make([]float32, size), shape)
	p.needs = true
	return p
}

// uniform fills a parameter from the uniform distribution over ±1/√fanIn, the
// field's usual start of linear and convolution layers.
func uniform(p *Tensor, fanIn int, rng *rand.Rand) *Tensor {
	bound := 1 / math.Sqrt(float64(fanIn))
	for i := range p.Data {
		p.Data[i] = float32(bound * (2*rng.Float64() - 1))
	}
	return p
}

// CountParameters is the number of trained values of a module.
func CountParameters(m Module) int {
	count := 0
	for _, p := range m.Parameters() {
		if !p.Buffer {
			count += p.Tensor.Len()
		}
	}
	return count
}

// ParametersOf gives a module's parameters with a place before their names, for the
// Parameters of a module that is made of others:
//
//	func (n *Net) Parameters() []nn.Parameter {
//		return append(nn.ParametersOf("first", n.first), nn.ParametersOf("second", n.second)...)
//	}
func ParametersOf(place string, m Module) []Parameter {
	all := m.Parameters()
	for i := range all {
		all[i].Name = place + "." + all[i].Name
	}
	return all
}
