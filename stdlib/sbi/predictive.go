package sbi

import (
	"context"
	"fmt"
	"math"
	"slices"

	"hillock/internal/grouped"
	"hillock/stdlib/viz"
)

// Predictive is a posterior predictive check: simulations of the posterior's
// samples beside the observation.
type Predictive struct {
	Observation []float64
	Thetas      [][]float64
	Xs          [][]float64 // simulations, of those that did not fail
	Failed      int
	// Step is what lies between two values of a trace, in the unit that Labels names,
	// and Labels are those of its figure: 0.1 and viz.Labels{X: "time (ms)", Y: "V (mV)"}.
	// Without them the figure counts values, from 0. Set them before it is shown.
	Step   float64
	Labels viz.Labels
	// Names are those of the values of an observation of few, with their units, such as
	// "rate (Hz)"; missing ones are x_1, x_2, … Set them, too, before it is shown.
	Names []string
}

// PosteriorPredictive simulates n samples of a posterior, one or more, and keeps what
// came out beside the observation that the posterior is given. It fails without a
// posterior or a simulator, when the posterior is that of another observation, and when
// no simulation is usable: those of another length than the observation are not.
func PosteriorPredictive(ctx context.Context, d Distribution, observation []float64, simulator Simulator, n int, seed uint64) (*Predictive, error) {
	switch {
	case d == nil || simulator == nil:
		return nil, fmt.Errorf("sbi: predictive check of %T by the simulator %T; want both, such as a Posterior and a SimulatorFunc", d, simulator)
	case n < 1:
		return nil, fmt.Errorf("sbi: predictive check by %d simulations; want one or more", n)
	}
	if own := givenTo(d); own != nil && !slices.Equal(own, observation) {
		return nil, fmt.Errorf("sbi: predictive check of the posterior given %s beside another observation, %s; want the same (to compare with another one, set Predictive.Observation afterwards)", brief(own), brief(observation))
	}
	s, err := d.SampleSeed(ctx, n, seed)
	if err != nil {
		return nil, err
	}
	xs, reason, err := observed(ctx, simulator, s.Values, seed^0x99c, expected{width: len(observation), of: "the observation has"})
	if err != nil {
		return nil, err
	}
	p := &Predictive{Observation: append([]float64(nil), observation...)}
	for i, x := range xs {
		if !finite(x) {
			p.Failed++
			continue
		}
		p.Thetas, p.Xs = append(p.Thetas, s.Values[i]), append(p.Xs, x)
	}
	if len(p.Xs) == 0 {
		return nil, fmt.Errorf("sbi: predictive check: all of %d simulations failed%s", n, because(reason()))
	}
	return p, nil
}

// givenTo is the observation that a distribution says it is given; nil where it says none.
func givenTo(d Distribution) []float64 {
	switch d := d.(type) {
	case *Ensemble:
		if d.made() != nil {
			return nil
		}
		return d.observation
	case interface{ Observation() []float64 }:
		return d.Observation()
	}
	return nil
}

// check says what is missing for a comparison.
func (p *Predictive) check() error {
	if len(p.Xs) == 0 || len(p.Observation) == 0 {
		return fmt.Errorf("sbi: predictive check of %d simulations and an observation of %d values; PosteriorPredictive makes one", len(p.Xs), len(p.Observation))
	}
	for i, x := range p.Xs {
		if len(x) != len(p.Observation) {
			return fmt.Errorf("sbi: predictive check: simulation %d has %d values, the observation %d", i, len(x), len(p.Observation))
		}
	}
	return nil
}

// Band gives, for every value of the observation, the quantiles of the simulations
// that leave out the given share at both ends together, from 0 to below 1: 0.1 for the
// middle 90 %. It fails for other shares, and without simulations.
func (p *Predictive) Band(outside float64) (lower, upper []float64, err error) {
	if !(outside >= 0 && outside < 1) {
		return nil, nil, fmt.Errorf("sbi: predictive check: a band that leaves out the share %g; want 0 to below 1, such as 0.1 for the middle 90 %%", outside)
	}
	if err := p.check(); err != nil {
		return nil, nil, err
	}
	column := make([]float64, len(p.Xs))
	for i := range p.Observation {
		for k, x := range p.Xs {
			column[k] = x[i]
		}
		lower, upper = append(lower, quantile(column, outside/2)), append(upper, quantile(column, 1-outside/2))
	}
	return lower, upper, nil
}

// Within is the share of the observation's values within the band. It fails as Band
// does.
func (p *Predictive) Within(outside float64) (float64, error) {
	lower, upper, err := p.Band(outside)
	if err != nil {
		return 0, err
	}
	count := 0
	for i, v := range p.Observation {
		if v >= lower[i] && v <= upper[i] {
			count++
		}
	}
	return float64(count) / float64(len(p.Observation)), nil
}

// Distance is the median, over the simulations, of the root mean square difference
// from the observation; NaN without simulations.
func (p *Predictive) Distance() float64 {
	if p.check() != nil {
		return math.NaN()
	}
	all := make([]float64, len(p.Xs))
	for k, x := range p.Xs {
		all[k] = math.Sqrt(squareDistance(x, p.Observation) / float64(len(x)))
	}
	return quantile(all, 0.5)
}

// String says how the simulations compare.
func (p *Predictive) String() string {
	within, err := p.Within(0.1)
	if err != nil {
		return err.Error()
	}
	failed := ""
	if p.Failed > 0 {
		failed = fmt.Sprintf(" (%d more failed)", p.Failed)
	}
	return fmt.Sprintf("%s simulations of the posterior%s; %.0f %% of the observation lies within the middle 90 %% of them, the median difference is %.3g", grouped.Int(len(p.Xs)), failed, 100*within, p.Distance())
}
