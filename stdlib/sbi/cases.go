package sbi

import (
	"context"
	"fmt"
	"slices"
)

// The cases of a calibration: parameters of the prior and their observations.

// CalibrationOptions are the options of Calibrate.
type CalibrationOptions struct {
	// Prior and Simulator are where the truths and their observations come from; nil
	// means those of the Inference that is checked, or of the first of an ensemble of
	// them that has any. One that only Train was called of has no Simulator.
	Prior     Prior
	Simulator Simulator
	// Thetas and Xs are simulations that were made before, instead of new ones: n or more
	// parameter vectors drawn from the prior, which the estimator was not trained on, and
	// the observation of each, nil where it failed. The first n are taken.
	Thetas, Xs [][]float64

	Draws int    // of each posterior, 2 or more; 0 means 1,000
	Seed  uint64 // of everything
}

// made takes simulations that were made before as what the simulator gives.
func (o *CalibrationOptions) made(n int) error {
	switch {
	case o.Thetas == nil && o.Xs == nil:
		return nil
	case o.Simulator != nil:
		return fmt.Errorf("sbi: calibrate: both a Simulator and simulations that were made before; want one of them")
	case len(o.Thetas) != len(o.Xs) || len(o.Xs) < n:
		return fmt.Errorf("sbi: calibrate: %d cases of %d parameter vectors and %d observations; want as many of both, and no fewer than cases", n, len(o.Thetas), len(o.Xs))
	}
	o.Simulator = before(o.Xs)
	return nil
}

// truths gives the parameters of n cases.
func (o CalibrationOptions) truths(ctx context.Context, n int) ([][]float64, error) {
	if o.Thetas == nil {
		return drawSeed(ctx, o.Prior, n, o.Seed^0xca11)
	}
	thetas := make([][]float64, n)
	for i := range thetas {
		if thetas[i] = slices.Clone(o.Thetas[i]); !finite(thetas[i]) || !Within(o.Prior, thetas[i]) {
			return nil, fmt.Errorf("sbi: calibrate: parameter vector %d, %s, lies outside the prior; want draws of it, %d values each", i, brief(thetas[i]), o.Prior.Dim())
		}
	}
	return thetas, nil
}

// before is simulations that were made before, as a simulator.
type before [][]float64

// Simulate gives as many of them as there are parameter vectors.
func (b before) Simulate(_ context.Context, thetas [][]float64, _ uint64) ([][]float64, error) {
	return b[:len(thetas)], nil
}

// simulate draws the truths and gives the observations of those that are usable.
func (c *Calibration) simulate(ctx context.Context, n int, o CalibrationOptions, want expected) ([][]float64, error) {
	thetas, err := o.truths(ctx, n)
	if err != nil {
		return nil, err
	}
	all, reason, err := observed(ctx, o.Simulator, thetas, o.Seed^0x51b, want)
	if err != nil {
		return nil, err
	}
	thetas = spreadCodes(o.Prior, thetas, o.Seed)
	var xs [][]float64
	for i, x := range all {
		if !finite(x) {
			c.Failed++
			continue
		}
		xs, c.Truths = append(xs, x), append(c.Truths, thetas[i])
	}
	if len(xs) < 2 {
		return nil, fmt.Errorf("sbi: calibrate: %d of %d simulations failed%s", c.Failed, n, because(reason()))
	}
	return xs, nil
}
