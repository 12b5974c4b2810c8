package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// exp gives e^x with AVX2. The polynomial is exact to 1·10⁻⁸ before rounding; 2^n is
// multiplied in as two factors, so that the ends of the range come out right.
func (m machine) exp(x reg.VecVirtual) reg.VecVirtual {
	y := m.vector()
	// As second source x passes NaN on.
	VMINPS(x, m.constant(89), y)
	VMAXPS(y, m.constant(-104), y)
	n := m.vector()
	VMULPS(m.constant(math.Log2E), y, n)
	VROUNDPS(U8(0), n, n)
	r := m.vector()
	VMOVAPS(y, r)
	VFNMADD231PS(m.constant(0x1.62e4p-1), n, r)
	VFNMADD231PS(m.constant(float32(math.Ln2-0x1.62e4p-1)), n, r)
	q := m.constant(0.00139262508315)
	for _, c := range []float32{0.00836323288368, 0.041666554213, 0.166665766661, 0.5} {
		VFMADD213PS(m.constant(c), r, q)
	}
	square := m.vector()
	VMULPS(r, r, square)
	VFMADD213PS(r, square, q)
	VADDPS(m.constant(1), q, q)
	i, half := m.vector(), m.vector()
	VCVTPS2DQ(n, i)
	VPSRAD(U8(1), i, half)
	VPSUBD(half, i, i)
	for _, e := range []reg.VecVirtual{half, i} {
		VPADDD(m.word(127), e, e)
		VPSLLD(U8(23), e, e)
		VMULPS(e, q, q)
	}
	return q
}

// functions emits exp and its like; AVX-512 has ways of its own.
func (m machine) functions() {
	if m.wide {
		m.functions512()
		return
	}
	type vs = []reg.VecVirtual
	m.each("exp", "sets dst = e^a.", []string{"a"}, nil, func(in, _ vs) reg.VecVirtual {
		return m.exp(in[0])
	})
	m.each("sigmoid", "sets dst = 1/(1 + e^−a).", []string{"a"}, nil, func(in, _ vs) reg.VecVirtual {
		x := m.vector()
		VSUBPS(in[0], m.zero(), x)
		e := m.exp(x)
		one := m.constant(1)
		VADDPS(one, e, e)
		VDIVPS(e, one, e)
		return e
	})
	// tanh |a| is 1 − 2/(e^2|a| + 1), and near 0 an odd polynomial exact to
	// 3·10⁻⁸.
	m.each("tanh", "sets dst = tanh a.", []string{"a"}, nil, func(in, _ vs) reg.VecVirtual {
		a := in[0]
		size, sign := m.vector(), m.vector()
		m.and(a, m.word(0x7fffffff), size)
		m.and(a, m.word(0x80000000), sign)
		twice := m.vector()
		VADDPS(size, size, twice)
		e := m.exp(twice)
		one := m.constant(1)
		VADDPS(one, e, e)
		two := m.constant(2)
		VDIVPS(e, two, e)
		VSUBPS(e, one, e)
		z := m.vector()
		VMULPS(a, a, z)
		p := m.constant(-0.00592372620601)
		for _, c := range []float32{0.0208734605776, -0.0538237588699, 0.133325837052, -0.333333270206} {
			VFMADD213PS(m.constant(c), z, p)
		}
		VMULPS(z, p, p)
		VFMADD213PS(size, size, p)
		mask := m.vector()
		VCMPPS(U8(1), m.constant(0.65), size, mask) // size < 0.65
		VBLENDVPS(mask, p, e, e)
		m.or(sign, e, e)
		return e
	})
}

func (m machine) adam() {
	m.begin("adam", "moves the parameters w by one step of Adam with gradient g and moments u, v; see Kernels.Adam.",
		"w, grad, u, v *float32, n int, rate, beta1, beta2, epsilon, correction, decay float32")
	w, g, u, v := pointer("w"), pointer("grad"), pointer("u"), pointer("v")
	rate, beta1, beta2, epsilon, correction, decay := m.scalar("rate"), m.scalar("beta1"), m.scalar("beta2"), m.scalar("epsilon"), m.scalar("correction"), m.scalar("decay")
	flush := m.flusher()
	m.loop(func() {
		grad, first, second, weight := m.vector(), m.vector(), m.vector(), m.vector()
		VMOVUPS(Mem{Base: g}, grad)
		VMOVUPS(Mem{Base: u}, first)
		VMOVUPS(Mem{Base: v}, second)
		VMOVUPS(Mem{Base: w}, weight)
		VSUBPS(grad, first, first) // u = g + β₁(u − g)
		VFMADD213PS(grad, beta1, first)
		square := m.vector()
		VMULPS(grad, grad, square)
		VSUBPS(square, second, second)
		VFMADD213PS(square, beta2, second)
		flush(first)
		flush(second)
		VMOVUPS(first, Mem{Base: u})
		VMOVUPS(second, Mem{Base: v})
		root := m.vector()
		VSQRTPS(second, root)
		VFMADD213PS(epsilon, correction, root)
		VDIVPS(root, first, first)
		VMULPS(decay, weight, weight)
		VFNMADD231PS(rate, first, weight)
		flush(weight)
		VMOVUPS(weight, Mem{Base: w})
	}, map[reg.GPVirtual]int{w: 1, g: 1, u: 1, v: 1}, w, g, u, v)
	m.end()
}

// flusher gives what makes subnormal numbers zero: processors are slow with them.
func (m machine) flusher() func(v reg.VecVirtual) {
	magnitude, least, zero := m.word(0x7fffffff), m.constant(0x1p-126), m.zero()
	return func(v reg.VecVirtual) {
		size := m.vector()
		m.and(magnitude, v, size)
		if m.wide {
			k := K()
			VCMPPS(U8(1), least, size, k) // size < least
			VMOVAPS(zero, k, v)
			return
		}
		VCMPPS(U8(1), least, size, size)
		VANDNPS(v, size, v)
	}
}
