package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Drawer is a Prior that is drawn from many at a time, such as one that has to search
// for its draws. Draw and Round ask it instead of calling Sample.
type Drawer interface {
	// Draw gives n parameter vectors from a seed, the same at every call. It fails when
	// they can't be found, and when ctx ends.
	Draw(ctx context.Context, n int, seed uint64) ([][]float64, error)
}

// Draw gives n parameter vectors of a prior, drawn from a seed; nil when the prior
// is wrong (see its Err), n is below 0, or a Drawer fails. NewSamples draws the same
// and fails with the reason.
func Draw(p Prior, n int, seed uint64) [][]float64 {
	draws, err := drawSeed(context.Background(), p, n, seed)
	if err != nil {
		return nil
	}
	return draws
}

// drawSeed gives n parameter vectors of a prior from a seed.
func drawSeed(ctx context.Context, p Prior, n int, seed uint64) ([][]float64, error) {
	return drawFrom(ctx, p, n, rand.New(rand.NewPCG(seed, 0x9a1)))
}

// sound says what is wrong with a prior, which can be a user's own.
func sound(p Prior) error {
	if err := p.Err(); err != nil {
		return err
	}
	dim := p.Dim()
	if n := len(p.Names()); dim < 1 || n != dim {
		return fmt.Errorf("sbi: the prior has %d parameters and %d names; want one or more, and as many names", dim, n)
	}
	lower, upper := p.Bounds()
	if len(lower) != dim || len(upper) != dim {
		return fmt.Errorf("sbi: the prior has %d parameters, %d lower and %d upper bounds; want one of each, ±Inf where there is none", dim, len(lower), len(upper))
	}
	for i, name := range p.Names() {
		if !(lower[i] <= upper[i]) {
			return fmt.Errorf("sbi: the prior's bounds of %s are %g and %g; want the lower one first", name, lower[i], upper[i])
		}
	}
	if m, s := len(p.Mean()), len(p.Std()); m != dim || s != dim {
		return fmt.Errorf("sbi: the prior has %d parameters, means of %d and deviations of %d; want one of each", dim, m, s)
	}
	if _, searches := p.(Drawer); searches {
		return nil // for long, it may be
	}
	theta := make([]float64, dim)
	p.Sample(rand.New(rand.NewPCG(1, 0x50)), theta)
	if l := p.LogProb(theta); finite(theta) && !(l > math.Inf(-1)) {
		return fmt.Errorf("sbi: the prior gave the draw %s and a log-density of %g there; want a number", brief(theta), l)
	}
	return nil
}

// drawFrom gives n parameter vectors of a prior.
func drawFrom(ctx context.Context, p Prior, n int, rng *rand.Rand) ([][]float64, error) {
	if p == nil {
		return nil, errors.New("sbi: no prior to draw from")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, fmt.Errorf("sbi: %d draws of a prior; want 0 or more", n)
	}
	if d, ok := p.(Drawer); ok {
		return d.Draw(ctx, n, rng.Uint64())
	}
	draws := make([][]float64, n)
	for i := range draws {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		draws[i] = make([]float64, p.Dim())
		p.Sample(rng, draws[i])
	}
	return draws, nil
}

// searched collects n draws from passes over candidates: each is given the number
// that is missing and its own number, from 1, and gives what it keeps and how many it
// tried. Where fewer than one in a million is kept, that is an error with the text
// after it.
func searched(n int, pass func(missing int, number uint64) (kept [][]float64, tried int, err error), after string) ([][]float64, error) {
	const rare, fair = 1e-6, 1_000_000
	draws, tried := make([][]float64, 0, max(n, 0)), 0
	for number := uint64(1); len(draws) < n; number++ {
		kept, count, err := pass(n-len(draws), number)
		if err != nil {
			return nil, err
		}
		tried += count
		draws = append(draws, kept[:min(len(kept), n-len(draws))]...)
		if len(draws) < n && tried >= fair && float64(len(draws)) < rare*float64(tried) {
			return nil, fmt.Errorf("sbi: only %d of %d draws %s", len(draws), tried, after)
		}
	}
	return draws, nil
}

// nowhere writes what a sampler gives that finds no draw: no point of any support.
func nowhere(theta []float64) {
	for i := range theta {
		theta[i] = math.NaN()
	}
}
