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
	"math"
	"slices"

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
	mask := GP32()
	MOVL(I32(0xffff), mask)
	CMPQ(slot("strips"), I8(1))
	JNE(LabelRef(name + "begin"))
	Load(Param("mask"), mask)
	Label(name + "begin")
	// where the lanes that exist begin
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
		Label(label)
		MOVQ(Mem{Base: arg.bOff}, off)
		for half := range b {
			loadB(Mem{Base: arg.b, Index: off, Scale: 1, Disp: 32 * half}, half)
		}
		for r := range acc {
			x := YMM()
			VBROADCASTSS(rowsOfA.row(r), x)
			VFMADD231PS(b[0], x, acc[r][0])
			VFMADD231PS(b[1], x, acc[r][1])
		}
		rowsOfA.step(arg.aStep)
		ADDQ(U32(8), arg.bOff)
		DECQ(arg.k)
		JNZ(LabelRef(label))
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
	CMPL(mask, I32(0xffff))
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
