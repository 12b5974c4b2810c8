package neon

import "hillock/internal/simd"

// InverseRoot turns x, which is overwritten, into y = 1/√x as simd.InverseRoot does,
// with two more vectors. The constants lie in the table in the order of
// simd.RootConstants, from the index first.
func (c *Code) InverseRoot(table R, first int, x, y, t, square V) {
	load := func(i simd.RootConstant, v V) { c.LoadAt(table, Bytes*(first+int(i)), v) }
	c.Right(t, x, 1)
	load(simd.RootMagic, y)
	c.SubWhole(y, y, t)
	load(simd.RootHalf, t)
	c.Mul(x, x, t)
	for range simd.RootSteps {
		c.Mul(square, y, y)
		load(simd.RootOneAndHalf, t)
		c.MulSub(t, x, square)
		c.Mul(y, y, t)
	}
}
