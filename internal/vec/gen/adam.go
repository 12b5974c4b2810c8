package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
