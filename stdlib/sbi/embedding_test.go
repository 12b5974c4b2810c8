package sbi

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/nn"
)

// TestEmbeddingsAreTrainedWithTheEstimator infers the amplitude and the frequency
// of a noisy sine, of which single values say little.
func TestEmbeddingsAreTrainedWithTheEstimator(t *testing.T) {
	prior := BoxUniform([]float64{0.5, 1}, []float64{2, 3}, "amplitude", "frequency")
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, 16)
		phase := 0.3 * rng.NormFloat64()
		for i := range x {
			x[i] = theta[0]*math.Sin(phase+2*math.Pi*theta[1]*float64(i)/16) + 0.05*rng.NormFloat64()
		}
		return x, nil
	})
	summary, err := NewSummaryNet(SummaryOptions{Filters: 8, Hidden: 8, Outputs: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, net := range map[string]nn.Module{"FCNN": FCNN(16, []int{40, 40}, 4, 1), "summary network": summary} {
		inf, err := NewNPE(prior, Options{Density: MDN{Components: 2}, Embedding: net, Retrain: true, StandardiseInput: true, Seed: 1, Quiet: true, Batch: 50, LR: 3e-3, MaxEpochs: 20})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inf.Round(t.Context(), simulator, 800); err != nil {
			t.Fatal(err)
		}
		c, err := Calibrate(t.Context(), inf, 60, CalibrationOptions{Draws: 100, Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		for d, v := range c.Contraction() {
			if v < 0.5 {
				t.Errorf("%s: contraction of %s is %.2f", name, c.Names[d], v)
			}
		}
	}
}

// TestRestrictedPriorLeavesOutWhatFails has simulations that fail in half of the
// square.
func TestRestrictedPriorLeavesOutWhatFails(t *testing.T) {
	prior := BoxUniform([]float64{0, 0}, []float64{1, 1})
	thetas := Draw(prior, 1500, 1)
	xs := make([][]float64, len(thetas))
	for i, theta := range thetas {
		if theta[0]+theta[1] > 1 {
			xs[i] = []float64{1}
		}
	}
	r, err := Restrict(t.Context(), prior, thetas, xs, RestrictOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	valid, kept := 0, 0
	for _, theta := range Draw(r, 1000, 2) {
		if theta[0]+theta[1] > 1 {
			valid++
		}
	}
	for _, theta := range Draw(prior, 2000, 3) {
		if theta[0]+theta[1] > 1 && Within(r, theta) {
			kept++
		}
	}
	if valid < 930 || kept < 950 || math.Abs(r.Acceptance()-0.5) > 0.06 {
		t.Errorf("%d of 1000 draws are valid, %d of about 1000 valid ones kept, acceptance %.2f", valid, kept, r.Acceptance())
	}
	if _, err := Restrict(t.Context(), prior, thetas[:20], xs[:20], RestrictOptions{}); err == nil {
		t.Error("too few failures are taken")
	}
}
