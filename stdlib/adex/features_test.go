package adex

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
)

// TestFeaturesByHand measures a trace of 1 ms steps that was worked out with
// pencil and paper: rest at −70, current from 2 to 18 ms, three spikes.
//
//	ms   0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15  16  17  18  19
//	mV -70 -70 -70 -69 -65 -40 -60 -64 -62 -60 -30 -58 -62 -64 -60 -59 -50 -20 -58 -60
//
// Spikes in the steps that start at 5, 10 and 17 ms; intervals 5 and 7 ms.
func TestFeaturesByHand(t *testing.T) {
	v := []float64{-70, -70, -70, -69, -65, -40, -60, -64, -62, -60, -30, -58, -62, -64, -60, -59, -50, -20, -58, -60}
	f, err := Measure(v, 1, []float64{5, 10, 17}, FeatureOptions{Onset: 2, End: 19, FastWindow: 2, ThresholdFraction: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	third := func(a, b, c float64) float64 { return (a + b + c) / 3 }
	want := Features{
		SpikeCount: 3, AvgRate: 3000. / 17, Latency: 3, FirstISI: 5, MeanISI: 6, MedianISI: 6,
		ISICV: 1. / 6, Adapt: 1. / 6, // (7 − 5)/(7 + 5)
		// The slopes up are 1 4 25 | 2 2 30 | 4 1 9 30; a tenth of the largest is
		// first reached at −69, −60 and −64 mV.
		Threshold: third(-69, -60, -64), Peak: third(-40, -30, -20), Upstroke: third(25, 30, 30),
		Downstroke: third(-20, -28, -38),
		Trough:     third(-64, -64, -58), TroughTime: third(2, 3, 1),
		FastTrough: third(-64, -62, -58), SlowTrough: (-62 - 64) / 2.,
		// Above −54.5, −45 and −42 mV there is one sample of each.
		Width: 1, Amplitude: -30 + 193./3, Base: -70, AHPDepth: -70 + 186./3, SteadyState: -58,
	}
	got, wanted := reflect.ValueOf(f), reflect.ValueOf(want)
	for i := range got.NumField() {
		if g, w := got.Field(i).Float(), wanted.Field(i).Float(); !(math.Abs(g-w) < 1e-12) {
			t.Errorf("%s is %g, by hand %g", got.Type().Field(i).Name, g, w)
		}
	}
}

func TestFeaturesWithoutSpikes(t *testing.T) {
	p := Patterns()[6].Params // the transient one
	for current, spikes := range map[float64]float64{10: 0, 180: 1} {
		run, err := Simulate(context.Background(), p, Step{I: current, Onset: 10, Runtime: 300}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := run.Features()
		if err != nil {
			t.Fatal(err)
		}
		if f.SpikeCount != spikes {
			t.Fatalf("%g pA give %g spikes; the test needs %g", current, f.SpikeCount, spikes)
		}
		if math.IsNaN(f.Latency) != (spikes == 0) || math.IsNaN(f.Peak) != (spikes == 0) || !math.IsNaN(f.MeanISI) || !math.IsNaN(f.Adapt) {
			t.Errorf("with %g spikes: %+v", spikes, f)
		}
		if math.IsNaN(f.Base) || math.IsNaN(f.SteadyState) {
			t.Errorf("with %g spikes: %+v", spikes, f)
		}
		vector := f.Vector(-1)
		if len(vector) != len(FeatureNames()) || vector[4] != -1 {
			t.Errorf("vector %v", vector)
		}
	}
}

func TestFeatureErrors(t *testing.T) {
	for what, f := range map[string]func() (Features, error){
		"without samples": func() (Features, error) { return Measure(nil, 1, nil, FeatureOptions{}) },
		"between samples": func() (Features, error) { return Measure([]float64{1}, 0, nil, FeatureOptions{}) },
		"Onset < End":     func() (Features, error) { return Measure([]float64{1}, 1, nil, FeatureOptions{Onset: 2, End: 1}) },
		"at sample 1":     func() (Features, error) { return Measure([]float64{1, math.NaN()}, 1, nil, FeatureOptions{}) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
