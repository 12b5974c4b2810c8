package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"

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

// scaleFloor keeps the scales of affine transforms above zero.
const scaleFloor = 1e-3

// affineAutoregressive is z = s·u + m with scale s = softplus(α) + scaleFloor,
// where α and m of a dimension come from a made.
type affineAutoregressive struct{ *made }

func (a *affineAutoregressive) forward(t *nn.Tape, u, context *nn.Tensor) (z, logDet *nn.Tensor) {
	params := a.made.forward(t, u, context)
	return t.Custom(&affineOp{}, u, params), t.Custom(&logScaleOp{}, params)
}

// affineOp is u·(softplus(α) + scaleFloor) + m for parameters (α, m) a dimension.
type affineOp struct{}

func (*affineOp) Name() string { return "affine transform" }

func (*affineOp) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[1].Len() != 2*in[0].Len() {
		return nil, nn.ShapeError(in[1], "two parameters a dimension")
	}
	return in[0].Shape(), nil
}

func (*affineOp) Forward(out []float32, in []*nn.Tensor) {
	params := in[1].Data
	for i, u := range in[0].Data {
		out[i] = u*float32(softplus(float64(params[2*i]))+scaleFloor) + params[2*i+1]
	}
}

func (*affineOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	params := in[1].Data
	for i, g := range outGrad {
		if grads[0] != nil {
			grads[0][i] += g * float32(softplus(float64(params[2*i]))+scaleFloor)
		}
		if grads[1] != nil {
			slope := 1 / (1 + math.Exp(-float64(params[2*i])))
			grads[1][2*i] += g * in[0].Data[i] * float32(slope)
			grads[1][2*i+1] += g
		}
	}
}

// logScaleOp is Σ log(softplus(α) + scaleFloor) over the dimensions.
type logScaleOp struct{}

func (*logScaleOp) Name() string { return "log scale" }

func (*logScaleOp) Shape(in []*nn.Tensor) ([]int, error) { return []int{in[0].Dim(0)}, nil }

func (*logScaleOp) Forward(out []float32, in []*nn.Tensor) {
	width := in[0].Dim(1)
	for r := range out {
		sum := 0.0
		for i := 0; i < width; i += 2 {
			sum += math.Log(softplus(float64(in[0].Data[r*width+i])) + scaleFloor)
		}
		out[r] = float32(sum)
	}
}

func (*logScaleOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	width := in[0].Dim(1)
	for r, g := range outGrad {
		for i := 0; i < width; i += 2 {
			x := float64(in[0].Data[r*width+i])
			slope := 1 / (1 + math.Exp(-x))
			grads[0][r*width+i] += g * float32(slope/(softplus(x)+scaleFloor))
		}
	}
}

func (a *affineAutoregressive) inverter() inverter { return affineInverter{newWalker(a.made)} }

type affineInverter struct{ *walker }

func (v affineInverter) invert(z []float32, rows int, context []float32) {
	dim := v.m.dim
	v.begin(context, rows)
	for d := range dim {
		params := v.step(z, d)
		for r := range rows {
			at := r*dim + d
			z[at] = (z[at] - params[2*r+1]) / float32(softplus(float64(params[2*r]))+scaleFloor)
		}
	}
}
