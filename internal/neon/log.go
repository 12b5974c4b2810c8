package neon

import "hillock/internal/simd"

// Log gives ln x as simd.Log does. The constants lie in the table in the order of
// simd.LogConstants, from its start.
func (c *Code) Log(table R, x V) V {
	load := func(i simd.LogConstant) V {
		v := c.Vector()
		c.LoadAt(table, Bytes*int(i), v)
		return v
	}
	t, n, m, f, s, z := c.Vector(), c.Vector(), c.Vector(), c.Vector(), c.Vector(), c.Vector()
	c.AddWhole(t, x, load(simd.LogShift))
	c.Right(n, t, 52)
	c.Or(n, n, load(simd.LogMagic))
	c.Sub(n, n, load(simd.LogUnmagic))
	c.And(t, t, load(simd.LogExponent))
	one := load(simd.LogOne)
	c.SubWhole(m, x, t)
	c.AddWhole(m, m, one)
	c.Sub(f, m, one)
	c.Add(s, f, load(simd.LogTwo))
	c.Div(s, f, s)
	c.Mul(z, s, s)
	q := load(simd.LogSeries)
	for k := 1; k <= simd.LogTerms; k++ {
		next := load(simd.LogSeries + simd.LogConstant(k))
		c.MulAdd(next, q, z)
		q = next
	}
	c.Mul(q, s, q)
	c.MulAdd(q, n, load(simd.LogLn2))
	return q
}
