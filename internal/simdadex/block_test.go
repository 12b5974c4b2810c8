package simdadex

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/internal/fresh"
	"hillock/internal/simd"
)

// neurons draws parameters around those of the model, some of them extreme.
func neurons(n int, refractory bool, seed uint64) []Coefficients {
	random := rand.New(rand.NewPCG(seed, 1))
	cs := make([]Coefficients, n)
	for i := range cs {
		c := &cs[i]
		gl := 10e-9
		deltaT := math.Pow(10, -1+2*random.Float64()) * 1e-3
		*c = Coefficients{
			VT: -50e-3, PerDeltaT: 1 / deltaT, Exponential: deltaT * gl, GL: gl, EL: -70e-3,
			DtPerC: 1e-5 / 100e-12, A: 1e-9 * 1000 * random.Float64(), DtPerTauW: 1e-5 / (30e-3 + random.Float64()),
			VTh: -0.04 * random.Float64(), Vr: -70e-3 + 20e-3*random.Float64(), B: 200e-12 * random.Float64(),
		}
		if refractory {
			c.Refractory = int64(random.IntN(300))
		}
		switch i % 13 {
		case 5:
			c.PerDeltaT, c.Exponential = 0, 0
		case 7:
			c.A = -1e-3 // runs away
		case 11:
			c.A = math.NaN()
		}
	}
	return cs
}

// TestBlockEqualsRun compares every level with the plain code, bit by bit.
func TestBlockEqualsRun(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	current := make([]float64, 3001)
	for k := range current {
		current[k] = 1e-9 * (1 + 3*random.Float64())
	}
	for _, refractory := range []bool{false, true} {
		cs := neurons(61, refractory, 9)
		for _, level := range simd.Levels() {
			if !Vectorised(level) {
				continue
			}
			for _, every := range []int{1, 7} {
				samples := (len(current) + every - 1) / every
				rec := Recording{
					V: make([]float64, len(cs)*samples), W: make([]float64, len(cs)*samples),
					Stride: samples, Every: every, Spikes: make([][]int, len(cs)),
				}
				var b Block
				for lane, c := range cs {
					b.Set(lane, c, State{V: c.EL})
				}
				b.Run(level, current[:1001], 0, &rec)
				b.Run(level, current[1001:], 1001, &rec)
				spikes := 0
				for lane := range cs {
					s := State{V: cs[lane].EL}
					v, w := make([]float64, len(current)), make([]float64, len(current))
					want := Run(&cs[lane], &s, current, v, w, 0, nil)
					spikes += len(want)
					if !equal(rec.Spikes[lane], want) {
						t.Fatalf("%v, lane %d: spikes %v, plain %v", level, lane, rec.Spikes[lane], want)
					}
					for k := 0; k < len(current); k += every {
						at := lane*samples + k/every
						if !sameBits(rec.V[at], v[k]) || !sameBits(rec.W[at], w[k]) {
							t.Fatalf("%v, lane %d, step %d: V %v, W %v; plain %v and %v", level, lane, k, rec.V[at], rec.W[at], v[k], w[k])
						}
					}
					if got := b.State(lane); !sameBits(got.V, s.V) || !sameBits(got.W, s.W) || got.Hold != s.Hold {
						t.Fatalf("%v, lane %d: ends in %v, plain %v", level, lane, got, s)
					}
				}
				if spikes == 0 {
					t.Fatal("no spikes were compared")
				}
			}
		}
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// sameBits is equality of bits, with one NaN as good as another.
func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func TestGeneratedKernelsAreFresh(t *testing.T) {
	fresh.Assembly(t, "step_amd64", "simdadex")
	fresh.Assembly(t, "step_arm64", "simdadex")
}

func benchmark(b *testing.B, level simd.Level, record bool) {
	cs := neurons(Lanes, false, 9)
	for i := range cs {
		cs[i].A = 80e-9
	}
	current := make([]float64, 10000)
	for k := range current {
		current[k] = 2e-9
	}
	rec := Recording{Stride: len(current), Every: 1, Spikes: make([][]int, Lanes)}
	if record {
		rec.V = make([]float64, Lanes*len(current))
	}
	var block Block
	for lane, c := range cs {
		block.Set(lane, c, State{V: c.EL})
	}
	for b.Loop() {
		for i := range rec.Spikes {
			rec.Spikes[i] = rec.Spikes[i][:0]
		}
		block.Run(level, current, 0, &rec)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(Lanes*len(current)), "ns/step")
}

func BenchmarkBlock(b *testing.B) {
	for _, level := range simd.Levels() {
		if !Vectorised(level) {
			continue
		}
		b.Run(level.String()+"/spikes", func(b *testing.B) { benchmark(b, level, false) })
		b.Run(level.String()+"/traces", func(b *testing.B) { benchmark(b, level, true) })
	}
}

func BenchmarkRun(b *testing.B) {
	c := neurons(1, false, 9)[0]
	c.A = 80e-9
	current := make([]float64, 10000)
	for k := range current {
		current[k] = 2e-9
	}
	v := make([]float64, len(current))
	var spikes []int
	for b.Loop() {
		s := State{V: c.EL}
		spikes = Run(&c, &s, current, v, nil, 0, spikes[:0])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(current)), "ns/step")
}
