package sbi

import (
	"context"
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
	if err == nil || !strings.Contains(err.Error(), "all 10 simulations of round 3 failed, the first because: it panicked: broken") {
		t.Errorf("a simulator that panics gives the error %v", err)
	}
}

// TestPanicsAreFailedSimulations: an index out of range for some parameters loses
// those runs alone.
func TestPanicsAreFailedSimulations(t *testing.T) {
	inf, err := NewNPE(BoxUniform([]float64{0}, []float64{1}), Options{Density: MDN{Components: 1}, MaxEpochs: 2, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	report, err := inf.Round(t.Context(), SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) {
		table := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
		return []float64{table[int(10*theta[0])]}, nil
	}), 500)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(inf.thetas); report.Failed < 20 || report.Failed > 90 || n+report.Failed != 500 || !strings.Contains(report.String(), "it panicked: runtime error: index out of range [9] with length 9") {
		t.Errorf("%d simulations are kept; the report says %v", n, report)
	}
}

// someRun is a simulator that ends with an error after some runs.
type someRun struct{ runs int }

func (s someRun) Simulate(_ context.Context, thetas [][]float64, _ uint64) ([][]float64, error) {
	return thetas[:s.runs], errors.New("the board went away")
}

// TestFinishedSimulationsOutliveAnError of the simulator, not of ctx alone.
func TestFinishedSimulationsOutliveAnError(t *testing.T) {
	inf, err := NewNPE(BoxUniform([]float64{0}, []float64{1}), Options{Density: MDN{Components: 1}, MaxEpochs: 2, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), someRun{0}, 100); err == nil || len(inf.thetas) != 0 || strings.Contains(err.Error(), "kept") {
		t.Errorf("error %v of a round without a run, %d kept", err, len(inf.thetas))
	}
	if _, err := inf.Round(t.Context(), someRun{60}, 100); err == nil || !strings.Contains(err.Error(), "60 of 100 simulations were done and are kept") || !strings.Contains(err.Error(), "board went away") {
		t.Errorf("error %v of a round of which 60 runs were done", err)
	}
	report, err := inf.Round(t.Context(), noisy, 40)
	if err != nil || report.Round != 1 || report.Simulations != 100 || len(inf.thetas) != 100 {
		t.Errorf("the round after is %v, %v, with %d simulations", report, err, len(inf.thetas))
	}
}

// brittle is a prior of one's own whose density panics.
type brittle struct{ *Product }

func (brittle) LogProb([]float64) float64 { panic("no density") }

// TestPanicsSayWhere, also when no simulator is to blame.
func TestPanicsSayWhere(t *testing.T) {
	err := parallel(t.Context(), 10, func(int) { Within(brittle{BoxUniform([]float64{0}, []float64{1})}, []float64{0.5}) })
	if err == nil || !strings.Contains(err.Error(), "sbi.brittle.LogProb panicked: no density") {
		t.Errorf("error %v", err)
	}
	var table []int
	err = parallel(t.Context(), 10, func(i int) { table[i]++ })
	if err == nil || !strings.Contains(err.Error(), "panicked: runtime error: index out of range") {
		t.Errorf("error %v", err)
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
