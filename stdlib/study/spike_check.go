package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"hillock/stdlib/adex"
	"hillock/stdlib/sbi"
)

// SpikeCheck is a predictive check by spike trains over many observations of
// known truth. Each number is the median distance of one observation's spikes
// from those of other emulations.
type SpikeCheck struct {
	Posterior []float64 // of the posterior's samples
	Repeats   []float64 // of the true parameters: no posterior can be closer
	Others    []float64 // of the other observations' parameters: knowing nothing
}

// SpikeDistance is a distance between two spike trains, their times in µs.
type SpikeDistance func(a, b []float64) (float64, error)

// SPIKE is the SPIKE-distance (adex.SpikeDistance) over a window in µs.
func SPIKE(window float64) SpikeDistance {
	return func(a, b []float64) (float64, error) { return adex.SpikeDistance(a, b, 0, window) }
}

// ISI is the ISI-distance (adex.ISIDistance) over a window in µs: of trains whose
// spikes have drifted apart it still says whether they are equally fast.
func ISI(window float64) SpikeDistance {
	return func(a, b []float64) (float64, error) { return adex.ISIDistance(a, b, 0, window) }
}

// CheckSpikes observes every truth with the recorder and emulates draws samples
// of its posterior. Truths whose observation is out of the recorder's range are
// left out. distance nil means SPIKE over the recorder's window.
func CheckSpikes(ctx context.Context, inf sbi.Amortized, r Recorder, truths [][]float64, draws int, distance SpikeDistance, seed uint64) (*SpikeCheck, error) {
	if draws < 1 || len(truths) < 2 {
		return nil, fmt.Errorf("study: spike check of %d truths with %d draws; want two or more truths, one or more draws", len(truths), draws)
	}
	if distance == nil {
		distance = SPIKE(r.Window())
	}
	xs, err := r.Simulate(ctx, truths, seed)
	if err != nil {
		return nil, err
	}
	observed, err := r.Emulate(ctx, truths, seed)
	if err != nil {
		return nil, err
	}
	c := &SpikeCheck{}
	for i, x := range xs {
		if x == nil {
			continue
		}
		posterior, err := inf.Given(x)
		if err != nil {
			return nil, fmt.Errorf("study: spike check %d: %w", i, err)
		}
		samples, err := posterior.SampleSeed(ctx, draws, seed+uint64(i))
		if err != nil {
			return nil, fmt.Errorf("study: spike check %d: %w", i, err)
		}
		same, others := make([][]float64, draws), make([][]float64, draws)
		for k := range draws {
			same[k], others[k] = truths[i], truths[(i+1+k%(len(truths)-1))%len(truths)]
		}
		trials, err := r.Emulate(ctx, slices.Concat(samples.Values, same, others), seed^uint64(0xc4ec4+i))
		if err != nil {
			return nil, err
		}
		apart := make([]float64, len(trials.Spikes))
		for k, spikes := range trials.Spikes {
			if apart[k], err = distance(observed.Spikes[i], spikes); err != nil {
				return nil, fmt.Errorf("study: spike check %d: %w", i, err)
			}
		}
		c.Posterior = append(c.Posterior, Median(apart[:draws]))
		c.Repeats = append(c.Repeats, Median(apart[draws:2*draws]))
		c.Others = append(c.Others, Median(apart[2*draws:]))
	}
	if len(c.Posterior) == 0 {
		return nil, fmt.Errorf("study: spike check: no observation within the recorder's range of rates")
	}
	return c, nil
}

// String gives the medians over the observations.
func (c *SpikeCheck) String() string {
	return fmt.Sprintf("median distance over %d observations:\n%.3f of posterior samples, %.3f of repeats, %.3f of other parameters",
		len(c.Posterior), Median(c.Posterior), Median(c.Repeats), Median(c.Others))
}

// VoltageDistance is the mean difference of two traces of the same length, both
// sorted by size: the Wasserstein distance between the voltages that they take,
// whenever they take them. NaN when the lengths differ or are 0.
func VoltageDistance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i] - b[i])
	}
	return sum / float64(len(a))
}

// Median is the middle of some values, or the mean of the two in the middle; it
// panics when there are none.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
