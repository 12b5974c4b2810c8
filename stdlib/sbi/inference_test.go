package sbi

import (
	"context"
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
