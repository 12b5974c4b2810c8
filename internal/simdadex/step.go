// Package simdadex integrates the AdEx equations with forward Euler: one neuron
// in plain Go, or blocks of neurons with the vector instructions of the machine.
// All ways do the same operations in the same order, each rounded once, so they
// give the same bits.
package simdadex

import "math"

// Coefficients are one neuron's step, folded so that it is a handful of fused
// multiply-adds (V in mV, W and I in pA):
//
//	V' = V·VV + W·VW + I·VI + V0 + 2^(V·K + U0)
//	W' = W·WW + V·WV + W0
type Coefficients struct {
	VV, VW, VI, V0 float64
	K, U0          float64
	WW, WV, W0     float64
	VTh, Vr, B     float64
	// Refractory is the number of steps after a spike's own step for which V is
	// held.
	Refractory int64
}

const (
	// magic brings the nearest integer of a double below 2^51 into its lowest
	// bits; with 1023 added they are the exponent field of 2^n.
	magic = 1<<52 + 1<<51 + 1023

	lowest  = -1022 // of the exponents of normal doubles
	highest = 1023
)

// The polynomial of degree 11 for 2^r on [−½, ½], by Chebyshev interpolation of
// 2^r at 50 digits; its relative error is below 2·10⁻¹⁷ before rounding.
const (
	c0  = 0x1.0000000000000p+0
	c1  = 0x1.62e42fefa39efp-1
	c2  = 0x1.ebfbdff82c5aep-3
	c3  = 0x1.c6b08d704a0c6p-5
	c4  = 0x1.3b2ab6fb9f1a5p-7
	c5  = 0x1.5d87fe78a3f9cp-10
	c6  = 0x1.430913112c61bp-13
	c7  = 0x1.ffcbfc6da6ed1p-17
	c8  = 0x1.62bfc2c86d700p-20
	c9  = 0x1.b524ebd13a55fp-24
	c10 = 0x1.e6228acd1c6e5p-28
	c11 = 0x1.e9ec1fcb69a7fp-32
)

// State is what a neuron carries from step to step.
type State struct {
	V, W float64
	Hold int64 // steps for which V is still held
}

// Run integrates one neuron over len(current) steps. Where v and w are not nil
// they get the state before each step. The indices of the steps that ended in a
// spike, counted from first, are appended to spikes.
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
			v[k] = V
		}
		if w != nil {
			w[k] = W
		}
		// 2^u = p(r)·2^n with n the integer nearest to u.
		u := math.FMA(V, c.K, c.U0)
		if u > highest {
			u = highest
		}
		if u < lowest {
			u = lowest
		}
		t := u + magic
		r := u - (t - magic)
		scale := math.Float64frombits(math.Float64bits(t) << 52)
		r2 := float64(r * r)
		r4 := float64(r2 * r2)
		r8 := float64(r4 * r4)
		low := math.FMA(math.FMA(c3, r, c2), r2, math.FMA(c1, r, c0))
		mid := math.FMA(math.FMA(c7, r, c6), r2, math.FMA(c5, r, c4))
		high := math.FMA(math.FMA(c11, r, c10), r2, math.FMA(c9, r, c8))
		p := math.FMA(high, r8, math.FMA(mid, r4, low))

		next := math.FMA(V, c.VV, math.FMA(W, c.VW, math.FMA(I, c.VI, c.V0)))
		next = math.FMA(p, scale, next)
		W = math.FMA(W, c.WW, math.FMA(V, c.WV, c.W0))
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
