package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// held are constants over a loop: registers, or with AVX2 places in memory for those
// that there are no registers for. They must not be written to.
type held map[float32]Op

// The constants of e^x = 2^n·e^r with n the integer nearest to x/ln 2.
const (
	// shifter brings n into the lowest bits; with 127 added they are the exponent
	// field of 2^n.
	shifter = 1<<23 + 1<<22 + 127
	// twice is shifter with 127 more, for two factors.
	twice = shifter + 127
	ln2Hi = 0x1.62e4p-1
	ln2Lo = math.Ln2 - ln2Hi
)

// taylor are the coefficients of e^r from r² on, exact to 1·10⁻⁸ for |r| ≤ ½ln 2.
var taylor = []float32{0.5, 0.166665766661, 0.041666554213, 0.00836323288368, 0.00139262508315}

// minus is the sign bit.
var minus = math.Float32frombits(1 << 31)

// heldAVX2 is how many constants AVX2's sixteen registers hold beside the six that
// the longest body works with.
const heldAVX2 = 10

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
func (m machine) exponent(y reg.VecVirtual, shifter float32, c held) (t, n, r reg.VecVirtual) {
	t, n = m.vector(), m.vector()
	VMOVUPS(c[shifter], t)
	VFMADD231PS(c[math.Log2E], y, t)
	VSUBPS(c[shifter], t, n)
	VFNMADD231PS(c[ln2Hi], n, y)
	VFNMADD231PS(c[float32(ln2Lo)], n, y)
	return t, n, y
}

// tail gives the polynomial of r that follows r in e^r = 1 + r + r²·tail.
func (m machine) tail(r reg.VecVirtual, c held) reg.VecVirtual {
	q := m.vector()
	VMOVUPS(c[taylor[len(taylor)-1]], q)
	for i := len(taylor) - 2; i >= 0; i-- {
		VFMADD213PS(c[taylor[i]], r, q)
	}
	return q
}

// exp gives e^y. The scaling by 2^n rounds at the ends of the range as it should: with
// AVX2 2^n is two factors. Then the shifter is twice, or with a 2^n that is a normal
// number shifter.
func (m machine) exp(y reg.VecVirtual, shifter float32, c held) reg.VecVirtual {
	t, n, r := m.exponent(y, shifter, c)
	q := m.tail(r, c)
	VFMADD213PS(c[1], r, q)
	VFMADD213PS(c[1], r, q)
	switch {
	case m.wide:
		VSCALEFPS(n, q, q)
	case shifter == twice:
		half := m.vector()
		VPSRLD(U8(1), t, half)
		VPSUBD(half, t, t)
		for _, factor := range []reg.VecVirtual{half, t} {
			VPSLLD(U8(23), factor, factor)
			VMULPS(factor, q, q)
		}
	default:
		VPSLLD(U8(23), t, t)
		VMULPS(t, q, q)
	}
	return q
}

// clamp holds x between two constants; as second source x passes NaN on.
func (m machine) clamp(x reg.VecVirtual, low, high Op) {
	VMINPS(x, high, x)
	VMAXPS(x, low, x)
}

// ratio gives y/d, to a rounding or two; d is overwritten.
func (m machine) ratio(y Op, d reg.VecVirtual, c held) reg.VecVirtual {
	if !m.wide {
		VDIVPS(d, y, d)
		return d
	}
	r := m.vector()
	VRCP14PS(d, r)
	VFNMADD213PS(c[1], r, d) // 1 − d·r
	VFMADD213PS(r, r, d)
	if y != c[1] {
		VMULPS(y, d, d)
	}
	return d
}

// mapped emits dst = body(a), with constants.
func (m machine) mapped(name, doc string, constants []float32, body func(x reg.VecVirtual, c held) reg.VecVirtual) {
	m.begin(name, doc, "dst, a *float32, n int")
	dst, a := pointer("dst"), pointer("a")
	c := m.hold(constants)
	m.loop(func() {
		x := m.vector()
		VMOVUPS(Mem{Base: a}, x)
		VMOVUPS(body(x, c), Mem{Base: dst})
	}, map[reg.GPVirtual]int{dst: 1, a: 1}, dst, a)
	m.end()
}

// functions emits exp and its like.
func (m machine) functions() {
	with := func(more ...float32) []float32 {
		return slices.Concat(more, []float32{1, math.Log2E, ln2Hi, float32(ln2Lo)}, taylor)
	}
	m.mapped("exp", "sets dst = e^a.", with(-104, 89, twice), func(x reg.VecVirtual, c held) reg.VecVirtual {
		m.clamp(x, c[-104], c[89])
		return m.exp(x, twice, c)
	})
	// Past 88.3, 1 + e^x has no reciprocal that is a normal number; below −87 it is 1.
	m.mapped("sigmoid", "sets dst = 1/(1 + e^−a).", with(-87, 88.3, shifter, 0), func(x reg.VecVirtual, c held) reg.VecVirtual {
		VSUBPS(x, c[0], x)
		m.clamp(x, c[-87], c[88.3])
		e := m.exp(x, shifter, c)
		VADDPS(c[1], e, e)
		return m.ratio(c[1], e, c)
	})
	// tanh |a| is −f/(f + 2) with f = e^(−2|a|) − 1 = 2^n·(e^r − 1) + (2^n − 1), in
	// which nothing cancels.
	m.mapped("tanh", "sets dst = tanh a.", with(2, -20, shifter, minus), func(a reg.VecVirtual, c held) reg.VecVirtual {
		y := m.vector()
		m.or(c[minus], a, y)
		VMAXPS(y, c[-20], y)
		VADDPS(y, y, y)
		t, _, r := m.exponent(y, shifter, c)
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
		d = m.ratio(f, d, c)
		if m.wide {
			VPTERNLOGD(U8(0xd8), c[minus], a, d) // the sign of a
			return d
		}
		VANDPS(c[minus], a, a)
		VANDNPS(d, c[minus], d)
		VORPS(a, d, d)
		return d
	})
}
