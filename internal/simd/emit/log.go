package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd"
)

// Log turns each x, whose register is overwritten, into ln x as simd.Log does. The
// constants lie in the table in the order of simd.LogConstants, from the index
// first.
func Log(m Machine, table Table, first int, xs []VecVirtual) []VecVirtual {
	constant := func(c simd.LogConstant) VecVirtual { return table.Load(m, first+int(c)) }
	var ns, ss, zs, qs []VecVirtual
	for _, x := range xs {
		t, n, f, d := constant(simd.LogShift), m.Vector(), constant(simd.LogExponent), constant(simd.LogTwo)
		VPADDQ(x, t, t)
		VPSRLQ(U8(52), t, n)
		VORPD(constant(simd.LogMagic), n, n)
		VSUBPD(constant(simd.LogUnmagic), n, n)
		VANDPD(f, t, t)
		VPSUBQ(t, x, x)
		one := constant(simd.LogOne)
		VPADDQ(one, x, x) // m
		VSUBPD(one, x, f)
		VADDPD(f, d, d)
		VDIVPD(d, f, f)
		VMULPD(f, f, d)
		ns, ss, zs, qs = append(ns, n), append(ss, f), append(zs, d), append(qs, constant(simd.LogSeries))
	}
	for k := 1; k <= simd.LogTerms; k++ {
		for i, q := range qs {
			m.FMA213(table.At(first+int(simd.LogSeries)+k), zs[i], q)
		}
	}
	for i, q := range qs {
		VMULPD(ss[i], q, q)
		VFMADD231PD(constant(simd.LogLn2), ns[i], q)
	}
	return qs
}
