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
	mean, std := s.Mean(), s.Std()
	for i, row := range shape.Values {
		for d := range row {
			row[d] = (s.Values[i][d] - mean[d]) / math.Max(std[d], 1e-12)
		}
	}
	return shape
}
