package viz

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Histograms draws the distributions of several sets of values over each other,
// in common bins and so that each has an area of 1. Values that are not finite are
// left out. It fails when names are not as many as sets, there is no value, or the
// range of values is not a floating-point number.
func Histograms(names []string, values [][]float64, labels Labels) (*plot.Plot, error) {
	if len(names) == 0 || len(names) != len(values) {
		return nil, fmt.Errorf("viz: histograms of %d sets with %d names", len(values), len(names))
	}
	low, high, least := math.Inf(1), math.Inf(-1), math.MaxInt
	for i, v := range values {
		count := 0
		for _, x := range v {
			if finite(x) {
				low, high, count = math.Min(low, x), math.Max(high, x), count+1
			}
		}
		if count == 0 {
			return nil, fmt.Errorf("viz: histograms: %q has no finite value", names[i])
		}
		least = min(least, count)
	}
	if math.IsInf(high-low, 0) {
		return nil, fmt.Errorf("viz: histograms: the values from %g to %g lie too far apart", low, high)
	}
	if high == low {
		low, high = low-0.5, high+0.5
	}
	if labels.Y == "" {
		labels.Y = "density"
	}
	p := newPlot(labels)
	n := max(8, min(60, int(2*math.Cbrt(float64(least)))))
	var entries []entry
	for i, v := range values {
		line := steps(v, low, high, n)
		outline := &plotter.Line{XYs: line}
		outline.Color, outline.Width, outline.FillColor = colorOf(i), vg.Points(1.2), translucent(colorOf(i), bandAlpha)
		p.Add(outline)
		entries = append(entries, entry{names[i], []plot.Thumbnailer{outline}})
	}
	p.Y.Min, p.Y.Max = 0, 1.05*p.Y.Max
	addLegend(p, legendWidth, entries...)
	return p, nil
}

// steps is the outline of a histogram of n bins.
func steps(values []float64, low, high float64, n int) plotter.XYs {
	counts, total := make([]float64, n), 0.0
	for _, v := range values {
		if finite(v) && v >= low && v <= high {
			counts[min(n-1, int((v-low)/(high-low)*float64(n)))]++
			total++
		}
	}
	width := (high - low) / float64(n)
	line := plotter.XYs{{X: low, Y: 0}}
	for k, c := range counts {
		y := c / (math.Max(total, 1) * width)
		line = append(line, plotter.XY{X: low + float64(k)*width, Y: y}, plotter.XY{X: low + float64(k+1)*width, Y: y})
	}
	return append(line, plotter.XY{X: high, Y: 0})
}
