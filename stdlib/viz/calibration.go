package viz

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// RankECDF draws how the distribution functions of values between 0 and 1, such
// as the ranks of simulation-based calibration, differ from the uniform one, and
// the band within which they stay when they are uniform; band gives its limits at
// places. Curves below 0 in the left half and above in the right half say that
// posteriors are too wide, the opposite that they are too narrow.
func RankECDF(names []string, values [][]float64, band func(places []float64) (lower, upper []float64)) (*plot.Plot, error) {
	if len(names) == 0 || len(names) != len(values) {
		return nil, fmt.Errorf("viz: ranks of %d parameters with %d names", len(values), len(names))
	}
	const steps = 100
	places := make([]float64, steps+1)
	for k := range places {
		places[k] = float64(k) / steps
	}
	var series []Series
	for i, v := range values {
		sorted := append([]float64(nil), v...)
		sort.Float64s(sorted)
		y := make([]float64, len(places))
		for k, z := range places {
			y[k] = float64(sort.SearchFloat64s(sorted, math.Nextafter(z, 2)))/math.Max(float64(len(v)), 1) - z
		}
		series = append(series, Series{Name: names[i], X: places, Y: y})
	}
	p, err := Lines(series, Labels{X: "rank / draws", Y: "ECDF − uniform"})
	if err != nil {
		return nil, err
	}
	if band != nil {
		lower, upper := band(places)
		for k, z := range places {
			lower[k] -= z
			upper[k] -= z
		}
		addBand(p, places, lower, upper, colorOf(6))
	}
	return p, nil
}

// Coverage draws the share of truths that lie within the posteriors' regions over
// the regions' level; calibrated posteriors follow the dashed diagonal, too sure
// ones lie below it.
func Coverage(series []Series) (*plot.Plot, error) {
	p, err := Lines(series, Labels{X: "level", Y: "share of truths within"})
	if err != nil {
		return nil, err
	}
	diagonal, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return nil, fmt.Errorf("viz: coverage: %w", err)
	}
	diagonal.Dashes, diagonal.Width = []vg.Length{vg.Points(4), vg.Points(3)}, vg.Points(0.8)
	p.Add(diagonal)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	return p, nil
}
