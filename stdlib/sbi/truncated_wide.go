package sbi

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// wideDraws is how a truncated prior is drawn from by way of its posterior's
// estimator. Where parameters depend on one another, or are many, a box around the
// posterior holds little but what must be rejected; the estimator knows the shape.
// Its draws gather in the middle, though, while the prior's are everywhere alike:
// so its noise is made wider by a factor, and draws are kept in proportion to the
// ratio of the prior's density to that of the wider draws.
type wideDraws struct {
	factor     float32 // of the noise
	most       float64 // log of the ratio from which all draws are kept
	acceptance float64 // share of draws that are kept
}

const (
	pilotDraws    = 20_000 // from which the acceptance of each way to draw is estimated
	enoughInBox   = 0.01   // acceptance of the box above which no other way is looked for
	cappedRatios  = 0.01   // share of the ratios' sum that may be lost by keeping all draws above most
	fewestPerPass = 100
)

// plan chooses the way to draw: nil for the box, which is not looked beyond when
// enough of its draws are kept.
func (t *TruncatedPrior) plan(ctx context.Context, seed uint64) (*wideDraws, error) {
	kept, tried, err := t.fromBox(ctx, pilotDraws, seed)
	if err != nil {
		return nil, err
	}
	box := float64(len(kept)) / float64(max(tried, 1))
	if box >= enoughInBox {
		return nil, nil
	}
	best, err := t.widest(ctx, seed)
	if err != nil {
		return nil, err
	}
	if best.acceptance <= 2*box { // a draw of the estimator costs about as much as its density does
		return nil, nil
	}
	return best, nil
}

// widest gives the factor of the noise at which most draws are kept.
func (t *TruncatedPrior) widest(ctx context.Context, seed uint64) (*wideDraws, error) {
	var best *wideDraws
	for _, factor := range []float32{1, 1.2, 1.5, 2, 2.5} {
		_, ratios, err := t.ratios(ctx, pilotDraws, seed, factor)
		if err != nil {
			return nil, err
		}
		w := &wideDraws{factor: factor}
		w.most, w.acceptance = capRatios(ratios)
		if best == nil || w.acceptance > best.acceptance {
			best = w
		}
	}
	return best, nil
}

// ratios gives draws of the estimator with wider noise and the logarithm of the
// ratio of the truncated prior's density to theirs, up to a constant. With z the
// noise of a draw, its density is the estimator's times N(z; 0, factor²)/N(z; 0, 1).
func (t *TruncatedPrior) ratios(ctx context.Context, n int, seed uint64, factor float32) (draws [][]float64, ratios []float64, err error) {
	draws, squares, err := t.posterior.drawWide(ctx, n, seed, factor)
	if err != nil {
		return nil, nil, err
	}
	density, err := t.posterior.flowLogProb(ctx, draws)
	if err != nil {
		return nil, nil, err
	}
	wider := 1 - 1/(float64(factor)*float64(factor))
	ratios = make([]float64, n)
	for i, theta := range draws {
		if ratios[i] = math.Inf(-1); density[i] > t.threshold && inBox(theta, t.lower, t.upper) {
			ratios[i] = t.Prior.LogProb(theta) - density[i] - wider/2*float64(squares[i])
		}
	}
	return draws, ratios, nil
}

// capRatios gives the logarithm of the ratio from which all draws are kept, such
// that what is lost by that is a small share of the ratios' sum, and the share of
// all draws that is kept then.
func capRatios(ratios []float64) (most, acceptance float64) {
	sorted := slices.Clone(ratios)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	if len(sorted) == 0 || math.IsInf(sorted[0], -1) {
		return 0, 0
	}
	sum := 0.0
	for _, r := range sorted {
		sum += math.Exp(r - sorted[0])
	}
	// With the cap at v, the i ratios above it lose what they have beyond it.
	limit, above, v := cappedRatios*sum, 0.0, 1.0
	i := 0
	for ; i < len(sorted); i++ {
		next := math.Exp(sorted[i] - sorted[0])
		if above-float64(i)*next > limit {
			break
		}
		v = next
		above += next
	}
	if i < len(sorted) {
		v = (above - limit) / float64(i)
	}
	return sorted[0] + math.Log(v), (sum - above + float64(i)*v) / (v * float64(len(sorted)))
}

// batchFor is the number of draws from which so many are likely kept.
func (w *wideDraws) batchFor(n int) int {
	return min(1_000_000, max(fewestPerPass, int(1.2*float64(n)/w.acceptance)))
}

// fromWide gives those of n wider draws of the estimator that are kept.
func (t *TruncatedPrior) fromWide(ctx context.Context, n int, seed uint64) (kept [][]float64, tried int, err error) {
	draws, ratios, err := t.ratios(ctx, n, seed, t.wide.factor)
	if err != nil {
		return nil, n, err
	}
	rng := rand.New(rand.NewPCG(seed, 0x71de))
	for i, r := range ratios {
		if math.Log(rng.Float64()) >= r-t.wide.most {
			continue
		}
		if roundCodes(t.Prior, draws[i]) && !t.accepts(draws[i]) {
			continue
		}
		kept = append(kept, draws[i])
	}
	return kept, n, nil
}
