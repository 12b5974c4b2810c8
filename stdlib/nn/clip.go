package nn

import (
	"math"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// ClipGradients scales the gradients of a module so that their norm, taken over
// all parameters, is at most limit, and gives the norm before.
func ClipGradients(m Module, limit float64) float64 { return newClipper(m).clip(limit) }

// clipper clips the gradients of a module again and again.
type clipper struct {
	parameters []*Tensor
	vec        *vec.Kernels
}

func newClipper(m Module) *clipper {
	c := &clipper{vec: vec.New(simd.Best())}
	for _, p := range m.Parameters() {
		if !p.Buffer {
			c.parameters = append(c.parameters, p.Tensor)
		}
	}
	return c
}

func (c *clipper) clip(limit float64) float64 {
	sum := 0.0
	for _, p := range c.parameters {
		if p.graded {
			sum += c.vec.Dot(p.Grad, p.Grad)
		}
	}
	norm := math.Sqrt(sum)
	if norm > limit {
		for _, p := range c.parameters {
			if p.graded {
				c.vec.ScaleShift(p.Grad, p.Grad, float32(limit/(norm+1e-6)), 0)
			}
		}
	}
	return norm
}
