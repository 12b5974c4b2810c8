package study

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/notebook"
	"hillock/stdlib/sbi"
)

// Observed is what of a recording an inference is given.
type Observed int

// The observations of a Recorder.
const (
	Trace             Observed = iota // the trace, normalised to 0…1
	Features                          // handcrafted features and the first spike times: FeatureNames
	TraceThenFeatures                 // both, one after the other
	SpikeTimes                        // the first Spikes spike times, µs, the least and the mean voltage, LSB; runs of fewer spikes fail
)

// Recorder runs a neuron of a chip for inferences that look at more than the
// trace: at handcrafted features, at spikes, or only at neurons whose rate makes
// sense. Codes are rounded to whole ones.
type Recorder struct {
	Neuron  *bss2.Neuron
	Ranges  bss2.Ranges
	Observe Observed
	Samples int // of the recording; 0 means 29,410, the whole millisecond of the step
	Points  int // to which recordings are interpolated, also for their features; 0 means 1024
	// MinRate and MaxRate are limits on the firing rate, kHz in the chip's time: runs
	// beyond them count as failed. MaxRate 0 means no limits.
	MinRate, MaxRate float64
	Spikes           int    // that SpikeTimes gives
	Seed             uint64 // of the noise, with that of the call
}

var _ sbi.Simulator = Recorder{}

// spikeTimes is the number of spike times among the features.
const spikeTimes = 8

// atOnce bounds the memory of raw recordings.
const atOnce = 500

// Prior is uniform over the whole codes of the ranges.
func (r Recorder) Prior() (sbi.Prior, error) {
	return Simulator{Source: dataset.Chip{Neuron: r.Neuron, Ranges: r.Ranges}}.Prior()
}

// Config gives the configuration of a parameter vector.
func (r Recorder) Config(theta []float64) bss2.Config {
	c := r.Ranges.Base
	for i, p := range r.Ranges.Parameters {
		c = c.With(p, int(math.Round(theta[i])))
	}
	return c
}

// Theta gives the parameter vector of a configuration.
func (r Recorder) Theta(c bss2.Config) []float64 {
	theta := make([]float64, len(r.Ranges.Parameters))
	for i, p := range r.Ranges.Parameters {
		theta[i] = float64(c.Code(p))
	}
	return theta
}

// Window is the time that is recorded, µs.
func (r Recorder) Window() float64 { return float64(r.samples()) / bss2.SampleRate }

func (r Recorder) samples() int {
	if r.Samples == 0 {
		return 29_410
	}
	return r.Samples
}

func (r Recorder) points() int {
	if r.Points == 0 {
		return 1024
	}
	return r.Points
}

// Emulate runs parameter vectors, one trial each, and gives the recordings for
// plots and for their spikes. They are those that Simulate observes with the
// same seed.
func (r Recorder) Emulate(ctx context.Context, thetas [][]float64, seed uint64) (*bss2.Trials, error) {
	all := &bss2.Trials{Repeats: 1}
	err := r.record(ctx, thetas, seed, func(trials *bss2.Trials, i int) error {
		all.Dt = trials.Dt
		all.Configs, all.V, all.Spikes = append(all.Configs, trials.Configs[i]), append(all.V, trials.V[i]), append(all.Spikes, trials.Spikes[i])
		return nil
	})
	return all, err
}

// Simulate runs all parameter vectors. The same seed gives the same recordings,
// whatever of them is observed.
func (r Recorder) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	xs := make([][]float64, 0, len(thetas))
	err := r.record(ctx, thetas, seed, func(trials *bss2.Trials, i int) error {
		x, err := r.observe(trials, i)
		xs = append(xs, x)
		return err
	})
	return xs, err
}

// record hands every trial to a function, a few in memory at a time.
func (r Recorder) record(ctx context.Context, thetas [][]float64, seed uint64, keep func(trials *bss2.Trials, i int) error) error {
	if r.Neuron == nil {
		return fmt.Errorf("study: the recorder has no Neuron")
	}
	if r.Spikes < 0 || r.Observe < Trace || r.Observe > SpikeTimes {
		return fmt.Errorf("study: the recorder observes %d with %d spikes; want Trace, Features, TraceThenFeatures or SpikeTimes, and 0 or more", r.Observe, r.Spikes)
	}
	bar := notebook.NewProgress(notebook.ProgressOptions{Total: len(thetas), Label: "recording", Unit: "trials", After: time.Second})
	defer bar.Done()
	for first := 0; first < len(thetas); first += atOnce {
		var configs []bss2.Config
		for i, theta := range thetas[first:min(first+atOnce, len(thetas))] {
			if len(theta) != len(r.Ranges.Parameters) {
				return fmt.Errorf("study: parameter vector %d has %d values; the ranges have %d parameters", first+i, len(theta), len(r.Ranges.Parameters))
			}
			configs = append(configs, r.Config(theta))
		}
		trials, err := r.Neuron.RunAll(ctx, configs, bss2.Experiment{Samples: r.samples(), Points: r.points(), Seed: r.Seed ^ seed, First: first})
		if err != nil {
			return fmt.Errorf("study: %w", err)
		}
		for i := range configs {
			if err := keep(trials, i); err != nil {
				return err
			}
		}
		bar.Add(len(configs))
	}
	return nil
}

// observe makes an observation of a trial, or nil when its rate is out of range.
func (r Recorder) observe(trials *bss2.Trials, i int) ([]float64, error) {
	rate := 1000 * float64(len(trials.Spikes[i])) / r.Window()
	if r.MaxRate > 0 && !(rate >= r.MinRate && rate <= r.MaxRate) {
		return nil, nil
	}
	if r.Observe == SpikeTimes {
		return r.spikeTimes(trials.V[i], trials.Spikes[i]), nil
	}
	var x []float64
	if r.Observe != Features {
		for _, v := range trials.V[i] {
			x = append(x, v/bss2.MaxCode)
		}
	}
	if r.Observe == Trace {
		return x, nil
	}
	features, err := r.features(trials.V[i], trials.Dt, trials.Spikes[i])
	if err != nil {
		return nil, fmt.Errorf("study: features of run %d: %w", i, err)
	}
	return append(x, features...), nil
}

// spikeTimes gives the first spike times, the least and the mean voltage.
func (r Recorder) spikeTimes(v, spikes []float64) []float64 {
	if len(spikes) < r.Spikes {
		return nil
	}
	return append(slices.Clone(spikes[:r.Spikes]), slices.Min(v), stat.Mean(v, nil))
}

// FeatureNames are the names of the features that are observed: twelve of those
// that electrophysiologists measure, the mean of the trace, and the first spike
// times. Times and rates enter as logarithms, since their ratios matter.
func (r Recorder) FeatureNames() []string {
	names := []string{
		"log rate", "log latency", "log first ISI", "log mean ISI", "log median ISI", "ISI CV", "adaptation",
		"threshold", "peak", "trough", "width", "steady state", "mean",
	}
	for k := range spikeTimes {
		names = append(names, fmt.Sprintf("log time of spike %d", k+1))
	}
	return names
}

// features measures a trace. What a trace without spikes lacks is what it would
// tend to: times end with the recording, voltages at the trace's limits.
func (r Recorder) features(v []float64, dt float64, spikes []float64) ([]float64, error) {
	f, err := adex.Measure(v, dt, spikes, adex.FeatureOptions{})
	if err != nil {
		return nil, err
	}
	low, high, sum := v[0], v[0], 0.0
	for _, s := range v {
		low, high, sum = min(low, s), max(high, s), sum+s
	}
	or := func(value, missing float64) float64 {
		if math.IsNaN(value) {
			return missing
		}
		return value
	}
	log := func(t float64) float64 { return math.Log(or(t, r.Window()) + 1) }
	x := []float64{
		math.Log(f.SpikeCount + 0.5), log(f.Latency), log(f.FirstISI), log(f.MeanISI), log(f.MedianISI), or(f.ISICV, 0), or(f.Adapt, 0),
		or(f.Threshold, high), or(f.Peak, high), or(f.Trough, low), or(f.Width, 0), or(f.SteadyState, v[len(v)-1]), sum / float64(len(v)),
	}
	for k := range spikeTimes {
		if k < len(spikes) {
			x = append(x, log(spikes[k]))
		} else {
			x = append(x, log(r.Window()))
		}
	}
	return x, nil
}
