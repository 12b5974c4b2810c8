package study_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// noisy sees θ with normal noise of a deviation.
func noisy(deviation float64) sbi.Simulator {
	return sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + deviation*rng.NormFloat64()}, nil
	})
}

// trained gives an estimator of what a simulator sees.
func trained(t *testing.T, prior sbi.Prior, simulator sbi.Simulator, seed uint64) *sbi.Inference {
	t.Helper()
	inf, err := sbi.NewNPE(prior, sbi.Options{Density: sbi.MDN{Components: 1, Hidden: 10, Layers: 1}, LR: 5e-3, MaxEpochs: 40, Seed: seed, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(context.Background(), simulator, 2000); err != nil {
		t.Fatal(err)
	}
	return inf
}

// A problem with a known posterior: θ of a normal prior, seen with as much noise.
func TestJudgeKnownPosterior(t *testing.T) {
	ctx := context.Background()
	prior, simulator := sbi.Normal([]float64{0}, []float64{1}, "θ"), noisy(1)
	truths := sbi.Draw(prior, 400, 1)
	xs, err := simulator.Simulate(ctx, truths, 2)
	if err != nil {
		t.Fatal(err)
	}
	xs[0] = nil
	one := trained(t, prior, simulator, 1)
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
	both, err := study.Judge(ctx, truths, xs, 200, 3, one, trained(t, prior, simulator, 2))
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

// diverging is an embedding that gives no numbers any more once it has diverged.
type diverging struct {
	nn.Module
	diverged bool
}

func (d *diverging) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	y := d.Module.Forward(t, x)
	if d.diverged {
		y = t.Affine(y, float32(math.NaN()), 0)
	}
	return y
}

// A density that is not a number is an error, not a truth that is covered.
func TestJudgeDivergedEstimator(t *testing.T) {
	ctx := context.Background()
	embedding := &diverging{Module: nn.NewLinear(1, 1, rand.New(rand.NewPCG(1, 1)))}
	inf, err := sbi.NewNPE(sbi.Normal([]float64{0}, []float64{1}, "θ"), sbi.Options{
		Density: sbi.MDN{Components: 1, Hidden: 4, Layers: 1}, Embedding: embedding, MaxEpochs: 1, Quiet: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(ctx, noisy(1), 100); err != nil {
		t.Fatal(err)
	}
	embedding.diverged = true
	j, err := study.Judge(ctx, [][]float64{{0}}, [][]float64{{0.5}}, 50, 3, inf)
	if err == nil || !strings.Contains(err.Error(), "not a number") {
		t.Errorf("%v, %v", j, err)
	}
}

func TestJudgeRefusesTruthsBeyondThePrior(t *testing.T) {
	inf := trained(t, sbi.BoxUniform([]float64{0}, []float64{1}, "a"), noisy(0.1), 1)
	_, err := study.Judge(context.Background(), [][]float64{{0.5}, {1.5}}, [][]float64{{0.4}, {1.4}}, 20, 1, inf)
	if err == nil || !strings.Contains(err.Error(), "observation 1: the truth has a = 1.5, which the prior's 0 to 1 do not hold") {
		t.Errorf("ended with %v", err)
	}
}
