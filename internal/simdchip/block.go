package simdchip

import (
	"math/bits"

	"hillock/internal/simd"
	"hillock/internal/simdchip/layout"
)

//go:generate go run ./gen -out step_amd64.s -stubs step_amd64.go -pkg simdchip
//go:generate go run ./gen/neon -out step_arm64.s -stubs step_arm64.go -pkg simdchip

// Lanes is how many circuits a block holds.
const Lanes = layout.Lanes

// Rows is how many steps a block does at most in one call.
const Rows = 8

// Block holds Lanes circuits, side by side, for the vector kernels.
type Block struct {
	// The order is the one of package layout.
	vt, perDeltaT, exponential, perMax, gw, vref, perWMax, elAdapt, perSaturation [Lanes]float64
	headroomEnd, perHeadroom, gl, glel, reset, resetE, refractory, delay, current [Lanes]float64
	dtPerC, ga, gtau, pulse, pulseLength, dtPerCW, vth, waiting, pulsing          [Lanes]float64

	v, w   [(Rows + 1) * Lanes]float64
	spikes [Rows]uint64
}

type kernel func(b, v, w *float64, nextW int, noiseV, noiseW *float64, steps int, spikes *uint64)

// Vectorised says whether there is a kernel for blocks at a level.
func Vectorised(l simd.Level) bool { return kernelOf(l) != nil }

// Set puts a circuit into a lane.
func (b *Block) Set(lane int, c Circuit, s State) {
	b.vt[lane], b.perDeltaT[lane], b.exponential[lane], b.perMax[lane] = c.VT, c.PerDeltaT, c.Exponential, c.PerMax
	b.gw[lane], b.vref[lane], b.perWMax[lane] = c.GW, c.VRef, c.PerWMax
	b.elAdapt[lane], b.perSaturation[lane] = c.ELAdapt, c.PerSaturation
	b.headroomEnd[lane], b.perHeadroom[lane] = c.HeadroomEnd, c.PerHeadroom
	b.gl[lane], b.glel[lane] = c.GL, float64(c.GL*c.EL)
	b.reset[lane], b.resetE[lane] = c.GReset-c.GL, float64(c.GReset*c.Vr)-b.glel[lane]
	b.refractory[lane], b.delay[lane] = c.Refractory, c.Delay
	b.dtPerC[lane], b.dtPerCW[lane] = c.DtPerC, c.DtPerCW
	b.ga[lane], b.gtau[lane], b.pulse[lane], b.pulseLength[lane], b.vth[lane] = c.GA, c.GTau, c.Pulse, c.PulseLength, c.VTh
	b.v[lane], b.w[lane], b.waiting[lane], b.pulsing[lane] = s.V, s.W, s.Waiting, s.Pulsing
}

// SetCurrent sets the constant current of a lane.
func (b *Block) SetCurrent(lane int, current float64) { b.current[lane] = current }

// State gives the state of a lane.
func (b *Block) State(lane int) State {
	return State{V: b.v[lane], W: b.w[lane], Waiting: b.waiting[lane], Pulsing: b.pulsing[lane]}
}

// Run integrates at most Rows steps with the kernel of a level that Vectorised.
// noiseV and noiseW have a value for each lane. v or w, if not nil, gets the rows
// of states before each step. spike is called for each spike, as by the function
// Run.
func (b *Block) Run(l simd.Level, noiseV, noiseW []float64, steps int, v, w []float64, spike func(lane, step int, part float64)) {
	nextW, lastW := 0, 0
	if w != nil {
		nextW, lastW = 8*Lanes, steps*Lanes
	}
	kernelOf(l)(&b.vt[0], &b.v[0], &b.w[0], nextW, &noiseV[:Lanes][0], &noiseW[:Lanes][0], steps, &b.spikes[0])
	for k, mask := range b.spikes[:steps] {
		for ; mask != 0; mask &= mask - 1 {
			lane := bits.TrailingZeros64(mask)
			spike(lane, k, Part(b.vth[lane], b.v[k*Lanes+lane], b.v[(k+1)*Lanes+lane]))
		}
	}
	copy(v, b.v[:steps*Lanes])
	copy(w, b.w[:lastW])
	copy(b.v[:Lanes], b.v[steps*Lanes:(steps+1)*Lanes])
	copy(b.w[:Lanes], b.w[lastW:lastW+Lanes])
}
