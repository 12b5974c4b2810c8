package study

import (
	"context"
	"errors"
	"fmt"

	"hillock/stdlib/dataset"
	"hillock/stdlib/sbi"
)

// simulateAtOnce bounds the memory of raw traces.
const simulateAtOnce = 500

// Simulator makes what a dataset is drawn from the simulator of an inference.
// Its observations are traces prepared as dataset.Generate prepares them: cut to
// samples (0 means 10,000), interpolated to points (0 means 1,024) and
// normalised to 0…1, so that an encoder sees what it was trained on.
type Simulator struct {
	Source  dataset.Source
	Samples int // to which each trace is cut; 0 means 10000
	Points  int // to which it is then interpolated; 0 means 1024
}

var _ sbi.Simulator = Simulator{}

// Simulate runs all parameter vectors, 500 at a time. A chip's noise comes from the
// seed. When ctx ends, or the source fails, what is finished comes with the error; the
// other observations are nil.
func (s Simulator) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	description, err := s.describe()
	if err != nil {
		return nil, err
	}
	samples, points := s.lengths()
	if samples < 2 || points < 2 {
		return nil, fmt.Errorf("study: the simulator asks for %d samples and %d points; want 2 or more", samples, points)
	}
	source := s.Source
	if chip, ok := source.(dataset.Chip); ok {
		chip.Experiment.Seed ^= seed
		source = chip
	}
	xs := make([][]float64, len(thetas))
	prepared := make([]float32, points)
	for first := 0; first < len(thetas); first += simulateAtOnce {
		part := thetas[first:min(first+simulateAtOnce, len(thetas))]
		traces, _, err := source.Simulate(ctx, part, first, samples)
		if err != nil {
			return xs, fmt.Errorf("study: %w", err)
		}
		for i := range part {
			if n := len(traces[i]); n < samples {
				return xs, fmt.Errorf("study: a trace has %d samples, fewer than the %d asked for; shorten the simulator's Samples or simulate longer", n, samples)
			}
			dataset.Interpolate(prepared, traces[i][:samples])
			dataset.Normalise(prepared, description.Low, description.High)
			x := make([]float64, points)
			for k, v := range prepared {
				x[k] = float64(v)
			}
			xs[first+i] = x
		}
	}
	return xs, nil
}

// describe says what the source draws.
func (s Simulator) describe() (dataset.Description, error) {
	if s.Source == nil {
		return dataset.Description{}, errors.New("study: the simulator has no Source, such as a dataset.AdEx or dataset.Chip")
	}
	d, err := s.Source.Describe()
	if err != nil {
		return d, fmt.Errorf("study: %w", err)
	}
	return d, nil
}

// lengths are those of a trace and of what it is interpolated to.
func (s Simulator) lengths() (samples, points int) {
	samples, points = s.Samples, s.Points
	if samples == 0 {
		samples = 10_000
	}
	if points == 0 {
		points = 1024
	}
	return samples, points
}

// Observe simulates one parameter vector.
func (s Simulator) Observe(ctx context.Context, theta []float64, seed uint64) ([]float64, error) {
	xs, err := s.Simulate(ctx, [][]float64{theta}, seed)
	if err != nil {
		return nil, err
	}
	return xs[0], nil
}

// Prior is uniform over what the source draws: whole codes of a chip's
// parameters, real values of others. Names are the thesis's symbols, with units
// but for codes.
func (s Simulator) Prior() (sbi.Prior, error) {
	description, err := s.describe()
	if err != nil {
		return nil, err
	}
	parts := make([]sbi.Prior, len(description.Parameters))
	for i, p := range description.Parameters {
		if p.Discrete {
			parts[i] = sbi.CodeUniform([]int{int(p.Low)}, []int{int(p.High)}, symbol(p))
		} else {
			parts[i] = sbi.BoxUniform([]float64{p.Low}, []float64{p.High}, symbol(p))
		}
	}
	prior := sbi.Independent(parts...)
	return prior, prior.Err()
}
