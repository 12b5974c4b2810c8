package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (m machine) arithmetic() {
	type vs = []reg.VecVirtual
	m.each("add", "sets dst = a + b.", []string{"a", "b"}, nil, func(in, _ vs) reg.VecVirtual {
		VADDPS(in[0], in[1], in[0])
		return in[0]
	})
	m.each("mul", "sets dst = a · b.", []string{"a", "b"}, nil, func(in, _ vs) reg.VecVirtual {
		VMULPS(in[0], in[1], in[0])
		return in[0]
	})
	m.each("scaleShift", "sets dst = p·a + q.", []string{"a"}, []string{"p", "q"}, func(in, s vs) reg.VecVirtual {
		VFMADD213PS(s[1], s[0], in[0])
		return in[0]
	})
	m.each("shiftReLU", "sets dst = max(a + q, 0).", []string{"a"}, []string{"q"}, func(in, s vs) reg.VecVirtual {
		VADDPS(in[0], s[0], in[0])
		// The second source passes NaN on.
		VMAXPS(in[0], m.zero(), in[0])
		return in[0]
	})
	m.each("combine", "sets dst = p·a + q·b + r.", []string{"a", "b"}, []string{"p", "q", "r"}, func(in, s vs) reg.VecVirtual {
		VFMADD213PS(s[2], s[0], in[0])
		VFMADD231PS(s[1], in[1], in[0])
		return in[0]
	})
	m.each("axpy", "sets dst = a + p·b.", []string{"a", "b"}, []string{"p"}, func(in, s vs) reg.VecVirtual {
		VFMADD231PS(s[0], in[1], in[0])
		return in[0]
	})
}

func (m machine) gradients() {
	type vs = []reg.VecVirtual
	m.each("reluGrad", "sets dst = b where a > 0, else 0.", []string{"a", "b"}, nil, func(in, _ vs) reg.VecVirtual {
		zero := m.zero()
		if m.wide {
			k := K()
			VCMPPS(U8(1), in[0], zero, k) // 0 < a
			VMOVUPS_Z(in[1], k, in[1])
		} else {
			VCMPPS(U8(1), in[0], zero, zero)
			VANDPS(zero, in[1], in[1])
		}
		return in[1]
	})
	m.each("tanhGrad", "sets dst = b·(1 − a²).", []string{"a", "b"}, nil, func(in, _ vs) reg.VecVirtual {
		one := m.constant(1)
		VFNMADD231PS(in[0], in[0], one)
		VMULPS(one, in[1], in[1])
		return in[1]
	})
	m.each("sigmoidGrad", "sets dst = b·a·(1 − a).", []string{"a", "b"}, nil, func(in, _ vs) reg.VecVirtual {
		x := m.vector()
		VMOVAPS(in[0], x)
		VFNMADD231PS(in[0], in[0], x) // a − a²
		VMULPS(x, in[1], in[1])
		return in[1]
	})
}

func (m machine) reductions() {
	m.reduce("sum", "writes the sum of a, lane by lane, to dst.", []string{"a"}, nil, func(acc reg.VecVirtual, in, _ []reg.VecVirtual) {
		VADDPS(in[0], acc, acc)
	})
	m.reduce("dot", "writes the sum of a·b, lane by lane, to dst.", []string{"a", "b"}, nil, func(acc reg.VecVirtual, in, _ []reg.VecVirtual) {
		VFMADD231PS(in[0], in[1], acc)
	})
	m.reduce("squares", "writes the sum of (a − q)², lane by lane, to dst.", []string{"a"}, []string{"q"}, func(acc reg.VecVirtual, in, s []reg.VecVirtual) {
		VSUBPS(s[0], in[0], in[0])
		VFMADD231PS(in[0], in[0], acc)
	})
}

// reduce emits a kernel that leaves one partial result a lane in dst.
func (m machine) reduce(name, doc string, inputs, scalars []string, body func(acc reg.VecVirtual, in, s []reg.VecVirtual)) {
	signature := "dst"
	for _, in := range inputs {
		signature += ", " + in
	}
	signature += " *float32, n int"
	for _, s := range scalars {
		signature += ", " + s + " float32"
	}
	m.begin(name, doc, signature)
	dst := pointer("dst")
	var from []reg.GPVirtual
	steps := map[reg.GPVirtual]int{}
	for _, in := range inputs {
		p := pointer(in)
		steps[p] = 4
		from = append(from, p)
	}
	var s []reg.VecVirtual
	for _, name := range scalars {
		s = append(s, m.scalar(name))
	}
	// Four sums run side by side; n counts groups of four vectors.
	acc := []reg.VecVirtual{m.zero(), m.zero(), m.zero(), m.zero()}
	m.loop(func() {
		for i := range acc {
			var in []reg.VecVirtual
			for _, p := range from {
				v := m.vector()
				VMOVUPS(Mem{Base: p, Disp: i * m.bytes()}, v)
				in = append(in, v)
			}
			body(acc[i], in, s)
		}
	}, steps, from...)
	VADDPS(acc[0], acc[1], acc[0])
	VADDPS(acc[2], acc[3], acc[2])
	VADDPS(acc[0], acc[2], acc[0])
	VMOVUPS(acc[0], Mem{Base: dst})
	m.end()
}
