package sbi

import (
	"context"
	"math"
	"math/rand/v2"
)

// mostReferences is of how many cases the truths serve as reference points.
const mostReferences = 500

// referencePoints gives TARP's point for every case: the truth of the nearest case
// before it, by the standardised observations, and of the first a draw of the prior.
// A truth of its own or a later case would tie ranks to one another: as it is, given
// all observations and the cases before, the rank of every case is uniform for right
// posteriors, so that the ranks are independent.
func referencePoints(ctx context.Context, truths, xs [][]float64, o CalibrationOptions) ([][]float64, error) {
	scales := newStandard(xs, false).std
	points := make([][]float64, len(xs))
	points[0] = make([]float64, len(truths[0]))
	o.Prior.Sample(rand.New(rand.NewPCG(o.Seed^0x7a29, 0)), points[0])
	err := parallel(ctx, len(xs)-1, func(i int) {
		i++
		least := math.Inf(1)
		for j := range min(i, mostReferences) {
			d := 0.0
			for k, v := range xs[i] {
				e := (v - xs[j][k]) / scales[k]
				d += e * e
			}
			if d < least {
				least, points[i] = d, truths[j]
			}
		}
		if points[i] == nil { // all of them too far off to be told apart
			points[i] = truths[0]
		}
	})
	return points, err
}
