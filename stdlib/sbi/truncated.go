package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// TruncatedPrior is a prior without the regions where a posterior has no mass:
// where its density is below a quantile of its own samples' (Deistler, Gonçalves
// and Macke 2022, https://arxiv.org/abs/2210.04815). Its density is known up to a
// constant alone, which inference by this package does not need.
//
// It is drawn from by rejection in a box around the posterior, or, where hardly a
// draw of the box would be kept, by rejection from the posterior's estimator with
// wider noise, of which the prior's density is at most so many times the estimator's
// but for one part in a hundred.
type TruncatedPrior struct {
	Prior        // the prior before
	posterior    *Posterior
	threshold    float64    // of the posterior's log-density
	lower, upper []float64  // box around what is above it
	near         Prior      // the prior within that box, as far as it can be drawn from directly
	wide         *wideDraws // instead of draws from the box; nil where that will do
	mean, std    []float64
}

// truncatedQuantile is the share of a posterior's samples that a truncated prior
// leaves out, in the Python toolbox and by default.
const truncatedQuantile = 1e-4

// Truncate gives the prior restricted to where the posterior's density is above a
// quantile of its samples' densities: the share of the posterior that may be lost.
// 0 means 1e-4. The quantile is that of 100,000 samples, of which ten lie below it by
// default; the Python toolbox draws a million. That would tell the share to a tenth
// instead of a third, of a ten-thousandth of the posterior, and take ten times as
// long. Where nearly all samples leak out of the prior, at least 2,000 must lie within,
// and the least dense of them sets the threshold: about one in 2,000 is lost. It
// fails for shares outside 0 … 1, when hardly a sample lies within the prior, and when
// hardly a draw of the prior lies where the posterior has mass.
func (p *Posterior) Truncate(ctx context.Context, quantile float64, seed uint64) (*TruncatedPrior, error) {
	t, err := p.truncate(ctx, quantile, seed)
	if err != nil {
		return nil, err
	}
	draws, err := t.Draw(ctx, 4000, seed)
	if err != nil {
		return nil, err
	}
	t.mean, t.std = (&Samples{Values: draws}).moments()
	return t, nil
}

// truncate is Truncate without the moments.
func (p *Posterior) truncate(ctx context.Context, quantile float64, seed uint64) (*TruncatedPrior, error) {
	if quantile == 0 {
		quantile = truncatedQuantile
	}
	if !(quantile > 0 && quantile < 1) {
		return nil, fmt.Errorf("sbi: truncate at the quantile %g; want above 0 and below 1", quantile)
	}
	own, err := p.drawInside(ctx, seed)
	if err != nil {
		return nil, err
	}
	density, err := p.flowLogProb(ctx, own)
	if err != nil {
		return nil, err
	}
	sorted := append([]float64(nil), density...)
	sort.Float64s(sorted)
	t := &TruncatedPrior{Prior: p.prior, posterior: p, threshold: sorted[int(quantile*float64(len(sorted)))]}
	t.lower, t.upper = boxAround(own, density, t.threshold)
	t.near = clipped(p.prior, t.lower, t.upper)
	t.wide, err = t.plan(ctx, seed)
	return t, err
}

// drawInside gives 100,000 draws of the estimator without those that leak; where
// nearly all do, it draws more, up to ten million.
func (p *Posterior) drawInside(ctx context.Context, seed uint64) (inside [][]float64, err error) {
	const enough, fewest, most = 100_000, 2000, 100
	for pass := uint64(0); len(inside) < fewest && pass < most; pass++ {
		draws, err := p.draw(ctx, enough, seed+pass<<32)
		if err != nil {
			return nil, err
		}
		for _, theta := range draws {
			if Within(p.prior, theta) {
				inside = append(inside, theta)
			}
		}
	}
	if len(inside) == 0 {
		return nil, errors.New("sbi: none of ten million draws of the estimator lies within the prior; the observation may be unlike the simulations (CheckObservation), or the estimator live on the prior's box (Options.Support)")
	}
	return inside, nil
}

// clipped is a prior on the condition that parameters lie within a box, as far as
// it can be drawn from directly.
func clipped(p Prior, lower, upper []float64) Prior {
	switch p := p.(type) {
	case *Product:
		return p.clip(lower, upper)
	case *joint:
		return p.clip(lower, upper)
	case *RestrictedPrior:
		within := *p
		within.Prior = clipped(p.Prior, lower, upper)
		return &within
	}
	return p
}

// accepts says whether the posterior has mass around a parameter vector.
func (t *TruncatedPrior) accepts(theta []float64) bool {
	if !inBox(theta, t.lower, t.upper) {
		return false
	}
	density, err := t.posterior.flowLogProb(context.Background(), [][]float64{theta})
	return err == nil && density[0] > t.threshold
}

// Sample writes one draw to theta: the first of the prior's that is accepted, or NaN
// when none of ten million is.
func (t *TruncatedPrior) Sample(rng *rand.Rand, theta []float64) {
	const most = 10_000_000
	for tried := 0; tried < most; tried++ {
		if t.wide != nil {
			kept, count, err := t.fromWide(context.Background(), t.wide.batchFor(1), rng.Uint64())
			if tried += count; err == nil && len(kept) > 0 {
				copy(theta, kept[0])
				return
			}
			continue
		}
		t.near.Sample(rng, theta)
		if t.accepts(theta) {
			return
		}
	}
	nowhere(theta)
}

// LogProb is the logarithm of the prior's density where the posterior has mass,
// not normalised, and −Inf elsewhere.
func (t *TruncatedPrior) LogProb(theta []float64) float64 {
	return logProbWhere(t.accepts, t.Prior, theta)
}

// Mean is that of 4,000 draws.
func (t *TruncatedPrior) Mean() []float64 { return slices.Clone(t.mean) }

// Std is the standard deviation of 4,000 draws.
func (t *TruncatedPrior) Std() []float64 { return slices.Clone(t.std) }

// Err says what is wrong with the prior, if anything.
func (t *TruncatedPrior) Err() error {
	if t.posterior == nil {
		return errors.New("sbi: a truncated prior of no posterior; use Posterior.Truncate")
	}
	return t.Prior.Err()
}

// String says where the posterior has mass, and by which observation.
func (t *TruncatedPrior) String() string {
	if t.posterior == nil {
		return t.Err().Error()
	}
	text := "prior where the posterior given " + brief(t.posterior.observation) + " has mass: "
	for i, name := range t.Names() {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s from %.4g to %.4g", name, t.lower[i], t.upper[i])
	}
	return text + " at most"
}

// Draw gives n draws of the prior that lie where the posterior has mass. It fails when
// hardly any does.
func (t *TruncatedPrior) Draw(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	// draw counts on from its seed: those of two calls must lie far apart.
	return t.draw(ctx, n, rand.New(rand.NewPCG(seed, 0x9a3)).Uint64())
}

// draw is Draw from another seed.
func (t *TruncatedPrior) draw(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	return searched(n, func(missing int, pass uint64) (kept [][]float64, tried int, err error) {
		if t.wide != nil {
			return t.fromWide(ctx, t.wide.batchFor(missing), seed+pass)
		}
		return t.fromBox(ctx, max(drawBatch, 4*n), seed+pass)
	}, "around the posterior lie where it has mass; leave Truncated out or use fewer rounds")
}

// fromBox gives those of n draws of the box that are accepted, and the number of
// the prior's draws that it took.
func (t *TruncatedPrior) fromBox(ctx context.Context, n int, seed uint64) (kept [][]float64, tried int, err error) {
	draws, tried, err := drawWithin(ctx, t.near, t.lower, t.upper, n, seed)
	if err != nil {
		return nil, tried, err
	}
	density, err := t.posterior.flowLogProb(ctx, draws)
	for i, d := range density {
		if d > t.threshold {
			kept = append(kept, draws[i])
		}
	}
	return kept, tried, err
}

// truncated draws from the prior where the posterior has mass.
func (p *Posterior) truncated(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	t, err := p.truncate(ctx, 0, seed)
	if err != nil {
		return nil, err
	}
	return t.draw(ctx, n, seed)
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

// inBox says whether a parameter vector lies within a box.
func inBox(theta, lower, upper []float64) bool {
	for d, v := range theta {
		if !(v >= lower[d] && v <= upper[d]) {
			return false
		}
	}
	return true
}

// drawWithin draws from the prior until n draws lie within a box, or 20 million
// were tried, and gives those and the number tried.
func drawWithin(ctx context.Context, prior Prior, lower, upper []float64, n int, seed uint64) (kept [][]float64, tried int, err error) {
	const most = 20_000_000
	rng := rand.New(rand.NewPCG(seed, 0x9a2))
	for len(kept) < n && tried < most {
		draws, err := drawFrom(ctx, prior, drawBatch, rng)
		if err != nil {
			return nil, tried, err
		}
		for _, theta := range draws {
			if len(kept) == n {
				break
			}
			if tried++; inBox(theta, lower, upper) {
				kept = append(kept, theta)
			}
		}
	}
	return kept, tried, nil
}
