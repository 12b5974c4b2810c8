package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"hillock/internal/vec/layout"
)

// held are constants over a loop: registers, or with AVX2 places in memory for those
// that there are no registers for. They must not be written to.
type held map[float32]Op

// minus is the sign bit.
var minus = math.Float32frombits(1 << 31)

// heldAVX2 is how many constants AVX2's sixteen registers hold beside those that the
// longest body works with.
const heldAVX2 = 5

// vectors are what a body works on side by side, instruction by instruction: of one
// vector's instructions nearly each waits for the one before.
type vectors []reg.VecVirtual

// abreast is how many a loop takes at a time, and then one by one.
const abreast = 2

// like gives as many vectors as v has.
func (m machine) like(v vectors) vectors {
	w := make(vectors, len(v))
	for i := range w {
		w[i] = m.vector()
	}
	return w
}

// each emits an instruction, or a few, for every vector, then the next.
func (v vectors) each(instructions ...func(i int)) {
	for _, instruction := range instructions {
		for i := range v {
			instruction(i)
		}
	}
}

// hold gives the constants of a loop, the first of them in registers.
func (m machine) hold(constants []float32) held {
	c := held{}
	for i, f := range constants {
		if m.wide || i < heldAVX2 {
			c[f] = m.constant(f)
			continue
		}
		bits := U32(math.Float32bits(f))
		c[f] = shared(fmt.Sprintf("v%08x", uint32(bits)), slices.Repeat([]U32{bits}, m.lanes)...)
	}
	return c
}

// exponent gives t, whose lowest bits are n plus those of the shifter, n itself, and
// r = y − n·ln 2, for which y is overwritten.
func (m machine) exponent(y vectors, shifter float32, c held) (t, n, r vectors) {
	t, n = m.like(y), m.like(y)
	y.each(
		func(i int) { VMOVUPS(c[shifter], t[i]) },
		func(i int) { VFMADD231PS(c[math.Log2E], y[i], t[i]) },
		func(i int) { VSUBPS(c[shifter], t[i], n[i]) },
		func(i int) { VFNMADD231PS(c[layout.Ln2Hi], n[i], y[i]) },
		func(i int) { VFNMADD231PS(c[float32(layout.Ln2Lo)], n[i], y[i]) },
	)
	return t, n, y
}

// tail gives the polynomial of r that follows r in e^r = 1 + r + r²·tail.
func (m machine) tail(r vectors, c held) vectors {
	q := m.like(r)
	q.each(func(i int) { VMOVUPS(c[layout.Taylor[len(layout.Taylor)-1]], q[i]) })
	for k := len(layout.Taylor) - 2; k >= 0; k-- {
		q.each(func(i int) { VFMADD213PS(c[layout.Taylor[k]], r[i], q[i]) })
	}
	return q
}

// exp gives e^y. The scaling by 2^n rounds at the ends of the range as it should: with
// AVX2 2^n is two factors. Then the shifter is layout.Twice, or with a 2^n that is a normal
// number layout.Shifter.
func (m machine) exp(y vectors, shifter float32, c held) vectors {
	t, n, r := m.exponent(y, shifter, c)
	q := m.tail(r, c)
	again := func(i int) { VFMADD213PS(c[1], r[i], q[i]) }
	q.each(again, again)
	switch {
	case m.wide:
		q.each(func(i int) { VSCALEFPS(n[i], q[i], q[i]) })
	case shifter == layout.Twice:
		half := m.like(y)
		q.each(func(i int) { VPSRLD(U8(1), t[i], half[i]) }, func(i int) { VPSUBD(half[i], t[i], t[i]) })
		for _, factor := range []vectors{half, t} {
			q.each(func(i int) { VPSLLD(U8(23), factor[i], factor[i]) }, func(i int) { VMULPS(factor[i], q[i], q[i]) })
		}
	default:
		q.each(func(i int) { VPSLLD(U8(23), t[i], t[i]) }, func(i int) { VMULPS(t[i], q[i], q[i]) })
	}
	return q
}

// clamp holds x between two constants; as second source x passes NaN on.
func (m machine) clamp(x vectors, low, high Op) {
	x.each(func(i int) { VMINPS(x[i], high, x[i]) }, func(i int) { VMAXPS(x[i], low, x[i]) })
}

// ratio gives y/d, to a rounding or two; d is overwritten. y is 1 if nil.
func (m machine) ratio(y, d vectors, c held) vectors {
	above := func(i int) Op {
		if y == nil {
			return c[1]
		}
		return y[i]
	}
	if !m.wide {
		d.each(func(i int) { VDIVPS(d[i], above(i), d[i]) })
		return d
	}
	r := m.like(d)
	d.each(
		func(i int) { VRCP14PS(d[i], r[i]) },
		func(i int) { VFNMADD213PS(c[1], r[i], d[i]) }, // 1 − d·r
		func(i int) { VFMADD213PS(r[i], r[i], d[i]) },
	)
	if y != nil {
		d.each(func(i int) { VMULPS(y[i], d[i], d[i]) })
	}
	return d
}

// mapped emits dst = body(a), with constants.
func (m machine) mapped(name, doc string, constants []float32, body func(x vectors, c held) vectors) {
	m.begin(name, doc, "dst, a *float32, n int")
	dst, a, n := pointer("dst"), pointer("a"), GP64()
	c := m.hold(constants)
	Load(Param("n"), n)
	for _, count := range []int{abreast, 1} {
		loop, end := fmt.Sprintf("loop%d", count), fmt.Sprintf("end%d", count)
		SUBQ(U32(count), n)
		JL(LabelRef(end))
		Label(loop)
		x := m.like(make(vectors, count))
		x.each(func(i int) { VMOVUPS(Mem{Base: a, Disp: i * m.bytes()}, x[i]) })
		y := body(x, c)
		y.each(func(i int) { VMOVUPS(y[i], Mem{Base: dst, Disp: i * m.bytes()}) })
		for _, p := range []reg.GPVirtual{dst, a} {
			ADDQ(U32(count*m.bytes()), p)
		}
		SUBQ(U32(count), n)
		JGE(LabelRef(loop))
		Label(end)
		ADDQ(U32(count), n)
	}
	m.end()
}

// functions emits exp and its like.
func (m machine) functions() {
	with := func(more ...float32) []float32 {
		return slices.Concat(more, []float32{1, math.Log2E, layout.Ln2Hi, float32(layout.Ln2Lo)}, layout.Taylor)
	}
	m.mapped("exp", "sets dst = e^a.", with(-104, 89, layout.Twice), func(x vectors, c held) vectors {
		m.clamp(x, c[-104], c[89])
		return m.exp(x, layout.Twice, c)
	})
	// Past 88.3, 1 + e^x has no reciprocal that is a normal number; below −87 it is 1.
	m.mapped("sigmoid", "sets dst = 1/(1 + e^−a).", with(-87, 88.3, layout.Shifter, 0), func(x vectors, c held) vectors {
		x.each(func(i int) { VSUBPS(x[i], c[0], x[i]) })
		m.clamp(x, c[-87], c[88.3])
		e := m.exp(x, layout.Shifter, c)
		e.each(func(i int) { VADDPS(c[1], e[i], e[i]) })
		return m.ratio(nil, e, c)
	})
	// tanh |a| is −f/(f + 2) with f = e^(−2|a|) − 1 = 2^n·(e^r − 1) + (2^n − 1), in
	// which nothing cancels.
	m.mapped("tanh", "sets dst = tanh a.", with(2, -20, layout.Shifter, minus), func(a vectors, c held) vectors {
		y, square, less, d := m.like(a), m.like(a), m.like(a), m.like(a)
		a.each(
			func(i int) { m.or(c[minus], a[i], y[i]) },
			func(i int) { VMAXPS(y[i], c[-20], y[i]) },
			func(i int) { VADDPS(y[i], y[i], y[i]) },
		)
		t, _, r := m.exponent(y, layout.Shifter, c)
		f := m.tail(r, c)
		a.each(
			func(i int) { VMULPS(r[i], r[i], square[i]) },
			func(i int) { VFMADD213PS(r[i], square[i], f[i]) }, // e^r − 1
			func(i int) { VPSLLD(U8(23), t[i], t[i]) },         // 2^n
			func(i int) { VSUBPS(c[1], t[i], less[i]) },
			func(i int) { VFMADD213PS(less[i], t[i], f[i]) },
			func(i int) { VADDPS(c[2], f[i], d[i]) },
		)
		d = m.ratio(f, d, c)
		if m.wide {
			d.each(func(i int) { VPTERNLOGD(U8(0xd8), c[minus], a[i], d[i]) }) // the sign of a
			return d
		}
		d.each(
			func(i int) { VANDPS(c[minus], a[i], a[i]) },
			func(i int) { VANDNPS(d[i], c[minus], d[i]) },
			func(i int) { VORPS(a[i], d[i], d[i]) },
		)
		return d
	})
}
