package sbi

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// gaussians draws n points of two normal variables around a mean.
func gaussians(n int, mean, std float64, seed uint64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	points := make([][]float64, n)
	for i := range points {
		points[i] = []float64{mean + std*rng.NormFloat64(), std * rng.NormFloat64()}
	}
	return points
}

// TestC2ST compares with the accuracy of the best classifier between two normal
// distributions, Φ(distance/2).
func TestC2ST(t *testing.T) {
	const n = 4000
	for _, shift := range []float64{0, 1, 3} {
		got, err := C2ST(t.Context(), gaussians(n, 0, 1, 1), gaussians(n, shift, 1, 2), C2STOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if want := 0.5 * math.Erfc(-shift/2/math.Sqrt2); math.Abs(got-want) > 0.02 {
			t.Errorf("accuracy %.3f for means %g apart, want %.3f", got, shift, want)
		}
	}
}

// TestC2STSeesWhatIsConstantFarOffOrMore has a reference that never changes in one
// dimension, samples at great distance, and many more samples than references.
func TestC2STSeesWhatIsConstantFarOffOrMore(t *testing.T) {
	constant := func(points [][]float64, value, shift float64) [][]float64 {
		for _, p := range points {
			p[0], p[1] = p[0]+shift, value
		}
		return points
	}
	for _, c := range []struct {
		name               string
		reference, samples [][]float64
		want               float64
	}{
		{"another constant", constant(gaussians(300, 0, 1, 1), 0.3, 0), constant(gaussians(300, 0, 1, 2), 0.1, 0), 1},
		{"the same constant", constant(gaussians(600, 0, 1, 1), 0.3, 0), constant(gaussians(600, 0, 1, 2), 0.3, 0), 0.5},
		{"far off", constant(gaussians(300, 0, 1, 1), 0, 0), constant(gaussians(300, 0, 1, 2), 5, 1e5), 1},
		{"unequal numbers", gaussians(1000, 0, 1, 1), gaussians(8000, 0, 1, 2), 0.5},
	} {
		got, err := C2ST(t.Context(), c.reference, c.samples, C2STOptions{Seed: 1})
		if err != nil || math.Abs(got-c.want) > 0.05 {
			t.Errorf("%s: accuracy %.3f, %v; want %.3f", c.name, got, err, c.want)
		}
	}
}

func TestC2STRefusesWhatItCantTell(t *testing.T) {
	for _, sets := range [][2][][]float64{
		{gaussians(100, 0, 1, 1), gaussians(3, 0, 1, 1)},
		{gaussians(100, 0, 1, 1), append(gaussians(100, 0, 1, 1), []float64{1})},
		{gaussians(100, 0, 1, 1), gaussians(100, 0, 1, 1)},
		{gaussians(100, 0, 1, 1), append(gaussians(100, 0, 1, 1), []float64{1, math.NaN()})},
	} {
		if _, err := C2ST(t.Context(), sets[0], sets[1], C2STOptions{}); err == nil {
			t.Error("no error")
		}
	}
}

// looked counts how often its end is looked for.
type looked struct {
	context.Context
	times atomic.Int64
}

func (l *looked) Err() error {
	l.times.Add(1)
	return l.Context.Err()
}

// TestC2STCanStopAtEveryBatch looks for the end of ctx in each of at least as many
// epochs as have to pass without a gain.
func TestC2STCanStopAtEveryBatch(t *testing.T) {
	const n = 2000
	ctx := &looked{Context: t.Context()}
	if _, err := C2ST(ctx, gaussians(n, 0, 1, 1), gaussians(n, 0, 1, 2), C2STOptions{Tested: 1}); err != nil {
		t.Fatal(err)
	}
	batches := 2 * n * 4 / 5 / c2stBatch
	if times := ctx.times.Load(); times < int64(c2stPatience*batches) {
		t.Errorf("ctx is looked at %d times in %d epochs or more of %d batches", times, c2stPatience, batches)
	}
}
