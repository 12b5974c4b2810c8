package sbi

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hillock/stdlib/nn"
)

// TestTrialsArePooled infers the mean of normal trials, two values each, of which the
// posterior is known, and which is the same in whatever order trials come.
func TestTrialsArePooled(t *testing.T) {
	const trials = 8
	prior := Normal([]float64{0, 0}, []float64{1, 1})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, 0, 2*trials)
		for range trials {
			x = append(x, theta[0]+rng.NormFloat64(), theta[1]+rng.NormFloat64())
		}
		return x, nil
	})
	net, err := PermutationInvariant(connected(t, 2, 20, 4), trials)
	if err != nil {
		t.Fatal(err)
	}
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Embedding: nn.NewSequential(net, connected(t, 4, 10, 2)), Retrain: true, StandardiseInput: Structured, Seed: 1, Quiet: true, Batch: 50, LR: 2e-3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 2000); err != nil {
		t.Fatal(err)
	}
	x, err := simulator([]float64{0.5, -1}, rand.New(rand.NewPCG(2, 2)))
	if err != nil {
		t.Fatal(err)
	}
	turned := slices.Concat(x[6:], x[:6])
	var means [2][]float64
	for i, x := range [][]float64{x, turned} {
		p, err := inf.Posterior(x)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.SampleSeed(t.Context(), 4000, 1)
		if err != nil {
			t.Fatal(err)
		}
		means[i] = s.Mean()
		for d, std := range s.Std() {
			sum := 0.0
			for k := d; k < len(x); k += 2 {
				sum += x[k]
			}
			exact, width := sum/(trials+1), 1/math.Sqrt(trials+1)
			if math.Abs(means[i][d]-exact) > width/2 || math.Abs(std/width-1) > 0.2 {
				t.Errorf("posterior %.3f ± %.3f, want %.3f ± %.3f", means[i][d], std, exact, width)
			}
		}
	}
	for d := range means[0] {
		if math.Abs(means[0][d]-means[1][d]) > 1e-4 {
			t.Errorf("the mean is %g, and %g of the same trials in another order", means[0][d], means[1][d])
		}
	}
}

// TestTrialsThatDoNotFitAreErrors, when the embedding is made or first used.
func TestTrialsThatDoNotFitAreErrors(t *testing.T) {
	_, err := PermutationInvariant(nil, 3)
	says(t, err, "of 3 trials by the network <nil>")
	_, err = PermutationInvariant(connected(t, 2, 3), 0)
	says(t, err, "of 0 trials")
	for want, trial := range map[string]nn.Module{
		"it takes 4 values, observations have 3": connected(t, 2, 5, 3),
		"reshape":                                nn.Tanh(),
	} {
		net, err := PermutationInvariant(trial, 2)
		if err != nil {
			t.Fatal(err)
		}
		_, err = small(t, Options{Embedding: net, Retrain: true}).Round(t.Context(), three, 50)
		says(t, err, want)
	}
}
