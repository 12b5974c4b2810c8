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
