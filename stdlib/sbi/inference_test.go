package sbi

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// gaussianLinear is x = θ + noise with prior and noise normal of variance 0.1:
// the posterior of x is normal with mean x/2 and variance 0.05.
func gaussianLinear(dim int) (*Product, SimulatorFunc) {
	mean, std := make([]float64, dim), make([]float64, dim)
	for i := range std {
		std[i] = math.Sqrt(0.1)
	}
	return Normal(mean, std), func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, len(theta))
		for i, v := range theta {
			x[i] = v + math.Sqrt(0.1)*rng.NormFloat64()
		}
		return x, nil
	}
}

func TestPosteriorOfGaussianLinearIsTheExactOne(t *testing.T) {
	prior, simulator := gaussianLinear(3)
	observation := []float64{0.4, -0.3, 0.1}
	for name, o := range map[string]Options{
		"one round":           {},
		"two rounds":          {Observation: observation},
		"two truncated":       {Observation: observation, Truncated: true},
		"two rounds combined": {Observation: observation, Combined: true},
	} {
		t.Run(name, func(t *testing.T) {
			o.Seed, o.Quiet = 1, true
			if o.Observation != nil { // a small flow for several rounds; the default one for one
				o.Density, o.LR, o.MaxEpochs = MAF{Transforms: 2, Hidden: 20}, 3e-3, 60
			}
			inf, err := NewSNPE(prior, o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Round(t.Context(), simulator, 1200); err != nil {
				t.Fatal(err)
			}
			if o.Observation != nil {
				if _, err := inf.Round(t.Context(), simulator, 600); err != nil {
					t.Fatal(err)
				}
			}
			posterior, err := inf.Posterior(observation)
			if err != nil {
				t.Fatal(err)
			}
			s, err := posterior.Sample(t.Context(), 2000)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range observation {
				mean, std := moments(s.Column(i))
				want := math.Sqrt(0.05)
				if math.Abs(mean-x/2) > 0.25*want || math.Abs(std-want) > 0.15*want {
					t.Errorf("θ%d: mean %.3f and deviation %.3f, want %.3f and %.3f", i+1, mean, std, x/2, want)
				}
			}
		})
	}
}

func moments(x []float64) (mean, std float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		std += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(std)
}

func TestSameSeedSameBytesAtAnyNumberOfGoroutines(t *testing.T) {
	prior, simulator := gaussianLinear(2)
	var first [][]float64
	for _, goroutines := range []int{1, 3} {
		inf, err := NewSNPE(prior, Options{Seed: 3, Quiet: true, MaxEpochs: 3, Goroutines: goroutines, Observation: []float64{0.1, 0.2}})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := inf.Round(context.Background(), simulator, 300); err != nil {
				t.Fatal(err)
			}
		}
		posterior, err := inf.Posterior([]float64{0.1, 0.2})
		if err != nil {
			t.Fatal(err)
		}
		s, err := posterior.Sample(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = s.Values
		}
		for i := range first {
			for k := range first[i] {
				if first[i][k] != s.Values[i][k] {
					t.Fatalf("sample %d differs with %d goroutines", i, goroutines)
				}
			}
		}
	}
}
