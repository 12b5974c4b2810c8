package sbi

import (
	"math"

	"hillock/internal/simd"
	"hillock/internal/simdspline"
	"hillock/stdlib/nn"
)

// rationalQuadratic is a monotonic spline of quotients of quadratics between −4 and
// 4, and the identity beyond (Durkan, Bekasov, Murray and Papamakarios 2019,
// https://arxiv.org/abs/1906.04032). The toolbox has 3: what is learned cannot move
// the noise beyond the bound, 0.27 % of every dimension's mass at 3 and 0.006 % at
// 4. The benchmark's C2ST falls by up to 0.05 (BENCHMARKS.md); 5 is no better.
type rationalQuadratic struct{ simdspline.Spline }

// calmSpline divides the parameters of widths and heights by the square root of the
// number of hidden units that they are sums over, so that a step of training moves
// many knots less far.
func calmSpline(bins, hidden int) rationalQuadratic {
	return rationalQuadratic{simdspline.Spline{Bins: bins, Calm: float32(math.Sqrt(float64(hidden)))}}
}

func (s rationalQuadratic) params() int { return s.Params() }

func (s rationalQuadratic) forward(t *nn.Tape, u, params *nn.Tensor) (z, logDet *nn.Tensor) {
	op, ok := t.Earlier().(*splineOp)
	if !ok || op.rationalQuadratic != s {
		op = &splineOp{rationalQuadratic: s, kernels: simdspline.New(simd.Best(), s.Spline)}
	}
	z = t.Custom(op, u, params)
	return z, t.Custom(logSlopeOp{op}, z)
}

// splineOp applies splines element by element.
type splineOp struct {
	rationalQuadratic
	kernels   *simdspline.Kernels
	blocks    []simdspline.Block // of the batch
	logSlopes []float64          // of the elements
	logDet    []float32          // of each row
	logGrads  []float32          // gradient of logDet
	spread    []float32          // the same for the elements of a block
}

func (*splineOp) Name() string { return "rational-quadratic spline" }

func (o *splineOp) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[1].Len() != o.params()*in[0].Len() {
		return nil, nn.ShapeError(in[1], "3 parameters a bin, less one, for every dimension")
	}
	return in[0].Shape(), nil
}

// each calls do for the elements from … to−1 of each block.
func (o *splineOp) each(elements int, do func(b *simdspline.Block, from, to int)) {
	for i := range o.blocks {
		from := i * simdspline.Elements
		do(&o.blocks[i], from, min(from+simdspline.Elements, elements))
	}
}

func (o *splineOp) Forward(out []float32, in []*nn.Tensor) {
	u, width, dim := in[0].Data, o.params(), in[0].Dim(1)
	blocks := (len(u) + simdspline.Elements - 1) / simdspline.Elements
	o.blocks = resize(o.blocks, blocks)
	o.logSlopes = resize(o.logSlopes, len(u))
	o.each(len(u), func(b *simdspline.Block, from, to int) {
		o.kernels.Forward(b, out[from:to], o.logSlopes[from:to], u[from:to], in[1].Data[from*width:to*width])
	})
	o.logDet, o.logGrads = resize(o.logDet, len(u)/dim), resize(o.logGrads, len(u)/dim)
	clear(o.logGrads)
	for r := range o.logDet {
		sum := 0.0
		for _, l := range o.logSlopes[r*dim:][:dim] {
			sum += l
		}
		o.logDet[r] = float32(sum)
	}
}

func (o *splineOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	width, dim := o.params(), in[0].Dim(1)
	o.spread = resize(o.spread, simdspline.Elements)
	o.each(len(outGrad), func(b *simdspline.Block, from, to int) {
		for i := from; i < to; i++ {
			o.spread[i-from] = o.logGrads[i/dim]
		}
		var gradU, gradParams []float32
		if grads[0] != nil {
			gradU = grads[0][from:to]
		}
		if grads[1] != nil {
			gradParams = grads[1][from*width : to*width]
		}
		o.kernels.Backward(b, gradU, gradParams, outGrad[from:to], o.spread[:to-from])
	})
}

// logSlopeOp is the sum of the slopes' logarithms of the splines that gave its
// input. Its gradient reaches the parameters through their operation.
type logSlopeOp struct{ of *splineOp }

func (logSlopeOp) Name() string { return "log slope" }

func (logSlopeOp) Shape(in []*nn.Tensor) ([]int, error) { return []int{in[0].Dim(0)}, nil }

func (o logSlopeOp) Forward(out []float32, _ []*nn.Tensor) { copy(out, o.of.logDet) }

func (o logSlopeOp) Backward(_, outGrad []float32, _ []*nn.Tensor, _ [][]float32) {
	copy(o.of.logGrads, outGrad)
}

func (s rationalQuadratic) inverse() inverseMap {
	return &splineInverse{kernels: simdspline.New(simd.Best(), s.Spline)}
}

type splineInverse struct {
	kernels *simdspline.Kernels
	block   simdspline.Block
}

func (v *splineInverse) invert(z, params []float32) {
	for from := 0; from < len(z); from += simdspline.Elements {
		to := min(from+simdspline.Elements, len(z))
		v.kernels.Inverse(&v.block, z[from:to], params[from:], len(z))
	}
}
