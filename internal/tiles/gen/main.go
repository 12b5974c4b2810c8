// Command gen writes the kernels that split numbers into halves: run "go generate"
// in the package's folder.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const lanes = 16

func main() {
	ConstraintExpr("amd64")
	halves()
	pairs()
	Generate()
}

// constants are the rounding of a half and the mask of a high one.
func constants() (round, mask VecVirtual) {
	word := func(bits uint32) VecVirtual {
		r, v := GP32(), ZMM()
		MOVL(U32(bits), r)
		VPBROADCASTD(r, v)
		return v
	}
	return word(0x8000), word(0xffff0000)
}

// split gives the high half of memory as a float32, and the low half in the upper
// bits of a word, not yet rid of the others.
func split(at Mem, round, mask VecVirtual) (high, low VecVirtual) {
	x, h := ZMM(), ZMM()
	VMOVUPS(at, x)
	VPADDD(round, x, h)
	VPANDD(mask, h, h)
	VSUBPS(h, x, x)
	VPADDD(round, x, x)
	return h, x
}

func begin(name, signature string, doc ...string) {
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(doc...)
}

// loop writes body for every vector; the pointers go on by their steps.
func loop(body func(), steps map[Register]int, order ...Register) {
	n := Load(Param("n"), GP64())
	Label("next")
	body()
	for _, p := range order {
		ADDQ(U8(steps[p]), p)
	}
	DECQ(n)
	JNZ(LabelRef("next"))
	VZEROUPPER()
	RET()
}

func halves() {
	begin("halves", "func(high, low *uint16, from *float32, n int)",
		"halves writes the halves of n vectors of numbers.")
	high, low, from := Load(Param("high"), GP64()), Load(Param("low"), GP64()), Load(Param("from"), GP64())
	round, mask := constants()
	loop(func() {
		h, l := split(Mem{Base: from}, round, mask)
		VPSRLD(U8(16), h, h)
		VPSRLD(U8(16), l, l)
		VPMOVDW(h, Mem{Base: high})
		VPMOVDW(l, Mem{Base: low})
	}, map[Register]int{high: 2 * lanes, low: 2 * lanes, from: 4 * lanes}, high, low, from)
}

func pairs() {
	begin("pairs", "func(high, low *uint16, first, second *float32, n int)",
		"pairs writes the halves of n vectors of first and second, number beside number.")
	high, low := Load(Param("high"), GP64()), Load(Param("low"), GP64())
	first, second := Load(Param("first"), GP64()), Load(Param("second"), GP64())
	round, mask := constants()
	loop(func() {
		h, l := split(Mem{Base: first}, round, mask)
		h2, l2 := split(Mem{Base: second}, round, mask)
		VPSRLD(U8(16), h, h)
		VPORD(h2, h, h)
		VPSRLD(U8(16), l, l)
		VPANDD(mask, l2, l2)
		VPORD(l2, l, l)
		VMOVDQU32(h, Mem{Base: high})
		VMOVDQU32(l, Mem{Base: low})
	}, map[Register]int{high: 4 * lanes, low: 4 * lanes, first: 4 * lanes, second: 4 * lanes}, high, low, first, second)
}
