package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

type avx512 struct{}

func (avx512) Name() string            { return "AVX512" }
func (avx512) Lanes() int              { return 8 }
func (avx512) Registers() int          { return 32 }
func (avx512) Chains() int             { return 2 }
func (avx512) Vector() VecVirtual      { return ZMM() }
func (avx512) Broadcast(m Mem, dst Op) { VBROADCASTSD(m, dst) }
func (avx512) FMA213(c Mem, x, a Op)   { VFMADD213PD_BCST(c, x, a) }

func (avx512) Limit(c Mem, x Op, lower bool) {
	t := ZMM()
	VBROADCASTSD(c, t)
	if lower {
		VMAXPD(x, t, x)
	} else {
		VMINPD(x, t, x)
	}
}

func (avx512) Where(x VecVirtual, r Relation, y Op) Op {
	k := K()
	VCMPPD(U8(r), y, x, k)
	return k
}

func (avx512) Zero(x VecVirtual) Op {
	k := K()
	VPTESTNMQ(x, x, k)
	return k
}

func (avx512) And(a, b Op) Op {
	k := K()
	KANDB(a, b, k)
	return k
}

func (avx512) Replace(mask Op, m Mem, x VecVirtual) { VMOVUPD(m, mask, x) }

func (avx512) AddWhere(mask Op, m Mem, x VecVirtual) { VADDPD(m, x, mask, x) }

func (avx512) CountDown(free Op, old, x, h VecVirtual) {
	held, ones := K(), ZMM()
	KNOTB(free, held)
	VMOVAPD(old, held, x)
	VPMOVM2Q(held, ones) // −1 where it is held
	VPADDQ(ones, h, h)
}

func (avx512) Choose(mask Op, y, x VecVirtual) { VMOVAPD(y, mask, x) }

func (avx512) SkipIfNone(mask Op, label string) {
	KTESTB(mask, mask)
	JZ(LabelRef(label))
}

func (avx512) Bits(masks []Op, to Mem) {
	for i, k := range masks {
		KMOVB(k, to.Offset(i))
	}
}

func (avx512) StoreFloats(x VecVirtual, to Mem) {
	t := YMM()
	VCVTPD2PS(x, t)
	VMOVUPS(t, to)
}

func (avx512) Transpose(x []VecVirtual) {
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
