package study

import (
	"context"
	"fmt"
	"math"

	"hillock/stdlib/sbi"
)

// Differences says how well a classifier tells each set of samples from each
// other (sbi.C2ST): 0.5 where two sets can't be told apart, 1 where they can
// always. The table is symmetric, with 0.5 for a set and itself. Samples of some
// sets may be fewer than of others: all are cut to the smallest number.
func Differences(ctx context.Context, sets []*sbi.Samples, o sbi.C2STOptions) ([][]float64, error) {
	least := math.MaxInt
	for _, s := range sets {
		least = min(least, s.Len())
	}
	table := make([][]float64, len(sets))
	for i := range sets {
		table[i] = make([]float64, len(sets))
		table[i][i] = 0.5
		for j := range i {
			accuracy, err := sbi.C2ST(ctx, sets[i].Values[:least], sets[j].Values[:least], o)
			if err != nil {
				return nil, fmt.Errorf("study: sets %d and %d: %w", i, j, err)
			}
			table[i][j], table[j][i] = accuracy, accuracy
		}
	}
	return table, nil
}

// Shape moves and scales samples so that every parameter has mean 0 and
// deviation 1: what is left to tell two sets apart is how parameters depend on
// one another, and how far their distributions are from normal ones.
func Shape(s *sbi.Samples) *sbi.Samples {
	shape := &sbi.Samples{Names: s.Names, Values: make([][]float64, s.Len())}
	for i := range shape.Values {
		shape.Values[i] = make([]float64, len(s.Names))
	}
	for d := range s.Names {
		mean, std := moments(s.Column(d))
		for i, row := range shape.Values {
			row[d] = (s.Values[i][d] - mean) / std
		}
	}
	return shape
}

// moments are mean and standard deviation, which is at least a tiny number.
func moments(values []float64) (mean, std float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		std += (v - mean) * (v - mean) / n
	}
	return mean, math.Max(math.Sqrt(std), 1e-12)
}
