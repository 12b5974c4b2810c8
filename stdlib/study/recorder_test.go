package study_test

import (
	"context"
	"math"
	"testing"

	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

func recorder(o study.Observed) study.Recorder {
	return study.Recorder{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges4D(), Observe: o}
}

// A recorder that is cut as datasets are sees the traces of the simulator, but for
// the rounding to whole LSB on their way.
func TestRecorderSeesTheSimulatorsTraces(t *testing.T) {
	ctx := context.Background()
	r := recorder(study.TraceThenFeatures)
	quiet := bss2.DefaultCircuit()
	quiet.Noise.Off = true
	r.Neuron = bss2.NewChip(72, bss2.ChipOptions{Circuit: &quiet}).Neuron(0)
	r.Samples = 10_000
	thetas := [][]float64{r.Theta(bss2.XSlow()), r.Theta(bss2.XFast())}
	xs, err := r.Simulate(ctx, thetas, 4)
	if err != nil {
		t.Fatal(err)
	}
	want, err := study.Simulator{Source: dataset.Chip{Neuron: r.Neuron, Ranges: r.Ranges}}.Simulate(ctx, thetas, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for k, v := range want[i] {
			if math.Abs(xs[i][k]-v) > 1.5/bss2.MaxCode {
				t.Fatalf("point %d of trace %d is %v, of the simulator %v", k, i, xs[i][k], v)
			}
		}
		if n := len(xs[i]) - len(want[i]); n != len(r.FeatureNames()) {
			t.Errorf("%d features with %d names", n, len(r.FeatureNames()))
		}
	}
}

// Runs out of range fail, the features tell the two observations apart, and a
// seed gives the same recording whatever is observed.
func TestRecorderFeatures(t *testing.T) {
	ctx := context.Background()
	r := recorder(study.Features)
	slow, fast := r.Theta(bss2.XSlow()), r.Theta(bss2.XFast())
	xs, err := r.Simulate(ctx, [][]float64{slow, fast}, 1)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := r.Emulate(ctx, [][]float64{slow, fast}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range xs {
		if n := math.Exp(x[0]) - 0.5; math.Abs(n-float64(len(trials.Spikes[i]))) > 1e-9 {
			t.Errorf("the features say %g spikes; %d were recorded", n, len(trials.Spikes[i]))
		}
		if first := math.Exp(x[len(x)-8]) - 1; math.Abs(first-trials.Spikes[i][0]) > 1e-9 {
			t.Errorf("the features say %g µs to the first spike; it was %g", first, trials.Spikes[i][0])
		}
	}
	if xs[0][0] >= xs[1][0] {
		t.Error("the slow neuron has the higher rate")
	}
	slowRate, fastRate := float64(len(trials.Spikes[0])), float64(len(trials.Spikes[1])) // of 1 ms: kHz
	r.MinRate, r.MaxRate = slowRate+0.5, fastRate+0.5
	limited, err := r.Simulate(ctx, [][]float64{slow, fast}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if limited[0] != nil || limited[1] == nil {
		t.Error("the limits on the rate do not part the slow from the fast neuron")
	}
}

// Posteriors that are the truth come as close as repeats do, priors no closer
// than other parameters.
func TestCheckSpikes(t *testing.T) {
	ctx := context.Background()
	r := recorder(study.Features)
	prior, err := r.Prior()
	if err != nil {
		t.Fatal(err)
	}
	inf, err := sbi.NewNPE(prior, sbi.Options{Density: sbi.MDN{Components: 4, Hidden: 30, Layers: 2}, LR: 3e-3, MaxEpochs: 40, Seed: 1, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(ctx, r, 600); err != nil {
		t.Fatal(err)
	}
	c, err := study.CheckSpikes(ctx, inf, r, sbi.Draw(prior, 16, 9), 4, nil, 3)
	if err != nil {
		t.Fatal(err)
	}
	posterior, repeats, others := study.Median(c.Posterior), study.Median(c.Repeats), study.Median(c.Others)
	if !(repeats < posterior && posterior < others) {
		t.Errorf("repeats at %g, posterior at %g, others at %g", repeats, posterior, others)
	}
}

func TestVoltageDistance(t *testing.T) {
	a := []float64{1, 5, 3}
	if d := study.VoltageDistance(a, []float64{5, 3, 1}); d != 0 || a[1] != 5 {
		t.Errorf("the order matters: %g, %v", d, a)
	}
	if d := study.VoltageDistance(a, []float64{3, 5, 7}); d != 2 {
		t.Errorf("shifted by 2: %g", d)
	}
	if !math.IsNaN(study.VoltageDistance(a, a[:2])) {
		t.Error("lengths that differ have a distance")
	}
}
