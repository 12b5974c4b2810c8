package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile256 emits strips of rows × 16 columns, side by side; the mask's bits, the
// lowest ones, say which columns of the last exist. Whole strips have a loop and a
// way to memory of their own.
func tile256(rows int, lanes Mem) {
	name := fmt.Sprintf("tile256x%d", rows)
	TEXT(name, NOSPLIT, stripsSignature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s computes %d rows of strips of 16 columns, the last of up to 16, with AVX2 and FMA.", name, rows))
	Label(name + "strip")
	arg := load()
	acc := make([][2]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = [2]reg.VecVirtual{YMM(), YMM()}
		for _, y := range acc[r] {
			VXORPS(y, y, y)
		}
	}
	rowsOfA := newBases(arg.a, arg.aRow, rows)
	const whole = 0xffff
	mask := columnsOf(name, whole)
	// exist comes to be where in lanes the first of this strip's columns is.
	exist, count := GP64(), GP64()
	POPCNTL(mask, count.As32())
	NEGQ(count)
	LEAQ(lanes, exist)
	LEAQ(Mem{Base: exist, Index: count, Scale: 4, Disp: 4 * 16}, exist)
	half := func(i int) Mem { return Mem{Base: exist, Disp: 32 * i} }
	b := [2]reg.VecVirtual{YMM(), YMM()}
	off := GP64()
	loop := func(label string, loadB func(from Mem, half int)) {
		TESTQ(arg.k, arg.k)
		JZ(LabelRef(label + "store"))
		arg.along(label, rowsOfA, acc, b, off, YMM, 32, loadB)
		Label(label + "store")
	}
	// finish adds the sums to C, or sets it.
	finish := func(label string, add, set func(at Mem, half int, sum reg.VecVirtual)) {
		flag := GP32()
		Load(Param("add"), flag)
		TESTL(flag, flag)
		JZ(LabelRef(label))
		p := GP64()
		MOVQ(arg.c, p)
		each := func(p reg.GPVirtual, do func(at Mem, half int, sum reg.VecVirtual)) {
			for r := range acc {
				for half, sum := range acc[r] {
					do(Mem{Base: p, Disp: 32 * half}, half, sum)
				}
				if r+1 < rows {
					ADDQ(arg.cRow, p)
				}
			}
		}
		each(p, add)
		Label(label)
		each(arg.c, set)
	}
	CMPL(mask, I32(whole))
	JNE(LabelRef(name + "edge"))
	loop(name+"whole", func(from Mem, half int) { VMOVUPS(from, b[half]) })
	finish(name+"set",
		func(at Mem, _ int, sum reg.VecVirtual) { VADDPS(at, sum, sum) },
		func(at Mem, _ int, sum reg.VecVirtual) { VMOVUPS(sum, at) })
	nextStrip(name, 64)

	Label(name + "edge")
	masked := func(from Mem, i int, to reg.VecVirtual) {
		VMOVUPS(half(i), to)
		VMASKMOVPS(from, to, to)
	}
	loop(name+"masked", func(from Mem, half int) { masked(from, half, b[half]) })
	finish(name+"setEdge",
		func(at Mem, half int, sum reg.VecVirtual) {
			masked(at, half, b[0])
			VADDPS(b[0], sum, sum)
		},
		func(at Mem, i int, sum reg.VecVirtual) {
			VMOVUPS(half(i), b[0])
			VMASKMOVPS(sum, b[0], at)
		})
	VZEROUPPER()
	RET()
}

// newLanes writes sixteen lanes that exist and sixteen that do not.
func newLanes() Mem {
	m := GLOBL("lanes", RODATA|NOPTR)
	for i, lane := range slices.Concat(slices.Repeat([]uint32{math.MaxUint32}, 16), make([]uint32, 16)) {
		DATA(4*i, U32(lane))
	}
	return m
}
