package study_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// What was stopped between two rounds ends with the posteriors of a run that was
// not.
func TestSequenceGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls, stopAt := 0, 0
	line := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.1*rng.NormFloat64()}, nil
	})
	counted := simulatorFunc(func(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
		if calls++; calls == stopAt {
			cancel()
			return nil, ctx.Err()
		}
		return line.Simulate(ctx, thetas, seed)
	})
	s := study.Sequence{
		Name: "line", Prior: sbi.BoxUniform([]float64{-1}, []float64{1}, "θ"), Simulator: counted, Rounds: 3, Simulations: 60, First: 100,
		Options: sbi.Options{Observation: []float64{0.3}, Density: sbi.MDN{Components: 2, Hidden: 8, Layers: 1}, MaxEpochs: 5, Seed: 4, Quiet: true},
		Folder:  t.TempDir(),
	}
	whole, err := s.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n := whole.Inference.Reports()[0].Simulations; n != 100 || whole.Inference.Reports()[1].Simulations != 60 {
		t.Errorf("the first round has %d simulations", n)
	}
	before, err := whole.LogProb(ctx, []float64{0.3})
	if err != nil {
		t.Fatal(err)
	}

	s.Folder, stopAt = t.TempDir(), 3+2 // in the second round
	if _, err := s.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped in the second round: %v", err)
	}
	ctx = context.Background()
	again, err := s.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	after, err := again.LogProb(ctx, []float64{0.3})
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("round %d: %v, stopped and resumed %v", i+1, before[i], after[i])
		}
	}
	if d := again.Duration(); d <= 0 || d > time.Minute {
		t.Errorf("the rounds took %v", d)
	}
	calls = 0
	if kept, err := s.Run(ctx); err != nil || calls != 0 || len(kept.Posteriors) != 3 {
		t.Errorf("a complete sequence simulated %d times: %v", calls, err)
	}
	other := s
	other.Options.Observation = []float64{0.4}
	if _, err := other.Run(ctx); err == nil || !strings.Contains(err.Error(), "another observation") {
		t.Errorf("rounds for another observation: %v", err)
	}
	other = s
	other.Simulations = 70
	if _, err := other.Run(ctx); err == nil || !strings.Contains(err.Error(), "60 simulations, not 70") {
		t.Errorf("rounds of another size: %v", err)
	}
	if _, err := (study.Sequence{Name: "aimless", Prior: s.Prior, Simulator: line}).Run(ctx); err == nil {
		t.Error("a sequence without an observation")
	}
}

type simulatorFunc func(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error)

func (f simulatorFunc) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	return f(ctx, thetas, seed)
}
