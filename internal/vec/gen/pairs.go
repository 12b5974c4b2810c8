package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// split loads two vectors' worth of pairs and parts them into the first and the
// second members, in order.
func (m machine) split(p reg.GPVirtual, first, second reg.VecVirtual) {
	low, high := m.vector(), m.vector()
	VMOVUPS(Mem{Base: p}, low)
	VMOVUPS(Mem{Base: p, Disp: m.bytes()}, high)
	if m.wide {
		even, odd := m.index(func(i int) int { return 2 * i }), m.index(func(i int) int { return 2*i + 1 })
		VMOVUPS(even, first)
		VMOVUPS(odd, second)
		VPERMI2PS(high, low, first)
		VPERMI2PS(high, low, second)
		return
	}
	VSHUFPS(U8(0x88), high, low, first)
	VSHUFPS(U8(0xdd), high, low, second)
	VPERMPD(U8(0xd8), first, first)
	VPERMPD(U8(0xd8), second, second)
}

// join stores pairs made of first and second members.
func (m machine) join(first, second reg.VecVirtual, p reg.GPVirtual) {
	low, high := m.vector(), m.vector()
	if m.wide {
		VMOVUPS(m.index(func(i int) int { return i/2 + 16*(i%2) }), low)
		VMOVUPS(m.index(func(i int) int { return 8 + i/2 + 16*(i%2) }), high)
		VPERMI2PS(second, first, low)
		VPERMI2PS(second, first, high)
		VMOVUPS(low, Mem{Base: p})
		VMOVUPS(high, Mem{Base: p, Disp: m.bytes()})
		return
	}
	VUNPCKLPS(second, first, low)  // 0 1 | 4 5
	VUNPCKHPS(second, first, high) // 2 3 | 6 7
	a, b := m.vector(), m.vector()
	VPERM2F128(U8(0x20), high, low, a)
	VPERM2F128(U8(0x31), high, low, b)
	VMOVUPS(a, Mem{Base: p})
	VMOVUPS(b, Mem{Base: p, Disp: m.bytes()})
}

// index gives the place of a table of 16 lane numbers.
func (m machine) index(lane func(int) int) Mem {
	name := "lanes"
	var words []U32
	for i := range 16 {
		name += fmt.Sprintf("%02d", lane(i))
		words = append(words, U32(lane(i)))
	}
	return shared(name, words...)
}

func (m machine) pairs() {
	m.begin("maxPairs", "sets dst[i] = max(a[2i], a[2i+1]).", "dst, a *float32, n int")
	dst, a := pointer("dst"), pointer("a")
	m.loop(func() {
		x, y := m.vector(), m.vector()
		m.split(a, x, y)
		VMAXPS(x, y, x)
		VMOVUPS(x, Mem{Base: dst})
	}, map[reg.GPVirtual]int{dst: 1, a: 2}, dst, a)
	m.end()

	m.begin("maxPairsGrad", "sets dst[2i] or dst[2i+1], whichever a is larger at, to b[i] and the other to 0.", "dst, a, b *float32, n int")
	dst, a = pointer("dst"), pointer("a")
	b := pointer("b")
	m.loop(func() {
		x, y, g := m.vector(), m.vector(), m.vector()
		m.split(a, x, y)
		VMOVUPS(Mem{Base: b}, g)
		first, second := m.vector(), m.vector()
		if m.wide {
			k, other := K(), K()
			VCMPPS(U8(2), x, y, k) // y <= x
			KNOTW(k, other)
			VMOVUPS_Z(g, k, first)
			VMOVUPS_Z(g, other, second)
		} else {
			mask := m.vector()
			VCMPPS(U8(2), x, y, mask)
			VANDPS(g, mask, first)
			VANDNPS(g, mask, second)
		}
		m.join(first, second, dst)
	}, map[reg.GPVirtual]int{dst: 2, a: 2, b: 1}, dst, a, b)
	m.end()

	m.begin("repeatPairs", "sets dst[2i] = dst[2i+1] = a[i].", "dst, a *float32, n int")
	dst, a = pointer("dst"), pointer("a")
	m.loop(func() {
		x := m.vector()
		VMOVUPS(Mem{Base: a}, x)
		m.join(x, x, dst)
	}, map[reg.GPVirtual]int{dst: 2, a: 1}, dst, a)
	m.end()

	m.begin("addPairs", "sets dst[i] = a[2i] + a[2i+1].", "dst, a *float32, n int")
	dst, a = pointer("dst"), pointer("a")
	m.loop(func() {
		x, y := m.vector(), m.vector()
		m.split(a, x, y)
		VADDPS(x, y, x)
		VMOVUPS(x, Mem{Base: dst})
	}, map[reg.GPVirtual]int{dst: 1, a: 2}, dst, a)
	m.end()
}
