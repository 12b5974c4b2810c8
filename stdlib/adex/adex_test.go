package adex

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestValidateNamesTheField(t *testing.T) {
	good := Table4()
	if err := good.Validate(); err != nil {
		t.Fatalf("table 4: %v", err)
	}
	for field, change := range map[string]func(*Params){
		"C ":          func(p *Params) { p.C = 0 },
		"GL ":         func(p *Params) { p.GL = -1 },
		"DeltaT ":     func(p *Params) { p.DeltaT = -2 },
		"TauW ":       func(p *Params) { p.TauW = 0 },
		"Vr ":         func(p *Params) { p.Vr = 0 },
		"EL ":         func(p *Params) { p.EL = math.NaN() },
		"B ":          func(p *Params) { p.B = math.Inf(1) },
		"Refractory ": func(p *Params) { p.Refractory = -1 },
		"Dt ":         func(p *Params) { p.TauW = 0.004 },
	} {
		p := good
		change(&p)
		_, err := Simulate(context.Background(), p, Step{I: 1, Runtime: 1}, Options{})
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("a wrong %sgives the error %v", field, err)
		}
	}
}

func TestStimulusErrors(t *testing.T) {
	for field, s := range map[string]Stimulus{
		"Step.I":       Step{I: math.NaN(), Runtime: 1},
		"Step.Onset":   Step{Onset: -1},
		"Step lasts":   Step{Runtime: 1e12},
		"Sampled.Dt":   Sampled{Dt: -1},
		"Sampled.I[1]": Sampled{I: []float64{0, math.Inf(1)}},
		"no stimulus":  nil,
	} {
		if _, err := Simulate(context.Background(), Table4(), s, Options{}); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestLinearMembrane compares with the closed form of a leaky membrane.
func TestLinearMembrane(t *testing.T) {
	p := Params{C: 100, GL: 10, EL: -70, TauW: 100, Vr: -80}
	run, err := Simulate(context.Background(), p, Step{I: 200, Runtime: 50}, Options{Dt: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range run.Time() {
		want := -70 + 20*(1-math.Exp(-x/10))
		if math.Abs(run.V[k]-want) > 2e-3 {
			t.Fatalf("V(%g ms) = %g mV, the closed form is %g mV", x, run.V[k], want)
		}
	}
}

func TestSampledHoldsItsSamples(t *testing.T) {
	coarse := Sampled{I: []float64{1, 2, 3}, Dt: 0.03}
	got, err := coarse.Current(0.01)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{1, 1, 1, 2, 2, 2, 3, 3, 3}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestRecordEveryKeepsTheSameSamples(t *testing.T) {
	all, err := Simulate(context.Background(), Table4(), ThesisStep(2000), Options{RecordW: true})
	if err != nil {
		t.Fatal(err)
	}
	some, err := Simulate(context.Background(), Table4(), ThesisStep(2000), Options{RecordW: true, RecordEvery: 7})
	if err != nil {
		t.Fatal(err)
	}
	if len(some.V) != (len(all.V)+6)/7 {
		t.Fatalf("%d of %d samples", len(some.V), len(all.V))
	}
	for k := range some.V {
		if some.V[k] != all.V[7*k] || some.W[k] != all.W[7*k] {
			t.Fatalf("sample %d differs", k)
		}
	}
}

func TestBatchEqualsSimulate(t *testing.T) {
	sets := Draw(131, Table2(), 7)
	opts := Options{RecordW: true, RecordEvery: 3}
	b, err := SimulateBatch(context.Background(), sets, ThesisStep(2000), opts)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range sets {
		want, err := Simulate(context.Background(), p, ThesisStep(2000), opts)
		if err != nil {
			t.Fatal(err)
		}
		got := b.Run(i)
		if !same(got.V, want.V) || !same(got.W, want.W) || !same(got.Spikes, want.Spikes) {
			t.Fatalf("run %d differs from Simulate", i)
		}
	}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	one, err := SimulateBatch(context.Background(), sets, ThesisStep(2000), opts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sets {
		if !same(one.V[i], b.V[i]) || !same(one.W[i], b.W[i]) {
			t.Fatal("the number of cores changes the traces")
		}
	}
}

// same compares bit by bit.
func same(a, b []float64) bool {
	var x, y bytes.Buffer
	_ = binary.Write(&x, binary.LittleEndian, a)
	_ = binary.Write(&y, binary.LittleEndian, b)
	return bytes.Equal(x.Bytes(), y.Bytes())
}

func TestNaNParametersAreFlagged(t *testing.T) {
	sets := Draw(3, Table2(), 1)
	sets[1].A = math.NaN()
	b, err := SimulateBatch(context.Background(), sets, ThesisStep(2000), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b.Diverged[0] || !b.Diverged[1] || b.Diverged[2] || !math.IsNaN(b.Run(1).V[0]) {
		t.Errorf("flags %v", b.Diverged)
	}
	sets[1].A, sets[1].C = 80, -1
	if _, err = SimulateBatch(context.Background(), sets, ThesisStep(2000), Options{}); err == nil || !strings.Contains(err.Error(), "parameter set 1: adex: C is -1 pF") {
		t.Errorf("error %v", err)
	}
}

func TestDivergingRunIsFlagged(t *testing.T) {
	p := Table4()
	p.GL, p.A, p.TauW = 1, -100, 1 // below rest w pushes V down, ever faster
	run, err := Simulate(context.Background(), p, Sampled{I: make([]float64, 200000)}, Options{Start: &State{V: -71, W: 0}})
	if err != nil {
		t.Fatal(err)
	}
	if !run.Diverged {
		t.Errorf("not flagged; V ends at %g mV", run.V[len(run.V)-1])
	}
}

func TestContextStopsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		time.Sleep(20 * time.Millisecond)
		cancel()
	}()
	_, err := Simulate(ctx, Table4(), Step{I: 2000, Runtime: 2e5}, Options{SpikesOnly: true})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Simulate ended with %v", err)
	}
	if _, err = SimulateBatch(ctx, Draw(10, Table2(), 1), ThesisStep(2000), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("SimulateBatch ended with %v", err)
	}
}

func TestDraw(t *testing.T) {
	a, b := Draw(100, Table2(), 7), Draw(1000, Table2(), 7)
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("the first sets depend on how many are drawn")
		}
	}
	r := Table2()
	var meanA float64
	for _, p := range b {
		if p.A < r.Low.A || p.A > r.High.A || p.Vr < -70 || p.Vr > -50 || p.C != 100 {
			t.Fatalf("outside the ranges: %v", p)
		}
		meanA += p.A / 1000
	}
	// The mean of 1000 uniform draws over 970 nS has a standard deviation of 8.9 nS.
	if math.Abs(meanA-515) > 40 {
		t.Errorf("mean of a is %g nS", meanA)
	}
	if c := Draw(1, r, 8); c[0] == a[0] {
		t.Error("the seed does not matter")
	}
}

func TestRheobase(t *testing.T) {
	p := Patterns()[0].Params
	current := p.Rheobase()
	for _, x := range []struct {
		factor float64
		spikes bool
	}{{0.99, false}, {1.01, true}} {
		// Switched on slowly, so that the neuron follows its resting state.
		ramp := make([]float64, 600000)
		for k := range ramp {
			ramp[k] = current * x.factor * min(1, float64(k)/400000)
		}
		run, err := Simulate(context.Background(), p, Sampled{I: ramp}, Options{SpikesOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if (len(run.Spikes) > 0) != x.spikes {
			t.Errorf("%g of the rheobase of %g pA: %v", x.factor, current, run)
		}
	}
}
