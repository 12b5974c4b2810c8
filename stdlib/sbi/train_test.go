package sbi

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hillock/stdlib/nn"
)

// counted is an embedding that counts its calls and rows, and does something else at
// one of the calls.
type counted struct {
	nn.Module
	calls, rows int
	at          int
	instead     func(t *nn.Tape, x *nn.Tensor) *nn.Tensor
}

func (c *counted) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	c.rows += x.Dim(0)
	if c.calls++; c.calls == c.at {
		return c.instead(t, x)
	}
	return c.Module.Forward(t, x)
}

// simulated is an inference of two parameters with 60 simulations.
func simulated(t *testing.T, o Options) *Inference {
	t.Helper()
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	o.Density, o.Quiet, o.MaxEpochs, o.Batch = MDN{Components: 1, Hidden: 4, Layers: 1}, true, 3, 20
	inf, err := NewSNPE(prior, o)
	if err != nil {
		t.Fatal(err)
	}
	appended(t, inf, 1)
	return inf
}

func appended(t *testing.T, inf *Inference, seed uint64) {
	t.Helper()
	thetas := Draw(inf.prior, 60, seed)
	if _, err := inf.Append(thetas, thetas); err != nil {
		t.Fatal(err)
	}
}

// TestFrozenFeaturesAreComputedOnce, also over rounds, and for a wrong one not at all.
func TestFrozenFeaturesAreComputedOnce(t *testing.T) {
	net := &counted{Module: fcnn(t, 2, []int{4}, 3, 1)}
	inf := simulated(t, Options{Embedding: net})
	for round := 1; round <= 3; round++ {
		if _, err := inf.Train(t.Context()); err != nil {
			t.Fatal(err)
		}
		if net.rows != 60*round {
			t.Errorf("after %d rounds of 60 simulations %d were embedded", round, net.rows)
		}
		appended(t, inf, uint64(round))
	}
	want, err := inf.estimator.frozenFeatures(t.Context(), inf.xs)
	if err != nil {
		t.Fatal(err)
	}
	inf.estimator.seen = nil
	if got, err := inf.estimator.frozenFeatures(t.Context(), inf.xs); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("features that were kept differ from those computed at once (%v)", err)
	}
	net.Parameters()[0].Tensor.Data[0]++
	if _, err := inf.Train(t.Context()); err == nil || !strings.Contains(err.Error(), "changed since this inference was trained") {
		t.Errorf("error %v of a frozen embedding that was trained meanwhile", err)
	}
}

// TestOneNetworkServesOneInference that learns: another one that trains it leaves the
// first one's posteriors as they were, and no more is had of that one.
func TestOneNetworkServesOneInference(t *testing.T) {
	ctx, net, seen := t.Context(), fcnn(t, 2, []int{4}, 3, 1), []float64{0.5, 0}
	o := Options{Embedding: net, Retrain: true, Seed: 1, Observation: seen}
	first := simulated(t, o)
	if _, err := first.Train(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := first.Posterior(seen)
	before := sampled(t, p, err)
	o.Seed = 2
	second := simulated(t, o)
	if _, err := second.Train(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Posterior(seen); err != nil {
		t.Error(err)
	}
	if !reflect.DeepEqual(sampled(t, p, nil), before) {
		t.Error("a posterior changes by another training")
	}
	path := filepath.Join(t.TempDir(), "inference")
	for what, use := range map[string]func() error{
		"posterior": func() error { _, err := first.Posterior(seen); return err },
		"given":     func() error { _, err := first.Given(seen); return err },
		"check":     func() error { _, err := first.CheckObservation(ctx, seen); return err },
		"training":  func() error { _, err := first.Train(ctx); return err },
		"round":     func() error { _, err := first.Round(ctx, noised, 10); return err },
		"file":      func() error { return first.Save(path) },
	} {
		if err := use(); err == nil || !strings.Contains(err.Error(), "give each inference a network of its own") {
			t.Errorf("%s: error %v after another inference trained the network", what, err)
		}
	}
}

// TestEmbeddingStopsWithItsContext, between two batches.
func TestEmbeddingStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	net := &counted{Module: fcnn(t, 2, []int{4}, 3, 1), at: 2}
	net.instead = func(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
		cancel()
		return net.Module.Forward(t, x)
	}
	inf := simulated(t, Options{Embedding: net})
	if _, err := inf.Train(ctx); !errors.Is(err, context.Canceled) || net.calls != 2 {
		t.Errorf("error %v after %d batches; want a stop after 2", err, net.calls)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Errorf("the training after: %v", err)
	}
}

// TestFailedTrainingPutsWeightsBack: neither a loss that is no number nor an embedding
// that fails leaves half a training behind.
func TestFailedTrainingPutsWeightsBack(t *testing.T) {
	for want, instead := range map[string]func(t *nn.Tape, x *nn.Tensor) *nn.Tensor{
		"the validation loss is NaN after epoch 1": func(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
			return t.Affine(t.Concat(x, t.Slice(x, 0, 1)), float32(math.NaN()), 0)
		},
		"reshape": func(t *nn.Tape, x *nn.Tensor) *nn.Tensor { return t.Reshape(x, 7, 7, 7) },
	} {
		net := &counted{Module: fcnn(t, 2, []int{4}, 3, 1), instead: instead}
		inf := simulated(t, Options{Embedding: net, Retrain: true})
		f, err := inf.newFit(t.Context()) // four batches through the embedding
		if err != nil {
			t.Fatal(err)
		}
		before := weightsOf(f.learner())
		net.at = net.calls + 2 // the second batch
		if strings.Contains(want, "NaN") {
			net.at++ // the validation
		}
		if _, err := inf.Train(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if !reflect.DeepEqual(weightsOf(f.learner()), before) {
			t.Errorf("%s: other weights are left", want)
		}
	}
}

// TestTrainSaysHowToGoOn where simulations are too few, and where it was stopped.
func TestTrainSaysHowToGoOn(t *testing.T) {
	inf := small(t, Options{Validation: 0.8})
	thetas := Draw(inf.prior, 8, 1)
	if _, err := inf.Append(thetas[:5], thetas[:5]); err != nil {
		t.Fatal(err)
	}
	_, err := inf.Train(t.Context())
	says(t, err, "5 usable simulations so far", "want 8 or more")
	if _, err := inf.Append(thetas[5:], thetas[5:]); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Errorf("with as many as it says: %v", err)
	}
	long := small(t, Options{})
	long.o.MaxEpochs, long.o.Patience = 1_000_000, 1_000_000
	thetas = Draw(inf.prior, 100, 1)
	if _, err := long.Append(thetas, thetas); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	_, err = long.Train(ctx)
	says(t, err, "training was stopped after", "the round is not done: Train goes on from the weights of epoch")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v does not say why", err)
	}
}
