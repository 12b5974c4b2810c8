package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"hillock/stdlib/nn"
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

// TestStoppedSimulationsAreKept stops a round after some of its runs.
func TestStoppedSimulationsAreKept(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, MaxEpochs: 3})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var runs atomic.Int64
	slow := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		if runs.Add(1) == 200 {
			cancel()
		}
		return noisy(theta, rng)
	})
	_, err = inf.Round(ctx, slow, 100_000)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "of 100000 simulations were done and are kept") {
		t.Fatalf("error %v of a round that was stopped", err)
	}
	kept := len(inf.thetas)
	if kept < 200 || kept > 300 {
		t.Fatalf("%d simulations are kept of some 200", kept)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := inf.Reports(); len(r) != 1 || r[0].Simulations != kept || r[0].Failed != 0 {
		t.Errorf("reports %v", r)
	}
}

// TestFailuresAreQuoted says why the first simulation failed wherever some do.
func TestFailuresAreQuoted(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, MaxEpochs: 3})
	if err != nil {
		t.Fatal(err)
	}
	partly := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		if theta[0] > 0.5 {
			return nil, errors.New("the solver diverged")
		}
		return noisy(theta, rng)
	})
	r, err := inf.Round(t.Context(), partly, 200)
	if err != nil || !strings.Contains(r.String(), "left out, the first because: the solver diverged)") {
		t.Errorf("%v, %v", r, err)
	}
	p, err := inf.Posterior([]float64{0})
	if err != nil {
		t.Fatal(err)
	}
	const want = "failed, the first because: no"
	if _, err := PosteriorPredictive(t.Context(), p, []float64{0}, failing, 10, 1); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("predictive check: %v", err)
	}
	if _, err := Calibrate(t.Context(), inf, 10, CalibrationOptions{Simulator: failing}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("calibration: %v", err)
	}
	if _, err := inf.Round(t.Context(), failing, 10); err == nil {
		t.Error("a second round without an observation is run")
	}
	infinite := SimulatorFunc(func([]float64, *rand.Rand) ([]float64, error) { return []float64{math.Inf(1)}, nil })
	fresh, err := NewNPE(prior, Options{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Round(t.Context(), infinite, 10); err == nil || !strings.Contains(err.Error(), "it gave [+Inf] for the parameters [") {
		t.Errorf("a simulator that gives infinities: %v", err)
	}
}

// TestObservationsAreCheckedAtOnce, before anything is simulated or trained.
func TestObservationsAreCheckedAtOnce(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	if _, err := NewSNPE(prior, Options{Observation: []float64{math.NaN()}}); err == nil || !strings.Contains(err.Error(), "Observation is [NaN]") {
		t.Errorf("error %v of an observation that is not a number", err)
	}
	inf, err := NewSNPE(prior, Options{Observation: []float64{1, 2}, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 100); err == nil || !strings.Contains(err.Error(), "simulations have 1 values, Options.Observation has 2") {
		t.Errorf("error %v of an observation of another length", err)
	}
}

// TestOptionsAreCheckedAtOnce, before anything is simulated.
func TestOptionsAreCheckedAtOnce(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	for want, o := range map[string]Options{
		"NSF with -3 bins":                   {Density: NSF{Bins: -3}},
		"MDN with -1 components":             {Density: MDN{Components: -1}},
		"support 7; want":                    {Support: 7},
		"Combined with Truncated":            {Combined: true, Truncated: true},
		"embed Options.Observation":          {Embedding: fcnn(t, 3, nil, 1, 1), Observation: []float64{1, 2}},
		"Retrain without an Embedding":       {Retrain: true},
		"Schedule.Decay 2; want":             {Schedule: nn.Schedule{Decay: 2}},
		"batch of 1; want":                   {Batch: 1},
		"validation share 1; want":           {Validation: 1},
		"patience of -1 epochs; want":        {Patience: -1},
		"MaxEpochs -2; want":                 {Patience: 3, MaxEpochs: -2},
		"StandardiseInput 9; want":           {StandardiseInput: 9},
		"ClipNorm -1; want":                  {ClipNorm: -1},
		"learning rate +Inf; want":           {LR: math.Inf(1)},
		"Options.Observation is [NaN]; want": {Observation: []float64{math.NaN()}},
	} {
		if _, err := NewSNPE(prior, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, MaxEpochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 50); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.LogProbOf(t.Context(), []float64{0}); err == nil || !strings.Contains(err.Error(), "Options.Observation") {
		t.Errorf("error %v of a density without an observation", err)
	}
}

// TestSimulationsAreTheInferencesOwn: what the caller does with slices that went in
// or came out does not change them.
func TestSimulationsAreTheInferencesOwn(t *testing.T) {
	observation := []float64{0.5}
	inf, err := NewSNPE(BoxUniform([]float64{-1}, []float64{1}), Options{Observation: observation, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	theta, x := []float64{0.1}, []float64{0.2}
	if _, err := inf.Append([][]float64{{0.9}, theta}, [][]float64{nil, x}); err != nil {
		t.Fatal(err)
	}
	theta[0], x[0], observation[0] = 7, 7, 7
	for range 2 {
		thetas, xs, rounds := inf.Simulations()
		if len(thetas) != 1 || thetas[0][0] != 0.1 || len(xs) != 1 || xs[0][0] != 0.2 || !slices.Equal(rounds, []int{1}) {
			t.Errorf("simulations %v, %v of the rounds %v; want one of 0.1 and 0.2", thetas, xs, rounds)
		}
		thetas[0][0], xs[0][0], rounds[0] = 7, 7, 7
	}
	if inf.o.Observation[0] != 0.5 {
		t.Errorf("the observation became %v", inf.o.Observation)
	}
}

// TestValuesSayWhatTheyAre is what a cell shows that ends in one.
func TestValuesSayWhatTheyAre(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	s, err := p.SampleSeed(t.Context(), 4000, 1)
	if err != nil {
		t.Fatal(err)
	}
	inf, err := NewNPE(p.Prior(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for want, value := range map[string]any{
		"posterior of θ1, θ2, given [0 1.1], by MAF": p,
		"inference of θ1, θ2 by MAF":                 inf,
		"prior: θ1 uniform from 0 to 1, θ2 uniform":  p.Prior(),
		"prior: a log-normal around 1, ":             LogNormal([]float64{0}, []float64{1}, "a"),
		"prior: together normal, θ1 1 ± 2":           MultivariateNormal([]float64{1}, [][]float64{{4}}),
		"4000 samples of θ1, θ2\n":                   s,
		"box (probit)":                               BoxProbit,
	} {
		if text := fmt.Sprint(value); !strings.Contains(text, want) {
			t.Errorf("%T shows %q, want %q", value, text, want)
		}
	}
	if lines := strings.Split(s.String(), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[3], "θ2 ") {
		t.Errorf("samples show\n%s", s)
	}
	if Draw(BoxUniform([]float64{1}, []float64{-1}), 3, 1) != nil {
		t.Error("a prior with its bounds swapped is drawn from")
	}
}

// TestOnlyTheSameIsMixed refuses ensembles of different parameters or observations.
func TestOnlyTheSameIsMixed(t *testing.T) {
	a, b := trained(t, BoxProbit, 1), trained(t, BoxProbit, 2)
	if _, err := NewEnsemble([]*Posterior{a, b}); err != nil {
		t.Error(err)
	}
	same := trained(t, BoxProbit, 1)
	if _, err := NewEnsemble([]*Posterior{a, b, same}); err == nil || !strings.Contains(err.Error(), "members 0 and 2 of the ensemble are the same posterior") || !strings.Contains(err.Error(), "Options.Seed") {
		t.Errorf("error %v of one network twice", err)
	}
	b.observation = []float64{0, 1.2}
	if _, err := NewEnsemble([]*Posterior{a, b}); err == nil || !strings.Contains(err.Error(), "want the same observation") {
		t.Errorf("error %v of two observations", err)
	}
	b.prior = BoxUniform([]float64{0, 0}, []float64{1, 2}, "b", "a")
	if _, err := NewEnsemble([]*Posterior{a, b}); err == nil || !strings.Contains(err.Error(), "has the parameters") {
		t.Errorf("error %v of other parameters", err)
	}
	path := filepath.Join(t.TempDir(), "inference")
	inf, err := NewNPE(BoxUniform([]float64{0}, []float64{1}), Options{Quiet: true, MaxEpochs: 1, Checkpoint: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 50); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadPosterior(path); err == nil || !strings.Contains(err.Error(), "Options.Checkpoint") {
		t.Errorf("error %v of an inference that is loaded as a posterior", err)
	}
}

// TestContractionOverDecades is that of logarithms: a relative error of 10 % after a
// prior over six decades.
func TestContractionOverDecades(t *testing.T) {
	prior := LogUniform([]float64{1e-3}, []float64{1e3}, "scale")
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, LR: 1e-2, MaxEpochs: 60})
	if err != nil {
		t.Fatal(err)
	}
	relative := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{math.Log(theta[0]) + rng.NormFloat64()}, nil
	})
	if _, err := inf.Round(t.Context(), relative, 2000); err != nil {
		t.Fatal(err)
	}
	c, err := Calibrate(t.Context(), inf, 200, CalibrationOptions{Draws: 300})
	if err != nil {
		t.Fatal(err)
	}
	width := math.Log(1e6) / math.Sqrt(12)
	if got, want := c.Contraction()[0], 1-1/(width*width); math.Abs(got-want) > 0.03 {
		t.Errorf("contraction %.3f, want %.3f", got, want)
	}
	if c.Rounds != 1 || strings.Contains(c.String(), "not expected to pass") {
		t.Errorf("after %d rounds it says\n%s", c.Rounds, c)
	}
}
