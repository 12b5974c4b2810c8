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

const (
	signature       = "func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32)"
	stripsSignature = "func(k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, mask uint32, add uint32, strips int)"
)

func main() {
	for rows := 1; rows <= 12; rows++ {
		tile512(rows)
	}
	for rows := 1; rows <= 12; rows++ {
		packed512(rows)
	}
	for rows := 1; rows <= 6; rows++ {
		tile256(rows)
	}
	copyRows512()
	square512.turn()
	square256.turn()
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

func parameter(name string) reg.GPVirtual {
	r := GP64()
	Load(Param(name), r)
	return r
}

type arguments struct {
	k, a, aRow, aStep, b, bOff, c, cRow reg.GPVirtual
}

func load() arguments {
	return arguments{parameter("k"), parameter("a"), parameter("aRow"), parameter("aStep"), parameter("b"), parameter("bOff"), parameter("c"), parameter("cRow")}
}

// prefetch512 asks for the lines of C, which are needed last.
func prefetch512(c, cRow reg.GPVirtual, rows int) {
	p := GP64()
	MOVQ(c, p)
	for r := range rows {
		PREFETCHT0(Mem{Base: p})
		PREFETCHT0(Mem{Base: p, Disp: 64})
		if r+1 < rows {
			ADDQ(cRow, p)
		}
	}
}

// accumulators512 gives cleared sums for rows × 32 columns.
func accumulators512(rows int) [][2]reg.VecVirtual {
	acc := make([][2]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = [2]reg.VecVirtual{ZMM(), ZMM()}
		for _, z := range acc[r] {
			VPXORD(z, z, z)
		}
	}
	return acc
}

// slot is where a parameter lies.
func slot(name string) Mem {
	at, err := Param(name).Resolve()
	if err != nil {
		panic(err) // the signature lacks the parameter
	}
	return at.Addr
}

// tile512 emits strips of rows × 32 columns, side by side; the mask's bits say
// which columns of the last exist. A masked load costs a unit that multiplies, so
// whole tiles have a loop of their own.
func tile512(rows int) {
	name := fmt.Sprintf("tile512x%d", rows)
	TEXT(name, NOSPLIT, stripsSignature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s computes %d rows of strips of 32 columns, the last of up to 32, with AVX-512.", name, rows))
	Label(name + "strip")
	arg := load()
	mask := GP32()
	MOVL(I32(-1), mask)
	CMPQ(slot("strips"), I8(1))
	JNE(LabelRef(name + "begin"))
	Load(Param("mask"), mask)
	Label(name + "begin")
	masks := halvesOf(mask)
	prefetch512(arg.c, arg.cRow, rows)
	acc := accumulators512(rows)
	rowsOfA := newBases(arg.a, arg.aRow, rows)
	b := [2]reg.VecVirtual{ZMM(), ZMM()}
	off := GP64()
	TESTQ(arg.k, arg.k)
	JZ(LabelRef(name + "store"))
	loop := func(label string, loadB func(from Mem, half int)) {
		Label(label)
		MOVQ(Mem{Base: arg.bOff}, off)
		for half := range b {
			loadB(Mem{Base: arg.b, Index: off, Scale: 1, Disp: 64 * half}, half)
		}
		for r := range acc {
			x := ZMM()
			VBROADCASTSS(rowsOfA.row(r), x)
			VFMADD231PS(b[0], x, acc[r][0])
			VFMADD231PS(b[1], x, acc[r][1])
		}
		rowsOfA.step(arg.aStep)
		ADDQ(U32(8), arg.bOff)
		DECQ(arg.k)
		JNZ(LabelRef(label))
	}
	CMPL(mask, I8(-1))
	JNE(LabelRef(name + "masked"))
	loop(name+"whole", func(from Mem, half int) { VMOVUPS(from, b[half]) })
	JMP(LabelRef(name + "store"))
	loop(name+"masked", func(from Mem, half int) { VMOVUPS_Z(from, masks[half], b[half]) })
	Label(name + "store")
	store512(name, acc, arg.c, arg.cRow, masks)
	nextStrip(name, 128)
}

// nextStrip goes on to the next strip, or returns.
func nextStrip(name string, bytes int32) {
	ADDQ(I32(bytes), slot("b"))
	ADDQ(I32(bytes), slot("c"))
	DECQ(slot("strips"))
	JNZ(LabelRef(name + "strip"))
	VZEROUPPER()
	RET()
}

// packed512 emits a tile of rows × 32 columns, all of which must exist, of an A
// that is packed: the elements that are needed together follow one another.
func packed512(rows int) {
	name := fmt.Sprintf("packed512x%d", rows)
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s computes %d rows of 32 columns with AVX-512, for a packed A.", name, rows))
	k, a, b, bOff, c, cRow := parameter("k"), parameter("a"), parameter("b"), parameter("bOff"), parameter("c"), parameter("cRow")
	prefetch512(c, cRow, rows)
	acc := accumulators512(rows)
	off := GP64()
	loop := func(label string, count reg.GPVirtual, unroll int) {
		TESTQ(count, count)
		JZ(LabelRef(label + "end"))
		Label(label)
		for u := range unroll {
			low, high := ZMM(), ZMM()
			MOVQ(Mem{Base: bOff, Disp: 8 * u}, off)
			VMOVUPS(Mem{Base: b, Index: off, Scale: 1}, low)
			VMOVUPS(Mem{Base: b, Index: off, Scale: 1, Disp: 64}, high)
			for r := range acc {
				x := ZMM()
				VBROADCASTSS(Mem{Base: a, Disp: 4 * (u*rows + r)}, x)
				VFMADD231PS(low, x, acc[r][0])
				VFMADD231PS(high, x, acc[r][1])
			}
		}
		ADDQ(U32(4*unroll*rows), a)
		ADDQ(U32(8*unroll), bOff)
		DECQ(count)
		JNZ(LabelRef(label))
		Label(label + "end")
	}
	rest := GP64()
	MOVQ(k, rest)
	ANDQ(U8(unroll-1), rest)
	SHRQ(U8(2), k)
	loop(name+"loop", k, unroll)
	loop(name+"rest", rest, 1)
	store512(name, acc, c, cRow, [2]reg.OpmaskVirtual{})
	VZEROUPPER()
	RET()
}

const unroll = 4

// store512 adds the sums to C, or sets it. Without masks all columns exist.
func store512(name string, acc [][2]reg.VecVirtual, c, cRow reg.GPVirtual, masks [2]reg.OpmaskVirtual) {
	masked := masks != [2]reg.OpmaskVirtual{}
	add := GP32()
	Load(Param("add"), add)
	TESTL(add, add)
	JZ(LabelRef(name + "set"))
	p := GP64()
	MOVQ(c, p)
	for r, sums := range acc {
		for half, sum := range sums {
			from := Mem{Base: p, Disp: 64 * half}
			if masked {
				old := ZMM()
				VMOVUPS_Z(from, masks[half], old)
				VADDPS(old, sum, sum)
			} else {
				VADDPS(from, sum, sum)
			}
		}
		if r+1 < len(acc) {
			ADDQ(cRow, p)
		}
	}
	Label(name + "set")
	for r, sums := range acc {
		for half, sum := range sums {
			to := Mem{Base: c, Disp: 64 * half}
			if masked {
				VMOVUPS(sum, masks[half], to)
			} else {
				VMOVUPS(sum, to)
			}
		}
		if r+1 < len(acc) {
			ADDQ(cRow, c)
		}
	}
}

// tile256 emits strips of rows × 16 columns, all of which must exist; the mask is
// not looked at.
func tile256(rows int) {
	TEXT(fmt.Sprintf("tile256x%d", rows), NOSPLIT, stripsSignature)
	Pragma("noescape")
	Doc(fmt.Sprintf("tile256x%d computes %d rows of strips of 16 columns with AVX2 and FMA.", rows, rows))
	Label(fmt.Sprintf("t256x%dstrip", rows))
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
	nextStrip(name, 64)
}
