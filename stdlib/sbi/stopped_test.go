package sbi

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hillock/stdlib/notebook"
)

// stopsAfter ends after so many looks at it.
type stopsAfter struct {
	context.Context
	left int
}

func (s *stopsAfter) Err() error {
	if s.left--; s.left < 0 {
		return context.Canceled
	}
	return nil
}

// A later round that is stopped in its training leaves the posterior of the round
// before.
func TestStoppedTrainingLeavesTheRoundBefore(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1}, "a")
	noisy := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.2*rng.NormFloat64()}, nil
	})
	x := []float64{0.3}
	inf, err := NewSNPE(prior, Options{Observation: x, Seed: 1, MaxEpochs: 30, Batch: 20, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 200); err != nil {
		t.Fatal(err)
	}
	drawn := func() float64 {
		posterior, err := inf.Posterior(x)
		if err != nil {
			t.Fatal(err)
		}
		samples, err := posterior.SampleSeed(t.Context(), 1, 7)
		if err != nil {
			t.Fatal(err)
		}
		return samples.Values[0][0]
	}
	before := drawn()
	thetas := Draw(prior, 300, 5)
	xs, err := noisy.Simulate(t.Context(), thetas, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	_, err = inf.Train(&stopsAfter{t.Context(), 100})
	if err == nil || !strings.Contains(err.Error(), "posteriors are those of round 1 still") {
		t.Fatalf("ended with %v", err)
	}
	if after := drawn(); after != before {
		t.Errorf("a draw was %v after round 1 and is %v after a round 2 that was stopped", before, after)
	}
	if _, err := inf.Train(t.Context()); err != nil || len(inf.Reports()) != 2 {
		t.Errorf("trained again: %d rounds, %v", len(inf.Reports()), err)
	}
}

func TestViewOfAnUnfinishedRound(t *testing.T) {
	p := &page{texts: map[string]string{}}
	notebook.SetHost(p)
	t.Cleanup(func() { notebook.SetHost(nil) })
	s := &Inference{o: Options{Patience: 20, MaxEpochs: 100}, pending: RoundReport{Round: 2, Simulations: 1000, Failed: 30}}
	v := &roundView{s: s, round: 2, epochs: 3, bar: notebook.NewProgress(notebook.ProgressOptions{Label: "round 2"}), started: time.Now()}
	v.unfinished()
	v.bar.Done()
	time.Sleep(300 * time.Millisecond)
	p.lock.Lock()
	defer p.lock.Unlock()
	want := "not finished, 970 simulations are kept (30 more failed), its training ended in epoch 4"
	if text := p.texts[p.order[0]]; !strings.Contains(text, want) {
		t.Errorf("the line %q does not say %q", text, want)
	}
}
