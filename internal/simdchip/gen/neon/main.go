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

// vector is what a vector keeps from one part of its step to the next.
type vector struct {
	at    int    // bytes from the group's first lane
	mark  neon.V // of its lanes among the highest bits of a word
	x     neon.V // the exponential current
	iw, a neon.V // currents of w and a
	next  neon.V // V after the step
	left  neon.V // of the reset
	mask  neon.V // of lanes that spike
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
		from := 64 - 2*(chains-k)
		s.vectors = append(s.vectors, &vector{at: neon.Bytes * k, mark: s.Pair(1<<from, 1<<(from+1))})
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

// load brings memory into a vector of its own.
func (s *emission) load(from neon.R, offset int) neon.V {
	x := s.Vector()
	s.LoadAt(from, offset, x)
	return x
}

// param is a parameter of a vector's lanes.
func (s *emission) param(v *vector, p layout.Param) neon.V {
	return s.load(s.block, row*int(p)+v.at)
}

// keep stores one.
func (s *emission) keep(x neon.V, v *vector, p layout.Param) { s.StoreAt(x, s.block, row*int(p)+v.at) }

// constant is one from the table.
func (s *emission) constant(i int) neon.V { return s.load(s.table, neon.Bytes*i) }

func (s *emission) one() neon.V { return s.constant(int(simd.ExpOne)) }

// group writes the step of the vectors, part by part.
func (s *emission) group() {
	var xs []neon.V
	for _, v := range s.vectors {
		v.x = s.load(s.v, v.at)
		s.Sub(v.x, v.x, s.param(v, layout.VT))
		s.Mul(v.x, v.x, s.param(v, layout.PerDeltaT))
		s.Min(v.x, v.x, s.constant(layout.MaxExponent.At()))
		xs = append(xs, v.x)
	}
	for k, scale := range s.exp.Emit(xs) {
		v := s.vectors[k]
		s.Mul(scale, s.param(v, layout.Exponential), scale)
		s.Mul(v.x, scale, v.x)
	}
	for _, part := range []func(v *vector){s.currents, s.membrane, s.adapt, s.threshold} {
		for _, v := range s.vectors {
			part(v)
		}
	}
	// What a spike takes is rare, and jumped over.
	some := s.Vector()
	s.Clear(some)
	for _, v := range s.vectors {
		s.Or(some, some, v.mask)
	}
	s.either(some)
	s.Line("CBZ %s, quiet", s.scratch)
	for _, v := range s.vectors {
		s.spike(v)
	}
	s.Label("quiet")
	s.Right(s.bits, s.bits, 2*chains)
	for _, v := range s.vectors {
		s.keep(v.left, v, layout.Waiting)
		s.StoreAt(v.next, s.v, row+v.at)
		s.And(v.mask, v.mask, v.mark)
		s.Or(s.bits, s.bits, v.mask)
	}
}

// currents are the exponential one and those of w and a, each with its limit.
func (s *emission) currents(v *vector) {
	e := s.one()
	s.MulAdd(e, v.x, s.param(v, layout.PerMax))
	s.Div(v.x, v.x, e)
	saturated := func(of neon.V, per layout.Param) {
		r, square := s.param(v, per), s.one()
		s.Mul(r, of, r)
		s.MulAdd(square, r, r)
		s.Mul(of, of, s.InverseRoot(s.table, layout.Root.At(), square))
	}
	v.iw = s.load(s.w, v.at)
	s.Sub(v.iw, v.iw, s.param(v, layout.VRef))
	s.Mul(v.iw, v.iw, s.param(v, layout.GW))
	saturated(v.iw, layout.PerWMax)
	v.a = s.load(s.v, v.at)
	s.Sub(v.a, v.a, s.param(v, layout.ELAdapt))
	saturated(v.a, layout.PerSaturation)
}

// membrane is dV/dt and the next V.
func (s *emission) membrane(v *vector) {
	V, h := s.load(s.v, v.at), s.param(v, layout.HeadroomEnd)
	s.Sub(h, h, V)
	s.Mul(h, h, s.param(v, layout.PerHeadroom))
	s.Max(h, h, s.zero)
	s.Min(h, h, s.one())
	// The part of this step in which the reset is on.
	f := s.param(v, layout.Waiting)
	v.left = s.Vector()
	s.Sub(v.left, f, s.one())
	s.Max(v.left, v.left, s.zero)
	s.Min(f, f, s.param(v, layout.Refractory))
	s.Sub(f, f, v.left)
	s.Max(f, f, s.zero)
	g, dv := s.param(v, layout.GL), s.param(v, layout.GLEL)
	s.MulAdd(g, f, s.param(v, layout.Reset))
	s.MulAdd(dv, f, s.param(v, layout.ResetE))
	s.Add(v.x, v.x, s.param(v, layout.Current))
	s.MulAdd(dv, v.x, h)
	s.MulSub(dv, V, g)
	s.Sub(dv, dv, v.iw)
	s.Add(dv, dv, s.load(s.noiseV, v.at))
	s.MulAdd(V, dv, s.param(v, layout.DtPerC))
	s.limit(V)
	v.next = V
}

// limit holds a voltage within the supplies.
func (s *emission) limit(x neon.V) {
	s.Max(x, x, s.zero)
	s.Min(x, x, s.constant(layout.MaxVoltage.At()))
}

// adapt is dw/dt and the next w, which goes to its row.
func (s *emission) adapt(v *vector) {
	pulsing, one, b := s.param(v, layout.Pulsing), s.one(), s.Vector()
	s.Min(b, pulsing, one)
	s.Sub(pulsing, pulsing, one)
	s.Max(pulsing, pulsing, s.zero)
	s.keep(pulsing, v, layout.Pulsing)
	sum, w, dw := s.load(s.noiseW, v.at), s.load(s.w, v.at), s.Vector()
	s.MulAdd(sum, v.a, s.param(v, layout.GA))
	s.Sub(dw, w, s.param(v, layout.VRef))
	s.MulSub(sum, dw, s.param(v, layout.GTau))
	s.MulAdd(sum, b, s.param(v, layout.Pulse))
	s.MulAdd(w, sum, s.param(v, layout.DtPerCW))
	s.limit(w)
	s.StoreAt(w, s.after, v.at)
}

// threshold finds the lanes that spike.
func (s *emission) threshold(v *vector) {
	over := s.Vector()
	s.Greater(over, v.next, s.param(v, layout.VTh))
	v.mask = s.Vector()
	s.IsZero(v.mask, v.left)
	s.And(v.mask, v.mask, over)
}

// spike sets how long the reset and the pulse of b last in lanes that spike.
func (s *emission) spike(v *vector) {
	V, rise, part := s.load(s.v, v.at), s.Vector(), s.param(v, layout.VTh)
	s.Sub(rise, v.next, V)
	s.Max(rise, rise, s.constant(layout.Tiny.At()))
	s.Sub(part, part, V)
	s.Max(part, part, s.zero)
	s.Div(part, part, rise)
	s.Sub(part, s.one(), part)
	wait := s.param(v, layout.Delay)
	s.Sub(wait, wait, part)
	s.Max(wait, wait, s.zero)
	s.Add(wait, wait, s.param(v, layout.Refractory))
	s.Insert(v.left, wait, v.mask)
	pulsing := s.param(v, layout.Pulsing)
	s.Insert(pulsing, s.param(v, layout.PulseLength), v.mask)
	s.keep(pulsing, v, layout.Pulsing)
}
