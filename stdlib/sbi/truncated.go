package sbi

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// truncated draws from the prior where the posterior's density is above the
// quantile 10⁻⁴ of its own samples.
func (p *Posterior) truncated(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	const samples, quantile, most = 100_000, 1e-4, 500_000_000
	own, err := p.draw(ctx, samples, seed)
	if err != nil {
		return nil, err
	}
	density, err := p.flowLogProb(ctx, own)
	if err != nil {
		return nil, err
	}
	sorted := append([]float64(nil), density...)
	sort.Float64s(sorted)
	threshold := sorted[int(quantile*samples)]
	lower, upper := boxAround(own, density, threshold)
	var kept [][]float64
	tried := 0
	for pass := uint64(1); len(kept) < n; pass++ {
		draws, count, err := drawWithin(ctx, p.prior, lower, upper, max(drawBatch, 4*n), seed+pass)
		if err != nil {
			return nil, err
		}
		tried += count
		density, err := p.flowLogProb(ctx, draws)
		if err != nil {
			return nil, err
		}
		for i, d := range density {
			if d > threshold && len(kept) < n {
				kept = append(kept, draws[i])
			}
		}
		if tried > most {
			return nil, fmt.Errorf("sbi: only %d of %d draws of the prior lie where the posterior is; leave Truncated out or use fewer rounds", len(kept), tried)
		}
	}
	return kept, nil
}

// boxAround is the box of the samples above a density, with a margin: draws of
// the prior beyond it need no look at their density.
func boxAround(samples [][]float64, density []float64, threshold float64) (lower, upper []float64) {
	dim := len(samples[0])
	lower, upper = make([]float64, dim), make([]float64, dim)
	for d := range dim {
		lower[d], upper[d] = math.Inf(1), math.Inf(-1)
	}
	for i, theta := range samples {
		if density[i] < threshold {
			continue
		}
		for d, v := range theta {
			lower[d], upper[d] = math.Min(lower[d], v), math.Max(upper[d], v)
		}
	}
	for d := range dim {
		margin := 0.1 * (upper[d] - lower[d])
		lower[d], upper[d] = lower[d]-margin, upper[d]+margin
	}
	return lower, upper
}

// drawWithin draws from the prior until n draws lie within a box, or 20 million
// were tried, and gives those and the number tried.
func drawWithin(ctx context.Context, prior Prior, lower, upper []float64, n int, seed uint64) (kept [][]float64, tried int, err error) {
	const most = 20_000_000
	rng := rand.New(rand.NewPCG(seed, 0x9a2))
	theta := make([]float64, prior.Dim())
	for ; len(kept) < n && tried < most; tried++ {
		if tried%100_000 == 0 && ctx.Err() != nil {
			return nil, tried, ctx.Err()
		}
		prior.Sample(rng, theta)
		inside := true
		for d, v := range theta {
			inside = inside && v >= lower[d] && v <= upper[d]
		}
		if inside {
			kept = append(kept, append([]float64(nil), theta...))
		}
	}
	return kept, tried, nil
}
