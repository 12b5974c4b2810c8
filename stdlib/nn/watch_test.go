package nn

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestTrainingSaysWhereTheLossStoppedBeingFinite(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	clean := func() (x, y *Tensor) {
		x, y = fill(rng, 64, 3), fill(rng, 64, 1)
		return x, y
	}
	net := func() *Sequential {
		return NewSequential(NewLinear(3, 4, rng), Tanh(), NewSequential(NewLinear(4, 4, rng), &Function{"Exp", (*Tape).Exp}), NewLinear(4, 1, rng))
	}
	for name, c := range map[string]struct {
		spoil func(x, y *Tensor, m *Sequential)
		want  string
	}{
		"samples": {func(x, _ *Tensor, _ *Sequential) { x.Data[70] = float32(math.NaN()) }, "the batch's samples are not all finite"},
		"targets": {func(_, y *Tensor, _ *Sequential) { y.Data[33] = float32(math.Inf(1)) }, "the batch's samples are not all finite"},
		"weights": {func(_, _ *Tensor, m *Sequential) { m.Parameters()[1].Tensor.Data[0] = float32(math.NaN()) }, "left 0.bias with weights that are not finite"},
		"layer":   {func(_, _ *Tensor, m *Sequential) { m.Parameters()[3].Tensor.Data[0] = 1000 }, "is that of layer 2.1 (Exp)"},
	} {
		x, y := clean()
		m := net()
		c.spoil(x, y, m)
		samples, err := NewSamples(x, y)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Train(context.Background(), m, Split{Train: samples, Validation: samples}, TrainOptions{Epochs: 2, Quiet: true})
		if err == nil || !strings.Contains(err.Error(), "epoch 1, batch") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want one that names epoch, batch and %q", name, err, c.want)
		}
	}

	x, y := clean()
	good, _ := NewSamples(x, y)
	bad := y.Clone()
	bad.Data[5] = float32(math.NaN())
	spoilt, _ := NewSamples(x, bad)
	_, err := Train(context.Background(), net(), Split{Train: good, Validation: spoilt}, TrainOptions{Epochs: 2, Quiet: true})
	if err == nil || !strings.Contains(err.Error(), "after epoch 1 the validation loss is NaN") {
		t.Errorf("a validation set with NaN: error %v", err)
	}
}

func TestTrainingStopsWhenTheLossExplodes(t *testing.T) {
	m, split := line(t, 3)
	o := TrainOptions{Epochs: 200, LR: 0.01, Seed: 1, Quiet: true,
		Optimiser: func(m Module) (Optimiser, error) { return NewSGD(m, SGDOptions{}) },
		// The rate grows instead of falling: it is fine for some epochs.
		Schedule: Schedule{Decay: 1.3}}
	linear := NewSequential(NewLinear(3, 1, rand.New(rand.NewPCG(1, 1))))
	h, err := Train(context.Background(), linear, split, o)
	if err == nil || !strings.Contains(err.Error(), "the loss has exploded") || !strings.Contains(err.Error(), "began to grow after epoch") {
		t.Fatalf("error %v after %d epochs; want one that says that the loss exploded", err, len(h.Train))
	}
	if !finite(float64(weightsOf(linear)[0])) || h.Best == len(h.Train)-1 && len(h.Train) > 1 {
		t.Errorf("best epoch %d of %d", h.Best, len(h.Train))
	}
	o.Schedule = Schedule{}
	if _, err := Train(context.Background(), m, split, o); err != nil {
		t.Errorf("a training that converges: %v", err)
	}
}
