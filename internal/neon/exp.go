package neon

import (
	"math"

	"hillock/internal/simd"
)

// Exp writes the exponential of doubles as simd.Exp computes it, operation by
// operation for several vectors, so that their chains of dependent operations
// overlap.
type Exp struct {
	c     *Code
	table R
	odd   [4]V // log2 e and −ln 2, then the polynomial's odd coefficients, two to a vector
}

// NewExp prepares the exponential in the function at hand. The table begins with
// simd.ExpConstants.
func (c *Code) NewExp(table R) Exp {
	e := Exp{c: c, table: table}
	values := simd.ExpConstants()
	of := func(i simd.ExpConstant) uint64 { return math.Float64bits(values[i]) }
	e.odd = [4]V{
		c.Pair(of(simd.ExpLog2E), of(simd.ExpMinusLn2Hi)), c.Pair(of(simd.ExpMinusLn2Lo), of(simd.ExpQ1)),
		c.Pair(of(simd.ExpQ3), of(simd.ExpQ5)), c.Pair(of(simd.ExpQ7), of(simd.ExpQ9)),
	}
	return e
}

// expChain is a vector's: x is y, then rh, then rl; t the scale's bits.
type expChain struct{ x, t, n, r, r2, r4, a, b, h, s V }

// Emit turns each x into p, in the same vector, and gives the scales.
func (e Exp) Emit(xs []V) (scales []V) {
	c := e.c
	load := func(i simd.ExpConstant, v V) { c.LoadAt(e.table, Bytes*int(i), v) }
	steps := []func(k *expChain){
		func(k *expChain) { load(simd.ExpHighest, k.t); c.Min(k.x, k.x, k.t) },
		func(k *expChain) { load(simd.ExpLowest, k.t); c.Max(k.x, k.x, k.t) },
		func(k *expChain) { load(simd.ExpMagic, k.t); c.Copy(k.s, k.t); c.MulAddLane(k.t, k.x, e.odd[0], 0) },
		func(k *expChain) { c.Sub(k.n, k.t, k.s) },
		func(k *expChain) { c.MulAddLane(k.x, k.n, e.odd[0], 1) }, // rh
		func(k *expChain) { c.Copy(k.r, k.x); c.MulAddLane(k.r, k.n, e.odd[1], 0) },
		func(k *expChain) { c.Sub(k.x, k.x, k.r); c.Mul(k.r2, k.r, k.r) },
		func(k *expChain) {
			c.MulAddLane(k.x, k.n, e.odd[1], 0) // rl
			load(simd.ExpQ0, k.a)
			c.MulAddLane(k.a, k.r, e.odd[1], 1)
		},
		func(k *expChain) { load(simd.ExpQ2, k.b); c.MulAddLane(k.b, k.r, e.odd[2], 0); c.Mul(k.r4, k.r2, k.r2) },
		func(k *expChain) {
			load(simd.ExpQ4, k.h)
			c.MulAddLane(k.h, k.r, e.odd[2], 1)
			load(simd.ExpQ6, k.n)
			c.MulAddLane(k.n, k.r, e.odd[3], 0)
			c.MulAdd(k.a, k.b, k.r2)
		},
		func(k *expChain) {
			load(simd.ExpQ8, k.b)
			c.MulAddLane(k.b, k.r, e.odd[3], 1)
			c.MulAdd(k.h, k.n, k.r2)
		},
		func(k *expChain) { load(simd.ExpOne, k.n); c.Add(k.s, k.n, k.r); c.MulAdd(k.h, k.b, k.r4) },
		func(k *expChain) { c.Sub(k.n, k.n, k.s) },
		func(k *expChain) { c.Add(k.n, k.n, k.r); c.MulAdd(k.a, k.h, k.r4) },
		func(k *expChain) { c.Add(k.x, k.x, k.n) },
		func(k *expChain) { c.MulAdd(k.x, k.a, k.r2); c.Left(k.t, k.t, 52) },
		func(k *expChain) { c.Add(k.x, k.s, k.x) },
	}
	var all []*expChain
	for _, x := range xs {
		v := c.Vectors(9)
		all = append(all, &expChain{x, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]})
		scales = append(scales, v[0])
	}
	for _, step := range steps {
		for _, k := range all {
			step(k)
		}
	}
	return scales
}
