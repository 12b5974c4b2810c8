package viz

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Bars draws groups of bars, one group a name, such as the parts of the directions
// of an active subspace. It fails when a series has not a value for every name.
func Bars(names []string, series []Series, labels Labels) (*plot.Plot, error) {
	p := newPlot(labels)
	width := vg.Points(min(24, 180/float64(max(1, len(names)*len(series)))))
	var entries []entry
	for k, s := range series {
		if len(s.Y) != len(names) {
			return nil, fmt.Errorf("viz: bars: series %d has %d values for %d names", k+1, len(s.Y), len(names))
		}
		b, err := plotter.NewBarChart(plotter.Values(s.Y), width)
		if err != nil {
			return nil, fmt.Errorf("viz: bars: series %d: %w", k+1, err)
		}
		b.Color, b.LineStyle.Width = colorOf(k), 0
		b.Offset = width * vg.Length(float64(k)-float64(len(series)-1)/2)
		p.Add(b)
		entries = append(entries, entry{s.Name, []plot.Thumbnailer{b}})
	}
	zero := plotter.NewFunction(func(float64) float64 { return 0 })
	zero.Width = vg.Points(0.6)
	p.Add(zero)
	nominalX(p, names)
	p.X.Min, p.X.Max = -0.6, float64(len(names))-0.4
	addLegend(p, legendWidth, entries...)
	return p, nil
}
