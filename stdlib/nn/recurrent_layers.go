package nn

import (
	"fmt"
	"math/rand/v2"
)

// LSTM is a layer of long short-term memory (Hochreiter and Schmidhuber 1997),
// without peepholes, from zero states.
type LSTM struct{ gated }

// GRU is a layer of gated recurrent units (Cho et al. 2014,
// https://arxiv.org/abs/1406.1078), from a zero state.
type GRU struct{ gated }

// RecurrentOptions are the options of recurrent layers.
type RecurrentOptions struct {
	// Bidirectional adds a second layer that reads the steps from last to first;
	// its outputs are joined to the first's.
	Bidirectional bool
}

// gated holds the weights of a recurrent layer, in one or two directions.
type gated struct {
	name       string
	gates      int
	directions []direction
}

// direction is the weights of one direction, under PyTorch's names.
type direction struct {
	inputWeight, hiddenWeight, inputBias, hiddenBias *Tensor
}

func newGated(name string, gates, features, hidden int, o RecurrentOptions, rng *rand.Rand) gated {
	g := gated{name: name, gates: gates}
	count := 1
	if o.Bidirectional {
		count = 2
	}
	for range count {
		g.directions = append(g.directions, direction{
			inputWeight:  uniform(newParameter(gates*hidden, features), hidden, rng),
			hiddenWeight: uniform(newParameter(gates*hidden, hidden), hidden, rng),
			inputBias:    uniform(newParameter(gates*hidden), hidden, rng),
			hiddenBias:   uniform(newParameter(gates*hidden), hidden, rng),
		})
	}
	return g
}

// NewLSTM makes a layer from features to hidden, drawn uniformly from ±1/√hidden.
func NewLSTM(features, hidden int, o RecurrentOptions, rng *rand.Rand) *LSTM {
	return &LSTM{newGated("LSTM", 4, features, hidden, o, rng)}
}

// NewGRU makes a layer from features to hidden, drawn uniformly from ±1/√hidden.
func NewGRU(features, hidden int, o RecurrentOptions, rng *rand.Rand) *GRU {
	return &GRU{newGated("GRU", 3, features, hidden, o, rng)}
}

// Forward takes (batch, steps, features) to (batch, steps, hidden), or twice
// hidden in both directions.
func (l *LSTM) Forward(t *Tape, x *Tensor) *Tensor { return l.forward(t, x, (*Tape).lstm) }

// Forward takes (batch, steps, features) to (batch, steps, hidden), or twice
// hidden in both directions.
func (l *GRU) Forward(t *Tape, x *Tensor) *Tensor { return l.forward(t, x, (*Tape).gru) }

func (g *gated) forward(t *Tape, x *Tensor, run func(t *Tape, x, inputWeight, hiddenWeight, inputBias, hiddenBias *Tensor, reverse bool) *Tensor) *Tensor {
	var out *Tensor
	for i, d := range g.directions {
		y := run(t, x, d.inputWeight, d.hiddenWeight, d.inputBias, d.hiddenBias, i == 1)
		if i == 0 {
			out = y
		} else {
			out = t.Concat(out, y)
		}
	}
	return out
}

// Parameters are the weights and biases of input and hidden state.
func (g *gated) Parameters() []Parameter {
	var all []Parameter
	for i, d := range g.directions {
		suffix := "_l0"
		if i == 1 {
			suffix = "_l0_reverse"
		}
		all = append(all,
			Parameter{Name: "weight_ih" + suffix, Tensor: d.inputWeight}, Parameter{Name: "weight_hh" + suffix, Tensor: d.hiddenWeight},
			Parameter{Name: "bias_ih" + suffix, Tensor: d.inputBias}, Parameter{Name: "bias_hh" + suffix, Tensor: d.hiddenBias})
	}
	return all
}

// Describe says the sizes.
func (g *gated) Describe() string {
	d := g.directions[0]
	return fmt.Sprintf("%s(%d, %d)", g.name, d.inputWeight.Dim(1), d.hiddenWeight.Dim(1))
}

// Dropout is the layer that sets elements to zero with a probability, in
// training.
func Dropout(probability float64) *Function {
	return &Function{fmt.Sprintf("Dropout(%g)", probability), func(t *Tape, x *Tensor) *Tensor { return t.Dropout(x, probability) }}
}
