package neon

import "hillock/internal/simd"

// InverseRoot gives 1/√x as simd.InverseRoot does; x is overwritten. The constants lie
// in the table in the order of simd.RootConstants, from the index first.
func (c *Code) InverseRoot(table R, first int, x V) V {
	load := func(i simd.RootConstant) V {
		v := c.Vector()
		c.LoadAt(table, Bytes*(first+int(i)), v)
		return v
	}
	bits, y := c.Vector(), load(simd.RootMagic)
	c.Right(bits, x, 1)
	c.SubWhole(y, y, bits)
	c.Mul(x, x, load(simd.RootHalf))
	for range simd.RootSteps {
		square, t := c.Vector(), load(simd.RootOneAndHalf)
		c.Mul(square, y, y)
		c.MulSub(t, x, square)
		c.Mul(y, y, t)
	}
	return y
}
