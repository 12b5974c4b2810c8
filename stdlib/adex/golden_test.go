package adex

import (
	"context"
	"math"
	"os"
	"testing"
)

// golden gives the runs of Brian 2; ADEX_GOLDEN names another file of the same
// script, with every sample or other parameters.
func golden(t testing.TB) []Brian2Run {
	t.Helper()
	runs, err := Brian2()
	if name := os.Getenv("ADEX_GOLDEN"); name != "" {
		file, openErr := os.Open(name)
		if openErr != nil {
			t.Fatal(openErr)
		}
		defer file.Close()
		runs, err = readBrian2(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 {
		t.Fatal("there are no runs of Brian 2")
	}
	return runs
}

func TestSimulateEqualsBrian2(t *testing.T) {
	worst := 0.0
	for _, g := range golden(t) {
		run, err := Simulate(context.Background(), g.Params, g.Stimulus, Options{RecordW: true, RecordEvery: g.Every})
		if err != nil {
			t.Fatalf("%s: %v", g.Name, err)
		}
		worst = max(worst, compare(t, g, run))
	}
	t.Logf("largest difference of V: %.2g mV", worst)
}

// compare fails the test where a run is not the golden one, and gives the
// largest difference of V.
func compare(t *testing.T, g Brian2Run, run *Run) float64 {
	t.Helper()
	if len(run.V) != len(g.V) || len(run.W) != len(g.W) {
		t.Fatalf("%s: %d and %d samples, Brian 2 has %d and %d", g.Name, len(run.V), len(run.W), len(g.V), len(g.W))
	}
	if len(run.Spikes) != len(g.Spikes) {
		t.Fatalf("%s: %d spikes, Brian 2 has %d", g.Name, len(run.Spikes), len(g.Spikes))
	}
	for i, k := range g.Spikes {
		if got := int(math.Round(run.Spikes[i] / DefaultDt)); got != k {
			t.Errorf("%s: spike %d in step %d, Brian 2 has it in %d", g.Name, i, got, k)
		}
	}
	worst := 0.0
	for k := range g.V {
		dv, dw := math.Abs(run.V[k]-g.V[k]), math.Abs(run.W[k]-g.W[k])
		worst = max(worst, dv)
		if !(dv <= 1e-6) || !(dw <= 1e-6) {
			t.Fatalf("%s: sample %d is V = %.12g mV, w = %.12g pA; Brian 2 has %.12g and %.12g", g.Name, k, run.V[k], run.W[k], g.V[k], g.W[k])
		}
	}
	return worst
}
