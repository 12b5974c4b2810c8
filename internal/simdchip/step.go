// Package simdchip integrates the equations of a neuron circuit of the
// BrainScaleS-2 chip: one circuit in plain Go, or blocks of them with the vector
// instructions of the machine. All ways do the same operations in the same
// order, each rounded once, so they give the same bits.
package simdchip

import (
	"math"

	"hillock/internal/simd"
	"hillock/internal/simdchip/layout"
)

// Circuit is a configured circuit. Voltages are in one unit, conductances in
// another, currents in their product, and times in steps.
type Circuit struct {
	VT, PerDeltaT, Exponential float64 // of the exponential current Exponential·exp((V − VT)·PerDeltaT)
	PerMax                     float64 // 1/largest exponential current
	GW, VRef, PerWMax          float64 // of the current of w, GW·(w − VRef), and 1/its largest
	ELAdapt, PerSaturation     float64 // of a
	HeadroomEnd, PerHeadroom   float64 // of currents into the membrane
	GL, EL, GReset, Vr         float64
	Refractory, Delay          float64 // of the reset, and to its start
	DtPerC, DtPerCW            float64 // step over capacitance
	GA, GTau                   float64
	Pulse, PulseLength         float64 // of b
	VTh                        float64 // +Inf without threshold
}

// State is what a circuit carries from step to step.
type State struct {
	V, W    float64
	Waiting float64 // to the end of the reset; 0 when there is none
	Pulsing float64 // to the end of the b pulse
}

// Run integrates over len(v) steps with a constant current and constant noise
// currents. v and w get the state before each step; either may be nil, but the
// other then says how many steps there are. spike is called with the step that
// ended in a spike and the part of it that had passed when V came to VTh.
func Run(c *Circuit, s *State, current, noiseV, noiseW float64, v, w []float64, spike func(step int, part float64)) {
	glel := float64(c.GL * c.EL)
	reset := c.GReset - c.GL
	resetE := float64(c.GReset*c.Vr) - glel
	steps := max(len(v), len(w))
	for k := range steps {
		V, W := s.V, s.W
		if v != nil {
			v[k] = V
		}
		if w != nil {
			w[k] = W
		}
		y := float64((V - c.VT) * c.PerDeltaT)
		if y > layout.MaxExponentValue {
			y = layout.MaxExponentValue
		}
		p, scale := simd.Exp(y)
		x := float64(float64(c.Exponential*scale) * p)
		e := math.FMA(x, c.PerMax, 1)

		x /= e

		dw := W - c.VRef
		iw := float64(c.GW * dw)
		r := float64(iw * c.PerWMax)
		iw = float64(iw * simd.InverseRoot(math.FMA(r, r, 1)))
		a := V - c.ELAdapt
		r = float64(a * c.PerSaturation)
		a = float64(a * simd.InverseRoot(math.FMA(r, r, 1)))

		h := float64((c.HeadroomEnd - V) * c.PerHeadroom)
		h = limit(h, 0, 1)
		// The part of this step in which the reset is on.
		left := s.Waiting - 1
		if left < 0 {
			left = 0
		}
		f := s.Waiting
		if f > c.Refractory {
			f = c.Refractory
		}
		if f -= left; f < 0 {
			f = 0
		}
		g := math.FMA(f, reset, c.GL)
		dv := math.FMA(f, resetE, glel)
		dv = math.FMA(h, x+current, dv)
		dv = math.FMA(-g, V, dv)
		dv = dv - iw + noiseV
		next := limit(math.FMA(c.DtPerC, dv, V), 0, layout.MaxVoltageValue)

		b := s.Pulsing
		if b > 1 {
			b = 1
		}
		if s.Pulsing--; s.Pulsing < 0 {
			s.Pulsing = 0
		}
		sum := math.FMA(c.GA, a, noiseW)
		sum = math.FMA(-c.GTau, dw, sum)
		sum = math.FMA(c.Pulse, b, sum)
		s.W = limit(math.FMA(c.DtPerCW, sum, W), 0, layout.MaxVoltageValue)

		// The comparator is a level: a V that the reset leaves above VTh spikes again.
		if next > c.VTh && left == 0 {
			part := Part(c.VTh, V, next)
			left = c.Delay - (1 - part)
			if left < 0 {
				left = 0
			}
			left += c.Refractory
			s.Pulsing = c.PulseLength
			spike(k, part)
		}
		s.Waiting = left
		s.V = next
	}
}

// Part is the part of a step from v to next after which V was at vth; 0 where it
// was above it all the time.
func Part(vth, v, next float64) float64 {
	rise, to := next-v, vth-v
	if rise < layout.TinyValue {
		rise = layout.TinyValue
	}
	if to < 0 {
		to = 0
	}
	return to / rise
}

func limit(x, low, high float64) float64 {
	if x < low {
		x = low
	}
	if x > high {
		x = high
	}
	return x
}
