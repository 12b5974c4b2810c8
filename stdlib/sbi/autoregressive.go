package sbi

import "hillock/stdlib/nn"

// autoregressive is a transform whose bijection of a dimension depends on the
// dimensions before it and the context, through a made.
type autoregressive struct {
	*made
	kind bijection
}

func (a *autoregressive) forward(t *nn.Tape, u, context *nn.Tensor) (z, logDet *nn.Tensor) {
	return a.kind.forward(t, u, a.made.forward(t, u, context))
}

func (a *autoregressive) inverter() inverter {
	return &autoregressiveInverter{newWalker(a.made), a.kind.inverse()}
}

type autoregressiveInverter struct {
	*walker
	inverse inverseMap
}

func (v *autoregressiveInverter) invert(z []float32, draws int, context []float32) {
	v.begin(context, draws)
	for d := range v.m.dim {
		u := z[d*draws:][:draws]
		v.inverse.invert(u, v.step(d))
		v.set(d, u)
	}
}
