package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd/emit"
	"hillock/internal/simdspline/layout"
)

// backward keeps in the block, whose values are not needed again, what there are
// no registers for.
func (s *emission) backward() {
	s.open("backward", "computes the gradients of the arguments and, into grads, of the parameters.", passesOut)
	grads := Load(Param("grads"), GP64())
	Label("next")
	const (
		slopeFrom = layout.E0 // the gradients of the parameters of the slopes at both ends
		slopeTo   = layout.E1
		sizeY     = layout.Z // the gradient of the height
		perWidth  = layout.LogSlope
		ratio     = layout.Z
	)
	p := s.shape()
	s.put(p.perWidth, perWidth)
	gl := s.get(layout.GradLog)
	byNum := s.div(gl, p.num)
	s.put(s.mul(p.rise, p.per), ratio)
	// gs begins with what s itself gives.
	byS := s.div(s.add(gl, gl), p.s)
	height := s.mul(s.get(layout.GradZ), s.mul(s.get(layout.Height), p.per))
	byDen := s.mul(gl, p.per)
	minusTwo := s.sub(s.constant(layout.Zero), s.constant(layout.Two))
	byDen = s.sub(s.mul(byDen, minusTwo), s.mul(height, s.get(ratio)))
	twice := s.add(byNum, byNum)
	gs := s.fma(height, p.square, s.fma(twice, p.theta, byS))
	s.fma(byDen, s.sub(s.constant(layout.One), s.add(p.theta, p.theta)), gs)
	byTheta := s.mul(twice, p.s)
	s.fma(byDen, p.bend, byTheta)
	s.fma(height, s.get(layout.D0), byTheta)

	byBend := s.mul(byDen, p.theta)
	g0 := s.fma(height, p.theta, s.fma(byNum, s.mul(p.rest, p.rest), s.copy(byBend)))
	e := s.get(layout.E0)
	s.put(s.mul(g0, s.div(e, s.add(e, s.constant(layout.One)))), slopeFrom)
	g1 := s.fma(byNum, p.square, byBend)
	e = s.get(layout.E1)
	s.put(s.mul(g1, s.div(e, s.add(e, s.constant(layout.One)))), slopeTo)

	gxi := s.mul(height, s.mul(s.add(p.s, p.s), p.xi))
	s.fma(twice, s.sub(s.mul(s.get(layout.D1), p.xi), s.mul(s.get(layout.D0), p.rest)), gxi)
	s.fma(byTheta, s.sub(s.constant(layout.One), s.add(p.xi, p.xi)), gxi)
	byU := s.mul(gxi, s.get(perWidth))
	s.put(byU, layout.GradU)
	x := s.sub(s.constant(layout.Zero), byU)
	width := s.fma(gxi, p.xi, s.mul(gs, p.s))
	width = s.mul(s.sub(s.constant(layout.Zero), width), s.get(perWidth))
	s.put(s.fma(gs, s.get(perWidth), s.mul(s.get(layout.GradZ), s.get(ratio))), sizeY)

	w := s.factors(x, width, layout.X, layout.Width, layout.PerWidths)
	h := s.factors(s.get(layout.GradZ), s.get(sizeY), layout.Y, layout.Height, layout.PerHeights)
	from, to := s.rows(s.e, 2), s.rows(grads, 3)
	number := s.constant(layout.Zero)
	bin := s.get(layout.Bin)
	s.eachBin("sizes", s.bins, func() {
		after, own := s.m.Where(bin, emit.AtMost, number), s.m.Where(bin, emit.EqualTo, number)
		for i, f := range [][3]VecVirtual{w, h} {
			g := s.copy(f[0])
			s.m.Choose(after, f[2], g)
			s.m.Choose(own, f[1], g)
			VMULPD(s.float(from[i]), g, g)
			s.m.StoreFloats(g, Mem{Base: to[i]})
		}
		VADDPD(s.constant(layout.One), number, number)
	}, from[0], from[1], to[0], to[1])

	slopes := GP64()
	MOVQ(s.bins, slopes)
	DECQ(slopes)
	JZ(LabelRef("done"))
	number = s.constant(layout.Zero)
	g0, g1 = s.get(slopeFrom), s.get(slopeTo)
	s.eachBin("slopes", slopes, func() {
		g, mask := s.constant(layout.Zero), s.m.Where(bin, emit.EqualTo, number)
		s.m.Choose(mask, g1, g)
		VADDPD(s.constant(layout.One), number, number)
		s.m.Choose(s.m.Where(bin, emit.EqualTo, number), g0, g)
		s.m.StoreFloats(g, Mem{Base: to[2]})
	}, to[2])
	Label("done")
	s.end(grads)
}

// factors are what make exponentials gradients of their parameters: of bins before
// the piece, the piece itself and those after it.
func (s *emission) factors(knot, size VecVirtual, at, of, per layout.Plane) [3]VecVirtual {
	least := s.constant(layout.LeastSize)
	perScale := s.argument("perScale")
	before := s.sub(s.get(at), s.constant(layout.MinusBound))
	before = s.mul(s.sub(before, s.mul(s.get(layout.Bin), least)), perScale)
	mean := s.mul(size, s.mul(s.sub(s.get(of), least), perScale))
	s.fma(knot, before, mean)
	p := s.mul(s.get(per), s.argument("perCalm"))
	none := s.sub(s.constant(layout.Zero), mean)
	return [3]VecVirtual{s.mul(s.sub(knot, mean), p), s.mul(s.sub(size, mean), p), s.mul(none, p)}
}
