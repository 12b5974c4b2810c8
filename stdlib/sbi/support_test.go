package sbi

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestWarpsAreConsistent checks inverse, slope and the slope's derivative of every
// support on every kind of parameter.
func TestWarpsAreConsistent(t *testing.T) {
	prior := Independent(BoxUniform([]float64{-1}, []float64{3}), LogUniform([]float64{0.1}, []float64{50}), LogNormal([]float64{1}, []float64{0.5}), Normal([]float64{2}, []float64{3}))
	thetas := Draw(prior, 500, 1)
	lower, upper := prior.Bounds()
	for _, support := range []Support{Unbounded, BoxProbit, BoxLogit} {
		w, err := newWarp(support, prior, thetas)
		if err != nil {
			t.Fatal(err)
		}
		for _, theta := range thetas[:100] {
			for i, x := range theta {
				v, slope := w.unbox(i, x)
				if back := w.box(i, v); math.Abs(back-x) > 1e-9*(1+math.Abs(x)) {
					t.Fatalf("support %d: %g of %s comes back as %g", support, x, prior.Names()[i], back)
				}
				const h = 1e-5
				above, _ := w.unbox(i, x*(1+h))
				below, _ := w.unbox(i, x*(1-h))
				if x*(1+h) > upper[i] || x*(1-h) < lower[i] || math.Abs(v) > 3 {
					continue // at the edge of the box
				}
				if want := math.Log((above - below) / (2 * h * x)); math.Abs(slope-want) > 1e-4 {
					t.Errorf("support %d: logarithm %g of the slope at %g of parameter %d, numerically %g", support, slope, x, i, want)
				}
				_, further := w.unbox(i, w.box(i, v+h))
				_, nearer := w.unbox(i, w.box(i, v-h))
				if got, want := w.slopeSlope(i, v), (further-nearer)/(2*h); math.Abs(got-want) > 1e-3*(1+math.Abs(want)) {
					t.Errorf("support %d: derivative %g of the slope at %g of parameter %d, numerically %g", support, got, x, i, want)
				}
			}
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for i := range lower {
			left := false
			for range 5000 {
				x := w.box(i, w.mean[i]+8*w.std[i]*rng.NormFloat64())
				left = left || x < lower[i] || x > upper[i]
			}
			if leaks := w.leaks(i, lower[i], upper[i]); leaks != left {
				t.Errorf("support %d: parameter %d leaks: %v, left its bounds: %v", support, i, leaks, left)
			}
		}
	}
	w, err := newWarp(Unbounded, prior, thetas)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{0, -1, math.Inf(-1), math.NaN()} {
		u := make([]float32, 4)
		if l := w.toFlow([]float64{0, 1, x, 0}, u); !math.IsInf(l, -1) {
			t.Errorf("log-density of the map at a log-normal parameter of %g is %g", x, l)
		}
	}
}

// TestPositiveParametersStayPositive infers the scale of something from a
// measurement with a relative error: the exact posterior is log-normal.
func TestPositiveParametersStayPositive(t *testing.T) {
	const spread, noise, seen = 1.5, 0.5, 4.0
	prior := LogNormal([]float64{0}, []float64{spread}, "scale")
	inf, err := NewNPE(prior, Options{Density: MAF{Transforms: 2, Hidden: 20}, Seed: 1, Quiet: true, MaxEpochs: 60, LR: 3e-3})
	if err != nil {
		t.Fatal(err)
	}
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{math.Log(theta[0]) + noise*rng.NormFloat64()}, nil
	})
	if _, err := inf.Round(t.Context(), simulator, 2000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{math.Log(seen)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Sample(t.Context(), 5000)
	if err != nil {
		t.Fatal(err)
	}
	var logs []float64
	for _, theta := range s.Values {
		if !(theta[0] > 0) {
			t.Fatalf("a scale of %g was drawn", theta[0])
		}
		logs = append(logs, math.Log(theta[0]))
	}
	share := spread * spread / (spread*spread + noise*noise)
	mean, std := moments(logs)
	if want := share * math.Log(seen); math.Abs(mean-want) > 0.1 {
		t.Errorf("mean %.3f of the logarithm, want %.3f", mean, want)
	}
	if want := noise * math.Sqrt(share); math.Abs(std/want-1) > 0.15 {
		t.Errorf("deviation %.3f of the logarithm, want %.3f", std, want)
	}
	if s.Acceptance != 1 {
		t.Errorf("acceptance %g of an estimator that can't leak", s.Acceptance)
	}
}
