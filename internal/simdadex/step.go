// Package simdadex integrates the AdEx equations with forward Euler: one neuron
// in plain Go, or blocks of neurons with the vector instructions of the machine.
// All ways do the same operations in the same order, each rounded once, so they
// give the same bits.
//
// The order of the operations is the one of the code that Brian 2 generates for
//
//	dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) - w + I)/C : volt
//	dw/dt = (a*(v - EL) - w)/tauw : amp
//
// in its units, volt and ampere, with nothing fused outside the exponential: some
// firing patterns are chaotic, and a last bit that differs grows until the spikes
// differ.
package simdadex

import "hillock/internal/simd"

// Coefficients are what one neuron's step needs, in SI units.
type Coefficients struct {
	VT, PerDeltaT float64 // V and 1/V
	Exponential   float64 // Δ_T·g_L, A
	GL, EL        float64 // S, V
	DtPerC        float64 // dt/C, s/F
	A, DtPerTauW  float64 // S, 1
	VTh, Vr, B    float64 // V, V, A
	// Refractory is the number of steps after a spike's own step for which V is
	// held.
	Refractory int64
}

// State is what a neuron carries from step to step.
type State struct {
	V, W float64 // V, A
	Hold int64   // steps for which V is still held
}

// Run integrates one neuron over len(current) steps; the current is in A. Where
// v and w are not nil they get the state before each step, in mV and pA. The
// indices of the steps that ended in a spike, counted from first, are appended
// to spikes.
func Run(c *Coefficients, s *State, current, v, w []float64, first int, spikes []int) []int {
	V, W := s.V, s.W
	if v != nil {
		v = v[:len(current)]
	}
	if w != nil {
		w = w[:len(current)]
	}
	for k, I := range current {
		if v != nil {
			v[k] = V * milli
		}
		if w != nil {
			w[k] = W * pico
		}
		p, scale := simd.Exp(float64((V - c.VT) * c.PerDeltaT))
		next := float64(float64(c.Exponential*scale)*p) + I
		d := V - c.EL
		next -= float64(c.GL * d)
		next -= W
		next = V + float64(next*c.DtPerC)
		W += float64((float64(c.A*d) - W) * c.DtPerTauW)
		switch {
		case s.Hold > 0:
			s.Hold--
		case next > c.VTh:
			V = c.Vr
			W += c.B
			s.Hold = c.Refractory
			spikes = append(spikes, first+k)
		default:
			V = next
		}
	}
	s.V, s.W = V, W
	return spikes
}

const (
	milli = 1e3  // mV in a V
	pico  = 1e12 // pA in an A
)
