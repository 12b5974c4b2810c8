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
		w := newWarp(support, prior, thetas)
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
	w := newWarp(Unbounded, prior, thetas)
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

// TestDeviationsSurviveOffsetsAndUnits standardises parameters far from 0, and tiny
// ones.
func TestDeviationsSurviveOffsetsAndUnits(t *testing.T) {
	for _, box := range [][2]float64{{0, 1}, {1e6, 1}, {1e9, 1}, {0, 1e-15}, {-1e-20, 1e-21}} {
		prior := BoxUniform([]float64{box[0]}, []float64{box[0] + box[1]})
		w := newWarp(Unbounded, prior, Draw(prior, 10_000, 1))
		if want := box[1] / math.Sqrt(12); math.Abs(w.std[0]/want-1) > 0.03 {
			t.Errorf("deviation %g of parameters from %g to %g more, want %g", w.std[0], box[0], box[1], want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range [][2]float64{{5, 1}, {5e-12, 1e-12}, {5e-24, 1e-24}, {1e45, 1e44}, {1e8, 1}} {
		xs := make([][]float64, 1000)
		for i := range xs {
			xs[i] = []float64{c[0] + c[1]*rng.NormFloat64(), c[0] / 3}
		}
		s := newStandard(xs, false)
		if math.Abs(s.std[0]/c[1]-1) > 0.1 || s.std[1] != 1 {
			t.Errorf("deviations %g of values around %g, want %g, and %g of a constant", s.std[0], c[0], c[1], s.std[1])
		}
	}
}

// TestObservationsInAnyUnitsGiveTheSamePosterior has values of another size and with
// an offset that float32 could not hold.
func TestObservationsInAnyUnitsGiveTheSamePosterior(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	moments := func(offset, scale float64) (mean, std float64) {
		inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, MaxEpochs: 60, LR: 1e-2})
		if err != nil {
			t.Fatal(err)
		}
		simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
			return []float64{offset + scale*(theta[0]+0.1*rng.NormFloat64())}, nil
		})
		if _, err := inf.Round(t.Context(), simulator, 500); err != nil {
			t.Fatal(err)
		}
		p, err := inf.Posterior([]float64{offset + 0.3*scale})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Sample(t.Context(), 2000)
		if err != nil {
			t.Fatal(err)
		}
		return s.Mean()[0], s.Std()[0]
	}
	mean, std := moments(0, 1)
	if math.Abs(mean-0.3) > 0.05 || math.Abs(std-0.1) > 0.03 {
		t.Fatalf("mean %.3f and deviation %.3f, want 0.3 and 0.1", mean, std)
	}
	for _, c := range [][2]float64{{1e8, 1}, {0, 1e-24}, {0, 1e45}, {-3e20, 1e10}} {
		if m, s := moments(c[0], c[1]); math.Abs(m-mean) > 0.02 || math.Abs(s-std) > 0.02 {
			t.Errorf("offset %g and scale %g: mean %.3f and deviation %.3f, without %.3f and %.3f", c[0], c[1], m, s, mean, std)
		}
	}
}

// box is a prior such as a user writes, that hands out its own bounds.
type box struct{ lower, upper []float64 }

func (p *box) Dim() int                               { return len(p.lower) }
func (p *box) Names() []string                        { return []string{"a", "b"} }
func (p *box) Bounds() (lower, upper []float64)       { return p.lower, p.upper }
func (p *box) Mean() []float64                        { return []float64{0.5, 0.5} }
func (p *box) Std() []float64                         { return []float64{0.3, 0.3} }
func (p *box) Err() error                             { return nil }
func (p *box) Sample(rng *rand.Rand, theta []float64) { p.product().Sample(rng, theta) }
func (p *box) LogProb(theta []float64) float64        { return p.product().LogProb(theta) }
func (p *box) product() *Product                      { return BoxUniform(p.lower, p.upper) }

func TestPriorsOfUsersAreLeftAsTheyAre(t *testing.T) {
	for _, support := range []Support{Unbounded, BoxProbit} {
		prior := &box{[]float64{0, 0}, []float64{1, 1}}
		inf, err := NewSNPE(prior, Options{Support: support, Density: MDN{Components: 1}, MaxEpochs: 2, Quiet: true, Observation: []float64{0.5, 0.5}})
		if err != nil {
			t.Fatal(err)
		}
		simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
			return []float64{theta[0] + 0.1*rng.NormFloat64(), theta[1]}, nil
		})
		for range 2 {
			if _, err := inf.Round(t.Context(), simulator, 200); err != nil {
				t.Fatal(err)
			}
		}
		if prior.lower[0] != 0 || prior.upper[1] != 1 {
			t.Errorf("support %d: the prior's bounds are now %v and %v", support, prior.lower, prior.upper)
		}
	}
}
