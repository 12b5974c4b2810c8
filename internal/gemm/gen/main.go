// The generator of the matrix product's inner tiles.
//
//	go run ./gen -out tile_amd64.s -stubs tile_amd64.go -pkg gemm
//
// A tile keeps rows × columns of the product in registers while it walks along
// the shared dimension: 12 rows of 32 columns fill 24 of the 32 AVX-512
// registers, 6 rows of 16 columns fill 12 of the 16 AVX2 registers. Tiles of
// fewer rows exist for the lower edge.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const signature = "func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32)"

func main() {
	for rows := 1; rows <= 12; rows++ {
		tile512(rows)
	}
	for rows := 1; rows <= 6; rows++ {
		tile256(rows)
	}
	Generate()
}

// bases gives the registers from which row r of A is reached: every third row
// has a base of its own, the two after it are one and two strides further on.
type bases struct {
	base   []reg.GPVirtual
	stride reg.GPVirtual
}

func newBases(a, stride reg.GPVirtual, rows int) bases {
	b := bases{stride: stride}
	for r := 0; r < rows; r += 3 {
		p := GP64()
		if r == 0 {
			MOVQ(a, p)
		} else {
			LEAQ(Mem{Base: b.base[len(b.base)-1], Index: stride, Scale: 2}, p)
			ADDQ(stride, p)
		}
		b.base = append(b.base, p)
	}
	return b
}

func (b bases) row(r int) Mem {
	m := Mem{Base: b.base[r/3]}
	if r%3 > 0 {
		m.Index = b.stride
		m.Scale = uint8(r % 3)
	}
	return m
}

func (b bases) step(by reg.GPVirtual) {
	for _, p := range b.base {
		ADDQ(by, p)
	}
}

type arguments struct {
	k, a, aRow, aStep, b, bOff, c, cRow reg.GPVirtual
}

func load() arguments {
	get := func(name string) reg.GPVirtual {
		r := GP64()
		Load(Param(name), r)
		return r
	}
	return arguments{get("k"), get("a"), get("aRow"), get("aStep"), get("b"), get("bOff"), get("c"), get("cRow")}
}

// tile512 emits a tile of rows × 32 columns; the mask's bits say which columns
// exist.
func tile512(rows int) {
	TEXT(fmt.Sprintf("tile512x%d", rows), NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("tile512x%d computes %d rows of up to 32 columns with AVX-512.", rows, rows))
	arg := load()
	mask := GP32()
	Load(Param("mask"), mask)
	low, high := K(), K()
	KMOVW(mask, low)
	SHRL(U8(16), mask)
	KMOVW(mask, high)

	acc := make([][2]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = [2]reg.VecVirtual{ZMM(), ZMM()}
		for _, z := range acc[r] {
			VPXORD(z, z, z)
		}
	}
	rowsOfA := newBases(arg.a, arg.aRow, rows)
	b0, b1 := ZMM(), ZMM()
	off := GP64()
	name := fmt.Sprintf("t512x%d", rows)
	TESTQ(arg.k, arg.k)
	JZ(LabelRef(name + "store"))
	Label(name + "loop")
	MOVQ(Mem{Base: arg.bOff}, off)
	VMOVUPS_Z(Mem{Base: arg.b, Index: off, Scale: 1}, low, b0)
	VMOVUPS_Z(Mem{Base: arg.b, Index: off, Scale: 1, Disp: 64}, high, b1)
	for r := range acc {
		x := ZMM()
		VBROADCASTSS(rowsOfA.row(r), x)
		VFMADD231PS(b0, x, acc[r][0])
		VFMADD231PS(b1, x, acc[r][1])
	}
	rowsOfA.step(arg.aStep)
	ADDQ(U32(8), arg.bOff)
	DECQ(arg.k)
	JNZ(LabelRef(name + "loop"))

	Label(name + "store")
	add := GP32()
	Load(Param("add"), add)
	TESTL(add, add)
	JZ(LabelRef(name + "set"))
	p := GP64()
	MOVQ(arg.c, p)
	for r := range acc {
		VMOVUPS_Z(Mem{Base: p}, low, b0)
		VMOVUPS_Z(Mem{Base: p, Disp: 64}, high, b1)
		VADDPS(b0, acc[r][0], acc[r][0])
		VADDPS(b1, acc[r][1], acc[r][1])
		if r+1 < rows {
			ADDQ(arg.cRow, p)
		}
	}
	Label(name + "set")
	for r := range acc {
		VMOVUPS(acc[r][0], low, Mem{Base: arg.c})
		VMOVUPS(acc[r][1], high, Mem{Base: arg.c, Disp: 64})
		if r+1 < rows {
			ADDQ(arg.cRow, arg.c)
		}
	}
	VZEROUPPER()
	RET()
}

// tile256 emits a tile of rows × 16 columns, all of which must exist; the mask
// is not looked at.
func tile256(rows int) {
	TEXT(fmt.Sprintf("tile256x%d", rows), NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("tile256x%d computes %d rows of 16 columns with AVX2 and FMA.", rows, rows))
	arg := load()
	acc := make([][2]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = [2]reg.VecVirtual{YMM(), YMM()}
		for _, y := range acc[r] {
			VXORPS(y, y, y)
		}
	}
	rowsOfA := newBases(arg.a, arg.aRow, rows)
	b0, b1, x := YMM(), YMM(), YMM()
	off := GP64()
	name := fmt.Sprintf("t256x%d", rows)
	TESTQ(arg.k, arg.k)
	JZ(LabelRef(name + "store"))
	Label(name + "loop")
	MOVQ(Mem{Base: arg.bOff}, off)
	VMOVUPS(Mem{Base: arg.b, Index: off, Scale: 1}, b0)
	VMOVUPS(Mem{Base: arg.b, Index: off, Scale: 1, Disp: 32}, b1)
	for r := range acc {
		VBROADCASTSS(rowsOfA.row(r), x)
		VFMADD231PS(b0, x, acc[r][0])
		VFMADD231PS(b1, x, acc[r][1])
	}
	rowsOfA.step(arg.aStep)
	ADDQ(U32(8), arg.bOff)
	DECQ(arg.k)
	JNZ(LabelRef(name + "loop"))

	Label(name + "store")
	add := GP32()
	Load(Param("add"), add)
	TESTL(add, add)
	JZ(LabelRef(name + "set"))
	p := GP64()
	MOVQ(arg.c, p)
	for r := range acc {
		VADDPS(Mem{Base: p}, acc[r][0], acc[r][0])
		VADDPS(Mem{Base: p, Disp: 32}, acc[r][1], acc[r][1])
		if r+1 < rows {
			ADDQ(arg.cRow, p)
		}
	}
	Label(name + "set")
	for r := range acc {
		VMOVUPS(acc[r][0], Mem{Base: arg.c})
		VMOVUPS(acc[r][1], Mem{Base: arg.c, Disp: 32})
		if r+1 < rows {
			ADDQ(arg.cRow, arg.c)
		}
	}
	VZEROUPPER()
	RET()
}
