package sbi

import (
	"context"
	"fmt"
	"math"
)

// Predictive is a posterior predictive check: simulations of the posterior's
// samples beside the observation.
type Predictive struct {
	Observation []float64
	Thetas      [][]float64
	Xs          [][]float64 // simulations, of those that did not fail
	Failed      int
}

// PosteriorPredictive simulates n samples of a posterior.
func PosteriorPredictive(ctx context.Context, d Distribution, observation []float64, simulator Simulator, n int, seed uint64) (*Predictive, error) {
	s, err := d.SampleSeed(ctx, n, seed)
	if err != nil {
		return nil, err
	}
	noted, reason := noteFailures(ctx)
	xs, err := simulator.Simulate(noted, s.Values, seed^0x99c)
	if err != nil {
		return nil, err
	}
	p := &Predictive{Observation: append([]float64(nil), observation...)}
	for i, x := range xs {
		if !finite(x) {
			p.Failed++
			continue
		}
		if len(x) != len(observation) {
			return nil, fmt.Errorf("sbi: predictive check: a simulation of %d values for an observation of %d", len(x), len(observation))
		}
		p.Thetas, p.Xs = append(p.Thetas, s.Values[i]), append(p.Xs, x)
	}
	if len(p.Xs) == 0 {
		return nil, fmt.Errorf("sbi: predictive check: all of %d simulations failed%s", n, because(reason()))
	}
	return p, nil
}

// Band gives, for every value of the observation, the quantiles of the simulations
// that leave out the given share at both ends together: 0.1 for the middle 90 %.
func (p *Predictive) Band(outside float64) (lower, upper []float64) {
	column := make([]float64, len(p.Xs))
	for i := range p.Observation {
		for k, x := range p.Xs {
			column[k] = x[i]
		}
		lower, upper = append(lower, quantile(column, outside/2)), append(upper, quantile(column, 1-outside/2))
	}
	return lower, upper
}

// Within is the share of the observation's values within the band.
func (p *Predictive) Within(outside float64) float64 {
	lower, upper := p.Band(outside)
	count := 0
	for i, v := range p.Observation {
		if v >= lower[i] && v <= upper[i] {
			count++
		}
	}
	return float64(count) / float64(len(p.Observation))
}

// Distance is the median, over the simulations, of the root mean square difference
// from the observation.
func (p *Predictive) Distance() float64 {
	all := make([]float64, len(p.Xs))
	for k, x := range p.Xs {
		all[k] = math.Sqrt(squareDistance(x, p.Observation) / float64(len(x)))
	}
	return quantile(all, 0.5)
}

// String says how the simulations compare.
func (p *Predictive) String() string {
	failed := ""
	if p.Failed > 0 {
		failed = fmt.Sprintf(" (%d more failed)", p.Failed)
	}
	return fmt.Sprintf("%d simulations of the posterior%s; %.0f %% of the observation lies within the middle 90 %% of them, the median difference is %.3g", len(p.Xs), failed, 100*p.Within(0.1), p.Distance())
}
