package sbi

import (
	"context"
	"fmt"
	"math"
	"sync"

	"hillock/stdlib/nn"
)

// slopeSlope is the derivative of unbox's logarithmic slope with respect to the
// mapped value v.
func (w *warp) slopeSlope(i int, v float64) float64 {
	a, b := w.scaled(i)
	if math.IsInf(a, -1) {
		if w.logarithmic(i) {
			return -1
		}
		return 0
	}
	along, density := v, math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)
	if w.support == BoxLogit {
		p := w.share(v)
		along, density = math.Tanh(v/2), p*(1-p) // of −log p(1 − p)
	}
	if w.logarithmic(i) {
		along -= (b - a) * density
	}
	return along
}

// ownFlow gives a copy of the flow. Taking a gradient writes to a flow's tensors, so
// each goroutine that does needs one.
func (p *Posterior) ownFlow() (flow, error) {
	return buildFlow(p.kind, p.prior.Dim(), len(p.context), weightsOf(p.flow))
}

// pointGradient gives the gradient of log q in the flow's space, for points of it
// and an ownFlow.
func (p *Posterior) pointGradient(f flow, u []float32) ([]float32, error) {
	dim := p.prior.Dim()
	tape := nn.NewTape(nn.TapeOptions{Goroutines: 1})
	x, err := nn.FromSlice(u, len(u)/dim, dim)
	if err != nil {
		return nil, err
	}
	c, err := nn.FromSlice(p.context, 1, len(p.context))
	if err != nil {
		return nil, err
	}
	x.WantGradient()
	err = tape.Backward(tape.Sum(f.logProb(tape, x, c)))
	return x.Grad, err
}

// Gradient gives the gradient of the log-density at parameter vectors, with
// respect to the parameters. It is zero outside the prior. It fails when a vector is
// not as long as there are parameters, and when ctx ends.
func (p *Posterior) Gradient(ctx context.Context, thetas [][]float64) ([][]float64, error) {
	if err := p.made(); err != nil {
		return nil, err
	}
	dim := p.prior.Dim()
	for i, theta := range thetas {
		if len(theta) != dim {
			return nil, fmt.Errorf("sbi: parameter vector %d has %d values; want %d", i, len(theta), dim)
		}
	}
	var flows sync.Pool // about one a goroutine
	out := make([][]float64, len(thetas))
	batches := (len(thetas) + drawBatch - 1) / drawBatch
	failed := make([]error, batches)
	err := parallel(ctx, batches, func(b int) {
		f, _ := flows.Get().(flow)
		if f == nil {
			if f, failed[b] = p.ownFlow(); failed[b] != nil {
				return
			}
		}
		defer flows.Put(f)
		lo, hi := b*drawBatch, min((b+1)*drawBatch, len(thetas))
		u := make([]float32, (hi-lo)*dim)
		for i := lo; i < hi; i++ {
			p.warp.toFlow(thetas[i], u[(i-lo)*dim:][:dim])
		}
		grad, err := p.pointGradient(f, u)
		if err != nil {
			failed[b] = err
			return
		}
		for i := lo; i < hi; i++ {
			out[i] = make([]float64, dim)
			if !Within(p.prior, thetas[i]) {
				continue
			}
			for k, x := range thetas[i] {
				v, logSlope := p.warp.unbox(k, x)
				slope := math.Exp(logSlope)
				out[i][k] = slope * (float64(grad[(i-lo)*dim+k])/p.warp.std[k] + p.warp.slopeSlope(k, v))
			}
		}
	})
	for _, f := range failed {
		if err == nil {
			err = f
		}
	}
	return out, err
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
	const candidates, starts, steps, rate = 1000, 10, 500, 0.02
	s, err := p.SampleSeed(ctx, candidates, p.seed^0x3a9)
	if err != nil {
		return Mode{}, err
	}
	logs, err := p.LogProb(ctx, s.Values)
	if err != nil {
		return Mode{}, err
	}
	f, err := p.ownFlow()
	if err != nil {
		return Mode{}, err
	}
	order := sorted(logs)
	dim := p.prior.Dim()
	u := make([]float32, starts*dim)
	best := make([][]float64, 0, starts*2)
	for i := range starts {
		at := s.Values[order[len(order)-1-i]]
		best = append(best, at)
		p.warp.toFlow(at, u[i*dim:][:dim])
	}
	mean, square := make([]float64, len(u)), make([]float64, len(u))
	low, high := p.edges()
	lower, upper := p.prior.Bounds()
	for step := 1; step <= steps; step++ {
		if err := ctx.Err(); err != nil {
			return Mode{}, err
		}
		grad, err := p.pointGradient(f, u)
		if err != nil {
			return Mode{}, err
		}
		decay := rate * (1 - float64(step)/(steps+1))
		for i, g := range grad {
			k := i % dim
			v := p.warp.mean[k] + p.warp.std[k]*float64(u[i])
			up := float64(g) + p.warp.slopeSlope(k, v)*p.warp.std[k]
			mean[i] = 0.9*mean[i] + 0.1*up
			square[i] = 0.99*square[i] + 0.01*up*up
			u[i] += float32(decay * mean[i] / (1 - math.Pow(0.9, float64(step))) / (math.Sqrt(square[i]/(1-math.Pow(0.99, float64(step)))) + 1e-8))
			u[i] = min(max(u[i], low[k]), high[k])
		}
	}
	for i := range starts {
		at := make([]float64, dim)
		p.warp.fromFlow(u[i*dim:][:dim], at)
		for k := range at { // an edge may be rounded to beyond
			at[k] = min(max(at[k], lower[k]), upper[k])
		}
		best = append(best, at)
	}
	if logs, err = p.LogProb(ctx, best); err != nil {
		return Mode{}, err
	}
	order = sorted(logs)
	top := order[len(order)-1]
	return Mode{append([]float64(nil), best[top]...), logs[top], p.Names()}, nil
}
