package main

import (
	"hillock/internal/neon"
	"hillock/internal/simdspline/layout"
)

func (s *emission) backward() {
	s.open("backward", "computes the gradients of the arguments and, into grads, of the parameters, as backwardAVX2 does.",
		"b *float64, e, grads *float32, bins, vectors int, perScale, perCalm float64")
	grads := s.Argument("grads")
	s.Label("next")
	zero, one := s.constant(layout.Zero), s.constant(layout.One)
	p := s.shape()
	gl, gz := s.get(layout.GradLog), s.get(layout.GradZ)
	byNum, ratio := s.div(gl, p.num), s.mul(p.rise, p.per)
	// gs begins with what s itself gives.
	byS := s.div(s.add(gl, gl), p.s)
	height := s.mul(gz, s.mul(s.get(layout.Height), p.per))
	minusTwo := s.sub(zero, s.constant(layout.Two))
	byDen := s.sub(s.mul(s.mul(gl, p.per), minusTwo), s.mul(height, ratio))
	twice := s.add(byNum, byNum)
	gs := s.fma(height, p.square, s.fma(twice, p.theta, byS))
	s.fma(byDen, s.sub(one, s.add(p.theta, p.theta)), gs)
	byTheta := s.mul(twice, p.s)
	s.fma(byDen, p.bend, byTheta)
	s.fma(height, s.get(layout.D0), byTheta)

	byBend := s.mul(byDen, p.theta)
	g0 := s.fma(height, p.theta, s.fma(byNum, s.mul(p.rest, p.rest), s.copy(byBend)))
	e := s.get(layout.E0)
	g0 = s.mul(g0, s.div(e, s.add(e, one)))
	g1 := s.fma(byNum, p.square, byBend)
	e = s.get(layout.E1)
	g1 = s.mul(g1, s.div(e, s.add(e, one)))

	gxi := s.mul(height, s.mul(s.add(p.s, p.s), p.xi))
	s.fma(twice, s.sub(s.mul(s.get(layout.D1), p.xi), s.mul(s.get(layout.D0), p.rest)), gxi)
	s.fma(byTheta, s.sub(one, s.add(p.xi, p.xi)), gxi)
	byU := s.mul(gxi, p.perWidth)
	s.put(byU, layout.GradU)
	x := s.sub(zero, byU)
	width := s.fma(gxi, p.xi, s.mul(gs, p.s))
	width = s.mul(s.sub(zero, width), p.perWidth)
	sizeY := s.fma(gs, p.perWidth, s.mul(gz, ratio))

	w := s.factors(x, width, layout.X, layout.Width, layout.PerWidths)
	h := s.factors(gz, sizeY, layout.Y, layout.Height, layout.PerHeights)
	from, to := s.rows(s.e, 2), s.rows(grads, 3)
	bin, number := s.get(layout.Bin), s.constant(layout.Zero)
	s.eachBin("sizes", s.bins, func() {
		after, own := s.atMost(bin, number), s.Vector()
		s.Equal(own, bin, number)
		for i, f := range [][3]vec{w, h} {
			g := s.copy(f[0])
			s.Insert(g, f[2], after)
			s.Insert(g, f[1], own)
			s.store(s.mul(s.float(from[i]), g), to[i])
		}
		s.Add(number, number, one)
	}, from[0], from[1], to[0], to[1])

	slopes := s.Number()
	s.Line("SUBS $1, %s, %s", s.bins, slopes)
	s.Line("BEQ done")
	number = s.constant(layout.Zero)
	s.eachBin("slopes", slopes, func() {
		g, mask := s.constant(layout.Zero), s.Vector()
		s.Equal(mask, bin, number)
		s.Insert(g, g1, mask)
		s.Add(number, number, one)
		s.Equal(mask, bin, number)
		s.Insert(g, g0, mask)
		s.store(g, to[2])
	}, to[2])
	s.Label("done")
	s.end(grads)
}

// store writes doubles as floats.
func (s *emission) store(x vec, to neon.R) {
	s.Halved(x, x)
	s.Line("FMOVD %s, (%s)", x.F(), to)
}

// factors are what make exponentials gradients of their parameters: of bins before
// the piece, the piece itself and those after it.
func (s *emission) factors(knot, size vec, at, of, per layout.Plane) [3]vec {
	least, perScale := s.constant(layout.LeastSize), s.Scalar("perScale")
	before := s.sub(s.get(at), s.constant(layout.MinusBound))
	before = s.mul(s.sub(before, s.mul(s.get(layout.Bin), least)), perScale)
	mean := s.mul(size, s.mul(s.sub(s.get(of), least), perScale))
	s.fma(knot, before, mean)
	p := s.mul(s.get(per), s.Scalar("perCalm"))
	none := s.sub(s.constant(layout.Zero), mean)
	return [3]vec{s.mul(s.sub(knot, mean), p), s.mul(s.sub(size, mean), p), s.mul(none, p)}
}
