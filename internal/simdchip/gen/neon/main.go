// The generator of simdchip's vector kernel for ARM64.
//
//	go run ./gen/neon -out step_arm64.s -stubs step_arm64.go -pkg simdchip
//
// It is that of ../main.go, with vectors of 2 lanes.
package main

import (
	"fmt"
	"os"

	"hillock/internal/neon"
	"hillock/internal/simd"
	"hillock/internal/simdchip/layout"
)

const (
	lanes  = layout.Lanes
	row    = 8 * lanes // bytes
	chains = 2         // vectors whose steps are interleaved
)

func main() {
	s := &emission{Code: &neon.Code{}}
	s.Table("constants", layout.Constants())
	s.step()
	if err := s.Write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// emission is the kernel that is being written.
type emission struct {
	*neon.Code
	table             neon.R
	block             neon.R // parameters of the group's first lane, and so the others
	v, w, after       neon.R // after is where the next w goes
	noiseV, noiseW    neon.R
	exp               neon.Exp
	zero, bits        neon.V
	vectors           []*vector
	scratch, scratch2 neon.R
}

// vector is what a vector keeps from one part of its step to the next, and registers
// that are free.
type vector struct {
	at         int // bytes from the group's first lane
	mark       neon.V
	all        []neon.V
	x          neon.V // the exponential current
	iw, a      neon.V // currents of w and a
	next       neon.V // V after the step
	left       neon.V // of the reset
	mask       neon.V // of lanes that spike
	t, u, p, q neon.V
}

// step writes the kernel that integrates a block. Row k of v and w is the state
// before step k, so that the state needs no other place.
func (s *emission) step() {
	s.Function("stepNEON", "integrates the lanes of b over steps time steps, as stepAVX2 does.",
		"b, v, w *float64, nextW int, noiseV, noiseW *float64, steps int, spikes *uint64")
	s.Doubles()
	block := s.Argument("b")
	s.v, s.w = s.Argument("v"), s.Argument("w")
	nextW := s.Argument("nextW")
	s.noiseV, s.noiseW = s.Argument("noiseV"), s.Argument("noiseW")
	steps, spikes := s.Argument("steps"), s.Argument("spikes")
	s.block, s.after, s.scratch, s.scratch2 = s.Number(), s.Number(), s.Number(), s.Number()
	left := s.Number()
	s.table = s.TableAt("constants")
	s.exp = s.NewExp(s.table)
	s.zero, s.bits = s.Vector(), s.Vector()
	s.Clear(s.zero)
	for k := range chains {
		v := &vector{at: neon.Bytes * k, all: s.Vectors(neon.ExpVectors)}
		from := 64 - 2*(chains-k)
		v.mark = s.Pair(1<<from, 1<<(from+1))
		a := v.all
		v.x, v.iw, v.a, v.next, v.left, v.mask, v.t, v.u, v.p, v.q = a[0], a[2], a[5], a[1], a[6], a[3], a[4], a[7], a[8], a[9]
		s.vectors = append(s.vectors, v)
	}

	s.Label("next")
	s.Clear(s.bits)
	s.Line("ADD %s, %s, %s", nextW, s.w, s.after)
	s.Line("MOVD %s, %s", block, s.block)
	s.Line("MOVD $%d, %s", lanes/(2*chains), left)
	s.Label("group")
	s.group()
	for _, p := range []neon.R{s.v, s.w, s.after, s.block, s.noiseV, s.noiseW} {
		s.Line("ADD $%d, %s, %s", neon.Bytes*chains, p, p)
	}
	s.Again(left, 1, "group")

	s.either(s.bits)
	s.Line("MOVD.P %s, 8(%s)", s.scratch, spikes)
	// v stands behind its row, which is the next one; the others behind theirs.
	for _, p := range []neon.R{s.w, s.noiseV, s.noiseW} {
		s.Line("SUB $%d, %s, %s", row, p, p)
	}
	s.Line("ADD %s, %s, %s", nextW, s.w, s.w)
	s.Again(steps, 1, "next")
	s.Return()
}

// either puts the bits that any of a vector's lanes has into the scratch register.
func (s *emission) either(v neon.V) {
	s.Line("VMOV %s.D[0], %s", v, s.scratch)
	s.Line("VMOV %s.D[1], %s", v, s.scratch2)
	s.Line("ORR %s, %s, %s", s.scratch2, s.scratch, s.scratch)
}

// param loads a parameter of a vector's lanes.
func (s *emission) param(v *vector, p layout.Param, to neon.V) neon.V {
	s.LoadAt(s.block, row*int(p)+v.at, to)
	return to
}

// constant loads one from the table.
func (s *emission) constant(i int, to neon.V) neon.V {
	s.LoadAt(s.table, neon.Bytes*i, to)
	return to
}

func (s *emission) one(to neon.V) neon.V { return s.constant(int(simd.ExpOne), to) }

// state loads V or w before the step, or noise.
func (s *emission) state(v *vector, of neon.R, to neon.V) neon.V {
	s.LoadAt(of, v.at, to)
	return to
}

// group writes the step of the vectors, part by part.
func (s *emission) group() {
	var xs [][]neon.V
	for _, v := range s.vectors {
		y, t := v.all[0], v.all[1]
		s.state(v, s.v, y)
		s.Sub(y, y, s.param(v, layout.VT, t))
		s.Mul(y, y, s.param(v, layout.PerDeltaT, t))
		s.Min(y, y, s.constant(layout.MaxExponent.At(), t))
		xs = append(xs, v.all)
	}
	s.exp.Emit(xs)
	for _, part := range []func(v *vector){s.currents, s.membrane, s.adapt, s.threshold} {
		for _, v := range s.vectors {
			part(v)
		}
	}
	// What a spike takes is rare, and jumped over.
	any := s.vectors[0].t
	s.Or(any, s.vectors[0].mask, s.vectors[1].mask)
	s.either(any)
	s.Line("CBZ %s, quiet", s.scratch)
	for _, v := range s.vectors {
		s.spike(v)
	}
	s.Label("quiet")
	s.Right(s.bits, s.bits, 2*chains)
	for _, v := range s.vectors {
		s.StoreAt(v.left, s.block, row*int(layout.Waiting)+v.at)
		s.StoreAt(v.next, s.v, row+v.at)
		s.And(v.mask, v.mask, v.mark)
		s.Or(s.bits, s.bits, v.mask)
	}
}

// currents are the exponential one and those of w and a, each with its limit.
func (s *emission) currents(v *vector) {
	p, scale, e := v.all[0], v.all[1], v.all[1]
	s.Mul(scale, s.param(v, layout.Exponential, v.t), scale)
	s.Mul(v.x, scale, p)
	s.one(e)
	s.MulAdd(e, v.x, s.param(v, layout.PerMax, v.t))
	s.Div(v.x, v.x, e)
	saturated := func(of neon.V, per layout.Param) {
		r, root := v.all[3], v.all[7]
		s.Mul(r, of, s.param(v, per, r))
		s.one(v.t)
		s.MulAdd(v.t, r, r)
		s.InverseRoot(s.table, layout.Root.At(), v.t, root, v.p, v.q)
		s.Mul(of, of, root)
	}
	s.state(v, s.w, v.iw)
	s.Sub(v.iw, v.iw, s.param(v, layout.VRef, v.t))
	s.Mul(v.iw, v.iw, s.param(v, layout.GW, v.t))
	saturated(v.iw, layout.PerWMax)
	s.state(v, s.v, v.a)
	s.Sub(v.a, v.a, s.param(v, layout.ELAdapt, v.t))
	saturated(v.a, layout.PerSaturation)
}

// membrane is dV/dt and the next V.
func (s *emission) membrane(v *vector) {
	V, h, f, g, dv := v.next, v.mask, v.t, v.u, v.p
	s.state(v, s.v, V)
	s.param(v, layout.HeadroomEnd, h)
	s.Sub(h, h, V)
	s.Mul(h, h, s.param(v, layout.PerHeadroom, f))
	s.Max(h, h, s.zero)
	s.Min(h, h, s.one(f))
	// The part of this step in which the reset is on.
	s.param(v, layout.Waiting, f)
	s.Sub(v.left, f, s.one(g))
	s.Max(v.left, v.left, s.zero)
	s.Min(f, f, s.param(v, layout.Refractory, g))
	s.Sub(f, f, v.left)
	s.Max(f, f, s.zero)
	s.param(v, layout.GL, g)
	s.MulAdd(g, f, s.param(v, layout.Reset, v.q))
	s.param(v, layout.GLEL, dv)
	s.MulAdd(dv, f, s.param(v, layout.ResetE, v.q))
	s.Add(v.x, v.x, s.param(v, layout.Current, v.q))
	s.MulAdd(dv, v.x, h)
	s.MulSub(dv, V, g)
	s.Sub(dv, dv, v.iw)
	s.Add(dv, dv, s.state(v, s.noiseV, v.q))
	s.MulAdd(V, dv, s.param(v, layout.DtPerC, v.q))
	s.limit(V, v.q)
}

// limit holds a voltage within the supplies.
func (s *emission) limit(x, t neon.V) {
	s.Max(x, x, s.zero)
	s.Min(x, x, s.constant(layout.MaxVoltage.At(), t))
}

// adapt is dw/dt and the next w, which goes to its row.
func (s *emission) adapt(v *vector) {
	pulsing, b, sum, w, dw := v.x, v.iw, v.t, v.u, v.p
	s.param(v, layout.Pulsing, pulsing)
	s.one(v.q)
	s.Min(b, pulsing, v.q)
	s.Sub(pulsing, pulsing, v.q)
	s.Max(pulsing, pulsing, s.zero)
	s.StoreAt(pulsing, s.block, row*int(layout.Pulsing)+v.at)
	s.state(v, s.noiseW, sum)
	s.MulAdd(sum, v.a, s.param(v, layout.GA, v.q))
	s.state(v, s.w, w)
	s.Sub(dw, w, s.param(v, layout.VRef, v.q))
	s.MulSub(sum, dw, s.param(v, layout.GTau, v.q))
	s.MulAdd(sum, b, s.param(v, layout.Pulse, v.q))
	s.MulAdd(w, sum, s.param(v, layout.DtPerCW, v.q))
	s.limit(w, v.q)
	s.StoreAt(w, s.after, v.at)
}

// threshold finds the lanes that spike.
func (s *emission) threshold(v *vector) {
	s.Greater(v.mask, v.next, s.param(v, layout.VTh, v.t))
	s.IsZero(v.t, v.left)
	s.And(v.mask, v.mask, v.t)
}

// spike sets how long the reset and the pulse of b last in lanes that spike.
func (s *emission) spike(v *vector) {
	V, rise, to, wait := v.t, v.x, v.iw, v.a
	s.state(v, s.v, V)
	s.Sub(rise, v.next, V)
	s.Max(rise, rise, s.constant(layout.Tiny.At(), v.u))
	s.Sub(to, s.param(v, layout.VTh, v.u), V)
	s.Max(to, to, s.zero)
	s.Div(to, to, rise)
	s.Sub(to, s.one(v.u), to)
	s.Sub(wait, s.param(v, layout.Delay, v.u), to)
	s.Max(wait, wait, s.zero)
	s.Add(wait, wait, s.param(v, layout.Refractory, v.u))
	s.Copy(v.t, v.mask)
	s.Select(v.t, wait, v.left)
	s.Copy(v.left, v.t)
	s.Copy(v.t, v.mask)
	s.Select(v.t, s.param(v, layout.PulseLength, v.u), s.param(v, layout.Pulsing, v.p))
	s.StoreAt(v.t, s.block, row*int(layout.Pulsing)+v.at)
}
