package sbi

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"hillock/stdlib/viz"
)

// TestNothingIsSaidSo: what a failed call leaves, or is only declared, gives an error
// that names it instead of a panic.
func TestNothingIsSaidSo(t *testing.T) {
	ctx, theta, path := t.Context(), [][]float64{{1}}, filepath.Join(t.TempDir(), "file")
	refused := func(what string, want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", what, err, want)
		}
	}
	for _, p := range []*Posterior{nil, {}} {
		const want = "the posterior is nil or empty"
		for what, use := range map[string]func() error{
			"Sample":              func() error { _, err := p.Sample(ctx, 1); return err },
			"SampleSeed":          func() error { _, err := p.SampleSeed(ctx, 1, 1); return err },
			"SampleMCMC":          func() error { _, err := p.SampleMCMC(ctx, 1, MCMCOptions{}); return err },
			"LogProb":             func() error { _, err := p.LogProb(ctx, theta); return err },
			"Potential":           func() error { _, err := p.Potential(ctx, theta); return err },
			"Gradient":            func() error { _, err := p.Gradient(ctx, theta); return err },
			"MAP":                 func() error { _, err := p.MAP(ctx); return err },
			"Truncate":            func() error { _, err := p.Truncate(ctx, 0, 1); return err },
			"Save":                func() error { return p.Save(path) },
			"ActiveSubspace":      func() error { _, err := ActiveSubspace(ctx, p, ActiveSubspaceOptions{}); return err },
			"ConditionalDensity":  func() error { _, err := ConditionalDensity(ctx, p, theta[0], 0, 1, 5); return err },
			"ConditionalPairs":    func() error { _, err := ConditionalPairs(ctx, p, theta[0], 5); return err },
			"NewEnsemble":         func() error { _, err := NewEnsemble([]*Posterior{p}); return err },
			"PosteriorPredictive": func() error { _, err := PosteriorPredictive(ctx, p, theta[0], noised, 1, 1); return err },
			"Calibrate": func() error {
				_, err := Calibrate(ctx, AmortizedFunc(func([]float64) (Distribution, error) { return p, nil }), 2, CalibrationOptions{Prior: halfway, Simulator: noised})
				return err
			},
			"AmortizedEnsemble": func() error {
				f := AmortizedFunc(func([]float64) (Distribution, error) { return p, nil })
				_, err := AmortizedEnsemble(f, f).Given(theta[0])
				return err
			},
		} {
			refused(what, want, use())
		}
		if text := fmt.Sprint(p, p.Names(), p.Prior(), p.Observation()); text != "no posterior [] <nil> []" {
			t.Errorf("it shows %q", text)
		}
	}
	for _, e := range []*Ensemble{nil, {}} {
		_, err := e.Sample(ctx, 1)
		refused("Ensemble.Sample", "nil or empty", err)
		_, err = e.LogProb(ctx, theta)
		refused("Ensemble.LogProb", "nil or empty", err)
		_, err = PosteriorPredictive(ctx, e, theta[0], noised, 1, 1)
		refused("PosteriorPredictive of an Ensemble", "nil or empty", err)
		if text := fmt.Sprint(e, e.Names(), e.Prior()); text != "no ensemble [] <nil>" {
			t.Errorf("it shows %q", text)
		}
	}
	for _, inf := range []*Inference{nil, {}} {
		const want = "the inference is nil or empty"
		for what, use := range map[string]func() error{
			"Append":           func() error { _, err := inf.Append(theta, theta); return err },
			"Round":            func() error { _, err := inf.Round(ctx, noised, 1); return err },
			"Train":            func() error { _, err := inf.Train(ctx); return err },
			"Posterior":        func() error { _, err := inf.Posterior(theta[0]); return err },
			"Given":            func() error { _, err := inf.Given(theta[0]); return err },
			"LogProbOf":        func() error { _, err := inf.LogProbOf(ctx, theta[0]); return err },
			"CheckObservation": func() error { _, err := inf.CheckObservation(ctx, theta[0]); return err },
			"Save":             func() error { return inf.Save(path) },
			"Calibrate": func() error {
				_, err := Calibrate(ctx, inf, 2, CalibrationOptions{Prior: halfway, Simulator: noised})
				return err
			},
		} {
			refused(what, want, use())
		}
		if thetas, xs, rounds := inf.Simulations(); thetas != nil || xs != nil || rounds != nil || inf.Reports() != nil || inf.String() != "no inference" {
			t.Errorf("it shows %v", inf)
		}
	}
	var s *Samples
	if s.Len() != 0 || s.Mean() != nil || s.Std() != nil || len(s.Column(0)) != 0 || len(s.Pearson().Values) != 0 || !strings.HasPrefix(s.String(), "0 samples") {
		t.Errorf("samples that are nil: %v", s)
	}
	_, err := viz.PairPlot(s)
	refused("PairPlot", "nil or were never drawn", err)
	_, err = NewSamples(nil, 1, 1)
	refused("NewSamples", "no prior", err)
}
