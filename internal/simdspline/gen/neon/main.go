// The generator of simdspline's vector kernels for ARM64.
//
//	go run ./gen/neon -out spline_arm64.s -stubs spline_arm64.go -pkg simdspline
//
// They are those of ../main.go, with vectors of 2 lanes.
package main

import (
	"fmt"
	"os"

	"hillock/internal/neon"
	"hillock/internal/simdspline/layout"
)

func main() {
	s := &emission{Code: &neon.Code{}}
	s.Table("constants", layout.Constants())
	s.forward()
	s.inverse()
	s.backward()
	if err := s.Write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// emission is a kernel that is being written.
type emission struct {
	*neon.Code
	table         neon.R
	block         neon.R // at the elements of this turn
	e             neon.R // at their first exponential
	bins, vectors neon.R
}

type vec = neon.V

const rowBytes = 4 * layout.Elements // from one exponential of an element to its next

// open opens a kernel.
func (s *emission) open(name, doc, signature string) {
	s.Function(name+"NEON", doc, signature)
	s.Doubles()
	s.block, s.e, s.bins, s.vectors = s.Argument("b"), s.Argument("e"), s.Argument("bins"), s.Argument("vectors")
	s.table = s.TableAt("constants")
}

// end closes it, with the loop over vectors of elements from the label next. more are
// other pointers that go on with the elements.
func (s *emission) end(more ...neon.R) {
	s.Line("ADD $%d, %s, %s", neon.Bytes, s.block, s.block)
	for _, p := range append(more, s.e) {
		s.Line("ADD $%d, %s, %s", neon.Bytes/2, p, p)
	}
	s.Again(s.vectors, 1, "next")
	s.Return()
}

// get brings a quantity of the elements into a vector.
func (s *emission) get(p layout.Plane) vec {
	x := s.Vector()
	s.LoadAt(s.block, 8*int(p)*layout.Elements, x)
	return x
}

func (s *emission) put(x vec, p layout.Plane) { s.StoreAt(x, s.block, 8*int(p)*layout.Elements) }

func (s *emission) constant(c layout.Constant) vec {
	x := s.Vector()
	s.LoadAt(s.table, neon.Bytes*c.At(), x)
	return x
}

// The operations, with the result in a vector of its own.
func (s *emission) add(x, y vec) vec { z := s.Vector(); s.Add(z, x, y); return z }
func (s *emission) sub(x, y vec) vec { z := s.Vector(); s.Sub(z, x, y); return z }
func (s *emission) mul(x, y vec) vec { z := s.Vector(); s.Mul(z, x, y); return z }
func (s *emission) div(x, y vec) vec { z := s.Vector(); s.Div(z, x, y); return z }
func (s *emission) copy(x vec) vec   { z := s.Vector(); s.Copy(z, x); return z }

// fma adds x·y to sum, which is overwritten.
func (s *emission) fma(x, y, sum vec) vec { s.MulAdd(sum, x, y); return sum }

// atMost is where x ≤ y.
func (s *emission) atMost(x, y vec) vec { z := s.Vector(); s.AtLeast(z, y, x); return z }

// float loads exponentials from a pointer.
func (s *emission) float(p neon.R) vec {
	x := s.Vector()
	s.Line("FMOVD (%s), %s", p, x.F())
	s.Doubled(x, x)
	return x
}

// rows gives pointers to the exponentials of the widths, heights and slopes.
func (s *emission) rows(from neon.R, count int) []neon.R {
	var at []neon.R
	for i := range count {
		p := s.Number()
		if i == 0 {
			s.Line("MOVD %s, %s", from, p)
		} else {
			s.Line("ADD %s<<9, %s, %s", s.bins, at[i-1], p)
		}
		at = append(at, p)
	}
	return at
}

// eachBin writes a loop over bins, in which the pointers go on from one to the next.
func (s *emission) eachBin(label string, bins neon.R, body func(), pointers ...neon.R) {
	left := s.Number()
	s.Line("MOVD %s, %s", bins, left)
	s.Label(label)
	body()
	for _, p := range pointers {
		s.Line("ADD $%d, %s, %s", rowBytes, p, p)
	}
	s.Again(left, 1, label)
}

// find is the method of Block.
func (s *emission) find(byHeight bool) {
	if rowBytes != 1<<9 {
		panic("rows shifts by 9")
	}
	at := s.rows(s.e, 2)
	widths, heights := s.constant(layout.Zero), s.constant(layout.Zero)
	s.eachBin("sums", s.bins, func() {
		s.Add(widths, widths, s.float(at[0]))
		s.Add(heights, heights, s.float(at[1]))
	}, at...)
	scale := s.Scalar("scale")
	perWidths, perHeights := s.div(scale, widths), s.div(scale, heights)
	s.put(perWidths, layout.PerWidths)
	s.put(perHeights, layout.PerHeights)

	at = s.rows(s.e, 3)
	x, y, bin := s.constant(layout.MinusBound), s.constant(layout.MinusBound), s.constant(layout.Zero)
	before, least, one, u := s.constant(layout.EdgeExponential), s.constant(layout.LeastSize), s.constant(layout.One), s.get(layout.U)
	left, bottom, width, height, e0, e1, number := s.copy(x), s.copy(x), s.copy(x), s.copy(x), s.copy(x), s.copy(x), s.copy(bin)
	s.eachBin("walk", s.bins, func() {
		against := x
		if byHeight {
			against = y
		}
		mask := s.atMost(against, u)
		s.Insert(left, x, mask)
		s.Insert(bottom, y, mask)
		s.Insert(e0, before, mask)
		s.Insert(number, bin, mask)
		w := s.add(s.mul(s.float(at[0]), perWidths), least)
		s.Insert(width, w, mask)
		s.Add(x, x, w)
		h := s.add(s.mul(s.float(at[1]), perHeights), least)
		s.Insert(height, h, mask)
		s.Add(y, y, h)
		s.Copy(before, s.float(at[2]))
		s.Insert(e1, before, mask)
		s.Add(bin, bin, one)
	}, at...)
	for _, q := range []struct {
		x  vec
		to layout.Plane
	}{{left, layout.X}, {bottom, layout.Y}, {width, layout.Width}, {height, layout.Height}, {number, layout.Bin}} {
		s.put(q.x, q.to)
	}
	most, slope := s.constant(layout.MaxFloat), s.constant(layout.LeastSlope)
	for _, q := range []struct {
		e      vec
		to, of layout.Plane
	}{{e0, layout.E0, layout.D0}, {e1, layout.E1, layout.D1}} {
		s.Min(q.e, q.e, most)
		s.put(q.e, q.to)
		s.put(s.add(slope, s.Log(s.table, s.add(one, q.e))), q.of)
	}
}

// shape is the method of Block.
type shape struct {
	perWidth, xi, rest, theta vec
	s, bend, den, per, rise   vec
	num, square               vec
}

func (s *emission) shape() shape {
	var p shape
	one, d0, d1 := s.constant(layout.One), s.get(layout.D0), s.get(layout.D1)
	p.perWidth = s.div(one, s.get(layout.Width))
	p.xi = s.mul(s.sub(s.get(layout.U), s.get(layout.X)), p.perWidth)
	p.rest = s.sub(one, p.xi)
	p.theta = s.mul(p.xi, p.rest)
	p.s = s.mul(s.get(layout.Height), p.perWidth)
	twice := s.add(p.s, p.s)
	p.bend = s.sub(s.add(d0, d1), twice)
	p.den = s.fma(p.bend, p.theta, s.copy(p.s))
	p.per = s.div(one, p.den)
	p.square = s.mul(p.xi, p.xi)
	p.rise = s.fma(p.s, p.square, s.mul(d0, p.theta))
	p.num = s.mul(d0, s.mul(p.rest, p.rest))
	s.fma(twice, p.theta, p.num)
	s.fma(d1, p.square, p.num)
	return p
}

const passes = "b *float64, e *float32, bins, vectors int, scale float64"

func (s *emission) forward() {
	s.open("forward", "computes values and slopes at the arguments, as forwardAVX2 does.", passes)
	s.Label("next")
	s.find(false)
	p := s.shape()
	s.put(s.fma(s.get(layout.Height), s.mul(p.rise, p.per), s.get(layout.Y)), layout.Z)
	t := s.mul(p.s, p.per)
	s.put(s.Log(s.table, s.mul(s.mul(t, t), p.num)), layout.LogSlope)
	s.end()
}

func (s *emission) inverse() {
	s.open("inverse", "computes the arguments that have the values, as inverseAVX2 does.", passes)
	s.Label("next")
	s.find(true)
	h, d0 := s.get(layout.Height), s.get(layout.D0)
	slope, up := s.div(h, s.get(layout.Width)), s.sub(s.get(layout.U), s.get(layout.Y))
	bend := s.mul(up, s.sub(s.add(d0, s.get(layout.D1)), s.add(slope, slope)))
	a := s.fma(h, s.sub(slope, d0), s.copy(bend))
	minusB := s.sub(bend, s.mul(h, d0))
	c := s.mul(slope, up)
	a = s.add(a, a)
	root := s.fma(minusB, minusB, s.mul(s.add(a, a), c))
	s.Max(root, root, s.constant(layout.Zero))
	s.Sqrt(root, root)
	s.put(s.fma(s.get(layout.Width), s.div(s.add(c, c), s.sub(root, minusB)), s.get(layout.X)), layout.Z)
	s.end()
}
