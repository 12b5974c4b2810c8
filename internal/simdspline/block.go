// Package simdspline applies monotonic splines of quotients of quadratics (Durkan,
// Bekasov, Murray and Papamakarios 2019, https://arxiv.org/abs/1906.04032) to many
// numbers at a time, each with a spline of its own: with AVX-512, AVX2 or NEON where the
// machine has them, in plain Go elsewhere, to the same bits.
//
// A spline goes from −Bound to Bound and is the identity beyond. Its parameters are,
// for bins, the widths, the heights and the slopes at the inner knots, before softmax
// and softplus; zeros give the identity.
package simdspline

import (
	"math"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/simdspline/layout"
	"hillock/internal/vec"
)

//go:generate go run ./gen -out spline_amd64.s -stubs spline_amd64.go -pkg simdspline
//go:generate go run ./gen/neon -out spline_arm64.s -stubs spline_arm64.go -pkg simdspline

const (
	// Elements is how many numbers a block takes.
	Elements = layout.Elements
	// Bound is where splines end.
	Bound = layout.BoundValue
)

// slopeShift makes a slope 1 where the parameter is 0.
var slopeShift = float32(math.Log(math.Expm1(1 - layout.LeastSlopeValue)))

// Spline is the kind of all splines of a block.
type Spline struct {
	Bins int
	// Calm divides the parameters of widths and heights.
	Calm float32
}

// Params is the number of a spline's parameters.
func (s Spline) Params() int { return 3*s.Bins - 1 }

// scale is what the shares of widths and heights are parts of.
func (s Spline) scale() float64 {
	return 2 * Bound * (1 - layout.LeastShareValue*float64(s.Bins))
}

// Block holds up to Elements numbers and their splines.
type Block struct {
	// The order is the one of package layout.
	u, z, logSlope, x, y, width, height, e0, e1, d0, d1, bin, perWidths, perHeights [Elements]float64
	gradZ, gradLog, gradU                                                           [Elements]float64

	n            int
	exponentials []float32 // of the parameters: Elements of each, then Elements of the edges' slope
	inside       [Elements]bool
}

// Kernels apply splines at one level of instructions. They must not be used by two
// goroutines at once.
type Kernels struct {
	kernels
	spline  Spline
	vec     *vec.Kernels
	turner  gemm.Kernel
	scratch []float32
}

// kernels are the loops over the elements of a block. e is the block's
// exponentials, scale and perCalm what Spline says, and vectors a number of groups
// of elements.
type kernels struct {
	lanes    int // in a group
	forward  func(b *float64, e *float32, bins, vectors int, scale float64)
	inverse  func(b *float64, e *float32, bins, vectors int, scale float64)
	backward func(b *float64, e, grads *float32, bins, vectors int, perScale, perCalm float64)
}

// New gives the kernels of a level for splines.
func New(level simd.Level, s Spline) *Kernels {
	return &Kernels{
		kernels: kernelsOf(level), spline: s, vec: vec.New(level), turner: gemm.NewKernel(level),
		scratch: make([]float32, s.Params()*Elements),
	}
}

// Forward sets z to the splines' values at u, at most Elements, and logSlope to the
// logarithms of their slopes. params holds the parameters, spline after spline. The
// block keeps what Backward needs.
func (k *Kernels) Forward(b *Block, z []float32, logSlope []float64, u, params []float32) {
	n, width := len(u), k.spline.Params()
	k.begin(b, u)
	planes := b.exponentials[:width*Elements]
	if n == Elements {
		k.turner.Transpose(planes, params[:n*width], n, width)
	} else {
		clear(planes)
		for i := range n {
			for j, p := range params[i*width:][:width] {
				planes[j*Elements+i] = p
			}
		}
	}
	k.exponentiate(planes)
	k.run(b, k.forward, forward)
	for i := range u {
		z[i], logSlope[i] = u[i], 0
		if b.inside[i] {
			z[i], logSlope[i] = float32(b.z[i]), b.logSlope[i]
		}
	}
}

// Inverse replaces z, at most Elements, by the arguments at which the splines have
// these values. params holds the parameters, each for all splines, in rows of
// stride.
func (k *Kernels) Inverse(b *Block, z, params []float32, stride int) {
	k.begin(b, z)
	planes := b.exponentials[:k.spline.Params()*Elements]
	clear(planes)
	for j := range k.spline.Params() {
		copy(planes[j*Elements:][:len(z)], params[j*stride:])
	}
	k.exponentiate(planes)
	k.run(b, k.inverse, inverse)
	for i := range z {
		if b.inside[i] {
			z[i] = float32(b.z[i])
		}
	}
}

// begin takes arguments into a block. Those beyond the bounds, where nothing is to
// be computed, are put to 0.
func (k *Kernels) begin(b *Block, u []float32) {
	b.n = len(u)
	if len(b.exponentials) != (k.spline.Params()+1)*Elements {
		b.exponentials = make([]float32, (k.spline.Params()+1)*Elements)
		edge := b.exponentials[k.spline.Params()*Elements:]
		for i := range edge {
			edge[i] = layout.EdgeValue
		}
	}
	for i, v := range u {
		if b.inside[i] = v > -Bound && v < Bound; !b.inside[i] {
			v = 0
		}
		b.u[i] = float64(v)
	}
	clear(b.u[len(u):])
}

// exponentiate turns parameters into exponentials.
func (k *Kernels) exponentiate(planes []float32) {
	sizes := planes[:2*k.spline.Bins*Elements]
	slopes := planes[len(sizes):]
	k.vec.ScaleShift(sizes, sizes, 1/k.spline.Calm, 0)
	const large = 60 // far from what exponentials overflow at
	if !(k.vec.Dot(sizes, sizes) < large*large) {
		k.reduce(sizes[:len(sizes)/2])
		k.reduce(sizes[len(sizes)/2:])
	}
	k.vec.ScaleShift(slopes, slopes, 1, slopeShift)
	k.vec.Exp(planes, planes)
}

// reduce takes the largest parameter of each softmax away from all of its.
func (k *Kernels) reduce(sizes []float32) {
	for i := range Elements {
		top := sizes[i]
		for at := i; at < len(sizes); at += Elements {
			top = max(top, sizes[at])
		}
		for at := i; at < len(sizes); at += Elements {
			sizes[at] -= top
		}
	}
}

// run has a kernel, or where there is none plain, go over a block.
func (k *Kernels) run(b *Block, kernel func(b *float64, e *float32, bins, vectors int, scale float64), plain func(b *Block, s Spline)) {
	if kernel == nil {
		plain(b, k.spline)
		return
	}
	kernel(&b.u[0], &b.exponentials[0], k.spline.Bins, (b.n+k.lanes-1)/k.lanes, k.spline.scale())
}

// Backward adds to gradU and gradParams the gradients, given those of Forward's
// values and logarithms. Either may be nil.
func (k *Kernels) Backward(b *Block, gradU, gradParams, gradZ, gradLog []float32) {
	width := k.spline.Params()
	some := false
	for i := range b.n {
		b.gradZ[i], b.gradLog[i] = 0, 0
		if b.inside[i] {
			b.gradZ[i], b.gradLog[i] = float64(gradZ[i]), float64(gradLog[i])
		}
		some = some || gradZ[i] != 0 || gradLog[i] != 0
	}
	if !some {
		return // as for most of the atoms
	}
	planes := k.scratch
	if k.backward == nil {
		backward(b, k.spline, planes)
	} else {
		k.backward(&b.u[0], &b.exponentials[0], &planes[0], k.spline.Bins, (b.n+k.lanes-1)/k.lanes, 1/k.spline.scale(), 1/float64(k.spline.Calm))
	}
	if gradU != nil {
		for i, g := range gradZ[:b.n] {
			if b.inside[i] {
				g = float32(b.gradU[i])
			}
			gradU[i] += g
		}
	}
	if gradParams == nil {
		return
	}
	if b.n < Elements {
		for i := range b.n {
			for j := range width {
				gradParams[i*width+j] += planes[j*Elements+i]
			}
		}
		return
	}
	// What the exponentials' place holds is not needed again.
	turned := b.exponentials[:width*Elements]
	k.turner.Transpose(turned, planes, width, Elements)
	k.vec.Add(gradParams, gradParams, turned)
}
