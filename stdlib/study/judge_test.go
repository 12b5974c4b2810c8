package study_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// A problem with a known posterior: θ of a normal prior, seen with as much noise.
func TestJudgeKnownPosterior(t *testing.T) {
	ctx := context.Background()
	prior := sbi.Normal([]float64{0}, []float64{1}, "θ")
	noisy := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + rng.NormFloat64()}, nil
	})
	train := func(seed uint64) *sbi.Inference {
		inf, err := sbi.NewNPE(prior, sbi.Options{Density: sbi.MDN{Components: 1, Hidden: 10, Layers: 1}, LR: 5e-3, MaxEpochs: 40, Seed: seed, Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inf.Round(ctx, noisy, 2000); err != nil {
			t.Fatal(err)
		}
		return inf
	}
	truths := sbi.Draw(prior, 400, 1)
	xs, err := noisy.Simulate(ctx, truths, 2)
	if err != nil {
		t.Fatal(err)
	}
	xs[0] = nil
	one := train(1)
	j, err := study.Judge(ctx, truths, xs, 200, 3, one)
	if err != nil {
		t.Fatal(err)
	}
	if len(j.Denser) != 399 {
		t.Errorf("%d observations judged, one was nil", len(j.Denser))
	}
	if c := j.Contraction[0]; math.Abs(c-0.5) > 0.05 {
		t.Errorf("half of the variance is left; contraction %g", c)
	}
	if c := j.Coverage(0.5); math.Abs(c-0.5) > 0.1 || j.Miscoverage() > 0.05 {
		t.Errorf("coverage %g at 50 %%, off by %g", c, j.Miscoverage())
	}
	// Its negative entropy: the posterior has variance 1/2.
	if want := -0.5 * math.Log(math.Pi*math.E); math.Abs(j.Score()-want) > 0.1 {
		t.Errorf("score %g, want %g", j.Score(), want)
	}
	both, err := study.Judge(ctx, truths, xs, 200, 3, one, train(2))
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(both.Score()-j.Score()) > 0.05 || both.Score() == j.Score() {
		t.Errorf("an ensemble of two scores %g, one %g", both.Score(), j.Score())
	}
	if _, err := study.Judge(ctx, truths, xs[:3], 200, 3, one); err == nil {
		t.Error("fewer observations than truths")
	}
}
