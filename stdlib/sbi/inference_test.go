package sbi

import (
	"context"
	"math/rand/v2"
	"testing"
)

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

// A training of one epoch ends about where its last steps were, not at the mean of
// all weights since the first.
func TestShortTrainingIsNotHeldBackByTheMean(t *testing.T) {
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{
			theta[0] + 0.02*rng.NormFloat64(), theta[1]*theta[0] + 0.02*rng.NormFloat64(), theta[1] + 0.05*rng.NormFloat64(),
		}, nil
	})
	loss := func(epochs int) float64 {
		inf, err := NewNPE(prior, Options{MaxEpochs: epochs, Batch: 50, LR: 1e-3, Quiet: true, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		report, err := inf.Round(t.Context(), simulator, 5000)
		if err != nil {
			t.Fatal(err)
		}
		return report.Training.Validation[report.Training.Best]
	}
	long := loss(12)
	if one := loss(1); one > long+0.7 {
		t.Errorf("validation loss %.2f after one epoch, %.2f after twelve", one, long)
	}
}
