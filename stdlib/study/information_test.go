package study_test

import (
	"context"
	"testing"

	"hillock/stdlib/bss2"
	"hillock/stdlib/study"
)

// A recording tells much about the reset potential, and nothing about a
// parameter that does not act.
func TestInformation(t *testing.T) {
	r := study.Recorder{
		Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Samples: 10_000, Points: 256, Observe: study.Features,
		Ranges: bss2.Ranges{Base: bss2.XSlow(), Parameters: []bss2.Parameter{bss2.Vr, bss2.ExcitatoryInputIBiasGm}, Low: []int{0, 0}, High: []int{1022, 1022}},
	}
	ctx := context.Background()
	theta := r.Theta(bss2.XSlow().With(bss2.ExcitatoryInputIBiasGm, 500))
	along := func(direction ...float64) float64 {
		v, err := study.Information(ctx, r, theta, direction, 0.1, 60, 1)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	reset, nothing := along(1, 0), along(0, 1)
	if !(reset > 10*nothing) || !(nothing >= 0) {
		t.Errorf("information %g along the reset potential, %g along what does not act", reset, nothing)
	}
	r.Observe = study.Trace
	if _, err := study.Information(ctx, r, theta, []float64{1, 0}, 0.1, 60, 1); err == nil {
		t.Error("information of traces")
	}
}
