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

// sequence is a validation loss given by hand, epoch by epoch.
type sequence struct{ losses []float32 }

func (s *sequence) loss(t *Tape, output, target *Tensor, _ *rand.Rand) *Tensor {
	next := s.losses[0]
	s.losses = s.losses[1:]
	return t.Affine(t.MSE(output, target), 0, next)
}

func TestSmallGainsKeepWeightsButNotPatience(t *testing.T) {
	m, split := line(t, 3)
	given := &sequence{[]float32{5, 4, 3.9, 3.8, 3.7, 3.6}}
	var after [][]float32
	kept := split
	kept.Train = &watching{split.Train, func() { after = append(after, weightsOf(m)) }}
	h, err := Train(context.Background(), m, kept, TrainOptions{Epochs: 50, LR: 1e-2, Batch: 160, Patience: 3, Threshold: 0.5, Quiet: true, Validation: given.loss})
	if err != nil {
		t.Fatal(err)
	}
	// 4 is the last gain of more than the threshold: three epochs later it is over,
	// and the smallest loss is that of the last.
	if len(h.Validation) != 5 || h.Best != 4 || !strings.Contains(h.Stopped, "no improvement") {
		t.Errorf("%d epochs, best %d, %s; want 5, 4 and no improvement", len(h.Validation), h.Best, h.Stopped)
	}

	m, split = line(t, 3)
	given = &sequence{[]float32{5, 4, 6, 7, 8}}
	after = nil
	kept.Train = &watching{split.Train, func() { after = append(after, weightsOf(m)) }}
	h, err = Train(context.Background(), m, kept, TrainOptions{Epochs: 5, LR: 1e-2, Batch: 160, Quiet: true, Validation: given.loss})
	if err != nil {
		t.Fatal(err)
	}
	if h.Best != 1 || !same(weightsOf(m), after[2]) {
		t.Errorf("best epoch %d, want 1, with the weights that the third epoch began with", h.Best)
	}
}

// watching calls a function before every batch.
type watching struct {
	Samples
	see func()
}

func (w *watching) Read(places []int, inputs, targets []float32) error {
	w.see()
	return w.Samples.Read(places, inputs, targets)
}

func TestSGDTrainsAndResumes(t *testing.T) {
	o := TrainOptions{Epochs: 12, LR: 0.05, Seed: 5, Quiet: true, Loss: MaskedMSE(MaskOptions{Points: 1}),
		Optimiser: func(m Module) (Optimiser, error) { return NewSGD(m, SGDOptions{Momentum: 0.9}) }}
	whole, split := line(t, 4)
	h, err := Train(context.Background(), whole, split, o)
	if err != nil {
		t.Fatal(err)
	}
	if !(h.Validation[h.Best] < h.Validation[0]/2) {
		t.Errorf("losses %v; want half or less", h.Validation)
	}
	o.Checkpoint = filepath.Join(t.TempDir(), "training.safetensors")
	parts, split := line(t, 4)
	ctx, stop := context.WithCancel(context.Background())
	interrupted := split
	interrupted.Train = &stopping{split.Train, 12, stop}
	if _, err := Train(ctx, parts, interrupted, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want %v", err, context.Canceled)
	}
	adam := o
	adam.Optimiser = nil
	if _, err := Train(context.Background(), parts, split, adam); err == nil || !strings.Contains(err.Error(), "SGD(momentum 0.9") {
		t.Errorf("resuming by Adam: error %v", err)
	}
	again, split := line(t, 77)
	if _, err := Train(context.Background(), again, split, o); err != nil {
		t.Fatal(err)
	}
	if !same(weightsOf(whole), weightsOf(again)) {
		t.Error("the weights differ")
	}
}

// everyLayer is a network of all layers, on traces of 24 points.
func everyLayer() Module {
	rng := rand.New(rand.NewPCG(5, 6))
	return NewSequential(
		&Function{"OneChannel", oneChannel}, NewConv1d(1, 6, 5, Same(5), rng), ReLU(), NewBatchNorm1d(6), MaxPool1d(2),
		&Residual{Body: NewSequential(NewConv1d(6, 6, 3, Causal(3, 2), rng), ELU())}, Upsample(2),
		&Function{"Transpose", (*Tape).Transpose}, NewLSTM(6, 5, RecurrentOptions{Bidirectional: true}, rng), NewGRU(10, 4, RecurrentOptions{}, rng),
		NewLayerNorm(4), Flatten(), NewLinear(96, 32, rng), SiLU(), Dropout(0.3), NewMaskedLinear(32, 24, nil, rng), HaarEmbedding(1), Tanh(),
		NewLinear(12, 24, rng), Sigmoid())
}

func TestATrainingStepOfEveryLayerAllocatesNothing(t *testing.T) {
	x := fill(rand.New(rand.NewPCG(1, 1)), 16, 24)
	samples, err := NewSamples(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, optimiser := range map[string]func(m Module) (Optimiser, error){
		"Adam": nil,
		"SGD":  func(m Module) (Optimiser, error) { return NewSGD(m, SGDOptions{Momentum: 0.5}) },
	} {
		tr, err := newTraining(everyLayer(), Split{Train: samples, Validation: samples}, TrainOptions{Loss: MaskedMSE(MaskOptions{Peaks: 2}), ClipNorm: 1, Optimiser: optimiser, Goroutines: 1})
		if err != nil {
			t.Fatal(err)
		}
		places := []int{3, 1, 0, 2, 9, 8}
		step := func() {
			if err := tr.load(tr.train, places); err != nil {
				t.Fatal(err)
			}
			if _, err := tr.step(); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if got := testing.AllocsPerRun(5, step); got != 0 {
			t.Errorf("a training step with %s allocates %v times, want 0", name, got)
		}
	}
}
