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

// Moved and scaled sets differ, but not in shape; another correlation is another
// shape.
func TestDifferences(t *testing.T) {
	ctx := context.Background()
	sets := []*sbi.Samples{normals(600, 0.8, 0, 1, 1), normals(500, 0.8, 3, 2, 2), normals(500, -0.8, 0, 1, 3)}
	o := sbi.C2STOptions{Tested: 2, Seed: 4}
	table, err := study.Differences(ctx, sets, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sets {
		sets[i] = study.Shape(sets[i])
	}
	shape, err := study.Differences(ctx, sets, o)
	if err != nil {
		t.Fatal(err)
	}
	if table[0][1] < 0.8 || table[1][0] != table[0][1] || table[0][0] != 0.5 {
		t.Errorf("moved and scaled: %v", table)
	}
	if shape[0][1] > 0.58 {
		t.Errorf("moved and scaled sets differ in shape: %v", shape)
	}
	if shape[0][2] < 0.7 {
		t.Errorf("another correlation: %v", shape)
	}
	if s := study.Shape(normals(50, 0, 7, 3, 5)); math.Abs(s.Pearson().Values[0][1]) > 1 || math.Abs(sum(s.Column(0))) > 1e-9 {
		t.Errorf("not centred: %v", s)
	}
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
