package simdadex

import (
	"math/bits"
	"unsafe"

	"hillock/internal/simd"
	"hillock/internal/simdadex/layout"
)

//go:generate go run ./gen -out step_amd64.s -stubs step_amd64.go -pkg simdadex
//go:generate go run ./gen/neon -out step_arm64.s -stubs step_arm64.go -pkg simdadex

// Lanes is how many neurons a block holds.
const Lanes = layout.Lanes

// Rows is how many steps a block does between two looks at its spikes. Its rows
// of states then stay in the nearest cache.
const Rows = 64

// Block holds Lanes neurons, side by side, for the vector kernels.
type Block struct {
	// The order of the parameters is the one of package layout.
	vt, perDeltaT, exponential, gl, el, dtPerC, a, dtPerTauW, vth, vr, b [Lanes]float64
	refractory, hold                                                     [Lanes]int64

	v, w   [(Rows + 1) * Lanes]float64 // state before each step and after the last
	spikes [Rows]uint64
	holds  bool // some neuron has a refractory time
}

// kernels are the vector kernels of a level.
type kernels struct {
	step, stepHold func(b, v, w *float64, nextW int, current *float64, steps int, spikes *uint64)
	// scatterPast is scatter past the caches, into whole lines.
	scatter, scatterPast func(dst *float64, stride int, src *float64, rows, lanes int, factor float64)
}

// Vectorised says whether there are kernels for blocks at a level.
func Vectorised(l simd.Level) bool { return kernelsOf(l) != nil }

// Set puts a neuron into a lane.
func (b *Block) Set(lane int, c Coefficients, s State) {
	b.vt[lane], b.perDeltaT[lane], b.exponential[lane] = c.VT, c.PerDeltaT, c.Exponential
	b.gl[lane], b.el[lane], b.dtPerC[lane] = c.GL, c.EL, c.DtPerC
	b.a[lane], b.dtPerTauW[lane] = c.A, c.DtPerTauW
	b.vth[lane], b.vr[lane], b.b[lane] = c.VTh, c.Vr, c.B
	b.refractory[lane], b.hold[lane] = c.Refractory, s.Hold
	b.v[lane], b.w[lane] = s.V, s.W
	b.holds = b.holds || c.Refractory > 0 || s.Hold > 0
}

// State gives the state of a lane.
func (b *Block) State(lane int) State {
	return State{V: b.v[lane], W: b.w[lane], Hold: b.hold[lane]}
}

// Recording is where a block's traces go: a row of Stride samples for each lane,
// one sample for each Every-th step, in mV and pA; V and W may be nil. Spikes
// gets the steps that ended in a spike.
type Recording struct {
	V, W          []float64
	Stride, Every int
	Spikes        [][]int // one for each neuron; their number is the number of lanes recorded
}

// Run integrates all lanes over len(current) steps, the first of which is the
// step first of the whole run, with the kernels of a level that Vectorised.
func (b *Block) Run(l simd.Level, current []float64, first int, to *Recording) {
	k := kernelsOf(l)
	step := k.step
	if b.holds {
		step = k.stepHold
	}
	for len(current) > 0 {
		n := min(Rows, len(current))
		nextW, lastW := 0, 0
		if to.W != nil {
			nextW, lastW = 8*Lanes, n*Lanes
		}
		step(&b.vt[0], &b.v[0], &b.w[0], nextW, &current[0], n, &b.spikes[0])
		if to.V != nil {
			to.record(k, to.V, b.v[:n*Lanes], first, milli)
		}
		if to.W != nil {
			to.record(k, to.W, b.w[:n*Lanes], first, pico)
		}
		for i, mask := range b.spikes[:n] {
			for ; mask != 0; mask &= mask - 1 {
				if lane := bits.TrailingZeros64(mask); lane < len(to.Spikes) {
					to.Spikes[lane] = append(to.Spikes[lane], first+i)
				}
			}
		}
		copy(b.v[:Lanes], b.v[n*Lanes:(n+1)*Lanes])
		copy(b.w[:Lanes], b.w[lastW:lastW+Lanes])
		current, first = current[n:], first+n
	}
}

// record turns rows of states, of the steps from first, into samples.
func (to *Recording) record(k *kernels, dst, rows []float64, first int, factor float64) {
	n, lanes := len(rows)/Lanes, len(to.Spikes)
	if to.Every > 1 {
		skip := (to.Every - first%to.Every) % to.Every
		for i := skip; i < n; i += to.Every {
			for lane := range lanes {
				dst[lane*to.Stride+(first+i)/to.Every] = rows[i*Lanes+lane] * factor
			}
		}
		return
	}
	// The kernel takes multiples of 8 of both.
	evenRows, evenLanes := n&^7, lanes&^7
	if evenRows > 0 && evenLanes > 0 {
		scatter := k.scatter
		if len(dst) >= large && wholeLines(&dst[first], to.Stride) {
			scatter = k.scatterPast
		}
		scatter(&dst[first], to.Stride, &rows[0], evenRows, evenLanes, factor)
	}
	for lane := range lanes {
		from := 0
		if lane < evenLanes {
			from = evenRows
		}
		for i := from; i < n; i++ {
			dst[lane*to.Stride+first+i] = rows[i*Lanes+lane] * factor
		}
	}
}

// large is the number of samples of a block that the nearer caches do not hold,
// so that what is written there is gone before it is read.
const large = 1 << 17

// wholeLines says whether rows of a stride from p on begin at lines of the cache.
func wholeLines(p *float64, stride int) bool {
	const line = 64
	return uintptr(unsafe.Pointer(p))%line == 0 && stride*8%line == 0
}
