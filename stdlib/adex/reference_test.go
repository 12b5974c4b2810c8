package adex

import (
	"context"
	"math"
	"testing"
)

// TestDormandPrinceOrder halves the step on an equation with a known solution:
// a leaky membrane with adaptation, whose two variables oscillate.
func TestDormandPrinceOrder(t *testing.T) {
	// y″ + y = 0
	f := func(_ float64, y [2]float64) [2]float64 { return [2]float64{y[1], -y[0]} }
	wrong := func(n int) float64 {
		y := [2]float64{1, 0}
		for k := range n {
			y, _ = dormandPrince(f, float64(k), y, 4/float64(n))
		}
		return math.Hypot(y[0]-math.Cos(4), y[1]+math.Sin(4))
	}
	for n := 20; n <= 80; n *= 2 {
		order := math.Log2(wrong(n) / wrong(2*n))
		if order < 4.7 || order > 5.4 {
			t.Errorf("halving the step of 4/%d divides the error by 2^%.2f; the order is 5", n, order)
		}
	}
}

func reference4(t *testing.T, tolerance float64) *Run {
	t.Helper()
	run, err := Reference(context.Background(), Table4(), ThesisStep(2000), ReferenceOptions{Tolerance: tolerance, RecordW: true})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestReferenceConverges: a smaller tolerance changes spike times by no more
// than the larger one allowed.
func TestReferenceConverges(t *testing.T) {
	rough, fine := reference4(t, 1e-8), reference4(t, 1e-12)
	if len(rough.Spikes) != len(fine.Spikes) || len(fine.Spikes) == 0 {
		t.Fatalf("%d and %d spikes", len(rough.Spikes), len(fine.Spikes))
	}
	for i := range fine.Spikes {
		if d := math.Abs(rough.Spikes[i] - fine.Spikes[i]); d > 1e-5 {
			t.Errorf("spike %d moves by %g ms", i, d)
		}
	}
}

// TestEulerConvergesToReference: Euler's spike times come nearer as dt·ln(1/dt),
// as they must where V runs away in finite time: halving the step divides the
// error by a little less than 2.
func TestEulerConvergesToReference(t *testing.T) {
	want := reference4(t, 1e-12).Spikes
	wrong := func(dt float64) float64 {
		run, err := Simulate(context.Background(), Table4(), ThesisStep(2000), Options{Dt: dt, SpikesOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i := range 12 {
			// Euler's spike is somewhere in the step that starts at its time.
			worst = max(worst, math.Abs(run.Spikes[i]+dt-want[i]))
		}
		return worst
	}
	for _, dt := range []float64{0.004, 0.002, 0.001} {
		if ratio := wrong(dt) / wrong(dt/2); ratio < 1.6 || ratio > 2 {
			t.Errorf("halving the step of %g ms divides the error of the spike times by %.2f", dt, ratio)
		}
	}
	t.Logf("at 0.01 ms spikes are off by up to %.3f ms", wrong(0.01))
}

// TestReferenceRefractory: V is held and w decays meanwhile.
func TestReferenceRefractory(t *testing.T) {
	p := Table4()
	p.Refractory = 2
	run, err := Reference(context.Background(), p, ThesisStep(2000), ReferenceOptions{RecordW: true})
	if err != nil {
		t.Fatal(err)
	}
	first := run.Spikes[0]
	from, to := int(first/run.Dt)+1, int((first+2)/run.Dt)
	goal := p.A * (p.Vr - p.EL)
	for k := from; k <= to; k++ {
		if run.V[k] != p.Vr {
			t.Fatalf("V is %g mV %g ms after a spike", run.V[k], float64(k)*run.Dt-first)
		}
		want := goal + (run.W[from]-goal)*math.Exp(-float64(k-from)*run.Dt/p.TauW)
		if math.Abs(run.W[k]-want) > 1e-9*math.Abs(want) {
			t.Fatalf("w is %g pA, want %g", run.W[k], want)
		}
	}
}

func TestReferenceLinear(t *testing.T) {
	p := Params{C: 100, GL: 10, EL: -70, TauW: 100, Vr: -80}
	run, err := Reference(context.Background(), p, Step{I: 200, Runtime: 50}, ReferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range run.Time() {
		if want := -70 + 20*(1-math.Exp(-x/10)); math.Abs(run.V[k]-want) > 1e-9 {
			t.Fatalf("V(%g ms) = %.12g mV, the closed form is %.12g mV", x, run.V[k], want)
		}
	}
}
