// Package emit is what the programs that write vector kernels share: what differs
// between the instruction sets, and the exponential.
package emit

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd"
)

// Machine is what differs between the instruction sets.
type Machine interface {
	Name() string
	Lanes() int                              // doubles in a vector
	Registers() int                          // vectors
	Chains() int                             // vectors whose steps are interleaved
	Vector() VecVirtual                      // a fresh register
	Broadcast(m Mem, dst Op)                 // a double into all lanes
	FMA213(c Mem, x, a Op)                   // a = x·a + constant
	Limit(c Mem, x Op, lower bool)           // x = min(constant, x) or max
	Where(x VecVirtual, r Relation, y Op) Op // mask of lanes in which x r y
	Zero(x VecVirtual) Op                    // mask of lanes in which the integer x is 0
	And(a, b Op) Op                          // of masks
	Replace(mask Op, m Mem, x VecVirtual)    // x = m in the lanes of the mask
	AddWhere(mask Op, m Mem, x VecVirtual)   // x += m in the lanes of the mask
	// CountDown lowers the integers in h by 1 and puts old into x, but in the lanes
	// of the mask free, in which h is 0.
	CountDown(free Op, old, x, h VecVirtual)
	Choose(mask Op, y, x VecVirtual)  // x = y in the lanes of the mask
	SkipIfNone(mask Op, label string) // jump where the mask has no lane
	Bits(masks []Op, to Mem)          // a bit for each lane of some masks, a byte in all
	StoreFloats(x VecVirtual, to Mem) // as float32
	Transpose(rows []VecVirtual)      // of a square of Lanes()×Lanes()
}

// Machines gives all of them.
func Machines() []Machine { return []Machine{avx512{}, avx2{}} }

// Relation is the predicate of a comparison, which is false for NaN.
type Relation uint8

// The relations, by their numbers in the instructions.
const (
	EqualTo Relation = 0
	AtMost  Relation = 18
	Above   Relation = 30
)

// Table is constants in memory, each four times, so that a 256-bit load finds it
// whole and a broadcast finds it too.
type Table struct{ at Mem }

// NewTable writes a table of constants.
func NewTable(name string, values []float64) Table {
	t := Table{GLOBL(name, RODATA|NOPTR)}
	for i, x := range values {
		for j := range 4 {
			DATA(32*i+8*j, U64(math.Float64bits(x)))
		}
	}
	return t
}

// At is the place of a constant.
func (t Table) At(i int) Mem { return t.at.Offset(32 * i) }

// Load broadcasts a constant into a fresh register.
func (t Table) Load(m Machine, i int) VecVirtual {
	r := m.Vector()
	m.Broadcast(t.At(i), r)
	return r
}

// Exp is the emitter of the exponential: the constants' table, and those that
// are kept in registers where there are enough.
type Exp struct {
	table Table
	kept  map[simd.ExpConstant]Op
}

// NewExp prepares the exponential in the function that is being written. The
// constants lie in the table in the order of simd.ExpConstants, from its start.
func NewExp(m Machine, table Table) Exp {
	e := Exp{table, map[simd.ExpConstant]Op{}}
	for _, c := range []simd.ExpConstant{simd.ExpMagic, simd.ExpLog2E, simd.ExpMinusLn2Hi, simd.ExpMinusLn2Lo, simd.ExpOne} {
		e.kept[c] = table.At(int(c))
		if m.Registers() == 32 {
			r := m.Vector()
			m.Broadcast(table.At(int(c)), r)
			e.kept[c] = r
		}
	}
	return e
}

// One is the constant 1.
func (e Exp) One() Op { return e.kept[simd.ExpOne] }

// Emit turns each x, whose register is overwritten, into p and scale as simd.Exp
// does, operation by operation for all of them, so that their chains of dependent
// operations overlap.
func (e Exp) Emit(m Machine, xs []VecVirtual) (ps, scales []VecVirtual) {
	type chain struct{ x, t, n, r, r2, r4, s, a, b, c VecVirtual }
	chains := make([]*chain, len(xs))
	for i, x := range xs {
		chains[i] = &chain{x: x}
	}
	each := func(f func(c *chain)) {
		for _, c := range chains {
			f(c)
		}
	}
	// linear is q + (q+1)·r of the polynomial.
	linear := func(c *chain, q simd.ExpConstant) VecVirtual {
		a := m.Vector()
		m.Broadcast(e.table.At(int(q+1)), a)
		m.FMA213(e.table.At(int(q)), c.r, a)
		return a
	}
	each(func(c *chain) { m.Limit(e.table.At(int(simd.ExpHighest)), c.x, false) })
	each(func(c *chain) { m.Limit(e.table.At(int(simd.ExpLowest)), c.x, true) })
	each(func(c *chain) {
		c.t = m.Vector()
		VMOVUPD(e.kept[simd.ExpMagic], c.t)
		VFMADD231PD(e.kept[simd.ExpLog2E], c.x, c.t)
	})
	each(func(c *chain) { c.n = m.Vector(); VSUBPD(e.kept[simd.ExpMagic], c.t, c.n) })
	each(func(c *chain) { VFMADD231PD(e.kept[simd.ExpMinusLn2Hi], c.n, c.x) }) // rh
	each(func(c *chain) {
		c.r = m.Vector()
		VMOVAPD(c.x, c.r)
		VFMADD231PD(e.kept[simd.ExpMinusLn2Lo], c.n, c.r)
	})
	each(func(c *chain) { c.r2 = m.Vector(); VMULPD(c.r, c.r, c.r2) })
	each(func(c *chain) { c.a = linear(c, simd.ExpQ0) })
	each(func(c *chain) { c.b = linear(c, simd.ExpQ2) })
	each(func(c *chain) { VSUBPD(c.r, c.x, c.x) })
	each(func(c *chain) { VFMADD231PD(e.kept[simd.ExpMinusLn2Lo], c.n, c.x) }) // rl
	each(func(c *chain) { c.s = m.Vector(); VADDPD(e.kept[simd.ExpOne], c.r, c.s) })
	each(func(c *chain) { c.r4 = m.Vector(); VMULPD(c.r2, c.r2, c.r4) })
	each(func(c *chain) { VFMADD231PD(c.b, c.r2, c.a) })
	each(func(c *chain) { c.b = linear(c, simd.ExpQ4) })
	each(func(c *chain) { c.c = linear(c, simd.ExpQ6) })
	each(func(c *chain) { VMOVUPD(e.kept[simd.ExpOne], c.n); VSUBPD(c.s, c.n, c.n) })
	each(func(c *chain) { VFMADD231PD(c.c, c.r2, c.b) })
	each(func(c *chain) { c.c = linear(c, simd.ExpQ8) })
	each(func(c *chain) { VADDPD(c.r, c.n, c.n) }) // sl
	each(func(c *chain) { VPSLLQ(U8(52), c.t, c.t) })
	each(func(c *chain) { VFMADD231PD(c.c, c.r4, c.b) })
	each(func(c *chain) { VADDPD(c.n, c.x, c.x) })
	each(func(c *chain) { VFMADD231PD(c.b, c.r4, c.a) })
	each(func(c *chain) { VFMADD231PD(c.a, c.r2, c.x) })
	each(func(c *chain) { VADDPD(c.x, c.s, c.s) })
	for _, c := range chains {
		ps, scales = append(ps, c.s), append(scales, c.t)
	}
	return ps, scales
}
