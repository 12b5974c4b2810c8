package simdchip

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/internal/fresh"
	"hillock/internal/simd"
)

// circuits draws circuits around those of the chip, in LSB, nS and steps of 17 ns.
func circuits(n int, seed uint64) []Circuit {
	r := rand.New(rand.NewPCG(seed, 1))
	between := func(low, high float64) float64 { return low + (high-low)*r.Float64() }
	cs := make([]Circuit, n)
	for i := range cs {
		deltaT := between(10, 60)
		cs[i] = Circuit{
			VT: between(200, 600), PerDeltaT: 1 / deltaT, Exponential: 135 * deltaT, PerMax: 1.76 / 600e3,
			GW: between(50, 900), VRef: between(100, 600), PerWMax: 1.76 / 65e3,
			ELAdapt: between(100, 600), PerSaturation: 1. / 140, HeadroomEnd: 900, PerHeadroom: 1. / 60,
			GL: between(20, 600), EL: between(50, 700), GReset: between(160, 36000), Vr: between(50, 700),
			Refractory: between(10, 300), Delay: between(0, 40), DtPerC: 1.7e-5 / between(0.5, 2.3), DtPerCW: 1.7e-5 / 2,
			GA: between(-50, 110), GTau: between(1, 140), Pulse: between(0, 200e3), PulseLength: 60, VTh: between(300, 800),
		}
		if i%9 == 4 {
			cs[i].VTh = math.Inf(1)
		}
	}
	return cs
}

// TestBlockEqualsRun compares every level with the plain code, bit by bit.
func TestBlockEqualsRun(t *testing.T) {
	cs := circuits(Lanes, 3)
	type event struct {
		step int
		part float64
	}
	const steps = 4003
	for _, level := range simd.Levels() {
		if !Vectorised(level) {
			continue
		}
		var b Block
		states := make([]State, Lanes)
		for lane, c := range cs {
			states[lane] = State{V: c.EL, W: c.VRef}
			b.Set(lane, c, states[lane])
		}
		random := rand.New(rand.NewPCG(5, 6))
		spikes := 0
		for from := 0; from < steps; from += Rows {
			n := min(Rows, steps-from)
			noiseV, noiseW := make([]float64, Lanes), make([]float64, Lanes)
			current := 0.0
			if from > 1000 {
				current = 30e3
			}
			for lane := range Lanes {
				noiseV[lane], noiseW[lane] = 100*random.NormFloat64(), 10*random.NormFloat64()
				b.SetCurrent(lane, current)
			}
			v, w := make([]float64, n*Lanes), make([]float64, n*Lanes)
			got := make([][]event, Lanes)
			saved := b
			b.Run(level, noiseV, noiseW, n, v, w, func(lane, step int, part float64) {
				got[lane] = append(got[lane], event{step, part})
			})
			saved.Run(level, noiseV, noiseW, n, v, nil, func(int, int, float64) {})
			for lane := range cs {
				if saved.State(lane) != b.State(lane) {
					t.Fatalf("%v: not recording w changes lane %d", level, lane)
				}
				k := 0
				v1, w1 := make([]float64, n), make([]float64, n)
				Run(&cs[lane], &states[lane], current, noiseV[lane], noiseW[lane], v1, w1, func(step int, part float64) {
					if k >= len(got[lane]) || got[lane][k] != (event{step, part}) {
						t.Fatalf("%v, lane %d: spike %d of step %d is at %v, plain %g", level, lane, k, from+step, got[lane], part)
					}
					k++
				})
				spikes += k
				if k != len(got[lane]) {
					t.Fatalf("%v, lane %d: %d spikes, plain %d", level, lane, len(got[lane]), k)
				}
				for i := range n {
					if v1[i] != v[i*Lanes+lane] || w1[i] != w[i*Lanes+lane] {
						t.Fatalf("%v, lane %d, step %d: V %v, w %v; plain %v and %v", level, lane, from+i, v[i*Lanes+lane], w[i*Lanes+lane], v1[i], w1[i])
					}
				}
				if b.State(lane) != states[lane] {
					t.Fatalf("%v, lane %d: ends in %v, plain %v", level, lane, b.State(lane), states[lane])
				}
			}
		}
		if spikes < 100 {
			t.Fatalf("only %d spikes were compared", spikes)
		}
	}
}

func TestGeneratedKernelsAreFresh(t *testing.T) {
	fresh.Assembly(t, "step_amd64", "simdchip")
	fresh.Assembly(t, "step_arm64", "simdchip")
}

func BenchmarkStep(b *testing.B) {
	cs := circuits(Lanes, 3)
	noise := make([]float64, Lanes)
	for _, level := range simd.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			var block Block
			states := make([]State, Lanes)
			for lane, c := range cs {
				states[lane] = State{V: c.EL, W: c.VRef}
				block.Set(lane, c, states[lane])
				block.SetCurrent(lane, 30e3)
			}
			v := make([]float64, Rows*Lanes)
			for b.Loop() {
				if Vectorised(level) {
					block.Run(level, noise, noise, Rows, v, nil, func(int, int, float64) {})
					continue
				}
				for lane := range cs {
					Run(&cs[lane], &states[lane], 30e3, 0, 0, v[:Rows], nil, func(int, float64) {})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(Rows*Lanes), "ns/step")
		})
	}
}
