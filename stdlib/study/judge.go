package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"hillock/stdlib/sbi"
)

// Judgement is what observations of known truth say about posteriors.
type Judgement struct {
	// Denser is, for every observation, the share of the posterior that lies where it
	// is denser than at the truth, as its draws tell.
	Denser []float64
	// LogProb is, for every observation, the logarithm of the density at the truth:
	// the higher its mean, the better the estimator.
	LogProb []float64
	// Contraction is, for every parameter, the mean of one minus the share of the
	// prior's variance that is left.
	Contraction []float64
}

// Judge compares the posteriors of observations with the truths that they were
// made with. Observations that are nil are left out. Several estimators are
// judged as an ensemble of equal weights. It fails when no observation is left, a
// truth lies beyond the prior's bounds, or a density is not a number.
func Judge(ctx context.Context, truths, xs [][]float64, draws int, seed uint64, estimators ...sbi.Amortized) (*Judgement, error) {
	return judge(ctx, truths, xs, draws, seed, estimators, func(*sbi.Samples) {})
}

// judge is Judge, and hands on the draws of each posterior.
func judge(ctx context.Context, truths, xs [][]float64, draws int, seed uint64, estimators []sbi.Amortized, drawn func(*sbi.Samples)) (*Judgement, error) {
	if len(truths) != len(xs) || draws < 2 || len(estimators) == 0 {
		return nil, fmt.Errorf("study: judge %d truths by %d observations, with %d draws of %d estimators", len(truths), len(xs), draws, len(estimators))
	}
	j, together := &Judgement{}, sbi.AmortizedEnsemble(estimators...)
	for i, x := range xs {
		if x == nil {
			continue
		}
		posterior, err := together.Given(x)
		if err != nil {
			return nil, fmt.Errorf("study: judge observation %d: %w", i, err)
		}
		if err := inside(posterior.Prior(), truths[i]); err != nil {
			return nil, fmt.Errorf("study: judge observation %d: %w", i, err)
		}
		samples, err := posterior.SampleSeed(ctx, draws, seed+uint64(i))
		if err != nil {
			return nil, fmt.Errorf("study: judge observation %d: %w", i, err)
		}
		logs, err := posterior.LogProb(ctx, append([][]float64{truths[i]}, samples.Values...))
		if err != nil {
			return nil, fmt.Errorf("study: judge observation %d: %w", i, err)
		}
		if slices.ContainsFunc(logs, math.IsNaN) { // which no comparison would show
			return nil, fmt.Errorf("study: judge observation %d: the posterior's density is not a number; train its estimator again, with a lower learning rate", i)
		}
		denser := 0.5 // of draws+1 places between the draws, the truth is in the middle of one
		for _, l := range logs[1:] {
			if l > logs[0] {
				denser++
			}
		}
		j.Denser, j.LogProb = append(j.Denser, denser/float64(draws+1)), append(j.LogProb, logs[0])
		j.add(posterior.Prior().Std(), samples)
		drawn(samples)
	}
	if len(j.Denser) == 0 {
		return nil, fmt.Errorf("study: judge: none of %d observations is usable", len(xs))
	}
	for d := range j.Contraction {
		j.Contraction[d] /= float64(len(j.Denser))
	}
	return j, nil
}

// inside fails for parameters beyond the prior's bounds, which no posterior can find.
func inside(prior sbi.Prior, theta []float64) error {
	lower, upper := prior.Bounds()
	if len(theta) != len(lower) {
		return fmt.Errorf("the truth has %d values, the prior %d parameters", len(theta), len(lower))
	}
	for d, v := range theta {
		if !(v >= lower[d] && v <= upper[d]) {
			return fmt.Errorf("the truth has %s = %g, which the prior's %g to %g do not hold", prior.Names()[d], v, lower[d], upper[d])
		}
	}
	return nil
}

// add sums the contraction up.
func (j *Judgement) add(prior []float64, s *sbi.Samples) {
	if j.Contraction == nil {
		j.Contraction = make([]float64, len(prior))
	}
	for d, std := range s.Std() {
		j.Contraction[d] += 1 - std*std/(prior[d]*prior[d])
	}
}

// Coverage is the share of truths within the region of highest density of a
// level; below the level the posteriors are too sure.
func (j *Judgement) Coverage(level float64) float64 {
	within := 0.0
	for _, d := range j.Denser {
		if d <= level {
			within++
		}
	}
	return within / float64(len(j.Denser))
}

// Miscoverage is the mean difference between coverage and level, without sign,
// over the levels 0.05, 0.10, … 0.95.
func (j *Judgement) Miscoverage() float64 {
	sum := 0.0
	for k := 1; k < 20; k++ {
		sum += math.Abs(j.Coverage(float64(k)/20) - float64(k)/20)
	}
	return sum / 19
}

// Score is the mean log-density of the truth. A density that is 0 there counts
// as e^-100, so that one miss does not hide the rest.
func (j *Judgement) Score() float64 {
	sum := 0.0
	for _, l := range j.LogProb {
		sum += max(l, -100)
	}
	return sum / float64(len(j.LogProb))
}

// String gives score, coverage and contraction.
func (j *Judgement) String() string {
	return fmt.Sprintf("log-probability of the truth %.2f over %d observations\ncoverage %.0f, %.0f, %.0f %% at 50, 90, 95 %%\ncontraction %.2f",
		j.Score(), len(j.Denser), 100*j.Coverage(0.5), 100*j.Coverage(0.9), 100*j.Coverage(0.95), j.Contraction)
}
