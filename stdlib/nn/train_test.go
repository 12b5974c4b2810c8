package nn

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// line is a regression problem: y = tanh(x·w), with a net that can fit it.
func line(t *testing.T, seed uint64) (Module, Split) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	x, w := fill(rng, 200, 3), fill(rng, 1, 3)
	tape := NewTape(TapeOptions{Inference: true})
	y := tape.Tanh(tape.Linear(x, w, nil)).Clone()
	samples, err := NewSamples(x, y)
	if err != nil {
		t.Fatal(err)
	}
	split, err := SplitSamples(samples, 8, 1, 1, 213)
	if err != nil {
		t.Fatal(err)
	}
	rng = rand.New(rand.NewPCG(seed, 2))
	return NewSequential(NewLinear(3, 16, rng), NewBatchNorm1d(16), Tanh(), Dropout(0.1), NewLinear(16, 1, rng)), split
}

func weightsOf(m Module) (all []float32) {
	for _, p := range m.Parameters() {
		all = append(all, p.Tensor.Data...)
	}
	return all
}

func same(a, b []float32) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func TestTrainingFits(t *testing.T) {
	m, split := line(t, 3)
	h, err := Train(context.Background(), m, split, TrainOptions{Epochs: 60, LR: 1e-2, Seed: 1, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if first, best := h.Validation[0], h.Validation[h.Best]; best > first/5 {
		t.Errorf("the validation loss went from %g to %g; want a fifth or less", first, best)
	}
	if split.Train.Len() != 160 || split.Validation.Len() != 20 || split.Test.Len() != 20 {
		t.Errorf("split into %d, %d, %d; want 160, 20, 20", split.Train.Len(), split.Validation.Len(), split.Test.Len())
	}
}

// stopping ends a context after some batches.
type stopping struct {
	Samples
	after int
	stop  func()
}

func (s *stopping) Read(places []int, inputs, targets []float32) error {
	if s.after--; s.after == 0 {
		s.stop()
	}
	return s.Samples.Read(places, inputs, targets)
}

func TestAStoppedAndResumedTrainingEndsWithTheSameBytes(t *testing.T) {
	o := TrainOptions{Epochs: 6, LR: 1e-2, Seed: 5, Quiet: true, Schedule: Schedule{WarmUpBatches: 8, DecayFrom: 2, Decay: 0.8}, ClipNorm: 1}
	whole, split := line(t, 4)
	want, err := Train(context.Background(), whole, split, o)
	if err != nil {
		t.Fatal(err)
	}

	o.Checkpoint = filepath.Join(t.TempDir(), "training.safetensors")
	parts, split := line(t, 4)
	ctx, stop := context.WithCancel(context.Background())
	interrupted := split
	interrupted.Train = &stopping{split.Train, 18, stop} // within the fourth epoch of 5 batches
	if _, err := Train(ctx, parts, interrupted, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want %v", err, context.Canceled)
	}
	again, split := line(t, 77) // other first weights: the file's must win
	o.Goroutines = 3
	got, err := Train(context.Background(), again, split, o)
	if err != nil {
		t.Fatal(err)
	}
	if !same(weightsOf(whole), weightsOf(again)) {
		t.Error("the weights differ")
	}
	for i := range want.Train {
		if want.Train[i] != got.Train[i] || want.Validation[i] != got.Validation[i] || want.LR[i] != got.LR[i] {
			t.Errorf("epoch %d: losses %g and %g, want %g and %g", i, got.Train[i], got.Validation[i], want.Train[i], want.Validation[i])
		}
	}
	o.LR = 1e-3
	if _, err := Train(context.Background(), again, split, o); err == nil || !strings.Contains(err.Error(), "learning rate 0.01") {
		t.Errorf("resuming with another learning rate: error %v", err)
	}
}

func TestTrainingStopsWhenTheLossIsNotFinite(t *testing.T) {
	m, split := line(t, 3)
	broken := split
	x, _ := NewTensor(40, 3)
	y, _ := NewTensor(40, 1)
	x.Data[33*3] = float32(1e38)
	x.Data[33*3+1] = float32(-1e38)
	y.Data[33] = 1e38
	broken.Train, _ = NewSamples(x, y)
	_, err := Train(context.Background(), m, broken, TrainOptions{Epochs: 2, Quiet: true})
	if err == nil || !strings.Contains(err.Error(), "epoch 1, batch") || !strings.Contains(err.Error(), "the loss is") {
		t.Errorf("error %v; want one that names epoch and batch", err)
	}
}

func TestTrainingStopsWithoutImprovement(t *testing.T) {
	m, split := line(t, 3)
	h, err := Train(context.Background(), m, split, TrainOptions{Epochs: 50, LR: 1e-12, Patience: 3, Threshold: 1, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Train) != 4 || h.Best != 0 {
		t.Errorf("%d epochs, best %d; want 4 and 0", len(h.Train), h.Best)
	}
}
