package sbi

import (
	"slices"
	"testing"
)

// TestParametersThatAreNoDrawsOfThePriorAreWarnedOf, of whatever number of them.
func TestParametersThatAreNoDrawsOfThePriorAreWarnedOf(t *testing.T) {
	box := BoxUniform([]float64{0, 0}, []float64{1, 1}, "a", "b")
	var grid [][]float64
	for i := range 20 {
		for j := range 20 {
			grid = append(grid, []float64{(float64(i) + 0.5) / 20, (float64(j) + 0.5) / 20})
		}
	}
	codes := CodeUniform([]int{0, 0}, []int{3, 100})
	narrow := func(n int) [][]float64 {
		return Draw(BoxUniform([]float64{0, 0.4}, []float64{1, 0.6}), n, 1)
	}
	for name, c := range map[string]struct {
		prior  Prior
		thetas [][]float64
		warns  bool
	}{
		"draws":           {box, Draw(box, 4000, 1), false},
		"few draws":       {box, Draw(box, 10, 1), false},
		"a grid":          {box, grid, false},
		"codes":           {codes, Draw(codes, 3000, 2), false},
		"a posterior":     {box, narrow(1000), true},
		"few of them":     {box, narrow(100), true},
		"another prior":   {Normal([]float64{0, 0}, []float64{1, 1}), Draw(Normal([]float64{0, 0.2}, []float64{1, 1}), 20_000, 1), true},
		"the same normal": {Normal([]float64{0, 0}, []float64{1, 1}), Draw(Normal([]float64{0, 0}, []float64{1, 1}), 20_000, 1), false},
	} {
		inf := &Inference{prior: c.prior}
		if inf.noteUnlike(c.thetas); (inf.unlike != "") != c.warns {
			t.Errorf("%s: it says %q", name, inf.unlike)
		}
	}
}

func TestKSDistance(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, 2}, []float64{1, 2}, 0},
		{[]float64{1, 1, 1}, []float64{1}, 0},
		{[]float64{1, 2}, []float64{3}, 1},
		{[]float64{1, 3}, []float64{2, 4}, 0.5},
		{[]float64{1, 2, 3, 4}, []float64{4, 5}, 0.75},
	} {
		if got := ksDistance(slices.Clone(c.a), slices.Clone(c.b)); got != c.want {
			t.Errorf("%v and %v are %g apart, want %g", c.a, c.b, got, c.want)
		}
	}
}
