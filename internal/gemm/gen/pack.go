package main

import (
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
	low, high := K(), K()
	KMOVW(mask, low)
	SHRL(U8(16), mask)
	KMOVW(mask, high)
	return [2]reg.OpmaskVirtual{low, high}
}

// turn512 emits the packing of rows that lie across: 16×16 elements are
// transposed in registers.
func turn512() {
	TEXT("turn512", NOSPLIT, "func(dst, src *float32, srcRow, dstRow, lanes, blocks int, to uint32)")
	Pragma("noescape")
	Doc("turn512 transposes up to 16 rows (lanes) of blocks·16 elements to rows of up to 16",
		"elements; distances in bytes. The bits of to say which are written; past lanes they",
		"are those of the last row.")
	dst, src, srcRow, dstRow, lanes, n := parameter("dst"), parameter("src"), parameter("srcRow"), parameter("dstRow"), parameter("lanes"), parameter("blocks")
	none := GP64()
	XORQ(none, none)
	mask := GP32()
	Load(Param("to"), mask)
	to := K()
	KMOVW(mask, to)
	TESTQ(n, n)
	JZ(LabelRef("done"))
	Label("loop")
	var x [16]reg.VecVirtual
	at, step, left := GP64(), GP64(), GP64()
	MOVQ(src, at)
	MOVQ(srcRow, step)
	MOVQ(lanes, left)
	for r := range x {
		x[r] = ZMM()
		VMOVUPS(Mem{Base: at}, x[r])
		DECQ(left)
		CMOVQEQ(none, step)
		ADDQ(step, at)
	}
	// Pairs of rows, then fours: a lane of x[4q+j] then holds column 4·lane + j of
	// rows 4q … 4q+3.
	for r := 0; r < 16; r += 2 {
		low, high := ZMM(), ZMM()
		VUNPCKLPS(x[r+1], x[r], low)
		VUNPCKHPS(x[r+1], x[r], high)
		x[r], x[r+1] = low, high
	}
	for r := 0; r < 16; r += 4 {
		var y [4]reg.VecVirtual
		for j := range y {
			y[j] = ZMM()
		}
		VUNPCKLPD(x[r+2], x[r], y[0])
		VUNPCKHPD(x[r+2], x[r], y[1])
		VUNPCKLPD(x[r+3], x[r+1], y[2])
		VUNPCKHPD(x[r+3], x[r+1], y[3])
		copy(x[r:r+4], y[:])
	}
	// The lanes are transposed as 4×4 blocks.
	for j := range 4 {
		var y [4]reg.VecVirtual
		for i := range y {
			y[i] = ZMM()
		}
		VSHUFF32X4(U8(0x88), x[4+j], x[j], y[0])
		VSHUFF32X4(U8(0x88), x[12+j], x[8+j], y[1])
		VSHUFF32X4(U8(0xdd), x[4+j], x[j], y[2])
		VSHUFF32X4(U8(0xdd), x[12+j], x[8+j], y[3])
		for lane, from := range [4][2]int{{0, 1}, {2, 3}, {0, 1}, {2, 3}} {
			x[4*lane+j] = ZMM()
			VSHUFF32X4(U8([]uint8{0x88, 0x88, 0xdd, 0xdd}[lane]), y[from[1]], y[from[0]], x[4*lane+j])
		}
	}
	for _, row := range x {
		VMOVUPS(row, to, Mem{Base: dst})
		ADDQ(dstRow, dst)
	}
	ADDQ(U32(64), src)
	DECQ(n)
	JNZ(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}
