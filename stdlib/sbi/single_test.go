package sbi

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestOneParameterMayHaveTwoModes: the default estimator sees both roots of a square,
// which an affine flow of one parameter can't.
func TestOneParameterMayHaveTwoModes(t *testing.T) {
	square := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0]*theta[0] + 0.05*rng.NormFloat64()}, nil
	})
	inf, err := NewNPE(BoxUniform([]float64{-1}, []float64{1}), Options{Seed: 1, Quiet: true, LR: 2e-3, Batch: 100, MaxEpochs: 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), square, 2000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{0.36})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Sample(t.Context(), 4000)
	if err != nil {
		t.Fatal(err)
	}
	between, above := 0, 0
	for _, theta := range s.Values {
		if math.Abs(theta[0]) < 0.3 {
			between++
		}
		if theta[0] > 0 {
			above++
		}
	}
	// The exact posterior has next to nothing between: θ = 0.3 is 5 deviations off.
	if between > 40 || above < 1600 || above > 2400 {
		t.Errorf("%d of 4000 samples between the modes of ±0.6, %d at the upper one; want none and half", between, above)
	}
}
