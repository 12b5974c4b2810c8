package sbi

import (
	"context"
	"fmt"
	"math"
)

// Differentiable is a Distribution whose density has a gradient: a Posterior or an
// Ensemble.
type Differentiable interface {
	Distribution
	// Gradient gives the gradient of the log-density at parameter vectors.
	Gradient(ctx context.Context, thetas [][]float64) ([][]float64, error)
}

func errNoSlope(member int, d Distribution) error {
	return fmt.Errorf("sbi: member %d of the ensemble, a %T, gives no gradient; want a Posterior or an Ensemble", member, d)
}

// Gradient gives the gradient of the mixture's log-density at parameter vectors, with
// respect to the parameters: that of each member by its share of the density there. It
// is zero outside the prior. It fails for members other than a Posterior or an Ensemble,
// when a vector is not as long as there are parameters, and when ctx ends.
func (e *Ensemble) Gradient(ctx context.Context, thetas [][]float64) ([][]float64, error) {
	all, err := e.LogProb(ctx, thetas)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(thetas))
	for k := range out {
		out[k] = make([]float64, len(thetas[k]))
	}
	for i, m := range e.members {
		s, ok := m.(Differentiable)
		if !ok {
			return nil, errNoSlope(i, m)
		}
		logs, err := m.LogProb(ctx, thetas)
		if err != nil {
			return nil, err
		}
		grad, err := s.Gradient(ctx, thetas)
		if err != nil {
			return nil, err
		}
		for k, slopes := range grad {
			if math.IsInf(all[k], -1) {
				continue
			}
			share := e.weights[i] * math.Exp(logs[k]-all[k])
			for d, slope := range slopes {
				out[k][d] += share * slope
			}
		}
	}
	return out, nil
}
