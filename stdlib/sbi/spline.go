package sbi

import (
	"math"
	"slices"

	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// rationalQuadratic is a monotonic spline of quotients of quadratics between
// −splineBound and splineBound, and the identity beyond (Durkan, Bekasov, Murray
// and Papamakarios 2019, https://arxiv.org/abs/1906.04032). The parameters are,
// for bins, widths, heights and the slopes at the inner knots, before softmax and
// softplus; zeros give the identity.
type rationalQuadratic struct {
	bins int
	// calm divides the parameters of widths and heights, so that a step of training
	// moves many knots less far: the square root of the number of hidden units that
	// they are sums over.
	calm float32
}

const (
	// splineBound is 4, where the toolbox has 3: what is learned cannot move the
	// noise beyond it, 0.27 % of every dimension's mass at 3 and 0.006 % at 4. The
	// benchmark's C2ST falls by up to 0.05 (BENCHMARKS.md); 5 is no better.
	splineBound = 4
	leastShare  = 1e-3 // of a bin in the width or height
	leastSlope  = 1e-3
)

// slopeShift makes a slope 1 where the parameter is 0.
var slopeShift = math.Log(math.Expm1(1 - leastSlope))

func calmSpline(bins, hidden int) rationalQuadratic {
	return rationalQuadratic{bins, float32(math.Sqrt(float64(hidden)))}
}

func (s rationalQuadratic) params() int { return 3*s.bins - 1 }

// piece is the part of a spline between two knots.
type piece struct {
	bin        int
	x, w, y, h float64 // left knot, width and height of the bin
	d0, d1     float64 // slopes at its ends
}

// find gives the piece that u lies in, or z with inverse. shares holds what
// exponentials made of the parameters.
func (s rationalQuadratic) find(u float64, inverse bool, shares []float32) piece {
	scale := 2 * splineBound * (1 - leastShare*float64(s.bins))
	p := piece{x: -splineBound, y: -splineBound}
	for p.bin = 0; ; p.bin++ {
		p.w = 2*splineBound*leastShare + scale*float64(shares[p.bin])
		p.h = 2*splineBound*leastShare + scale*float64(shares[s.bins+p.bin])
		at, size := p.x, p.w
		if inverse {
			at, size = p.y, p.h
		}
		if p.bin == s.bins-1 || u < at+size {
			break
		}
		p.x += p.w
		p.y += p.h
	}
	p.d0, p.d1 = 1, 1
	if p.bin > 0 {
		p.d0 = slopeOf(shares[2*s.bins+p.bin-1])
	}
	if p.bin < s.bins-1 {
		p.d1 = slopeOf(shares[2*s.bins+p.bin])
	}
	return p
}

// slopeOf is softplus and the least slope, given the exponential of its argument.
func slopeOf(e float32) float64 { return leastSlope + math.Log(1+min(float64(e), math.MaxFloat32)) }

// slopeGrad is the derivative of slopeOf with respect to the argument.
func slopeGrad(e float32) float64 { return 1 - 1/(1+float64(e)) }

// at gives the value and the slope within the piece.
func (p piece) at(u float64) (z, slope float64) {
	xi := (u - p.x) / p.w
	s, theta := p.h/p.w, xi*(1-xi)
	den := s + (p.d1+p.d0-2*s)*theta
	num := p.d1*xi*xi + 2*s*theta + p.d0*(1-xi)*(1-xi)
	return p.y + p.h*(s*xi*xi+p.d0*theta)/den, s * s * num / (den * den)
}

// back is the inverse of at.
func (p piece) back(z float64) float64 {
	s, up := p.h/p.w, z-p.y
	bend := up * (p.d1 + p.d0 - 2*s)
	a, b, c := p.h*(s-p.d0)+bend, p.h*p.d0-bend, -s*up
	xi := 2 * c / (-b - math.Sqrt(math.Max(b*b-4*a*c, 0)))
	return p.x + p.w*xi
}

// pieceGrad is the gradient with respect to a piece's numbers and u.
type pieceGrad struct{ u, x, w, y, h, d0, d1 float64 }

// grad is the gradient of gz·z + gl·logSlope.
func (p piece) grad(u, gz, gl float64) pieceGrad {
	xi := (u - p.x) / p.w
	s, theta, rest := p.h/p.w, xi*(1-xi), 1-xi
	bend := p.d1 + p.d0 - 2*s
	den := s + bend*theta
	rise := s*xi*xi + p.d0*theta
	num := p.d1*xi*xi + 2*s*theta + p.d0*rest*rest
	zDen := -p.h * rise / (den * den)
	gs := gz*(p.h*xi*xi/den+zDen*(1-2*theta)) + gl*(2/s+2*theta/num-2*(1-2*theta)/den)
	gxi := gz*s*s*num/(den*den)*p.w + gl*((2*p.d1*xi+2*s*(1-2*xi)-2*p.d0*rest)/num-2*bend*(1-2*xi)/den)
	return pieceGrad{
		u: gxi / p.w, x: -gxi / p.w, w: -(gxi*xi + gs*s) / p.w,
		y: gz, h: gz*rise/den + gs/p.w,
		d0: gz*(p.h*theta/den+zDen*theta) + gl*(rest*rest/num-2*theta/den),
		d1: gz*zDen*theta + gl*(xi*xi/num-2*theta/den),
	}
}

func (s rationalQuadratic) forward(t *nn.Tape, u, params *nn.Tensor) (z, logDet *nn.Tensor) {
	op, ok := t.Earlier().(*splineOp)
	if !ok || op.rationalQuadratic != s {
		op = &splineOp{exponentials: newExponentials(s)}
	}
	z = t.Custom(op, u, params)
	return z, t.Custom(logSlopeOp{op}, z)
}

// splineOp applies splines element by element.
type splineOp struct {
	*exponentials
	shares   []float32 // what they are of the batch
	pieces   []piece
	logDet   []float32 // of each row
	logGrads []float32 // gradient of logDet
}

func (*splineOp) Name() string { return "rational-quadratic spline" }

func (o *splineOp) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[1].Len() != o.params()*in[0].Len() {
		return nil, nn.ShapeError(in[1], "3 parameters a bin, less one, for every dimension")
	}
	return in[0].Shape(), nil
}

func (o *splineOp) Forward(out []float32, in []*nn.Tensor) {
	u, width, dim := in[0].Data, o.params(), in[0].Dim(1)
	o.shares = o.exponentials.of(in[1].Data)
	if cap(o.pieces) < len(u) {
		o.pieces = make([]piece, len(u))
	}
	o.pieces = o.pieces[:len(u)]
	o.logDet, o.logGrads = resize(o.logDet, len(u)/dim), resize(o.logGrads, len(u)/dim)
	clear(o.logGrads)
	for r := range o.logDet {
		// One logarithm for the product of slopes, as long as it is no extreme number.
		sum, product := 0.0, 1.0
		for i := r * dim; i < (r+1)*dim; i++ {
			v := u[i]
			out[i] = v
			if !(v > -splineBound && v < splineBound) {
				continue
			}
			p := o.find(float64(v), false, o.shares[i*width:][:width])
			z, slope := p.at(float64(v))
			o.pieces[i] = p
			out[i] = float32(z)
			if product *= slope; !(product > 1e-200 && product < 1e200) {
				sum, product = sum+math.Log(product/slope)+math.Log(slope), 1
			}
		}
		o.logDet[r] = float32(sum + math.Log(product))
	}
}

// exponentials turns parameters into the softmax of widths and heights and the
// exponentials of slopes.
type exponentials struct {
	rationalQuadratic
	vec          *vec.Kernels
	scale, shift []float32 // of the parameters of some elements, before the exponential
	out          []float32
}

func newExponentials(s rationalQuadratic) *exponentials {
	const elements = 64 // that are scaled and shifted together
	e := &exponentials{rationalQuadratic: s, vec: vec.New(simd.Best())}
	for range elements {
		for i := range s.params() {
			scale, shift := 1/s.calm, float32(0)
			if i >= 2*s.bins {
				scale, shift = 1, float32(slopeShift)
			}
			e.scale, e.shift = append(e.scale, scale), append(e.shift, shift)
		}
	}
	return e
}

// of gives them for parameters, valid until the next call.
func (e *exponentials) of(params []float32) []float32 {
	e.out = resize(e.out, len(params))
	for lo := 0; lo < len(params); lo += len(e.scale) {
		hi := min(lo+len(e.scale), len(params))
		out := e.out[lo:hi]
		e.vec.Mul(out, params[lo:hi], e.scale[:hi-lo])
		e.vec.Add(out, out, e.shift[:hi-lo])
		e.vec.Exp(out, out)
		for at := lo; at < hi; at += e.params() {
			for part := at; part < at+2*e.bins; part += e.bins {
				e.normalise(e.out[part:][:e.bins], params[part:][:e.bins])
			}
		}
	}
	return e.out
}

// normalise divides exponentials by their sum.
func (e *exponentials) normalise(shares, params []float32) {
	sum := float32(0)
	for _, v := range shares {
		sum += v
	}
	if !(sum > 1e-30 && sum < 1e30) {
		// Extreme parameters, of which the largest is taken away first.
		top := slices.Max(params)
		sum = 0
		for i, v := range params {
			shares[i] = float32(math.Exp(float64((v - top) / e.calm)))
			sum += shares[i]
		}
	}
	scale := 1 / sum
	for i := range shares {
		shares[i] *= scale
	}
}

func (o *splineOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	u, width, dim := in[0].Data, o.params(), in[0].Dim(1)
	scale := 2 * splineBound * (1 - leastShare*float64(o.bins)) / float64(o.calm)
	for i, v := range u {
		gz, gl := float64(outGrad[i]), float64(o.logGrads[i/dim])
		if gz == 0 && gl == 0 {
			continue // as for most of the atoms
		}
		if !(v > -splineBound && v < splineBound) {
			if grads[0] != nil {
				grads[0][i] += float32(gz)
			}
			continue
		}
		p := o.pieces[i]
		g := p.grad(float64(v), gz, gl)
		if grads[0] != nil {
			grads[0][i] += float32(g.u)
		}
		if grads[1] == nil {
			continue
		}
		to, shares := grads[1][i*width:][:width], o.shares[i*width:][:width]
		softmaxBack(to[:o.bins], shares[:o.bins], p.bin, scale, g.x, g.w)
		softmaxBack(to[o.bins:2*o.bins], shares[o.bins:2*o.bins], p.bin, scale, g.y, g.h)
		if k := 2*o.bins + p.bin - 1; p.bin > 0 {
			to[k] += float32(g.d0 * slopeGrad(shares[k]))
		}
		if k := 2*o.bins + p.bin; p.bin < o.bins-1 {
			to[k] += float32(g.d1 * slopeGrad(shares[k]))
		}
	}
}

// softmaxBack adds the gradient of sizes' parameters: those before the bin move
// its knot, its own changes its size.
func softmaxBack(to, shares []float32, bin int, scale, knot, size float64) {
	before := float32(0)
	for _, p := range shares[:bin] {
		before += p
	}
	mean := knot*float64(before) + size*float64(shares[bin])
	moved, own, rest := float32(scale*(knot-mean)), float32(scale*(size-mean)), float32(-scale*mean)
	for j, p := range shares[:bin] {
		to[j] += p * moved
	}
	to[bin] += shares[bin] * own
	for j := bin + 1; j < len(shares); j++ {
		to[j] += shares[j] * rest
	}
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
	return &splineInverse{exponentials: newExponentials(s)}
}

type splineInverse struct {
	*exponentials
	rows []float32 // parameters, a row a draw
}

func (v *splineInverse) invert(z, params []float32) {
	draws, width := len(z), v.params()
	v.rows = resize(v.rows, draws*width)
	for k := range width {
		for r, x := range params[k*draws:][:draws] {
			v.rows[r*width+k] = x
		}
	}
	shares := v.of(v.rows)
	for r, x := range z {
		if x > -splineBound && x < splineBound {
			at := shares[r*width:][:width]
			p := v.find(float64(x), true, at)
			z[r] = float32(p.back(float64(x)))
		}
	}
}
