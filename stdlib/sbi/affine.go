package sbi

import (
	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// bijection is an invertible function of one number, of which a network gives the
// parameters.
type bijection interface {
	// params is the number of parameters.
	params() int
	// forward applies the function to u, of shape (rows, dim), with parameters of
	// shape (rows, dim·params), the dimension varying slowest; logDet, of shape
	// (rows), is the sum of the slopes' logarithms.
	forward(t *nn.Tape, u, params *nn.Tensor) (z, logDet *nn.Tensor)
	// inverse gives an object that inverts one dimension.
	inverse() inverseMap
}

// inverseMap inverts a bijection of one dimension in place; params has a row of
// draws for each parameter. It belongs to one goroutine.
type inverseMap interface {
	invert(z, params []float32)
}

// affine is z = e^α·u + m, with α from the first parameter and m the second.
type affine struct{}

func (affine) params() int { return 2 }

func (affine) forward(t *nn.Tape, u, params *nn.Tensor) (z, logDet *nn.Tensor) {
	op, ok := t.Earlier().(*affineOp)
	if !ok {
		op = &affineOp{vec: vec.New(simd.Best())}
	}
	return t.Custom(op, u, params), t.Custom(logScaleOp{op}, params)
}

func (affine) inverse() inverseMap { return &affineInverse{vec: vec.New(simd.Best())} }

type affineInverse struct {
	vec   *vec.Kernels
	scale []float32
}

func (v *affineInverse) invert(z, params []float32) {
	draws := len(z)
	v.scale = resize(v.scale, draws)
	for r, a := range params[:draws] {
		v.scale[r] = -clipLogScale(a)
	}
	v.vec.Exp(v.scale, v.scale)
	v.vec.Axpy(z, z, params[draws:2*draws], -1)
	v.vec.Mul(z, z, v.scale)
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
