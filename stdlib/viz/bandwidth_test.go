package viz

import (
	"math"
	"math/rand/v2"
	"testing"
)

func mixed(n int, means, stds []float64) []float64 {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, n)
	for i := range x {
		k := rng.IntN(len(means))
		x[i] = means[k] + stds[k]*rng.NormFloat64()
	}
	return x
}

// TestOutlinesAreNearTheDensity compares with the densities that draws come from, and
// with what the best kernel of one width could do: of a normal distribution
// 1.06·n^(−1/5) deviations.
func TestOutlinesAreNearTheDensity(t *testing.T) {
	everywhere := span{math.Inf(-1), math.Inf(1)}
	for _, c := range []struct {
		name        string
		means, stds []float64
	}{
		{"normal", []float64{0}, []float64{1}},
		{"two narrow peaks", []float64{-10, 10}, []float64{0.2, 0.2}},
		{"narrow on wide", []float64{0, 0}, []float64{3, 0.3}},
	} {
		const n = 4000
		line := outline(mixed(n, c.means, c.stds), everywhere, 1e-3)
		integral, squares, norm := 0.0, 0.0, 0.0
		for i := 1; i < len(line); i++ {
			step := line[i].X - line[i-1].X
			want := 0.0
			for k, m := range c.means {
				z := (line[i].X - m) / c.stds[k]
				want += math.Exp(-z*z/2) / (math.Sqrt(2*math.Pi) * c.stds[k]) / float64(len(c.means))
			}
			integral += step * line[i].Y
			squares += step * (line[i].Y - want) * (line[i].Y - want)
			norm += step * want * want
		}
		if off := math.Sqrt(squares / norm); math.Abs(integral-1) > 0.01 || off > 0.06 {
			t.Errorf("%s: the outline is off by %.3f and holds %.4f", c.name, off, integral)
		}
	}
	share := make([]float64, 2048)
	whole := span{-6, 6}
	values := mixed(3000, []float64{0}, []float64{1})
	for _, v := range values {
		share[whole.part(v, len(share))] += 1.0 / 3000
	}
	if got, want := 12*bandwidth(share, 3000), 1.06*math.Pow(3000, -0.2); math.Abs(got/want-1) > 0.25 {
		t.Errorf("bandwidth %.3f for a normal distribution, want about %.3f", got, want)
	}
	if got := bandwidth(share, 10); got != 0 {
		t.Errorf("bandwidth %g of ten draws", got)
	}
}

// TestOutlinesStopAtTheLimits: what is uniform up to a limit stays so.
func TestOutlinesStopAtTheLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, 20_000)
	for i := range values {
		values[i] = rng.Float64()
	}
	line := outline(values, span{0, 1}, 0.02)
	for _, at := range line[1 : len(line)-1] {
		if math.Abs(at.Y-1) > 0.12 {
			t.Fatalf("density %.3f at %.3f of a uniform distribution", at.Y, at.X)
		}
	}
}

// TestSpansFitTheirValues, however small, and have a width where all are the same.
func TestSpansFitTheirValues(t *testing.T) {
	for _, c := range []struct{ values, want [2]float64 }{
		{[2]float64{1e-9, 2e-9}, [2]float64{0.95e-9, 2.05e-9}},
		{[2]float64{0, 0}, [2]float64{-0.5, 0.5}},
		{[2]float64{-40, -40}, [2]float64{-42, -38}},
		{[2]float64{-1, 1}, [2]float64{-1.1, 1.1}},
	} {
		s := spanOf(c.values[:], span{math.Inf(-1), math.Inf(1)})
		if size := c.want[1] - c.want[0]; math.Abs(s.low-c.want[0]) > 1e-6*size || math.Abs(s.high-c.want[1]) > 1e-6*size {
			t.Errorf("the values %v are shown from %g to %g, want %v", c.values, s.low, s.high, c.want)
		}
	}
}
