package bss2

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Backend is what runs experiments: the emulator, or a chip.
type Backend interface {
	// Measure sets a neuron to each configuration in turn, runs the experiment as
	// often as it says, and gives the recordings: all repeats of the first
	// configuration, then those of the second. It stops soon after the context
	// ends.
	Measure(ctx context.Context, neuron int, configs []Config, e Experiment) (*Trials, error)
}

// SampleRate is the rate of the readout, samples per µs.
const SampleRate = 29.41

// Signal is what the readout is connected to.
type Signal int

// The signals that can be recorded, one at a time.
const (
	Membrane   Signal = iota // the membrane potential V
	Adaptation               // the adaptation voltage w
)

// Experiment is the thesis's: without current for Offset, then a step of current.
// What is recorded starts with the step. The zero value records 10,000 samples,
// 340 µs, once.
type Experiment struct {
	Repeats int     // trials of each configuration; 0 means 1
	Offset  float64 // time before the step, µs; 0 means 300
	Runtime float64 // time that the current is on, µs; 0 means 1000
	Samples int     // samples recorded from the step on; 0 means 10000, of which the thesis made its datasets
	Points  int     // to which the samples are interpolated; 0 keeps all
	Record  Signal  // what is recorded
	Seed    uint64  // of everything that varies from trial to trial
	First   int     // number of the first trial: trials take their noise from their numbers
}

// Repeat is the experiment with n trials of each configuration.
func Repeat(n int) Experiment { return Experiment{Repeats: n} }

// withDefaults fills in the defaults and checks the rest.
func (e Experiment) withDefaults() (Experiment, error) {
	if e.Repeats == 0 {
		e.Repeats = 1
	}
	if e.Offset == 0 {
		e.Offset = 300
	}
	if e.Runtime == 0 {
		e.Runtime = 1000
	}
	if e.Samples == 0 {
		e.Samples = 10000
	}
	switch {
	case e.First < 0:
		return e, fmt.Errorf("bss2: Experiment.First is %d; it must be 0 or above", e.First)
	case e.Repeats < 0:
		return e, fmt.Errorf("bss2: Experiment.Repeats is %d; it must be 1 or above", e.Repeats)
	case !(e.Offset > 0 && e.Offset <= 1e5):
		return e, fmt.Errorf("bss2: Experiment.Offset is %g µs; it must be above 0 and at most 100 ms", e.Offset)
	case !(e.Runtime > 0 && e.Runtime <= 1e5):
		return e, fmt.Errorf("bss2: Experiment.Runtime is %g µs; it must be above 0 and at most 100 ms", e.Runtime)
	case e.Samples < 2 || e.Samples > 1e7:
		return e, fmt.Errorf("bss2: Experiment.Samples is %d; it must be between 2 and 10 million", e.Samples)
	case e.Points < 0 || e.Points == 1 || e.Points > e.Samples:
		return e, fmt.Errorf("bss2: Experiment.Points is %d; it must be 0, or between 2 and the %d samples", e.Points, e.Samples)
	case e.Record != Membrane && e.Record != Adaptation:
		return e, fmt.Errorf("bss2: Experiment.Record is %d; it must be Membrane or Adaptation", e.Record)
	}
	return e, nil
}

// dt is the time between two samples or points, µs.
func (e Experiment) dt() float64 {
	if e.Points == 0 {
		return 1 / SampleRate
	}
	return float64(e.Samples-1) / float64(e.Points-1) / SampleRate
}

// Trials are recordings. Trial k belongs to configuration k/Repeats.
type Trials struct {
	Configs []Config    // that were measured, in order
	Repeats int         // trials of each configuration
	Record  Signal      // what V holds: the membrane potential or the adaptation voltage
	Dt      float64     // time between two samples, µs
	V       [][]float64 // samples of each trial, LSB, the first when the current is switched on
	Spikes  [][]float64 // spikes of each trial during the recording, µs after the current is switched on
}

// Len is the number of trials.
func (t *Trials) Len() int { return len(t.V) }

// Trace gives the samples of a trial, LSB, and the time between two of them, µs.
func (t *Trials) Trace(i int) (v []float64, dt float64) { return t.V[i], t.Dt }

// Units are those of time, traces and adaptation.
func (t *Trials) Units() (time, trace, adaptation string) { return "µs", "LSB", "LSB" }

// First gives the first n trials, or all if there are fewer; they share memory.
func (t *Trials) First(n int) *Trials {
	n = min(max(n, 0), t.Len())
	first := *t
	first.V, first.Spikes = t.V[:n:n], t.Spikes[:n:n]
	return &first
}

// Of gives the trials of one configuration; they share memory.
func (t *Trials) Of(config int) *Trials {
	of := *t
	of.Configs = t.Configs[config : config+1]
	from, to := config*t.Repeats, (config+1)*t.Repeats
	of.V, of.Spikes = t.V[from:to:to], t.Spikes[from:to:to]
	return &of
}

// Config gives the configuration of a trial.
func (t *Trials) Config(i int) Config { return t.Configs[i/t.Repeats] }

// Counts gives the number of spikes of each trial.
func (t *Trials) Counts() []int {
	counts := make([]int, t.Len())
	for i, s := range t.Spikes {
		counts[i] = len(s)
	}
	return counts
}

// SpikeTimeSpread gives the standard deviation of the time of the first, second,
// third … spike over the trials, µs, for as many spikes as every trial has.
func (t *Trials) SpikeTimeSpread() []float64 {
	if t.Len() == 0 {
		return nil
	}
	spread := make([]float64, slices.Min(t.Counts()))
	for k := range spread {
		mean, square := 0.0, 0.0
		for _, s := range t.Spikes {
			mean += s[k] / float64(t.Len())
		}
		for _, s := range t.Spikes {
			square += (s[k] - mean) * (s[k] - mean)
		}
		spread[k] = math.Sqrt(square / float64(t.Len()))
	}
	return spread
}

// String says in one sentence what the trials are.
func (t *Trials) String() string {
	if t.Len() == 0 {
		return "no trials"
	}
	counts := t.Counts()
	low, high := slices.Min(counts), slices.Max(counts)
	spikes := fmt.Sprintf("%d", low)
	if high > low {
		spikes = fmt.Sprintf("%d to %d", low, high)
	}
	trials := fmt.Sprintf("%d trials", t.Len())
	if t.Len() == 1 {
		trials = "1 trial"
	}
	if len(t.Configs) > 1 {
		trials += fmt.Sprintf(" of %d configurations", len(t.Configs))
	}
	return fmt.Sprintf("%s of %.0f µs with %s spikes", trials, float64(len(t.V[0])-1)*t.Dt, spikes)
}
