package study_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// normals draws two parameters with a correlation, moved and scaled.
func normals(n int, correlation, mean, std float64, seed uint64) *sbi.Samples {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := &sbi.Samples{Names: []string{"x", "y"}}
	for range n {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		y = correlation*x + math.Sqrt(1-correlation*correlation)*y
		s.Values = append(s.Values, []float64{mean + std*x, mean + std*y})
	}
	return s
}

// Moved and scaled sets have the same shape; another correlation is another one.
func TestShape(t *testing.T) {
	accuracy := func(a, b *sbi.Samples) float64 {
		v, err := sbi.C2ST(context.Background(), study.Shape(a).Values, study.Shape(b).Values, sbi.C2STOptions{Tested: 2, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	one := normals(500, 0.8, 0, 1, 1)
	if v := accuracy(one, normals(500, 0.8, 3, 2, 2)); v > 0.58 {
		t.Errorf("moved and scaled sets differ in shape: %g", v)
	}
	if v := accuracy(one, normals(500, -0.8, 0, 1, 3)); v < 0.7 {
		t.Errorf("another correlation is the same shape: %g", v)
	}
	s := study.Shape(normals(50, 0, 7, 3, 5))
	if mean, deviation := sum(s.Column(0))/50, sum(squares(s.Column(1)))/50; math.Abs(mean) > 1e-9 || math.Abs(deviation-1) > 1e-9 {
		t.Errorf("mean %g and variance %g", mean, deviation)
	}
}

func squares(values []float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = v * v
	}
	return all
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// The coverage of a calibration at a level is the share of truths within it.
func TestCovered(t *testing.T) {
	c := &sbi.Calibration{}
	for k := range 100 {
		c.Denser = append(c.Denser, (float64(k)+0.5)/100)
	}
	for level, want := range map[float64]float64{0.5: 0.5, 0.95: 0.95, 0: 0, 1: 1} {
		if got := study.Covered(c, level); math.Abs(got-want) > 1e-9 {
			t.Errorf("at %g: %g", level, got)
		}
	}
	r := study.NewResults("test", study.CI, 1)
	r.SetCoverage("raw", c)
	if got := r.Value("raw: coverage at 90 %"); got != 90 {
		t.Errorf("kept is %g %%", got)
	}
}
