package study_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hillock/stdlib/bss2"
	"hillock/stdlib/nn"
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
			some, _ := line.Simulate(context.Background(), thetas[:20], seed)
			return some, ctx.Err()
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
	if _, err := s.Run(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped in round 2 of 3") || strings.Contains(err.Error(), "Train") {
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
	for want, change := range map[string]func(o *study.Sequence){
		"another observation":                 func(o *study.Sequence) { o.Options.Observation = []float64{0.4} },
		"60 simulations, not 70":              func(o *study.Sequence) { o.Simulations = 70 },
		"MaxEpochs 5, not with MaxEpochs 500": func(o *study.Sequence) { o.Options.MaxEpochs = 500 },
		"3 rounds are kept":                   func(o *study.Sequence) { o.Rounds = 1 },
	} {
		other := s
		change(&other)
		if _, err := other.Run(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one of %q", err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(s.Folder, "line.round2"), []byte("half a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(ctx); err == nil || !strings.Contains(err.Error(), "remove the files of line in "+s.Folder) {
		t.Errorf("a damaged round: %v", err)
	}
	if _, err := (study.Sequence{Name: "aimless", Prior: s.Prior, Simulator: line}).Run(ctx); err == nil {
		t.Error("a sequence without an observation")
	}
	s.Rounds = -1
	if _, err := s.Run(ctx); err == nil || !strings.Contains(err.Error(), "-1 rounds of 60 simulations, the first of 100; want 1 or more") {
		t.Errorf("fewer than no rounds: %v", err)
	}
}

// Rounds of another neuron, of other fixed codes or rate limits are not continued.
func TestSequenceKnowsItsSimulator(t *testing.T) {
	ctx, chip := context.Background(), bss2.NewChip(72, bss2.ChipOptions{})
	of := study.Recorder{Neuron: chip.Neuron(0), Ranges: bss2.Ranges2D(), Observe: study.Features, Samples: 6000}
	prior, err := of.Prior()
	if err != nil {
		t.Fatal(err)
	}
	xs, err := of.Simulate(ctx, [][]float64{of.Theta(bss2.XSlow())}, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := study.Sequence{
		Name: "neuron", Prior: prior, Simulator: of, Rounds: 1, Simulations: 60, Folder: t.TempDir(),
		Options: sbi.Options{Observation: xs[0], Density: sbi.MDN{Components: 2, Hidden: 8, Layers: 1}, MaxEpochs: 2, Quiet: true},
	}
	for range 2 {
		if _, err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for what, change := range map[string]func(r *study.Recorder){
		"neuron":      func(r *study.Recorder) { r.Neuron = chip.Neuron(5) },
		"base":        func(r *study.Recorder) { r.Ranges.Base = r.Ranges.Base.With(bss2.I, 700) },
		"rate limits": func(r *study.Recorder) { r.MinRate, r.MaxRate = 1, 70 },
		"recording":   func(r *study.Recorder) { r.Samples = 8000 },
	} {
		other, r := s, of
		change(&r)
		other.Simulator, other.Rounds = r, 2
		if _, err := other.Run(ctx); err == nil || !strings.Contains(err.Error(), "come from another simulator") {
			t.Errorf("another %s: %v", what, err)
		}
	}
}

// Rounds of a function that gives other values, of less noise for instance, are not
// taken for its own, even when all of them are there.
func TestSequenceKnowsItsFunction(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	run := func(f sbi.SimulatorFunc) error {
		_, err := study.Sequence{
			Name: "line", Prior: sbi.BoxUniform([]float64{-1}, []float64{1}, "θ"), Simulator: f, Rounds: 1, Simulations: 60, Folder: folder,
			Options: sbi.Options{Observation: []float64{0.3, 0.3}, Density: sbi.MDN{Components: 2, Hidden: 8, Layers: 1}, MaxEpochs: 2, Quiet: true},
		}.Run(ctx)
		return err
	}
	line := func(noise float64) sbi.SimulatorFunc {
		return func(theta []float64, rng *rand.Rand) ([]float64, error) {
			if theta[0] < 0.2 {
				return nil, errors.New("failed") // as some do, the first for example
			}
			return []float64{theta[0], theta[0] + noise*rng.NormFloat64()}, nil
		}
	}
	for range 2 {
		if err := run(line(0.1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(line(0.1 + 1e-9)); err != nil {
		t.Errorf("a difference of rounding: %v", err)
	}
	if err := run(line(0.2)); err == nil || !strings.Contains(err.Error(), "come from another simulator") || !strings.Contains(err.Error(), "value 2 of an observation") {
		t.Errorf("more noise: %v", err)
	}
	device := func(theta []float64, _ *rand.Rand) ([]float64, error) {
		return []float64{theta[0], rand.Float64()}, nil
	}
	if err := run(device); err != nil {
		t.Errorf("a function that never gives the same: %v", err)
	}
	if err := run(func(theta []float64, _ *rand.Rand) ([]float64, error) { return theta[:1], nil }); err == nil || !strings.Contains(err.Error(), "and is nothing now") {
		t.Errorf("a function of fewer values: %v", err)
	}
	if err := os.Remove(filepath.Join(folder, "line.simulator")); err != nil {
		t.Fatal(err)
	}
	if err := run(line(0.5)); err != nil { // nothing is known of the one before
		t.Error(err)
	}
}

// A sequence that is stopped in a training leaves an embedding that learns as it
// was, so that the same call goes on, with the same results; and one with another
// embedding is refused, with its weights left alone.
func TestSequenceKnowsItsEmbedding(t *testing.T) {
	observation := []float64{0.3, 0.3}
	weights := func(m nn.Module) []float32 { return slices.Clone(m.Parameters()[0].Tensor.Data) }
	for _, retrain := range []bool{true, false} {
		var runs atomic.Int64
		stopped := &endsAfter{Context: t.Context()}
		stopped.left.Store(1 << 40)
		line := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
			if runs.Add(1) == 400+400 { // the last of the second round that is stopped
				stopped.left.Store(30) // in the third epoch of its training
			}
			return []float64{theta[0] + 0.1*rng.NormFloat64(), theta[0]}, nil
		})
		sequence := func(folder string, m nn.Module) study.Sequence {
			return study.Sequence{
				Name: "line", Prior: sbi.BoxUniform([]float64{-1}, []float64{1}, "θ"), Simulator: line, Rounds: 2, Simulations: 200,
				Options: sbi.Options{Observation: observation, Embedding: m, Retrain: retrain, Density: sbi.MDN{Components: 1, Hidden: 8, Layers: 1}, MaxEpochs: 4, Batch: 20, Seed: 4, Quiet: true},
				Folder:  folder,
			}
		}
		whole, err := sequence(t.TempDir(), fcnn(t, 2, []int{4}, 2, 1)).Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want, err := whole.LogProb(t.Context(), []float64{0.3})
		if err != nil {
			t.Fatal(err)
		}
		net, folder := fcnn(t, 2, []int{4}, 2, 1), t.TempDir()
		before, s := weights(net), sequence(folder, net)
		if _, err := s.Run(stopped); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v of a sequence that is stopped", err)
		}
		if !slices.Equal(weights(net), before) {
			t.Errorf("retrained: %t: a stop leaves other weights", retrain)
		}
		for range 2 { // the second time with the weights after the last round
			again, err := s.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := again.LogProb(t.Context(), []float64{0.3}); err != nil || !slices.Equal(got, want) {
				t.Errorf("retrained: %t: log-densities %v, without a stop %v (%v)", retrain, got, want, err)
			}
		}
		net = fcnn(t, 2, []int{4}, 2, 2)
		before = weights(net)
		if _, err := sequence(folder, net).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "other weights") {
			t.Errorf("retrained: %t: error %v with another embedding", retrain, err)
		}
		if !slices.Equal(weights(net), before) {
			t.Errorf("retrained: %t: the refused embedding has other weights", retrain)
		}
	}
}

// endsAfter ends after so many looks at it.
type endsAfter struct {
	context.Context
	left atomic.Int64
}

func (e *endsAfter) Err() error {
	if e.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

type simulatorFunc func(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error)

func (f simulatorFunc) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	return f(ctx, thetas, seed)
}

func fcnn(t *testing.T, inputs int, hidden []int, outputs int, seed uint64) *nn.Sequential {
	t.Helper()
	net, err := sbi.FCNN(inputs, hidden, outputs, seed)
	if err != nil {
		t.Fatal(err)
	}
	return net
}
