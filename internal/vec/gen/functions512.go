package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// held are constants that stay in registers over a loop. They must not be
// written to.
type held map[float32]reg.VecVirtual

// The constants of e^x = 2^n·e^r with n the integer nearest to x/ln 2.
const (
	// shifter brings n into the lowest bits; with 127 added they are the exponent
	// field of 2^n.
	shifter = 1<<23 + 1<<22 + 127
	ln2Hi   = 0x1.62e4p-1
	ln2Lo   = math.Ln2 - ln2Hi
)

// taylor are the coefficients of e^r from r² on, exact to 1·10⁻⁸ for |r| ≤ ½ln 2.
var taylor = []float32{0.5, 0.166665766661, 0.041666554213, 0.00836323288368, 0.00139262508315}

// exponent gives t, whose lowest bits are n, n itself, and r = y − n·ln 2.
func (m machine) exponent(y reg.VecVirtual, c held) (t, n, r reg.VecVirtual) {
	t, n, r = m.vector(), m.vector(), m.vector()
	VMOVAPS(c[shifter], t)
	VFMADD231PS(c[math.Log2E], y, t)
	VSUBPS(c[shifter], t, n)
	VMOVAPS(y, r)
	VFNMADD231PS(c[ln2Hi], n, r)
	VFNMADD231PS(c[float32(ln2Lo)], n, r)
	return t, n, r
}

// tail gives the polynomial of r that follows r in e^r = 1 + r + r²·tail.
func (m machine) tail(r reg.VecVirtual, c held) reg.VecVirtual {
	q := m.vector()
	VMOVAPS(c[taylor[len(taylor)-1]], q)
	for i := len(taylor) - 2; i >= 0; i-- {
		VFMADD213PS(c[taylor[i]], r, q)
	}
	return q
}

// exp512 gives e^y. The scaling by 2^n rounds at the ends of the range as it
// should.
func (m machine) exp512(y reg.VecVirtual, c held) reg.VecVirtual {
	_, n, r := m.exponent(y, c)
	q := m.tail(r, c)
	VFMADD213PS(c[1], r, q)
	VFMADD213PS(c[1], r, q)
	VSCALEFPS(n, q, q)
	return q
}

// clamp holds x between two constants; as second source x passes NaN on.
func (m machine) clamp(x, low, high reg.VecVirtual) {
	VMINPS(x, high, x)
	VMAXPS(x, low, x)
}

// reciprocal replaces d by 1/d, to one rounding.
func (m machine) reciprocal(d reg.VecVirtual, c held) reg.VecVirtual {
	r := m.vector()
	VRCP14PS(d, r)
	VFNMADD213PS(c[1], r, d) // 1 − d·r
	VFMADD213PS(r, r, d)
	return d
}

// map512 emits dst = body(a), with constants in registers.
func (m machine) map512(name, doc string, constants []float32, body func(x reg.VecVirtual, c held) reg.VecVirtual) {
	m.begin(name, doc, "dst, a *float32, n int")
	dst, a := pointer("dst"), pointer("a")
	c := held{}
	for _, f := range constants {
		c[f] = m.constant(f)
	}
	m.loop(func() {
		x := m.vector()
		VMOVUPS(Mem{Base: a}, x)
		VMOVUPS(body(x, c), Mem{Base: dst})
	}, map[reg.GPVirtual]int{dst: 1, a: 1}, dst, a)
	m.end()
}

func (m machine) functions512() {
	common := append([]float32{1, shifter, math.Log2E, ln2Hi, float32(ln2Lo)}, taylor...)
	with := func(more ...float32) []float32 { return append(more, common...) }
	m.map512("exp", "sets dst = e^a.", with(-104, 89), func(x reg.VecVirtual, c held) reg.VecVirtual {
		m.clamp(x, c[-104], c[89])
		return m.exp512(x, c)
	})
	// Past 88.3, 1 + e^x has no reciprocal that is a normal number.
	m.map512("sigmoid", "sets dst = 1/(1 + e^−a).", with(-104, 88.3, 0), func(x reg.VecVirtual, c held) reg.VecVirtual {
		VSUBPS(x, c[0], x)
		m.clamp(x, c[-104], c[88.3])
		e := m.exp512(x, c)
		VADDPS(c[1], e, e)
		return m.reciprocal(e, c)
	})
	// tanh |a| is −f/(f + 2) with f = e^(−2|a|) − 1 = 2^n·(e^r − 1) + (2^n − 1), in
	// which nothing cancels.
	minus := math.Float32frombits(1 << 31)
	m.map512("tanh", "sets dst = tanh a.", append(with(2, -20), minus), func(a reg.VecVirtual, c held) reg.VecVirtual {
		y := m.vector()
		VPORD(a, c[minus], y)
		VMAXPS(y, c[-20], y)
		VADDPS(y, y, y)
		t, _, r := m.exponent(y, c)
		f := m.tail(r, c)
		square := m.vector()
		VMULPS(r, r, square)
		VFMADD213PS(r, square, f) // e^r − 1
		VPSLLD(U8(23), t, t)      // 2^n
		less := m.vector()
		VSUBPS(c[1], t, less)
		VFMADD213PS(less, t, f)
		d := m.vector()
		VADDPS(c[2], f, d)
		d = m.reciprocal(d, c)
		VMULPS(f, d, d)
		VPTERNLOGD(U8(0xd8), c[minus], a, d) // the sign of a
		return d
	})
}
