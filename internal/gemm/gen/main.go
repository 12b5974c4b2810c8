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
	lanes := newLanes()
	for rows := 1; rows <= 6; rows++ {
		tile256(rows, lanes)
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

// columnsOf gives the bits of the columns of a strip that exist: whole, or in the last
// strip the parameter's.
func columnsOf(name string, whole I32) reg.GPVirtual {
	mask := GP32()
	MOVL(whole, mask)
	CMPQ(slot("strips"), I8(1))
	JNE(LabelRef(name + "begin"))
	Load(Param("mask"), mask)
	Label(name + "begin")
	return mask
}

// along emits the loop along the shared dimension, which adds the products of a tile
// to its sums. Of a row of B two vectors of some bytes are loaded into b.
func (g arguments) along(label string, rowsOfA bases, acc [][2]reg.VecVirtual, b [2]reg.VecVirtual, off reg.GPVirtual, vector func() reg.VecVirtual, bytes int, loadB func(from Mem, half int)) {
	Label(label)
	MOVQ(Mem{Base: g.bOff}, off)
	for half := range b {
		loadB(Mem{Base: g.b, Index: off, Scale: 1, Disp: bytes * half}, half)
	}
	for r := range acc {
		x := vector()
		VBROADCASTSS(rowsOfA.row(r), x)
		VFMADD231PS(b[0], x, acc[r][0])
		VFMADD231PS(b[1], x, acc[r][1])
	}
	rowsOfA.step(g.aStep)
	ADDQ(U32(8), g.bOff)
	DECQ(g.k)
	JNZ(LabelRef(label))
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
	mask := columnsOf(name, -1)
	masks := halvesOf(mask)
	prefetch512(arg.c, arg.cRow, rows)
	acc := accumulators512(rows)
	rowsOfA := newBases(arg.a, arg.aRow, rows)
	b := [2]reg.VecVirtual{ZMM(), ZMM()}
	off := GP64()
	TESTQ(arg.k, arg.k)
	JZ(LabelRef(name + "store"))
	loop := func(label string, loadB func(from Mem, half int)) {
		arg.along(label, rowsOfA, acc, b, off, ZMM, 64, loadB)
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
