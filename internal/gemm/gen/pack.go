package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// copyRows512 emits the packing of rows that lie as the tile reads them.
func copyRows512() {
	TEXT("copyRows512", NOSPLIT, "func(dst, src *float32, srcRow, dstRow, rows int, from, to uint32)")
	Pragma("noescape")
	Doc("copyRows512 copies rows of up to 32 elements; distances in bytes. The bits of",
		"from say which elements exist, those of to which are written, missing ones as 0.")
	dst, src, srcRow, dstRow, n := parameter("dst"), parameter("src"), parameter("srcRow"), parameter("dstRow"), parameter("rows")
	from, to := halves("from"), halves("to")
	ahead := GP64()
	MOVQ(srcRow, ahead)
	SHLQ(U8(3), ahead)
	TESTQ(n, n)
	JZ(LabelRef("done"))
	Label("loop")
	low, high := ZMM(), ZMM()
	VMOVUPS_Z(Mem{Base: src}, from[0], low)
	VMOVUPS_Z(Mem{Base: src, Disp: 64}, from[1], high)
	PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1})
	PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1, Disp: 64})
	VMOVUPS(low, to[0], Mem{Base: dst})
	VMOVUPS(high, to[1], Mem{Base: dst, Disp: 64})
	ADDQ(srcRow, src)
	ADDQ(dstRow, dst)
	DECQ(n)
	JNZ(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

// halves loads a parameter of 32 bits as the masks of two vectors.
func halves(name string) [2]reg.OpmaskVirtual {
	mask := GP32()
	Load(Param(name), mask)
	return halvesOf(mask)
}

// halvesOf gives 32 bits as the masks of two vectors.
func halvesOf(bits reg.GPVirtual) [2]reg.OpmaskVirtual {
	mask := GP32()
	MOVL(bits, mask)
	low, high := K(), K()
	KMOVW(mask, low)
	SHRL(U8(16), mask)
	KMOVW(mask, high)
	return [2]reg.OpmaskVirtual{low, high}
}

// square is a vector width for transposing squares of as many rows and columns.
type square struct {
	bits   int
	side   int
	vector func() reg.VecVirtual
}

var (
	square256 = square{256, 8, YMM}
	square512 = square{512, 16, ZMM}
)

// turn emits the packing of rows that lie across: squares of elements are
// transposed in registers.
func (q square) turn() {
	name := fmt.Sprintf("turn%d", q.bits)
	TEXT(name, NOSPLIT, "func(dst, src *float32, srcRow, dstRow, lanes, blocks int, to uint32)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s transposes up to %d rows (lanes) of blocks·%d elements to rows of up to %d", name, q.side, q.side, q.side),
		"elements; distances in bytes. Past lanes they are those of the last row.",
		map[int]string{256: "All are written; to is not looked at.", 512: "The bits of to say which are written."}[q.bits])
	dst, src, srcRow, dstRow, lanes, n := parameter("dst"), parameter("src"), parameter("srcRow"), parameter("dstRow"), parameter("lanes"), parameter("blocks")
	none := GP64()
	XORQ(none, none)
	store := func(row reg.VecVirtual) { VMOVUPS(row, Mem{Base: dst}) }
	if q.side == 16 {
		mask := GP32()
		Load(Param("to"), mask)
		to := K()
		KMOVW(mask, to)
		store = func(row reg.VecVirtual) { VMOVUPS(row, to, Mem{Base: dst}) }
	}
	TESTQ(n, n)
	JZ(LabelRef("done"))
	Label("loop")
	x := make([]reg.VecVirtual, q.side)
	at, step, left := GP64(), GP64(), GP64()
	MOVQ(src, at)
	MOVQ(srcRow, step)
	MOVQ(lanes, left)
	for r := range x {
		x[r] = q.vector()
		VMOVUPS(Mem{Base: at}, x[r])
		DECQ(left)
		CMOVQEQ(none, step)
		ADDQ(step, at)
	}
	q.turnLanes(x)
	if q.side == 16 {
		x = lanes4x4(x)
	} else {
		x = lanes2x2(x)
	}
	for _, row := range x {
		store(row)
		ADDQ(dstRow, dst)
	}
	ADDQ(U32(4*q.side), src)
	DECQ(n)
	JNZ(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

// turnLanes transposes 4×4 elements in every lane of 128 bits: lane l of
// x[4q+j] then holds column 4l + j of rows 4q … 4q+3.
func (q square) turnLanes(x []reg.VecVirtual) {
	for r := 0; r < len(x); r += 2 {
		low, high := q.vector(), q.vector()
		VUNPCKLPS(x[r+1], x[r], low)
		VUNPCKHPS(x[r+1], x[r], high)
		x[r], x[r+1] = low, high
	}
	for r := 0; r < len(x); r += 4 {
		y := [4]reg.VecVirtual{q.vector(), q.vector(), q.vector(), q.vector()}
		VUNPCKLPD(x[r+2], x[r], y[0])
		VUNPCKHPD(x[r+2], x[r], y[1])
		VUNPCKLPD(x[r+3], x[r+1], y[2])
		VUNPCKHPD(x[r+3], x[r+1], y[3])
		copy(x[r:r+4], y[:])
	}
}

// lanes4x4 puts the four lanes of a column together.
func lanes4x4(x []reg.VecVirtual) []reg.VecVirtual {
	out := make([]reg.VecVirtual, 16)
	for j := range 4 {
		y := [4]reg.VecVirtual{ZMM(), ZMM(), ZMM(), ZMM()}
		VSHUFF32X4(U8(0x88), x[4+j], x[j], y[0])
		VSHUFF32X4(U8(0x88), x[12+j], x[8+j], y[1])
		VSHUFF32X4(U8(0xdd), x[4+j], x[j], y[2])
		VSHUFF32X4(U8(0xdd), x[12+j], x[8+j], y[3])
		for lane := range 4 {
			from, half := 2*(lane%2), uint8(0x88)
			if lane >= 2 {
				half = 0xdd
			}
			out[4*lane+j] = ZMM()
			VSHUFF32X4(U8(half), y[from+1], y[from], out[4*lane+j])
		}
	}
	return out
}

// lanes2x2 puts the two lanes of a column together.
func lanes2x2(x []reg.VecVirtual) []reg.VecVirtual {
	out := make([]reg.VecVirtual, 8)
	for j := range 4 {
		out[j], out[4+j] = YMM(), YMM()
		VPERM2F128(U8(0x20), x[4+j], x[j], out[j])
		VPERM2F128(U8(0x31), x[4+j], x[j], out[4+j])
	}
	return out
}
