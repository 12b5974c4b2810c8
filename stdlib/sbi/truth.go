package sbi

import (
	"context"
	"errors"
)

// LogProbOf gives the logarithm of the posterior's density at parameters, for
// Options.Observation, as the estimator sees it now. Called after every round with
// the parameters that the observation was made with, it shows how the rounds
// close in on them; viz.Rounds draws it. It fails before the first round and
// without an observation.
func (s *Inference) LogProbOf(ctx context.Context, theta []float64) (float64, error) {
	if err := s.begun(); err != nil {
		return 0, err
	}
	if s.o.Observation == nil {
		return 0, errors.New("sbi: LogProbOf is for Options.Observation, which this inference lacks; set it, or take the LogProb of a Posterior")
	}
	p, err := s.Posterior(s.o.Observation)
	if err != nil {
		return 0, err
	}
	logs, err := p.LogProb(ctx, [][]float64{theta})
	if err != nil {
		return 0, err
	}
	return logs[0], nil
}
