package sbi

import (
	"context"
	"fmt"
	"math"
)

// Mode is a parameter vector of high density.
type Mode struct {
	Theta   []float64
	LogProb float64  // the log-density there
	Names   []string // of the parameters
}

// String says where it is.
func (m Mode) String() string {
	if len(m.Theta) == 0 {
		return "no mode"
	}
	return fmt.Sprintf("mode at %s, of log-density %.4g", withNames(m.Names, m.Theta), m.LogProb)
}

// MAP gives the parameter vector of the largest posterior density that was
// found: the best of 1,000 samples, moved uphill from the ten
// best by 500 steps of Adam in the estimator's space. Parameters of a box stay
// within it.
func (p *Posterior) MAP(ctx context.Context) (Mode, error) {
	if err := p.made(); err != nil {
		return Mode{}, err
	}
	f, err := p.ownFlow()
	if err != nil {
		return Mode{}, err
	}
	return highest(ctx, p, p, p.seed, func(u []float32) ([]float64, error) {
		grad, err := p.pointGradient(f, u)
		up, dim := make([]float64, len(grad)), p.prior.Dim()
		for i, g := range grad {
			k := i % dim
			v := p.warp.mean[k] + p.warp.std[k]*float64(u[i])
			up[i] = float64(g) + p.warp.slopeSlope(k, v)*p.warp.std[k]
		}
		return up, err
	})
}

// MAP gives the parameter vector of the mixture's largest density that was found, as
// Posterior.MAP does. It fails for members other than a Posterior or an Ensemble.
func (e *Ensemble) MAP(ctx context.Context) (Mode, error) {
	space, err := e.space()
	if err != nil {
		return Mode{}, err
	}
	w, dim := space.warp, space.prior.Dim()
	return highest(ctx, e, space, e.seed, func(u []float32) ([]float64, error) {
		thetas := make([][]float64, len(u)/dim)
		for i := range thetas {
			thetas[i] = make([]float64, dim)
			w.fromFlow(u[i*dim:][:dim], thetas[i])
		}
		grad, err := e.Gradient(ctx, thetas)
		if err != nil {
			return nil, err
		}
		up := make([]float64, 0, len(u))
		for i, g := range grad {
			for k, slope := range g {
				_, logSlope := w.unbox(k, thetas[i][k])
				along := slope * w.std[k] * math.Exp(-logSlope)
				if math.IsNaN(along) { // at an edge, which is infinitely far in its space
					along = 0
				}
				up = append(up, along)
			}
		}
		return up, nil
	})
}

// space is the first Posterior among the members, in whose space they are climbed.
func (e *Ensemble) space() (*Posterior, error) {
	if err := e.made(); err != nil {
		return nil, err
	}
	switch first := e.members[0].(type) {
	case *Posterior:
		return first, nil
	case *Ensemble:
		return first.space()
	}
	return nil, errNoSlope(0, e.members[0])
}

// highest climbs from the densest samples of d, in the space of an estimator where
// uphill gives the slope of the log-density of parameters.
func highest(ctx context.Context, d Distribution, space *Posterior, seed uint64, uphill func(u []float32) ([]float64, error)) (Mode, error) {
	const candidates, starts, steps, rate = 1000, 10, 500, 0.02
	s, err := d.SampleSeed(ctx, candidates, seed^0x3a9)
	if err != nil {
		return Mode{}, err
	}
	logs, err := d.LogProb(ctx, s.Values)
	if err != nil {
		return Mode{}, err
	}
	order := sorted(logs)
	dim := space.prior.Dim()
	u := make([]float32, starts*dim)
	best := make([][]float64, 0, starts*2)
	for i := range starts {
		at := s.Values[order[len(order)-1-i]]
		best = append(best, at)
		space.warp.toFlow(at, u[i*dim:][:dim])
	}
	mean, square := make([]float64, len(u)), make([]float64, len(u))
	low, high := space.edges()
	lower, upper := space.prior.Bounds()
	for step := 1; step <= steps; step++ {
		if err := ctx.Err(); err != nil {
			return Mode{}, err
		}
		slopes, err := uphill(u)
		if err != nil {
			return Mode{}, err
		}
		decay := rate * (1 - float64(step)/(steps+1))
		for i, up := range slopes {
			k := i % dim
			mean[i] = 0.9*mean[i] + 0.1*up
			square[i] = 0.99*square[i] + 0.01*up*up
			u[i] += float32(decay * mean[i] / (1 - math.Pow(0.9, float64(step))) / (math.Sqrt(square[i]/(1-math.Pow(0.99, float64(step)))) + 1e-8))
			u[i] = min(max(u[i], low[k]), high[k])
		}
	}
	for i := range starts {
		at := make([]float64, dim)
		space.warp.fromFlow(u[i*dim:][:dim], at)
		for k := range at { // an edge may be rounded to beyond
			at[k] = min(max(at[k], lower[k]), upper[k])
		}
		best = append(best, at)
	}
	if logs, err = d.LogProb(ctx, best); err != nil {
		return Mode{}, err
	}
	order = sorted(logs)
	top := order[len(order)-1]
	return Mode{append([]float64(nil), best[top]...), logs[top], d.Names()}, nil
}

// edges gives the prior's bounds in the flow's space, ±Inf where there are none or
// the flow can't pass them.
func (p *Posterior) edges() (low, high []float32) {
	lower, upper := p.prior.Bounds()
	for i := range lower {
		a, b := math.Inf(-1), math.Inf(1)
		if p.warp.leaks(i, lower[i], upper[i]) {
			a, b = lower[i], upper[i]
			if p.warp.logarithmic(i) {
				a, b = math.Log(max(a, 0)), math.Log(b)
			}
		}
		low = append(low, float32((a-p.warp.mean[i])/p.warp.std[i]))
		high = append(high, float32((b-p.warp.mean[i])/p.warp.std[i]))
	}
	return low, high
}
