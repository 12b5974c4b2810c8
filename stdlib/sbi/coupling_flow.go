package sbi

import (
	"math/rand/v2"

	"hillock/stdlib/nn"
)

// CouplingFlow is a flow of coupling transforms as BayesFlow 2 composes it: for
// each transform a learned scale and shift of every dimension (ActNorm, Kingma and
// Dhariwal 2018, https://arxiv.org/abs/1807.03039), a random permutation, and
// couplings of both halves in turn, which begin as the identity. Of a single parameter
// it is a normal distribution unless Spline is set: affine maps of one value are one
// affine map together.
type CouplingFlow struct {
	Transforms int // 0 means 6
	Hidden     int // units a hidden layer; 0 means 128
	Layers     int // hidden layers; 0 means 2
	// Spline couples by rational-quadratic splines instead of affine maps.
	Spline bool
	Bins   int // of a spline; 0 means 16
}

func (o CouplingFlow) build(dim, context int, rng *rand.Rand) (flow, error) {
	err := sizes("CouplingFlow", size{&o.Transforms, 6, "transforms"}, size{&o.Hidden, 128, "hidden units"}, size{&o.Layers, 2, "layers"}, size{&o.Bins, 16, "bins"})
	if err != nil {
		return nil, err
	}
	var kind bijection = affine{}
	if o.Spline {
		kind = calmSpline(o.Bins, o.Hidden)
	}
	c := &chain{dim: dim}
	for range o.Transforms {
		norm, err := newActNorm(dim)
		if err != nil {
			return nil, err
		}
		c.transforms = append(c.transforms, norm)
		if err := c.permute(rng); err != nil {
			return nil, err
		}
		for _, t := range newCoupling(dim, context, o.Hidden, o.Layers, kind, rng) {
			net := t.(*coupling).net
			last := net.layers[len(net.layers)-1]
			clear(last.Weight.Data)
			clear(last.Bias.Data)
			c.transforms = append(c.transforms, t)
		}
	}
	return c, nil
}

// actNorm is z = e^α·u + m with a trained α and m for each dimension, whatever
// the context.
type actNorm struct{ params *nn.Linear }

func newActNorm(dim int) (*actNorm, error) {
	// The bias of a layer without inputs that count: parameters (α, m) in turn.
	l := nn.NewLinear(1, 2*dim, rand.New(rand.NewPCG(0, 0)))
	clear(l.Weight.Data)
	clear(l.Bias.Data)
	return &actNorm{l}, nil
}

func (a *actNorm) forward(t *nn.Tape, u, _ *nn.Tensor) (z, logDet *nn.Tensor) {
	zero, err := nn.NewTensor(u.Dim(0), 1)
	if err != nil {
		return t.Mean(nil), nil
	}
	return affine{}.forward(t, u, t.Linear(zero, a.params.Weight, a.params.Bias))
}

// Parameters are α and m of every dimension.
func (a *actNorm) Parameters() []nn.Parameter {
	return []nn.Parameter{{Name: "scale_shift", Tensor: a.params.Bias}}
}

func (a *actNorm) inverter() inverter {
	return &actNormInverter{a.params.Bias.Data, affine{}.inverse()}
}

type actNormInverter struct {
	params  []float32
	inverse inverseMap
}

func (v *actNormInverter) invert(z []float32, draws int, _ []float32) {
	params := make([]float32, 2*draws)
	for at := 0; at < len(z); at += draws {
		for r := range draws {
			params[r], params[draws+r] = v.params[2*at/draws], v.params[2*at/draws+1]
		}
		v.inverse.invert(z[at:at+draws], params)
	}
}
