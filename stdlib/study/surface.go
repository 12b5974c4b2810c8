package study

import (
	"context"
	"fmt"

	"hillock/stdlib/sbi"
)

// Surface gives the log-probability of two parameters on a grid of steps places
// between low and high each: a row a place of the second. It fails when the
// distribution has not two parameters, or the grid has no extent.
func Surface(ctx context.Context, d sbi.Distribution, low, high []float64, steps int) (x, y []float64, logProb [][]float64, err error) {
	if len(d.Names()) != 2 || len(low) != 2 || len(high) != 2 || steps < 2 || !(low[0] < high[0] && low[1] < high[1]) {
		return nil, nil, nil, fmt.Errorf("study: surface of %d parameters between %v and %v in %d steps; want two, and two steps or more", len(d.Names()), low, high, steps)
	}
	var thetas [][]float64
	for k := range steps {
		at := (float64(k) + 0.5) / float64(steps)
		x, y = append(x, low[0]+at*(high[0]-low[0])), append(y, low[1]+at*(high[1]-low[1]))
	}
	for _, b := range y {
		for _, a := range x {
			thetas = append(thetas, []float64{a, b})
		}
	}
	all, err := d.LogProb(ctx, thetas)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("study: surface: %w", err)
	}
	for r := range y {
		logProb = append(logProb, all[r*steps:(r+1)*steps])
	}
	return x, y, logProb, nil
}
