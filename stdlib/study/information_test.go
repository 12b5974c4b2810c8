package study_test

import (
	"context"
	"math"
	"strings"
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
	along := func(seed uint64, direction ...float64) study.Estimate {
		v, err := study.Information(ctx, r, theta, direction, 0.1, 60, seed)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if reset := along(1, 1, 0); !(reset.Value > 10*reset.Error) || !(reset.Value > 5000) {
		t.Errorf("information %.0f ± %.0f along the reset potential", reset.Value, reset.Error)
	}
	const runs = 8
	mean, deviation := 0.0, 0.0
	for seed := range uint64(runs) {
		nothing := along(1+seed, 0, 1)
		mean, deviation = mean+nothing.Value/runs, deviation+nothing.Error/runs
	}
	if math.Abs(mean) > 4*deviation/math.Sqrt(runs) {
		t.Errorf("information %.1f along what does not act; want 0 ± %.1f", mean, deviation/math.Sqrt(runs))
	}
	if _, err := study.Information(ctx, r, theta, []float64{1, 0}, 1e-3, 60, 1); err == nil {
		t.Error("information along a step between the same codes")
	}
	r.Observe = study.Trace
	if _, err := study.Information(ctx, r, theta, []float64{1, 0}, 0.1, 60, 1); err == nil {
		t.Error("information of traces")
	}
}

// Recordings beyond the recorder's rates don't count, and too few that are left are
// an error.
func TestInformationOfUsableRecordings(t *testing.T) {
	r := study.Recorder{
		Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Samples: 10_000, Points: 256, Observe: study.Features,
		Ranges: bss2.Ranges{Base: bss2.XSlow().With(bss2.Vr, 200), Parameters: []bss2.Parameter{bss2.ExcitatoryInputIBiasGm}, Low: []int{0}, High: []int{1022}},
	}
	// About one in five trials has seven spikes, the others eight: 20.6 and 23.5 kHz.
	for _, c := range []struct {
		low, high float64
		want      string // of the error
	}{{0.1, 70, ""}, {22, 70, ""}, {0.1, 22, " of 120 recordings of [500] are usable"}, {60, 70, "0 of 120 recordings of [500] are usable"}} {
		r.MinRate, r.MaxRate = c.low, c.high
		got, err := study.Information(context.Background(), r, []float64{500}, []float64{1}, 0.1, 60, 1)
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("from %g to %g kHz: %v, %v; want %q", c.low, c.high, got, err, c.want)
		case c.want == "" && (err != nil || !(math.Abs(got.Value) < 4*got.Error)):
			t.Errorf("from %g to %g kHz, along what does not act: %v, %v", c.low, c.high, got, err)
		}
	}
	if _, err := study.Information(context.Background(), r, nil, nil, 0.1, 60, 1); err == nil {
		t.Error("information without parameters")
	}
}
