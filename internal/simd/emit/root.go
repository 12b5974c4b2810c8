package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd"
)

// InverseRoot turns each x, whose register is overwritten, into 1/√x as
// simd.InverseRoot does. The constants lie in the table in the order of
// simd.RootConstants, from the index first.
func InverseRoot(m Machine, table Table, first int, xs []VecVirtual) []VecVirtual {
	constant := func(c simd.RootConstant) VecVirtual { return table.Load(m, first+int(c)) }
	var ys []VecVirtual
	half := constant(simd.RootHalf)
	for _, x := range xs {
		t, y := m.Vector(), constant(simd.RootMagic)
		VPSRLQ(U8(1), x, t)
		VPSUBQ(t, y, y)
		VMULPD(half, x, x)
		ys = append(ys, y)
	}
	for range simd.RootSteps {
		for i, y := range ys {
			square, t := m.Vector(), constant(simd.RootOneAndHalf)
			VMULPD(y, y, square)
			VFNMADD231PD(xs[i], square, t)
			VMULPD(t, y, y)
		}
	}
	return ys
}
