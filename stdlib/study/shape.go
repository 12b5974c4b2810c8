package study

import (
	"math"

	"hillock/stdlib/sbi"
)

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
