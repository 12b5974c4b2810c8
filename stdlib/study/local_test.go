package study_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"hillock/stdlib/bss2"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// For a linear simulator with normal noise the posterior is known exactly.
func TestLocalPosteriorOfALinearSimulator(t *testing.T) {
	linear := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{
			2*theta[0] + theta[1] + 3*rng.NormFloat64(),
			theta[0] + theta[1] + rng.NormFloat64(),
			rng.NormFloat64(),
		}, nil
	})
	prior := sbi.Normal([]float64{0, 0}, []float64{2, 1}, "a", "b")
	l, err := study.LocalPosterior(context.Background(), linear, prior, []float64{0.5, -1}, study.LocalOptions{Repeats: 20_000, Step: 1, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	information := mat.NewDense(2, 2, []float64{4.0/9 + 1 + 1.0/4, 2.0/9 + 1, 2.0/9 + 1, 1.0/9 + 1 + 1})
	var want mat.Dense
	if err := want.Inverse(information); err != nil {
		t.Fatal(err)
	}
	for d := range 2 {
		if std := math.Sqrt(want.At(d, d)); math.Abs(l.Std[d]/std-1) > 0.03 {
			t.Errorf("deviation %g, want %g", l.Std[d], std)
		}
	}
	if _, err := study.LocalPosterior(context.Background(), linear, prior, []float64{0.5}, study.LocalOptions{}); err == nil {
		t.Error("one value for two parameters")
	}
	nothing := simulatorFunc(func(_ context.Context, thetas [][]float64, _ uint64) ([][]float64, error) {
		return make([][]float64, len(thetas)), nil
	})
	for _, repeats := range []int{1, 2, 30} {
		if _, err := study.LocalPosterior(context.Background(), nothing, prior, []float64{0.5, -1}, study.LocalOptions{Repeats: repeats}); err == nil {
			t.Errorf("a posterior from %d runs that all failed", repeats)
		}
	}
	if r := want.At(0, 1) / math.Sqrt(want.At(0, 0)*want.At(1, 1)); math.Abs(l.Correlation.Values[0][1]-r) > 0.03 {
		t.Errorf("correlation %g, want %g", l.Correlation.Values[0][1], r)
	}
}

// Longer recordings hold more information.
func TestLocalPosteriorOfANeuron(t *testing.T) {
	r := recorder(study.SpikeTimes)
	prior, err := r.Prior()
	if err != nil {
		t.Fatal(err)
	}
	at := func(samples, spikes int) *study.Local {
		r.Samples, r.Spikes = samples, spikes
		l, err := study.LocalPosterior(context.Background(), r, prior, r.Theta(bss2.XFast()), study.LocalOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	short, long := at(10_000, 4), at(29_410, 10)
	if !(long.Std[1] < short.Std[1] && short.Std[1] < prior.Std()[1]/5) {
		t.Errorf("τ_w is known to %g from 4 spikes, to %g from 10", short.Std[1], long.Std[1])
	}
	r.Samples, r.Spikes = 10_000, 1000
	if _, err := study.LocalPosterior(context.Background(), r, prior, r.Theta(bss2.XFast()), study.LocalOptions{Repeats: 20}); err == nil {
		t.Error("a thousand spikes in 340 µs")
	}
}

func TestLocalPosteriorNamesWhatDoesNotVary(t *testing.T) {
	neuron := bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0)
	r := study.Recorder{Neuron: neuron, Ranges: bss2.Ranges2D(), Observe: study.Features, Samples: 6000}
	prior, err := r.Prior()
	if err != nil {
		t.Fatal(err)
	}
	_, err = study.LocalPosterior(context.Background(), r, prior, r.Theta(bss2.XSlow()), study.LocalOptions{Repeats: 60})
	if err == nil || !strings.Contains(err.Error(), "log time of spike") || !strings.Contains(err.Error(), "SpikeTimes") {
		t.Errorf("ended with %v", err)
	}
}
