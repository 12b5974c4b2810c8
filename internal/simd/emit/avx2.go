package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

type avx2 struct{}

func (avx2) Name() string            { return "AVX2" }
func (avx2) Lanes() int              { return 4 }
func (avx2) Registers() int          { return 16 }
func (avx2) Chains() int             { return 1 }
func (avx2) Vector() VecVirtual      { return YMM() }
func (avx2) Broadcast(m Mem, dst Op) { VBROADCASTSD(m, dst) }
func (avx2) FMA213(c Mem, x, a Op)   { VFMADD213PD(c, x, a) }

func (avx2) Limit(c Mem, x Op, lower bool) {
	t := YMM()
	VMOVUPD(c, t)
	if lower {
		VMAXPD(x, t, x)
	} else {
		VMINPD(x, t, x)
	}
}

func (avx2) Where(x VecVirtual, r Relation, y Op) Op {
	mask := YMM()
	VCMPPD(U8(r), y, x, mask)
	return mask
}

func (avx2) Zero(x VecVirtual) Op {
	zero, mask := YMM(), YMM()
	VPXOR(zero, zero, zero)
	VPCMPEQQ(zero, x, mask)
	return mask
}

func (avx2) And(a, b Op) Op {
	mask := YMM()
	VANDPD(a, b, mask)
	return mask
}

func (avx2) Replace(mask Op, m Mem, x VecVirtual) {
	t := YMM()
	VMOVUPD(m, t)
	VBLENDVPD(mask, t, x, x)
}

func (avx2) AddWhere(mask Op, m Mem, x VecVirtual) {
	t := YMM()
	VADDPD(m, x, t)
	VBLENDVPD(mask, t, x, x)
}

func (avx2) CountDown(free Op, old, x, h VecVirtual) {
	held := YMM()
	VPCMPEQQ(held, held, held)
	VPXOR(free, held, held) // −1 where it is held
	VBLENDVPD(held, old, x, x)
	VPADDQ(held, h, h)
}

func (avx2) Choose(mask Op, y, x VecVirtual) { VBLENDVPD(mask, y, x, x) }

func (avx2) SkipIfNone(mask Op, label string) {
	VTESTPD(mask, mask) // the sign bits
	JZ(LabelRef(label))
}

func (avx2) Bits(masks []Op, to Mem) {
	bits := GP32()
	for i, mask := range masks {
		if i == 0 {
			VMOVMSKPD(mask, bits)
			continue
		}
		more := GP32()
		VMOVMSKPD(mask, more)
		SHLL(U8(4*i), more)
		ORL(more, bits)
	}
	MOVB(bits.As8(), to)
}

func (avx2) StoreFloats(x VecVirtual, to Mem) {
	t := XMM()
	VCVTPD2PSY(x, t)
	VMOVUPS(t, to)
}

func (avx2) Transpose(x []VecVirtual) {
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
