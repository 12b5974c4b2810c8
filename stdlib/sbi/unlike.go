package sbi

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// noteUnlike notes which of parameters that were appended as draws of the prior are
// none: those of a posterior, of a grid, or of another prior, of which the estimator
// would learn something else than the posterior.
func (s *Inference) noteUnlike(thetas [][]float64) {
	// Two samples of one distribution are farther apart, by Kolmogorov and Smirnov's
	// distance, once in a million times.
	const draws, far = 2000, 2.7
	own, err := drawSeed(context.Background(), s.prior, draws, s.o.Seed^0x1ce)
	if err != nil || len(thetas) == 0 {
		return
	}
	limit := far * math.Sqrt(1/float64(draws)+1/float64(len(thetas)))
	for d, name := range s.prior.Names() {
		if ksDistance(column(thetas, d), column(own, d)) > limit {
			s.unlike = fmt.Sprintf("the values of %s that were appended are not spread as the prior says, which is right only where simulations that failed were left out; append what was simulated of draws from the prior, begin with the prior that they are from, or set Options.Observation if they are from the last round's posterior", name)
			return
		}
	}
}

func column(rows [][]float64, d int) []float64 {
	values := make([]float64, len(rows))
	for i, row := range rows {
		values[i] = row[d]
	}
	return values
}

// ksDistance is the largest difference of the distribution functions of two samples,
// which it sorts.
func ksDistance(a, b []float64) float64 {
	slices.Sort(a)
	slices.Sort(b)
	most, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		at := min(a[i], b[j])
		for i < len(a) && a[i] <= at {
			i++
		}
		for j < len(b) && b[j] <= at {
			j++
		}
		most = max(most, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most
}
