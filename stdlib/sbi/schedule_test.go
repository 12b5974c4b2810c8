package sbi

import (
	"math"
	"strings"
	"testing"

	"hillock/stdlib/nn"
)

// TestScheduleRulesTheLearningRate lets the rate fall to nothing after two epochs:
// from then on weights stay, and with them the loss.
func TestScheduleRulesTheLearningRate(t *testing.T) {
	prior, simulator := gaussianLinear(2)
	inf, err := NewNPE(prior, Options{
		Batch: 100, MaxEpochs: 6, Quiet: true, Seed: 1,
		Schedule: nn.Schedule{DecayFrom: 1, Decay: 1e-12},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := inf.Round(t.Context(), simulator, 1000) // nine batches that leave nothing over
	if err != nil {
		t.Fatal(err)
	}
	loss := r.Training.Train
	for epoch := range loss {
		moved := epoch > 0 && math.Abs(loss[epoch]-loss[epoch-1]) > 1e-4
		if epoch > 0 && moved != (epoch < 3) {
			t.Errorf("the loss goes %v; want no change after the second epoch", loss)
			break
		}
	}
}

func TestScheduleThatGrowsIsRefused(t *testing.T) {
	prior, _ := gaussianLinear(2)
	for _, decay := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := NewNPE(prior, Options{Schedule: nn.Schedule{Decay: decay}}); err == nil || !strings.Contains(err.Error(), "Schedule.Decay") {
			t.Errorf("decay %g gives the error %v", decay, err)
		}
	}
}
