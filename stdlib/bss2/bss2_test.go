package bss2

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func measure(t *testing.T, n *Neuron, e Experiment, c ...Config) *Trials {
	t.Helper()
	trials, err := n.RunAll(context.Background(), c, e)
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// quiet is the nominal neuron without noise.
func quiet() *Neuron {
	c := DefaultCircuit()
	c.Noise.Off = true
	return NewChip(72, ChipOptions{Circuit: &c, Ideal: true}).Neuron(0)
}

// millisecond records all of the step's 1 ms.
var millisecond = Experiment{Samples: 29410}

func intervals(spikes []float64) []float64 {
	var isi []float64
	for i := 1; i < len(spikes); i++ {
		isi = append(isi, spikes[i]-spikes[i-1])
	}
	return isi
}

// TestObservations: the thesis's x_slow and x_fast spike regularly through the
// record, adapt, slow visibly slower than fast, inside the window of the readout
// (200 to 680 LSB). On the nominal circuit and on the neurons that stand for the
// thesis's.
func TestObservations(t *testing.T) {
	for _, n := range []*Neuron{quiet(), NewChip(72, ChipOptions{}).Neuron(0), NewChip(82, ChipOptions{}).Neuron(0)} {
		trials := measure(t, n, millisecond, XSlow(), XFast())
		counts := trials.Counts()
		if counts[0] < 10 || float64(counts[1]) < 1.3*float64(counts[0]) {
			t.Errorf("%v: %d slow and %d fast spikes", n, counts[0], counts[1])
		}
		for i, s := range trials.Spikes {
			isi := intervals(s)
			late := isi[len(isi)/2:]
			if isi[0] > 0.7*late[0] {
				t.Errorf("%v, trial %d: intervals %.0f do not adapt", n, i, isi)
			}
			if slices.Max(late) > 1.35*slices.Min(late) {
				t.Errorf("%v, trial %d: intervals %.0f are not regular", n, i, isi)
			}
			if last := s[len(s)-1]; last < 1000-2*slices.Max(late) {
				t.Errorf("%v, trial %d: the last spike is at %.0f µs", n, i, last)
			}
			v := slices.Clone(trials.V[i])
			slices.Sort(v)
			if low, high, top := v[len(v)/50], v[len(v)*9/10], v[len(v)-1]; low < 200 || high > 680 || top < 550 || top > 680 {
				t.Errorf("%v, trial %d: V is mostly from %.0f to %.0f, at most %.0f LSB", n, i, low, high, top)
			}
		}
	}
}

// TestMeasuredLines: leak, reset and threshold follow the fits of the public
// laboratory course (brainscales2-demos, fp_calibration) over the codes that it
// fits.
func TestMeasuredLines(t *testing.T) {
	k := DefaultCircuit()
	for name, x := range map[string]struct {
		line          Line
		slope, offset float64
		low, high     float64
	}{
		"leak":      {k.LeakPotential, 0.79, -180, 500, 900},
		"reset":     {k.ResetPotential, 0.88, -250, 400, 900},
		"threshold": {k.Threshold, 0.99, 60, 50, 300},
	} {
		for code := x.low; code <= x.high; code += 10 {
			if got, want := x.line.value(code), x.slope*code+x.offset; math.Abs(got-want) > 8 {
				t.Errorf("%s at code %g is %.0f LSB; measured were %.0f", name, code, got, want)
			}
		}
	}
}

// TestSpikeTops: in the public demonstrations of the AdEx circuit, with threshold
// code 620, the last samples of spikes lie between 710 LSB and the plots' end at
// 750 or beyond.
func TestSpikeTops(t *testing.T) {
	trials := measure(t, quiet(), Experiment{}, Table1().With(VTh, 620))
	if top := slices.Max(trials.V[0]); top < 710 || top > 780 {
		t.Errorf("spikes end at %.0f LSB", top)
	}
}

// TestRepeatsDriftApart is figure 28: the same codes give the same first two
// spikes and then intervals that add up differently.
func TestRepeatsDriftApart(t *testing.T) {
	e := millisecond
	e.Repeats = 60
	spread := measure(t, NewChip(72, ChipOptions{}).Neuron(0), e, XSlow()).SpikeTimeSpread()
	if len(spread) < 8 {
		t.Fatalf("only %d spikes in every trial", len(spread))
	}
	if spread[0] > 1 || spread[1] > 3 {
		t.Errorf("the first two spikes spread by %.2f and %.2f µs", spread[0], spread[1])
	}
	if spread[7] < 3*spread[1] {
		t.Errorf("the spread stays small: %.2f", spread)
	}
	for k := 1; k < 8; k++ {
		if spread[k] < spread[k-1] {
			t.Errorf("the spread does not grow: %.2f", spread)
		}
	}
}

// TestSameSeedSameTrials at any number of cores, and others with another seed.
func TestSameSeedSameTrials(t *testing.T) {
	n := NewChip(5, ChipOptions{}).Neuron(17)
	e := Experiment{Repeats: 5, Points: 256, Seed: 3}
	a := measure(t, n, e, XSlow(), XFast())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if b := measure(t, n, e, XSlow(), XFast()); !reflect.DeepEqual(a, b) {
		t.Error("the number of cores changes the trials")
	}
	e.Seed = 4
	if b := measure(t, n, e, XSlow(), XFast()); reflect.DeepEqual(a.V, b.V) {
		t.Error("another seed gives the same trials")
	}
	if reflect.DeepEqual(a.V[0], a.V[1]) {
		t.Error("two trials are the same")
	}
}

func TestNeuronsDifferForEver(t *testing.T) {
	chip := NewChip(72, ChipOptions{})
	a, err := chip.Quantities(3, XSlow())
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewChip(72, ChipOptions{}).Quantities(3, XSlow())
	c, _ := chip.Quantities(4, XSlow())
	d, _ := NewChip(73, ChipOptions{}).Quantities(3, XSlow())
	if a != b {
		t.Error("the same neuron is another one")
	}
	if a == c || a == d {
		t.Error("two neurons are the same")
	}
}

// TestCalibrationReducesSpread: the ratios are those of the facts.
func TestCalibrationReducesSpread(t *testing.T) {
	spread := func(o ChipOptions, of func(Quantities) float64) float64 {
		chip, sum, square := NewChip(9, o), 0.0, 0.0
		for n := range Neurons {
			q, err := chip.Quantities(n, XSlow())
			if err != nil {
				t.Fatal(err)
			}
			x := of(q)
			sum, square = sum+x/Neurons, square+x*x/Neurons
		}
		return math.Sqrt(square - sum*sum)
	}
	for name, x := range map[string]struct {
		of   func(Quantities) float64
		want float64
	}{
		"leak potential":  {func(q Quantities) float64 { return q.EL }, 0.3},
		"reset potential": {func(q Quantities) float64 { return q.Vr }, 0.2},
		"threshold":       {func(q Quantities) float64 { return q.VTh }, 0.35},
		"leak":            {func(q Quantities) float64 { return math.Log(q.TauM()) }, 0.45},
		"a":               {func(q Quantities) float64 { return math.Log(q.GA) }, 1},
		"V_T":             {func(q Quantities) float64 { return q.VT }, 1},
	} {
		got := spread(ChipOptions{}, x.of) / spread(ChipOptions{Uncalibrated: true}, x.of)
		if math.Abs(got-x.want) > 1e-9*x.want {
			t.Errorf("%s: calibrated over uncalibrated is %g, not %g", name, got, x.want)
		}
	}
}

// TestTauCodeIsAConductance: w decays with C_w/g_τ, faster for larger codes.
func TestTauCodeIsAConductance(t *testing.T) {
	n := quiet()
	for _, code := range []int{100, 300} {
		c := Table1().With(TauW, code).With(A, 0).With(I, 0)
		q, err := n.Backend.(*Chip).Quantities(0, c)
		if err != nil {
			t.Fatal(err)
		}
		// The pulse brings nA·µs = fC onto pF, which gives mV.
		circuit := n.Backend.(*Chip).Circuit()
		jump := q.IB * circuit.PulseLength / q.CW / circuit.LSB
		if math.Abs(jump-52) > 1 {
			t.Errorf("w jumps by %g LSB", jump)
		}
		if want := 1000 * 2 / (1 + 0.14*float64(code)); math.Abs(q.TauW-want) > 1e-9 {
			t.Errorf("code %d: τ_w is %g µs, want %g", code, q.TauW, want)
		}
	}
}

// TestMembraneTimeConstant: without adaptation, exponential and threshold the
// membrane answers a step as 1 − e^(−t/τ_m).
func TestMembraneTimeConstant(t *testing.T) {
	c := Table1().With(I, 100)
	c.Digital.ExponentialEnable, c.Digital.AdaptationEnable, c.Digital.ThresholdEnable = false, false, false
	n := quiet()
	q, err := n.Backend.(*Chip).Quantities(0, c)
	if err != nil {
		t.Fatal(err)
	}
	v := measure(t, n, Experiment{}, c).V[0]
	rise := q.I / q.GL * 1000 / n.Backend.(*Chip).Circuit().LSB
	for k, got := range v {
		want := q.EL + rise*(1-math.Exp(-float64(k)/SampleRate/q.TauM()))
		if math.Abs(got-want) > 0.6 { // a half is the rounding to 10 bits
			t.Fatalf("V is %g LSB after %.2f µs, want %.2f", got, float64(k)/SampleRate, want)
		}
	}
}

// TestResetHoldsAtEveryCapacitance: the strong reset of the studies on a small
// capacitance is faster than a step.
func TestResetHoldsAtEveryCapacitance(t *testing.T) {
	n := quiet()
	for _, code := range []int{0, 1, 5, 8, 20, 63} {
		c := XSlow().With(C, code)
		q, err := n.Backend.(*Chip).Quantities(0, c)
		if err != nil {
			t.Fatal(err)
		}
		trials := measure(t, n, Experiment{}, c)
		if len(trials.Spikes[0]) == 0 {
			t.Errorf("capacitance %d: no spikes", code)
		}
		for _, spike := range trials.Spikes[0] {
			from := int(math.Ceil((spike + n.Backend.(*Chip).Circuit().ComparatorDelay + 1) * SampleRate))
			for k := from; k < from+int((c.Digital.RefractoryPeriod-1.1)*SampleRate) && k < len(trials.V[0]); k++ {
				if v := trials.V[0][k]; math.Abs(v-q.Vr) > 3 {
					t.Fatalf("capacitance %d: V is %g LSB in the reset %.2f µs after the spike at %.2f, want V_r = %.1f", code, v, float64(k)/SampleRate-spike, spike, q.Vr)
				}
			}
		}
	}
}

func TestReadoutNoise(t *testing.T) {
	c := Table1().With(I, 0).With(VT, 1022)
	trials := measure(t, NewChip(72, ChipOptions{}).Neuron(0), Experiment{Seed: 1}, c)
	sum, square := 0.0, 0.0
	for _, x := range trials.V[0] {
		if x != math.Round(x) || x < 0 || x > 1023 {
			t.Fatalf("a sample of %g", x)
		}
		sum, square = sum+x/1e4, square+x*x/1e4
	}
	if s := math.Sqrt(square - sum*sum); s < 2.6 || s > 3.4 {
		t.Errorf("a resting membrane is recorded with a noise of %.2f LSB; 3 is known", s)
	}
}

// TestPoints: the interpolated trace lies on the samples that it was made from.
func TestPoints(t *testing.T) {
	n := quiet()
	all := measure(t, n, Experiment{Samples: 1001}, XFast())
	some := measure(t, n, Experiment{Samples: 1001, Points: 301}, XFast())
	for i, x := range some.V[0] {
		at := float64(i) * 1000 / 300
		k := min(int(at), 999)
		want := all.V[0][k] + (all.V[0][k+1]-all.V[0][k])*(at-float64(k))
		if math.Abs(x-want) > 1e-9 {
			t.Fatalf("point %d is %g, want %g", i, x, want)
		}
	}
	if math.Abs(some.Dt*300-all.Dt*1000) > 1e-12 {
		t.Errorf("points every %g µs, samples every %g µs", some.Dt, all.Dt)
	}
}

func TestErrors(t *testing.T) {
	n := quiet()
	both := Table1()
	both.Digital.ResetEnableDivision = true
	for what, f := range map[string]func() error{
		"1023":       func() error { _, err := n.Run(context.Background(), Table1().With(A, 1023), Experiment{}); return err },
		"τ_w":        func() error { _, err := n.Run(context.Background(), Table1().With(TauW, -1), Experiment{}); return err },
		"0 to 63":    func() error { _, err := n.Run(context.Background(), Table1().With(C, 64), Experiment{}); return err },
		"multiplied": func() error { _, err := n.Run(context.Background(), both, Experiment{}); return err },
		"neuron 512": func() error {
			_, err := NewChip(1, ChipOptions{}).Neuron(512).Run(context.Background(), Table1(), Experiment{})
			return err
		},
		"Samples": func() error { _, err := n.Run(context.Background(), Table1(), Experiment{Samples: 1}); return err },
		"Points":  func() error { _, err := n.Run(context.Background(), Table1(), Experiment{Points: 20000}); return err },
		"called":  func() error { _, err := ParameterNamed("tau"); return err },
		"lower bound comes first": func() error {
			return Ranges{Base: Table1(), Parameters: []Parameter{A}, Low: []int{5}, High: []int{4}}.Validate()
		},
		"codes go from 0 to 1022": func() error {
			return Ranges{Base: Table1(), Parameters: []Parameter{A}, Low: []int{5}, High: []int{1023}}.Validate()
		},
		"drawn twice": func() error {
			return Ranges{Base: Table1(), Parameters: []Parameter{A, A}, Low: []int{5, 5}, High: []int{6, 6}}.Validate()
		},
		"configurati": func() error {
			_, err := n.RunAll(context.Background(), []Config{Table1(), {}}, Experiment{})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestContextStopsAnExperiment(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := quiet().Run(ctx, XSlow(), Repeat(100000)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

func TestParameters(t *testing.T) {
	analog := 0
	for _, p := range Parameters() {
		if p.Max() == MaxCode {
			analog++
		}
		for _, name := range []string{p.String(), p.Symbol()} {
			if q, err := ParameterNamed(name); err != nil || q != p {
				t.Errorf("%s is found as %v, %v", name, q, err)
			}
		}
	}
	if analog != 24 {
		t.Errorf("%d analog parameters; a neuron has 24", analog)
	}
}

// TestVariety: draws over all codes of the 4D dataset show what the thesis and the
// paper describe: spiking through mostly, a small subset that adapts to silence,
// some flat, silent or at a high reset.
func TestVariety(t *testing.T) {
	e := Experiment{Samples: 29410, Points: 2}
	v := measure(t, NewChip(72, ChipOptions{}).Neuron(0), e, Ranges4D().Draw(500, 1)...).Variety()
	if v.Slow+v.Fast < 0.6 || v.Slow < v.Fast || v.Stops < 0.02 || v.Stops > 0.15 || v.Silent < 0.005 || v.Pinned < 0.05 {
		t.Errorf("of 500 draws %v", v)
	}
	if sum := v.Slow + v.Fast + v.Pinned + v.Stops + v.Silent; math.Abs(sum-1) > 1e-9 {
		t.Errorf("the shares add up to %g", sum)
	}
	if v := measure(t, quiet(), e, XSlow(), XFast()).Variety(); math.Abs(v.Slow-1) > 1e-9 {
		t.Errorf("x_slow and x_fast: %v", v)
	}
}

// BenchmarkThousand is 1,000 experiments of 640 µs with all their noise, 1,024
// points kept of each.
func BenchmarkThousand(b *testing.B) {
	n := NewChip(72, ChipOptions{}).Neuron(0)
	configs := Ranges4D().Draw(1000, 1)
	for b.Loop() {
		if _, err := n.RunAll(context.Background(), configs, Experiment{Points: 1024}); err != nil {
			b.Fatal(err)
		}
	}
}
