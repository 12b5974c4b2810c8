package sbi

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFailedSimulationsAreCountedAndLeftOut has simulations that fail in each of
// the ways there are.
func TestFailedSimulationsAreCountedAndLeftOut(t *testing.T) {
	prior := BoxUniform([]float64{0}, []float64{1})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		switch x := theta[0] + 0.1*rng.NormFloat64(); {
		case theta[0] < 0.1:
			return nil, errors.New("no spikes")
		case theta[0] < 0.2:
			return []float64{math.NaN()}, nil
		case theta[0] < 0.3:
			return []float64{math.Inf(1)}, nil
		default:
			return []float64{x}, nil
		}
	})
	inf, err := NewSNPE(prior, Options{Density: MDN{Components: 1}, MaxEpochs: 3, Quiet: true, Seed: 1, Observation: []float64{0.6}})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for range 2 {
		report, err := inf.Round(t.Context(), simulator, 500)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, theta := range inf.thetas[total:] {
			if theta[0] < 0.3 {
				t.Fatalf("parameters %v, whose simulation failed, are trained on", theta)
			}
		}
		failed = 500 - (len(inf.thetas) - total)
		total = len(inf.thetas)
		if failed == 0 || report.Failed != failed || report.Simulations != 500 {
			t.Errorf("the report counts %d failures of %d; want %d of 500", report.Failed, report.Simulations, failed)
		}
		if text := report.String(); !strings.Contains(text, "failed and were left out") {
			t.Errorf("the report says %q", text)
		}
	}
	_, err = inf.Round(t.Context(), SimulatorFunc(func([]float64, *rand.Rand) ([]float64, error) { panic("broken") }), 10)
	if err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a simulator that panics gives the error %v", err)
	}
}

// TestLeakageIsSaidWithWaysOut moves an estimator out of its prior's box: sampling
// goes on, within the prior, and says what it had to do.
func TestLeakageIsSaidWithWaysOut(t *testing.T) {
	p := trained(t, Unbounded, 1)
	for range 100 {
		s, err := p.Sample(t.Context(), 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, theta := range s.Values {
			if !Within(p.prior, theta) {
				t.Fatalf("the sample %v lies outside the prior", theta)
			}
		}
		text := s.String()
		if warns := strings.Contains(text, "warning"); warns != (s.Acceptance < 0.01) || s.Acceptance <= 0 || len(s.Values) != 200 {
			t.Fatalf("with an acceptance of %g, %d samples say %q", s.Acceptance, len(s.Values), text)
		} else if warns && (!strings.Contains(text, "Truncated") || !strings.Contains(text, "SampleMCMC")) {
			t.Fatalf("the warning says %q", text)
		}
		if s.RHat != nil {
			if s.Acceptance >= leastAcceptance {
				t.Errorf("slice sampling with an acceptance of %g", s.Acceptance)
			}
			return
		}
		p.warp.mean[0] -= 0.1
	}
	t.Error("the estimator never leaves the prior")
}
