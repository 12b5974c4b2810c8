package sbi

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFewCodesAreInferred has four codes seen with noise: the posterior's share of
// each is known, and its density must be right between them, too.
func TestFewCodesAreInferred(t *testing.T) {
	const noise = 0.8
	prior := CodeUniform([]int{2}, []int{5})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{math.Round(theta[0]) + noise*rng.NormFloat64()}, nil
	})
	inf, err := NewNPE(prior, Options{Density: NSF{Transforms: 2, Hidden: 20}, Quiet: true, Seed: 1, LR: 5e-3, MaxEpochs: 40})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 4000); err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{3.5, 2.8, 5} {
		p, err := inf.Posterior([]float64{x})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Sample(t.Context(), 4000)
		if err != nil {
			t.Fatal(err)
		}
		var got, want [4]float64
		sum := 0.0
		for k := range want {
			z := (x - float64(k+2)) / noise
			want[k] = math.Exp(-z * z / 2)
			sum += want[k]
		}
		for _, theta := range s.Values {
			got[min(max(int(math.Round(theta[0]))-2, 0), 3)] += 1 / float64(s.Len())
		}
		for k := range want {
			if math.Abs(got[k]-want[k]/sum) > 0.06 {
				t.Errorf("x = %g: share %.3f of code %d, want %.3f", x, got[k], k+2, want[k]/sum)
			}
		}
	}
	c, err := Calibrate(t.Context(), inf, 300, CalibrationOptions{Draws: 400, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if c.KS()[0] < 1e-3 || c.CoverageKS() < 1e-3 {
		t.Errorf("ranks p = %.2g, coverage p = %.2g", c.KS()[0], c.CoverageKS())
	}
}

func TestOnlyFewCodesAreSpread(t *testing.T) {
	few := CodeUniform([]int{0, 10}, []int{7, 12})
	prior := Independent(few, CodeUniform([]int{0}, []int{1022}), Normal([]float64{0}, []float64{1}))
	thetas := append(Draw(prior, 500, 1), []float64{3.2, 11, 5, 2})
	spread := spreadCodes(&RestrictedPrior{Prior: prior}, thetas, 3)
	sum, squares := 0.0, 0.0
	for i, theta := range thetas {
		if !slices.Equal(theta[2:], spread[i][2:]) || !Within(prior, spread[i]) {
			t.Fatalf("%v became %v", theta, spread[i])
		}
		off := spread[i][1] - theta[1]
		sum, squares = sum+off, squares+off*off
	}
	n := float64(len(thetas))
	if mean, std := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.05 || math.Abs(std-1/math.Sqrt(12)) > 0.02 {
		t.Errorf("codes are moved by %.3f ± %.3f, want 0 ± 0.289", mean, std)
	}
	if last := spread[500]; last[0] != 3.2 || last[1] == 11 {
		t.Errorf("%v became %v", thetas[500], last)
	}
	if fewer := spreadCodes(prior, thetas[:20], 3); !slices.EqualFunc(fewer, spread[:20], slices.Equal) {
		t.Error("the first 20 are spread otherwise when there are more")
	}
	for _, p := range []Prior{CodeUniform([]int{0, 0}, []int{1022, 255}), BoxUniform([]float64{0, 0}, []float64{1, 1}), &box{[]float64{0, 0}, []float64{1, 1}}} {
		thetas := Draw(p, 3, 1)
		if same := spreadCodes(p, thetas, 1); &same[0] != &thetas[0] {
			t.Errorf("%v: parameters are spread", p)
		}
	}
}
