// Command gen writes the vector kernels of simdchip: run "go generate" in the
// package's folder.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd"
	"hillock/internal/simd/emit"
	"hillock/internal/simdchip/layout"
)

const lanes = layout.Lanes

func main() {
	ConstraintExpr("amd64")
	table := emit.NewTable("constants", layout.Constants())
	for _, m := range emit.Machines() {
		step(m, table)
	}
	Generate()
}

// step writes the kernel that integrates a block. Row k of v and w is the state
// before step k, so that the state needs no other place.
func step(m emit.Machine, table emit.Table) {
	TEXT("step"+m.Name(), NOSPLIT, "func(b, v, w *float64, nextW int, noiseV, noiseW *float64, steps int, spikes *uint64)")
	Doc("step"+m.Name()+" integrates the lanes of b over steps time steps, as Run does. v and w have a",
		"row of Lanes for each step and one more; the first holds the state to start from.",
		"nextW is the number of bytes between two rows of w: 0 keeps only the last. noiseV",
		"and noiseW have one row. Each step gets a word of spikes, with a bit for each lane.")
	s := emission{m: m, table: table}
	s.block = Load(Param("b"), GP64())
	s.v = Load(Param("v"), GP64())
	s.w = Load(Param("w"), GP64())
	s.nextW = Load(Param("nextW"), GP64())
	s.noiseV = Load(Param("noiseV"), GP64())
	s.noiseW = Load(Param("noiseW"), GP64())
	steps := Load(Param("steps"), GP64())
	spikes := Load(Param("spikes"), GP64())
	s.exp = emit.NewExp(m, table)

	Label("next")
	const group = 16
	for lane := 0; lane < lanes; lane += group {
		var masks []Op
		for l := lane; l < lane+group; l += m.Lanes() * m.Chains() {
			var vectors []int
			for k := range m.Chains() {
				vectors = append(vectors, l+k*m.Lanes())
			}
			masks = append(masks, s.together(vectors)...)
			if bits := len(masks) * m.Lanes(); bits%8 == 0 {
				m.Bits(masks, Mem{Base: spikes, Disp: (l + m.Lanes()*m.Chains() - bits) / 8})
				masks = nil
			}
		}
	}
	ADDQ(U32(8*lanes), s.v)
	ADDQ(s.nextW, s.w)
	ADDQ(U8(8), spikes)
	DECQ(steps)
	JNZ(LabelRef("next"))
	VZEROUPPER()
	RET()
}

// emission is a kernel that is being written.
type emission struct {
	m                  emit.Machine
	table              emit.Table
	exp                emit.Exp
	block, v, w, nextW Register
	noiseV, noiseW     Register
	labels             int
}

func (s *emission) param(p layout.Param, lane int) Mem {
	return Mem{Base: s.block, Disp: 8 * (int(p)*lanes + lane)}
}

func (s *emission) row(of Register, lane int) Mem { return Mem{Base: of, Disp: 8 * lane} }

// load brings memory into a fresh register.
func (s *emission) load(at Mem) VecVirtual {
	x := s.m.Vector()
	VMOVUPD(at, x)
	return x
}

func (s *emission) constant(c layout.Constant) Mem { return s.table.At(c.At()) }

// vector is what a vector keeps from one part of its step to the next.
type vector struct {
	lane          int
	x             VecVirtual // the exponential current
	e             VecVirtual // its limit's denominator
	iw, a, d1, d2 VecVirtual // the currents, and the squares of what divides them
	dv, next      VecVirtual
	left          VecVirtual
	mask          Op
}

// together writes the step of a few vectors, part by part, and gives the masks of
// the lanes that spike.
func (s *emission) together(lanes []int) []Op {
	m := s.m
	var vs []*vector
	var xs []VecVirtual
	for _, lane := range lanes {
		y := s.load(s.row(s.v, lane))
		VSUBPD(s.param(layout.VT, lane), y, y)
		VMULPD(s.param(layout.PerDeltaT, lane), y, y)
		m.Limit(s.constant(layout.MaxExponent), y, false)
		vs, xs = append(vs, &vector{lane: lane}), append(xs, y)
	}
	ps, scales := s.exp.Emit(m, xs)
	parts := []func(v *vector){s.currents, s.saturate, s.membrane, s.adapt, s.spike}
	for k, v := range vs {
		v.x = scales[k]
		VMULPD(s.param(layout.Exponential, v.lane), v.x, v.x)
		VMULPD(ps[k], v.x, v.x)
	}
	for _, part := range parts {
		for _, v := range vs {
			part(v)
		}
	}
	var masks []Op
	for _, v := range vs {
		masks = append(masks, v.mask)
	}
	return masks
}

// one puts the constant 1 into a fresh register.
func (s *emission) one() VecVirtual {
	x := s.m.Vector()
	VMOVUPD(s.exp.One(), x)
	return x
}

// currents are those of w and a before they saturate, and what divides them.
func (s *emission) currents(v *vector) {
	m := s.m
	v.e = s.one()
	VFMADD231PD(s.param(layout.PerMax, v.lane), v.x, v.e)
	v.iw = s.load(s.row(s.w, v.lane))
	VSUBPD(s.param(layout.VRef, v.lane), v.iw, v.iw)
	VMULPD(s.param(layout.GW, v.lane), v.iw, v.iw)
	r := m.Vector()
	VMULPD(s.param(layout.PerWMax, v.lane), v.iw, r)
	v.d1 = s.one()
	VFMADD231PD(r, r, v.d1)
	v.a = s.load(s.row(s.v, v.lane))
	VSUBPD(s.param(layout.ELAdapt, v.lane), v.a, v.a)
	VMULPD(s.param(layout.PerSaturation, v.lane), v.a, r)
	v.d2 = s.one()
	VFMADD231PD(r, r, v.d2)
}

// saturate limits the three currents.
func (s *emission) saturate(v *vector) {
	roots := emit.InverseRoot(s.m, s.table, layout.Root.At(), []VecVirtual{v.d1, v.d2})
	VMULPD(roots[0], v.iw, v.iw)
	VMULPD(roots[1], v.a, v.a)
	VDIVPD(v.e, v.x, v.x)
}

// membrane is dV/dt and the next V.
func (s *emission) membrane(v *vector) {
	m := s.m
	zero := s.constant(layout.Zero)
	V := s.load(s.row(s.v, v.lane))
	h := s.load(s.param(layout.HeadroomEnd, v.lane))
	VSUBPD(V, h, h)
	VMULPD(s.param(layout.PerHeadroom, v.lane), h, h)
	m.Limit(zero, h, true)
	m.Limit(s.table.At(int(simd.ExpOne)), h, false)
	// The part of this step in which the reset is on.
	waiting := s.load(s.param(layout.Waiting, v.lane))
	v.left = m.Vector()
	one := s.one()
	VSUBPD(one, waiting, v.left)
	m.Limit(zero, v.left, true)
	VMINPD(s.param(layout.Refractory, v.lane), waiting, waiting)
	VSUBPD(v.left, waiting, waiting)
	m.Limit(zero, waiting, true)
	g := s.load(s.param(layout.GL, v.lane))
	VFMADD231PD(s.param(layout.Reset, v.lane), waiting, g)
	v.dv = s.load(s.param(layout.GLEL, v.lane))
	VFMADD231PD(s.param(layout.ResetE, v.lane), waiting, v.dv)
	VADDPD(s.param(layout.Current, v.lane), v.x, v.x)
	VFMADD231PD(v.x, h, v.dv)
	VFNMADD231PD(V, g, v.dv)
	VSUBPD(v.iw, v.dv, v.dv)
	VADDPD(s.row(s.noiseV, v.lane), v.dv, v.dv)
	VFMADD231PD(s.param(layout.DtPerC, v.lane), v.dv, V)
	v.next = V
	m.Limit(zero, v.next, true)
	m.Limit(s.constant(layout.MaxVoltage), v.next, false)
}

// adapt is dw/dt and the next w, which goes to its row.
func (s *emission) adapt(v *vector) {
	m := s.m
	pulsing, b := s.load(s.param(layout.Pulsing, v.lane)), m.Vector()
	one := s.one()
	VMINPD(one, pulsing, b)
	VSUBPD(one, pulsing, pulsing)
	m.Limit(s.constant(layout.Zero), pulsing, true)
	VMOVUPD(pulsing, s.param(layout.Pulsing, v.lane))
	sum := s.load(s.row(s.noiseW, v.lane))
	VFMADD231PD(s.param(layout.GA, v.lane), v.a, sum)
	w, dw := s.load(s.row(s.w, v.lane)), m.Vector()
	VSUBPD(s.param(layout.VRef, v.lane), w, dw)
	VFNMADD231PD(s.param(layout.GTau, v.lane), dw, sum)
	VFMADD231PD(s.param(layout.Pulse, v.lane), b, sum)
	VFMADD231PD(s.param(layout.DtPerCW, v.lane), sum, w)
	m.Limit(s.constant(layout.Zero), w, true)
	m.Limit(s.constant(layout.MaxVoltage), w, false)
	VMOVUPD(w, Mem{Base: s.w, Index: s.nextW, Scale: 1, Disp: 8 * v.lane})
}

// spike compares with the threshold. What a spike takes is rare, and jumped over.
func (s *emission) spike(v *vector) {
	m := s.m
	v.mask = m.And(m.Zero(v.left), m.Where(v.next, emit.Above, s.param(layout.VTh, v.lane)))
	s.labels++
	label := fmt.Sprintf("quiet%d", s.labels)
	m.SkipIfNone(v.mask, label)
	V := s.load(s.row(s.v, v.lane))
	rise, to := m.Vector(), s.load(s.param(layout.VTh, v.lane))
	VSUBPD(V, v.next, rise)
	m.Limit(s.constant(layout.Tiny), rise, true)
	VSUBPD(V, to, to)
	m.Limit(s.constant(layout.Zero), to, true)
	VDIVPD(rise, to, to)
	one := s.one()
	VSUBPD(to, one, one)
	wait := s.load(s.param(layout.Delay, v.lane))
	VSUBPD(one, wait, wait)
	m.Limit(s.constant(layout.Zero), wait, true)
	VADDPD(s.param(layout.Refractory, v.lane), wait, wait)
	m.Choose(v.mask, wait, v.left)
	pulsing := s.load(s.param(layout.Pulsing, v.lane))
	m.Replace(v.mask, s.param(layout.PulseLength, v.lane), pulsing)
	VMOVUPD(pulsing, s.param(layout.Pulsing, v.lane))
	Label(label)
	VMOVUPD(v.left, s.param(layout.Waiting, v.lane))
	VMOVUPD(v.next, Mem{Base: s.v, Disp: 8 * (lanes + v.lane)})
}
