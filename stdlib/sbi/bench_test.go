package sbi

import (
	"math/rand/v2"
	"testing"
)

// benchmarkFit makes a fit on n samples of 4 parameters with 32 values each, as
// the thesis's 4D study has.
func benchmarkFit(b *testing.B, density Density, n int, atomic bool) *fit {
	prior := BoxUniform(make([]float64, 4), []float64{1, 1, 1, 1})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, 32)
		for i := range x {
			x[i] = theta[i%4] + 0.1*rng.NormFloat64()
		}
		return x, nil
	})
	inf, err := NewSNPE(prior, Options{Density: density, Seed: 1, Quiet: true})
	if err != nil {
		b.Fatal(err)
	}
	thetas := Draw(prior, n, 1)
	xs, err := simulator.Simulate(b.Context(), thetas, 1)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := inf.Append(thetas, xs); err != nil {
		b.Fatal(err)
	}
	f, err := inf.newFit(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	f.atomic = atomic
	return f
}

func BenchmarkStep(b *testing.B) {
	for name, c := range map[string]struct {
		density Density
		batch   int
		atomic  bool
	}{
		"MAF/batch50": {MAF{}, 50, false}, "MAF/batch200": {MAF{}, 200, false}, "MAF/atomic200": {MAF{}, 200, true},
		"NSF/batch200": {NSF{}, 200, false}, "NSF/atomic200": {NSF{}, 200, true},
	} {
		b.Run(name, func(b *testing.B) {
			f := benchmarkFit(b, c.density, 2000, c.atomic)
			rng := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				if _, err := f.learn(rng.Perm(2000)[:c.batch], rng); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSample10000(b *testing.B) {
	f := benchmarkFit(b, MAF{}, 2000, false)
	rng := rand.New(rand.NewPCG(1, 1))
	u := make([]float32, 4*10_000)
	s := f.e.flow.sampler()
	for b.Loop() {
		s.sample(u, f.x[:32], rng, 1, nil)
	}
}
