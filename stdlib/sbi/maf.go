package sbi

import (
	"fmt"
	"math/rand/v2"

	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// MAF is a masked autoregressive flow (Papamakarios, Pavlakou and Murray 2017,
// https://arxiv.org/abs/1705.07057): affine autoregressive transforms with random
// permutations before them. The zero value is the toolbox's default and the
// thesis's choice.
type MAF struct {
	Transforms int // 0 means 5
	Blocks     int // hidden layers after the first; 0 means 2
	Hidden     int // units a hidden layer; 0 means 50
}

func (o MAF) build(dim, context int, rng *rand.Rand) (flow, error) {
	for _, d := range []struct {
		value *int
		usual int
		name  string
	}{{&o.Transforms, 5, "transforms"}, {&o.Blocks, 2, "blocks"}, {&o.Hidden, 50, "hidden units"}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
		if *d.value < 0 {
			return nil, fmt.Errorf("sbi: MAF with %d %s; want 1 or more", *d.value, d.name)
		}
	}
	c := &chain{dim: dim}
	for range o.Transforms {
		if dim > 1 {
			order, err := randomPermutation(dim, rng)
			if err != nil {
				return nil, err
			}
			c.transforms = append(c.transforms, order)
		}
		c.transforms = append(c.transforms, &affineAutoregressive{newMADE(dim, context, o.Hidden, o.Blocks+1, 2, rng)})
	}
	return c, nil
}

// affineAutoregressive is z = e^α·u + m, where the log scale α and the shift m of
// a dimension come from a made.
type affineAutoregressive struct{ *made }

func (a *affineAutoregressive) forward(t *nn.Tape, u, context *nn.Tensor) (z, logDet *nn.Tensor) {
	params := a.made.forward(t, u, context)
	op := &affineOp{vec: vec.New(simd.Best())}
	return t.Custom(op, u, params), t.Custom(logScaleOp{op}, params)
}

// maxLogScale bounds log scales softly: α = a/(1 + |a|/maxLogScale) for the
// network's output a, so that no scale passes 1,000 or falls below 1/1,000.
const maxLogScale = 6.907755

func clipLogScale(a float32) float32 {
	return a / (1 + max(a, -a)*(1/maxLogScale))
}

// clipSlope is the derivative of clipLogScale.
func clipSlope(a float32) float32 {
	d := 1 + max(a, -a)*(1/maxLogScale)
	return 1 / (d * d)
}

// affineOp is e^α·u + m for parameters (a, m) a dimension.
type affineOp struct {
	vec      *vec.Kernels
	logScale []float32 // α
	scale    []float32 // e^α
}

func (*affineOp) Name() string { return "affine transform" }

func (*affineOp) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[1].Len() != 2*in[0].Len() {
		return nil, nn.ShapeError(in[1], "two parameters a dimension")
	}
	return in[0].Shape(), nil
}

func (o *affineOp) Forward(out []float32, in []*nn.Tensor) {
	u, params := in[0].Data, in[1].Data
	o.logScale, o.scale = resize(o.logScale, len(u)), resize(o.scale, len(u))
	for i := range u {
		o.logScale[i] = clipLogScale(params[2*i])
	}
	o.vec.Exp(o.scale, o.logScale)
	for i, v := range u {
		out[i] = v*o.scale[i] + params[2*i+1]
	}
}

func (o *affineOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	u, params := in[0].Data, in[1].Data
	for i, g := range outGrad {
		if grads[0] != nil {
			grads[0][i] += g * o.scale[i]
		}
		if grads[1] != nil {
			grads[1][2*i] += g * u[i] * o.scale[i] * clipSlope(params[2*i])
			grads[1][2*i+1] += g
		}
	}
}

// logScaleOp is Σ α over the dimensions, of the transform before it.
type logScaleOp struct{ of *affineOp }

func (logScaleOp) Name() string { return "log scale" }

func (logScaleOp) Shape(in []*nn.Tensor) ([]int, error) { return []int{in[0].Dim(0)}, nil }

func (o logScaleOp) Forward(out []float32, in []*nn.Tensor) {
	width := in[0].Dim(1) / 2
	for r := range out {
		sum := float32(0)
		for _, a := range o.of.logScale[r*width:][:width] {
			sum += a
		}
		out[r] = sum
	}
}

func (logScaleOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	width := in[0].Dim(1)
	for r, g := range outGrad {
		for i := r * width; i < (r+1)*width; i += 2 {
			grads[0][i] += g * clipSlope(in[0].Data[i])
		}
	}
}

func (a *affineAutoregressive) inverter() inverter { return &affineInverter{walker: newWalker(a.made)} }

type affineInverter struct {
	*walker
	scale []float32
}

func (v *affineInverter) invert(z []float32, draws int, context []float32) {
	v.begin(context, draws)
	v.scale = resize(v.scale, draws)
	for d := range v.m.dim {
		params := v.step(z, d)
		for r, a := range params[:draws] {
			v.scale[r] = -clipLogScale(a)
		}
		v.vec.Exp(v.scale, v.scale)
		row := z[d*draws:][:draws]
		v.vec.Axpy(row, row, params[draws:2*draws], -1)
		v.vec.Mul(row, row, v.scale)
	}
}
