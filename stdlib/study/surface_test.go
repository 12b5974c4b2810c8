package study_test

import (
	"context"
	"math"
	"testing"

	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// density is a prior as a distribution.
type density struct{ prior sbi.Prior }

func (d density) Prior() sbi.Prior { return d.prior }

func (d density) Names() []string { return d.prior.Names() }

func (d density) SampleSeed(_ context.Context, n int, seed uint64) (*sbi.Samples, error) {
	return sbi.NewSamples(d.prior, n, seed)
}

func (d density) LogProb(_ context.Context, thetas [][]float64) ([]float64, error) {
	all := make([]float64, len(thetas))
	for i, theta := range thetas {
		all[i] = d.prior.LogProb(theta)
	}
	return all, nil
}

// A surface's mass over a box that holds nearly all of it is 1, and it is highest
// at the place that is nearest to the mode.
func TestSurface(t *testing.T) {
	d := density{sbi.Normal([]float64{1, -2}, []float64{0.5, 2}, "x", "y")}
	const steps = 41
	x, y, logs, err := study.Surface(context.Background(), d, []float64{-2, -14}, []float64{4, 10}, steps)
	if err != nil {
		t.Fatal(err)
	}
	mass, top, atX, atY := 0.0, math.Inf(-1), 0.0, 0.0
	for r, row := range logs {
		for c, l := range row {
			mass += math.Exp(l) * (6.0 / steps) * (24.0 / steps)
			if l > top {
				top, atX, atY = l, x[c], y[r]
			}
		}
	}
	if math.Abs(mass-1) > 1e-3 || math.Abs(atX-1) > 1e-9 || math.Abs(atY+2) > 1e-9 {
		t.Errorf("mass %.4f, mode at %.3f, %.3f", mass, atX, atY)
	}
	if _, _, _, err := study.Surface(context.Background(), d, []float64{0, 0}, []float64{0, 1}, 3); err == nil {
		t.Error("a grid without extent")
	}
}
