package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"hillock/stdlib/viz"
)

// trained gives an amortized posterior of x = θ + noise under a box prior, for an
// observation at the box's edge: half of an unbounded estimator's mass leaks.
func trained(t *testing.T, support Support, seed uint64) *Posterior {
	t.Helper()
	prior := BoxUniform([]float64{0, 0}, []float64{1, 2})
	inf, err := NewNPE(prior, Options{Support: support, Density: MAF{Transforms: 2, Hidden: 20}, Seed: seed, Quiet: true, MaxEpochs: 40, LR: 3e-3})
	if err != nil {
		t.Fatal(err)
	}
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.2*rng.NormFloat64(), theta[1] + 0.4*rng.NormFloat64()}, nil
	})
	if _, err := inf.Round(t.Context(), simulator, 1000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{0, 1.1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGradientIsTheDerivativeOfLogProb(t *testing.T) {
	for _, support := range []Support{BoxProbit, BoxLogit, Unbounded} {
		derivativeOfLogProb(t, trained(t, support, 1))
	}
}

// derivativeOfLogProb compares a gradient with differences of the log-density, for the
// parameters of trained.
func derivativeOfLogProb(t *testing.T, d Differentiable) {
	t.Helper()
	at := []float64{0.3, 1.2}
	grad, err := d.Gradient(t.Context(), [][]float64{at, {-1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	const h = 2e-3
	logs, err := d.LogProb(t.Context(), [][]float64{{0.3 + h, 1.2}, {0.3 - h, 1.2}, {0.3, 1.2 + h}, {0.3, 1.2 - h}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range at {
		if want := (logs[2*i] - logs[2*i+1]) / (2 * h); math.Abs(grad[0][i]-want) > 0.02*(1+math.Abs(want)) {
			t.Errorf("%v: derivative by θ%d is %g, numerically %g", d, i+1, grad[0][i], want)
		}
	}
	if grad[1][0] != 0 || grad[1][1] != 0 {
		t.Errorf("%v: gradient %v outside the prior", d, grad[1])
	}
}

// TestGradientsOfSeveralBatches are those of each point, and the batches, which run
// at once, share nothing that they write to: the race detector sees it, and so do the
// posterior's weights.
func TestGradientsOfSeveralBatches(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	at := Draw(p.Prior(), 2*drawBatch+10, 1)
	all, err := p.Gradient(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(at); i += 801 {
		alone, err := p.Gradient(t.Context(), at[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for d, want := range alone[0] {
			if math.Abs(all[i][d]-want) > 1e-4*(1+math.Abs(want)) {
				t.Errorf("derivative %d at point %d of several batches is %g, alone %g", d+1, i, all[i][d], want)
			}
		}
	}
	for _, weight := range p.flow.Parameters() {
		if weight.Tensor.Grad != nil {
			t.Errorf("%s, which batches share, has a gradient", weight.Name)
		}
	}
}

func TestMAPIsTheTop(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	top, err := p.MAP(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if text, want := fmt.Sprint(top), fmt.Sprintf("mode at %s = %.4g, ", p.Names()[0], top.Theta[0]); !strings.HasPrefix(text, want) {
		t.Errorf("it says %q, want %q", text, want)
	}
	aboveSamples(t, p, top)
}

// aboveSamples fails where a sample is denser than the mode.
func aboveSamples(t *testing.T, d Distribution, top Mode) {
	t.Helper()
	s, err := d.SampleSeed(t.Context(), 5000, 9)
	if err != nil {
		t.Fatal(err)
	}
	logs, err := d.LogProb(t.Context(), s.Values)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range logs {
		if l > top.LogProb+1e-3 {
			t.Fatalf("sample %v has log-density %g, above %g of the MAP %v", s.Values[i], l, top.LogProb, top.Theta)
		}
	}
}

// TestMCMCAgreesWithRejection draws from a leaking posterior both ways.
func TestMCMCAgreesWithRejection(t *testing.T) {
	p := trained(t, Unbounded, 1)
	want, err := p.Sample(t.Context(), 4000)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.SampleMCMC(t.Context(), 2000, MCMCOptions{Chains: 100, Warmup: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want.Acceptance > 0.9 || len(got.Values) != 2000 { // more than a tenth leaks
		t.Fatalf("acceptance %g, %d draws", want.Acceptance, len(got.Values))
	}
	for i, r := range got.RHat {
		a, as := moments(want.Column(i))
		b, bs := moments(got.Column(i))
		if math.Abs(a-b) > 0.15*as || math.Abs(as-bs) > 0.1*as || r > 1.05 {
			t.Errorf("θ%d: MCMC %.3f ± %.3f (R̂ %.3f), rejection %.3f ± %.3f", i+1, b, bs, r, a, as)
		}
	}
}

// TestDensityOverThePriorIntegratesToOne covers the correction of leakage.
func TestDensityOverThePriorIntegratesToOne(t *testing.T) {
	a, b := trained(t, Unbounded, 1), trained(t, BoxProbit, 2)
	e, err := NewEnsemble([]*Posterior{a, b}, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	const n = 60
	var grid [][]float64
	for i := range n {
		for k := range n {
			grid = append(grid, []float64{(float64(i) + 0.5) / n, (float64(k) + 0.5) * 2 / n})
		}
	}
	for name, d := range map[string]Distribution{"leaking": a, "contained": b, "ensemble": e} {
		logs, err := d.LogProb(t.Context(), grid)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, l := range logs {
			sum += math.Exp(l) * 2 / n / n
		}
		if math.Abs(sum-1) > 0.03 {
			t.Errorf("%s: the density integrates to %g", name, sum)
		}
	}
	// Potential and log-probability differ by a constant, and lie outside together.
	points := append([][]float64{{2, 1}}, grid[:50]...)
	potential, err := a.Potential(t.Context(), points)
	if err != nil {
		t.Fatal(err)
	}
	logs, err := a.LogProb(t.Context(), points)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsInf(potential[0], -1) || !math.IsInf(logs[0], -1) {
		t.Errorf("potential %g and log-probability %g outside the prior", potential[0], logs[0])
	}
	for i := range points[1:] {
		if d, first := logs[i+1]-potential[i+1], logs[1]-potential[1]; math.Abs(d-first) > 1e-9 || d < 0.1 {
			t.Errorf("log-probability lies %g above the potential, elsewhere %g", d, first)
		}
	}
	s, err := e.Sample(t.Context(), 1000)
	if err != nil || s.Len() != 1000 {
		t.Errorf("%d samples of the ensemble, %v", s.Len(), err)
	}
	if _, err := NewEnsemble([]*Posterior{a}, -1); err == nil {
		t.Error("a negative weight is taken")
	}
}

// The acceptance of few samples is that of many, although they are drawn in
// batches.
func TestAcceptanceDoesNotDependOnTheNumber(t *testing.T) {
	p := trained(t, Unbounded, 4)
	many, err := p.SampleSeed(t.Context(), 20_000, 1)
	if err != nil {
		t.Fatal(err)
	}
	few, err := p.SampleSeed(t.Context(), 100, 2)
	if err != nil {
		t.Fatal(err)
	}
	if many.Acceptance > 0.95 {
		t.Fatalf("hardly anything leaks: %g", many.Acceptance)
	}
	if math.Abs(few.Acceptance-many.Acceptance) > 0.1 {
		t.Errorf("acceptance %g of few samples, %g of many", few.Acceptance, many.Acceptance)
	}
}

// TestMAPFollowsTheEdge has a posterior that is densest at the box's edge in one
// parameter: the others must be optimised all the same.
func TestMAPFollowsTheEdge(t *testing.T) {
	prior := BoxUniform(filled(4, -1), filled(4, 1))
	observation := []float64{2, 0.1, 0.1, 0.1}
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, LR: 5e-3, MaxEpochs: 60})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 1500); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior(observation)
	if err != nil {
		t.Fatal(err)
	}
	top, err := p.MAP(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	near := make([][]float64, 5000)
	for i := range near {
		near[i] = make([]float64, 4)
		for d := range near[i] {
			near[i][d] = min(max(top.Theta[d]+0.05*rng.NormFloat64(), -1), 1)
		}
	}
	logs, err := p.LogProb(t.Context(), near)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range logs {
		if l > top.LogProb+0.01 {
			t.Fatalf("%v has log-density %.3f, above %.3f of the MAP %v", near[i], l, top.LogProb, top.Theta)
		}
	}
}

// TestLeakageIsEstimatedOnce asks from several goroutines at once.
func TestLeakageIsEstimatedOnce(t *testing.T) {
	p := trained(t, Unbounded, 1)
	var wait sync.WaitGroup
	logs := make([]float64, 4)
	for i := range logs {
		wait.Go(func() {
			if l, err := p.LogProb(t.Context(), [][]float64{{0.1, 1}}); err == nil {
				logs[i] = l[0]
			}
		})
	}
	wait.Wait()
	for _, l := range logs {
		if l != logs[0] || l == 0 {
			t.Errorf("log-densities %v", logs)
		}
	}
}

// TestLeastDenseTruthIsCoveredAtLevelOne has a truth that every draw is denser than.
func TestLeastDenseTruthIsCoveredAtLevelOne(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	c := &Calibration{Truths: [][]float64{{0.999, 0.001}}, PriorStd: []float64{1, 1}, wide: []float64{1, 1}, Draws: 1000,
		Ranks: make([][]int, 1), Denser: make([]float64, 1), Closer: make([]float64, 1), Mean: make([][]float64, 1), Std: make([][]float64, 1), spread: make([][]float64, 1), places: make([][]float64, 1)}
	if err := c.judge(t.Context(), 0, p, []float64{0.5, 0.5}, CalibrationOptions{Prior: p.Prior(), Draws: 1000}); err != nil {
		t.Fatal(err)
	}
	level, covered := c.Coverage()
	if c.Denser[0] < 1000./1001 || level[len(level)-1] != 1 || covered[len(covered)-1] != 1 {
		t.Errorf("a share of %v is denser, and %g covered at level %g", c.Denser[0], covered[len(covered)-1], level[len(level)-1])
	}
}

// Samples know which parameters belong on logarithmic axes.
func TestSamplesKnowTheirScales(t *testing.T) {
	prior := Independent(LogUniform([]float64{1e-3}, []float64{1e3}, "rate"), BoxUniform([]float64{0}, []float64{1}, "share"))
	s, err := NewSamples(prior, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	if logs := s.Logarithmic(); len(logs) != 2 || !logs[0] || logs[1] {
		t.Errorf("the scales are %v", logs)
	}
}

// TestSamplesOfOnesOwn have names where they are given none, and say what does not fit.
func TestSamplesOfOnesOwn(t *testing.T) {
	values := [][]float64{{1, 2}, {2, 5}, {3, 7}}
	for _, c := range []struct {
		s    Samples
		want string // in the text
		err  string // of a pair plot; "" for none
	}{
		{Samples{Values: values}, "3 samples of θ1, θ2\n", ""},
		{Samples{Values: values, Names: []string{"a"}}, "3 samples of a, θ2\n", ""},
		{Samples{Values: values, Names: []string{"a", "b", "c"}}, "draw 0 has 2 values; want 3", "0 of parameter 3"},
		{Samples{Values: append(values[:3:3], []float64{1}), Names: []string{"a", "b"}}, "draw 3 has 1 values", "4 draws of parameter 1 and 3 of parameter 2"},
	} {
		if text := c.s.String(); !strings.Contains(text, c.want) {
			t.Errorf("it says %q, want %q", text, c.want)
		}
		_, err := viz.PairPlot(&c.s)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("the pair plot: %v, want %q", err, c.err)
		}
		if m := c.s.Pearson(); len(m.Values) != len(m.Names) || math.IsNaN(m.Values[0][1]) != (c.err != "") {
			t.Errorf("correlations %v", m)
		}
	}
}
