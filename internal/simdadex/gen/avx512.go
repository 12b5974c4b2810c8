package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simdadex/layout"
)

type avx512 struct{}

func (avx512) name() string            { return "AVX512" }
func (avx512) lanes() int              { return 8 }
func (avx512) registers() int          { return 32 }
func (avx512) chains() int             { return 2 }
func (avx512) vector() VecVirtual      { return ZMM() }
func (avx512) broadcast(m Mem, dst Op) { VBROADCASTSD(m, dst) }
func (avx512) fma213(c Mem, x, a Op)   { VFMADD213PD_BCST(c, x, a) }

func (avx512) limit(c Mem, x Op, lower bool) {
	t := ZMM()
	VBROADCASTSD(c, t)
	if lower {
		VMAXPD(x, t, x)
	} else {
		VMINPD(x, t, x)
	}
}

const greater = 30 // comparison predicate: greater, ordered, quiet

func (avx512) threshold(s *state, hold bool) {
	k := K()
	s.mask = k
	if !hold {
		VCMPPD(U8(greater), param(s.block, layout.VTh, s.lane), s.next, k)
	} else {
		h, ones, free, held := ZMM(), ZMM(), K(), K()
		at := param(s.block, layout.Hold, s.lane)
		VMOVDQU64(at, h)
		VPTESTNMQ(h, h, free)
		KNOTB(free, held)
		VCMPPD(U8(greater), param(s.block, layout.VTh, s.lane), s.next, free, k)
		VMOVAPD(s.v, held, s.next)
		VPMOVM2Q(held, ones) // −1 where it is held
		VPADDQ(ones, h, h)
		VMOVDQU64(param(s.block, layout.Refractory, s.lane), k, h)
		VMOVDQU64(h, at)
	}
	VMOVUPD(param(s.block, layout.Vr, s.lane), k, s.next)
	VADDPD(param(s.block, layout.B, s.lane), s.w, k, s.w)
}

func (avx512) spikes(states []*state, to Mem) {
	for i, s := range states {
		KMOVB(s.mask, to.Offset(i))
	}
}

func (avx512) transpose(x []VecVirtual) {
	var t [8]VecVirtual
	for i := range t {
		t[i] = ZMM()
	}
	for i := 0; i < 8; i += 2 { // pairs of rows within 128 bits
		VUNPCKLPD(x[i+1], x[i], t[i])
		VUNPCKHPD(x[i+1], x[i], t[i+1])
	}
	for i := 0; i < 8; i += 4 { // 128-bit pieces of two pairs
		for j := range 2 {
			VSHUFF64X2(U8(0x44), t[i+2+j], t[i+j], x[i+j])
			VSHUFF64X2(U8(0xee), t[i+2+j], t[i+j], x[i+2+j])
		}
	}
	for j := range 2 {
		VSHUFF64X2(U8(0x88), x[4+j], x[j], t[j])     // columns j
		VSHUFF64X2(U8(0xdd), x[4+j], x[j], t[2+j])   // 2 + j
		VSHUFF64X2(U8(0x88), x[6+j], x[2+j], t[4+j]) // 4 + j
		VSHUFF64X2(U8(0xdd), x[6+j], x[2+j], t[6+j]) // 6 + j
	}
	copy(x, t[:])
}
