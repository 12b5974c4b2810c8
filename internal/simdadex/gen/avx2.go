package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simdadex/layout"
)

type avx2 struct{}

func (avx2) name() string            { return "AVX2" }
func (avx2) lanes() int              { return 4 }
func (avx2) registers() int          { return 16 }
func (avx2) chains() int             { return 1 }
func (avx2) vector() VecVirtual      { return YMM() }
func (avx2) broadcast(m Mem, dst Op) { VBROADCASTSD(m, dst) }
func (avx2) fma213(c Mem, x, a Op)   { VFMADD213PD(c, x, a) }

func (avx2) limit(c Mem, x Op, lower bool) {
	t := YMM()
	VMOVUPD(c, t)
	if lower {
		VMAXPD(x, t, x)
	} else {
		VMINPD(x, t, x)
	}
}

func (avx2) threshold(s *state, hold bool) {
	mask := YMM()
	s.mask = mask
	VCMPPD(U8(greater), param(s.block, layout.VTh, s.lane), s.next, mask)
	if hold {
		h, zero, held := YMM(), YMM(), YMM()
		at := param(s.block, layout.Hold, s.lane)
		VMOVDQU(at, h)
		VPXOR(zero, zero, zero)
		VPCMPGTQ(zero, h, held)
		VANDNPD(mask, held, mask) // mask and not held
		VBLENDVPD(held, s.v, s.next, s.next)
		VPADDQ(held, h, h) // −1 where it is held
		refractory := YMM()
		VMOVUPD(param(s.block, layout.Refractory, s.lane), refractory)
		VBLENDVPD(mask, refractory, h, h)
		VMOVDQU(h, at)
	}
	t := YMM()
	VMOVUPD(param(s.block, layout.Vr, s.lane), t)
	VBLENDVPD(mask, t, s.next, s.next)
	VADDPD(param(s.block, layout.B, s.lane), s.w, t)
	VBLENDVPD(mask, t, s.w, s.w)
}

func (avx2) spikes(states []*state, to Mem) {
	bits := GP32()
	for i, s := range states {
		if i == 0 {
			VMOVMSKPD(s.mask, bits)
			continue
		}
		more := GP32()
		VMOVMSKPD(s.mask, more)
		SHLL(U8(4*i), more)
		ORL(more, bits)
	}
	MOVB(bits.As8(), to)
}

func (avx2) transpose(x []VecVirtual) {
	var t [4]VecVirtual
	for i := range t {
		t[i] = YMM()
	}
	for i := 0; i < 4; i += 2 {
		VUNPCKLPD(x[i+1], x[i], t[i])
		VUNPCKHPD(x[i+1], x[i], t[i+1])
	}
	for j := range 2 {
		VPERM2F128(U8(0x20), t[2+j], t[j], x[j])
		VPERM2F128(U8(0x31), t[2+j], t[j], x[2+j])
	}
}
