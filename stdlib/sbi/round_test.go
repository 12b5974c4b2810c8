package sbi

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// endsLater is a context that ends after some looks at it: an interrupt in the
// middle of a training.
type endsLater struct {
	context.Context
	left int
}

func (e *endsLater) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

var noisy = SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
	x := make([]float64, len(theta))
	for i := range x {
		x[i] = theta[i] + 0.3*rng.NormFloat64()
	}
	return x, nil
})

var failing = SimulatorFunc(func([]float64, *rand.Rand) ([]float64, error) { return nil, errors.New("no") })

// TestStoppedFirstTrainingIsFollowedByThePrior: what was learned until a stop must
// not choose the simulations that count as the prior's.
func TestStoppedFirstTrainingIsFollowedByThePrior(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	inf, err := NewSNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Observation: []float64{0.9}, LR: 1e-2, MaxEpochs: 30})
	if err != nil {
		t.Fatal(err)
	}
	thetas := Draw(prior, 1000, 1)
	xs, err := noisy.Simulate(t.Context(), thetas, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Train(&endsLater{t.Context(), 60}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v of a training that was stopped", err)
	}
	if _, err := inf.Posterior([]float64{0.9}); err == nil || !strings.Contains(err.Error(), "Train") {
		t.Errorf("error %v of a posterior that is not trained", err)
	}
	if _, err := inf.Round(t.Context(), noisy, 4000); err != nil {
		t.Fatal(err)
	}
	var values []float64
	for i, theta := range inf.thetas[1000:] {
		if inf.rounds[i] != 1 {
			t.Fatalf("simulation %d is of round %d", i, inf.rounds[i])
		}
		values = append(values, theta[0])
	}
	if mean, std := moments(values); math.Abs(mean) > 0.04 || math.Abs(std-1/math.Sqrt(3)) > 0.03 {
		t.Errorf("after a stop the first round is drawn with mean %.3f and deviation %.3f", mean, std)
	}
	if r := inf.Reports(); len(r) != 1 || r[0].Simulations != 5000 {
		t.Errorf("reports %v", r)
	}
}

// TestRoundOfFailuresIsNoRound leaves the earlier reports and the estimator alone,
// and draws anew when it is tried again.
func TestRoundOfFailuresIsNoRound(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	inf, err := NewSNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Observation: []float64{0}, MaxEpochs: 3})
	if err != nil {
		t.Fatal(err)
	}
	var drawn []float64
	seen := SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) {
		drawn = append(drawn, theta[0])
		return nil, errors.New("no")
	})
	for range 2 {
		if _, err := inf.Round(t.Context(), seen, 1); err == nil || !strings.Contains(err.Error(), "all 1 simulations of round 1 failed") {
			t.Fatalf("error %v of a round of failures", err)
		}
	}
	if drawn[0] == drawn[1] {
		t.Errorf("the same %v is tried again", drawn[0])
	}
	if _, err := inf.Train(t.Context()); err == nil || !strings.Contains(err.Error(), "none of the 2 simulations of round 1") {
		t.Errorf("error %v of a training on nothing", err)
	}
	want, err := inf.Round(t.Context(), noisy, 300)
	if err != nil {
		t.Fatal(err)
	}
	density := func() []float64 {
		p, err := inf.Posterior([]float64{0})
		if err != nil {
			t.Fatal(err)
		}
		logs, err := p.Potential(t.Context(), [][]float64{{-0.5}, {0}, {0.3}})
		if err != nil {
			t.Fatal(err)
		}
		return logs
	}
	before := density()
	if _, err := inf.Round(t.Context(), failing, 100); err == nil {
		t.Fatal("a round of failures is taken")
	}
	if r := inf.Reports(); len(r) != 1 || r[0].String() != want.String() {
		t.Errorf("reports %v, want %v alone", r, want)
	}
	if after := density(); !slices.Equal(after, before) {
		t.Errorf("log-densities %v, before %v", after, before)
	}
	if r, err := inf.Round(t.Context(), noisy, 300); err != nil || r.Round != 2 || r.Simulations != 400 || r.Failed != 100 {
		t.Errorf("the round after is %v, %v", r, err)
	}
}

// TestSimulationsOutsideThePriorAreLeftOut: their density would be infinite to
// rounds with atoms.
func TestSimulationsOutsideThePriorAreLeftOut(t *testing.T) {
	wide := BoxUniform([]float64{-2}, []float64{2})
	thetas := Draw(wide, 1000, 1)
	xs, err := noisy.Simulate(t.Context(), thetas, 1)
	if err != nil {
		t.Fatal(err)
	}
	inf, err := NewSNPE(BoxUniform([]float64{-1}, []float64{1}), Options{Density: MDN{Components: 1}, Quiet: true, Observation: []float64{0}, MaxEpochs: 3})
	if err != nil {
		t.Fatal(err)
	}
	failed, err := inf.Append(thetas, xs)
	if err != nil || math.Abs(float64(failed)-500) > 80 {
		t.Fatalf("%d of 1000 left out, %v; want about half", failed, err)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 300); err != nil {
		t.Errorf("a round with atoms: %v", err)
	}
	for want, theta := range map[string]float64{"outside the prior, such as [7]": 7, "vector 0 is [NaN]": math.NaN()} {
		if _, err := inf.Append([][]float64{{theta}}, [][]float64{{1}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := inf.Round(t.Context(), nil, 10); err == nil {
		t.Error("a round without a simulator is run")
	}
}

// TestAnotherPriorIsNoResumption: a range that was changed in a cell must not meet
// simulations of the old one.
func TestAnotherPriorIsNoResumption(t *testing.T) {
	normal := func(correlation float64) Prior {
		return MultivariateNormal([]float64{0, 0}, [][]float64{{1, correlation}, {correlation, 1}})
	}
	for _, c := range [][2]Prior{
		{BoxUniform([]float64{0, 0}, []float64{1, 1}), BoxUniform([]float64{0, 0}, []float64{1, 2})},
		{Normal([]float64{0, 0}, []float64{1, 1}), LogNormal([]float64{0, 0}, []float64{1, 1})},
		{normal(0.5), normal(0.4)},
		{&box{[]float64{0, 0}, []float64{1, 1}}, &box{[]float64{0, 0}, []float64{1, 3}}},
	} {
		o := Options{Density: MDN{Components: 1}, Quiet: true, MaxEpochs: 2, Checkpoint: filepath.Join(t.TempDir(), "inference")}
		inf, err := NewNPE(c[0], o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inf.Round(t.Context(), noisy, 100); err != nil {
			t.Fatal(err)
		}
		if again, err := NewNPE(c[0], o); err != nil || len(again.Reports()) != 1 {
			t.Errorf("the same prior: %v", err)
		}
		if _, err := NewNPE(c[1], o); err == nil || !strings.Contains(err.Error(), "it was made with the prior") {
			t.Errorf("error %v with another prior", err)
		}
	}
}
