// Command gen writes the vector kernels of simdspline: run "go generate" in the
// package's folder. They do what the functions of the same names in plain.go do,
// operation by operation.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd/emit"
	"hillock/internal/simdspline/layout"
)

func main() {
	ConstraintExpr("amd64")
	table := emit.NewTable("constants", layout.Constants())
	for _, m := range emit.Machines() {
		s := emission{m: m, table: table}
		s.forward()
		s.inverse()
		s.backward()
	}
	Generate()
}

// emission is a machine's kernel that is being written.
type emission struct {
	m       emit.Machine
	table   emit.Table
	block   Register // at the elements of this turn
	e       Register // at their first exponential
	bins    Register
	vectors Register
}

const rowBytes = 4 * layout.Elements // from one exponential of an element to its next

// begin opens a kernel and its loop over vectors of elements.
func (s *emission) begin(name, doc, signature string) {
	s.open(name, doc, signature)
	Label("next")
}

// open opens a kernel.
func (s *emission) open(name, doc, signature string) {
	TEXT(name+s.m.Name(), NOSPLIT, signature)
	Pragma("noescape")
	Doc(name+s.m.Name()+" "+doc, "b is at a block, e at its exponentials; vectors is how many groups of elements there are.")
	s.block = Load(Param("b"), GP64())
	s.e = Load(Param("e"), GP64())
	s.bins = Load(Param("bins"), GP64())
	s.vectors = Load(Param("vectors"), GP64())
}

// end closes them. more are other pointers that go on with the elements.
func (s *emission) end(more ...Register) {
	ADDQ(U8(8*s.m.Lanes()), s.block)
	for _, p := range append(more, s.e) {
		ADDQ(U8(4*s.m.Lanes()), p)
	}
	DECQ(s.vectors)
	JNZ(LabelRef("next"))
	VZEROUPPER()
	RET()
}

// at is the place of a quantity of the elements.
func (s *emission) at(p layout.Plane) Mem {
	return Mem{Base: s.block, Disp: 8 * int(p) * layout.Elements}
}

// get brings a quantity into a fresh register.
func (s *emission) get(p layout.Plane) VecVirtual {
	x := s.m.Vector()
	VMOVUPD(s.at(p), x)
	return x
}

func (s *emission) put(x VecVirtual, p layout.Plane) { VMOVUPD(x, s.at(p)) }

// constant brings a constant into a fresh register.
func (s *emission) constant(c layout.Constant) VecVirtual { return s.table.Load(s.m, c.At()) }

// argument brings a parameter of the function into a fresh register.
func (s *emission) argument(name string) VecVirtual {
	at, err := Param(name).Resolve()
	if err != nil {
		panic(err) // the signature lacks the parameter
	}
	x := s.m.Vector()
	s.m.Broadcast(at.Addr, x)
	return x
}

// The operations, with the result in a fresh register.
func (s *emission) add(x, y VecVirtual) VecVirtual { z := s.m.Vector(); VADDPD(x, y, z); return z }
func (s *emission) mul(x, y VecVirtual) VecVirtual { z := s.m.Vector(); VMULPD(x, y, z); return z }

// sub is x − y.
func (s *emission) sub(x, y VecVirtual) VecVirtual { z := s.m.Vector(); VSUBPD(y, x, z); return z }

// div is x / y.
func (s *emission) div(x, y VecVirtual) VecVirtual { z := s.m.Vector(); VDIVPD(y, x, z); return z }

// fma adds x·y to sum, whose register is overwritten.
func (s *emission) fma(x, y, sum VecVirtual) VecVirtual { VFMADD231PD(x, y, sum); return sum }

// float loads exponentials from a pointer.
func (s *emission) float(p Register) VecVirtual {
	x := s.m.Vector()
	VCVTPS2PD(Mem{Base: p}, x)
	return x
}

// rows gives pointers to the exponentials of the widths, heights and slopes.
func (s *emission) rows(from Register, count int) []Register {
	size := GP64()
	MOVQ(s.bins, size)
	SHLQ(U8(9), size)
	var at []Register
	for i := range count {
		p := GP64()
		MOVQ(from, p)
		if i > 0 {
			LEAQ(Mem{Base: at[i-1], Index: size, Scale: 1}, p)
		}
		at = append(at, p)
	}
	return at
}

// eachBin writes a loop over bins, in which the pointers go on from one to the next.
func (s *emission) eachBin(label string, bins Register, body func(), pointers ...Register) {
	left := GP64()
	MOVQ(bins, left)
	Label(label)
	body()
	for _, p := range pointers {
		ADDQ(U32(rowBytes), p)
	}
	DECQ(left)
	JNZ(LabelRef(label))
}

// find is the method of Block.
func (s *emission) find(scale string, byHeight bool) {
	m := s.m
	if rowBytes != 1<<9 {
		panic("rows shifts by 9")
	}
	at := s.rows(s.e, 2)
	widths, heights := s.constant(layout.Zero), s.constant(layout.Zero)
	s.eachBin("sums", s.bins, func() {
		VADDPD(s.float(at[0]), widths, widths)
		VADDPD(s.float(at[1]), heights, heights)
	}, at...)
	per := s.argument(scale)
	s.put(s.div(per, widths), layout.PerWidths)
	s.put(s.div(per, heights), layout.PerHeights)

	at = s.rows(s.e, 3)
	x, y, bin := s.constant(layout.MinusBound), s.constant(layout.MinusBound), s.constant(layout.Zero)
	before, least := s.constant(layout.EdgeExponential), s.constant(layout.LeastSize)
	left, bottom, width, height, e0, e1, number := m.Vector(), m.Vector(), m.Vector(), m.Vector(), m.Vector(), m.Vector(), s.constant(layout.Zero)
	for _, r := range []VecVirtual{left, bottom, width, height, e0, e1} {
		VMOVAPD(x, r)
	}
	s.eachBin("walk", s.bins, func() {
		against := x
		if byHeight {
			against = y
		}
		mask := m.Where(against, emit.AtMost, s.at(layout.U))
		m.Choose(mask, x, left)
		m.Choose(mask, y, bottom)
		m.Choose(mask, before, e0)
		m.Choose(mask, bin, number)
		w := s.float(at[0])
		VMULPD(s.at(layout.PerWidths), w, w)
		VADDPD(least, w, w)
		m.Choose(mask, w, width)
		VADDPD(w, x, x)
		h := s.float(at[1])
		VMULPD(s.at(layout.PerHeights), h, h)
		VADDPD(least, h, h)
		m.Choose(mask, h, height)
		VADDPD(h, y, y)
		VCVTPS2PD(Mem{Base: at[2]}, before)
		m.Choose(mask, before, e1)
		VADDPD(s.constant(layout.One), bin, bin)
	}, at...)
	s.put(left, layout.X)
	s.put(bottom, layout.Y)
	s.put(width, layout.Width)
	s.put(height, layout.Height)
	s.put(number, layout.Bin)
	most, one := s.constant(layout.MaxFloat), s.constant(layout.One)
	VMINPD(most, e0, e0)
	VMINPD(most, e1, e1)
	s.put(e0, layout.E0)
	s.put(e1, layout.E1)
	logs := emit.Log(m, s.table, 0, []VecVirtual{s.add(one, e0), s.add(one, e1)})
	slope := s.constant(layout.LeastSlope)
	s.put(s.add(slope, logs[0]), layout.D0)
	s.put(s.add(slope, logs[1]), layout.D1)
}

// shape is the method of Block.
type shape struct {
	perWidth, xi, rest, theta VecVirtual
	s, bend, den, per, rise   VecVirtual
	num, square               VecVirtual
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
	p.den = s.copy(p.s)
	s.fma(p.bend, p.theta, p.den)
	p.per = s.div(one, p.den)
	p.square = s.mul(p.xi, p.xi)
	p.rise = s.fma(p.s, p.square, s.mul(d0, p.theta))
	p.num = s.mul(d0, s.mul(p.rest, p.rest))
	s.fma(twice, p.theta, p.num)
	s.fma(d1, p.square, p.num)
	return p
}

func (s *emission) copy(x VecVirtual) VecVirtual {
	y := s.m.Vector()
	VMOVAPD(x, y)
	return y
}

const (
	passes    = "func(b *float64, e *float32, bins, vectors int, scale float64)"
	passesOut = "func(b *float64, e, grads *float32, bins, vectors int, perScale, perCalm float64)"
)

func (s *emission) forward() {
	s.begin("forward", "computes values and slopes at the arguments.", passes)
	s.find("scale", false)
	p := s.shape()
	s.put(s.fma(s.get(layout.Height), s.mul(p.rise, p.per), s.get(layout.Y)), layout.Z)
	t := s.mul(p.s, p.per)
	t = s.mul(t, t)
	s.put(emit.Log(s.m, s.table, 0, []VecVirtual{s.mul(t, p.num)})[0], layout.LogSlope)
	s.end()
}

func (s *emission) inverse() {
	s.begin("inverse", "computes the arguments that have the values.", passes)
	s.find("scale", true)
	h, d0 := s.get(layout.Height), s.get(layout.D0)
	slope, up := s.div(h, s.get(layout.Width)), s.sub(s.get(layout.U), s.get(layout.Y))
	bend := s.mul(up, s.sub(s.add(d0, s.get(layout.D1)), s.add(slope, slope)))
	a := s.fma(h, s.sub(slope, d0), s.copy(bend))
	minusB := s.sub(bend, s.mul(h, d0))
	c := s.mul(slope, up)
	a = s.add(a, a)
	root := s.fma(minusB, minusB, s.mul(s.add(a, a), c))
	s.m.Limit(s.table.At(layout.Zero.At()), root, true)
	VSQRTPD(root, root)
	s.put(s.fma(s.get(layout.Width), s.div(s.add(c, c), s.sub(root, minusB)), s.get(layout.X)), layout.Z)
	s.end()
}
