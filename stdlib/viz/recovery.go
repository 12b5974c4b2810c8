package viz

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"hillock/stdlib/notebook"
)

// Recovery draws, a panel a parameter, the posterior's mean with a bar of one
// deviation over the true value: where parameters are found again, points follow
// the diagonal. Each panel says the correlation r. truths, means and deviations
// have a row a case and a column a parameter. It fails when sizes differ.
func Recovery(names []string, truths, means, deviations [][]float64) (notebook.Figure, error) {
	if len(names) == 0 || len(truths) < 2 || len(means) != len(truths) || len(deviations) != len(truths) {
		return notebook.Figure{}, fmt.Errorf("viz: recovery of %d parameters from %d truths, %d means and %d deviations; want a row a case of all three, two or more", len(names), len(truths), len(means), len(deviations))
	}
	for i := range truths {
		if len(truths[i]) != len(names) || len(means[i]) != len(names) || len(deviations[i]) != len(names) {
			return notebook.Figure{}, fmt.Errorf("viz: recovery: case %d has %d truths, %d means and %d deviations for %d parameters", i+1, len(truths[i]), len(means[i]), len(deviations[i]), len(names))
		}
	}
	var panels []*plot.Plot
	about := "Posterior means against the truth:"
	for d, name := range names {
		var x, y, s []float64
		for i := range truths {
			if finite(truths[i][d]) && finite(means[i][d]) {
				x, y, s = append(x, truths[i][d]), append(y, means[i][d]), append(s, deviations[i][d])
			}
		}
		r := correlation(x, y)
		p := newPlot(Labels{Title: fmt.Sprintf("%s: r = %.2f", name, r), X: "truth", Y: "posterior"})
		about += fmt.Sprintf(" %s r = %.2f;", name, r)
		bars := errorBars{open: true, style: vgdraw.LineStyle{Color: translucent(colorOf(0), 0x50), Width: vg.Points(0.7)}}
		for i := range x {
			if finite(s[i]) {
				bars.at = append(bars.at, bar{x[i], y[i] - s[i], y[i] + s[i]})
			}
		}
		if len(bars.at) == 0 {
			return notebook.Figure{}, fmt.Errorf("viz: recovery: %s has no finite case", name)
		}
		points := dots(x, y, colorOf(0))
		addBounded(p, 8*len(x), bars, points)
		low, high := math.Min(p.X.Min, p.Y.Min), math.Max(p.X.Max, p.Y.Max)
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, low, high
		addDiagonal(p, low, high)
		p.X.Tick.Marker = roundTicks{wanted: 4}
		panels = append(panels, p)
	}
	columns := min(4, len(panels))
	f := notebook.Figure{Plots: inRows(columns, panels), Alt: about[:len(about)-1] + "."}
	f.Width, f.Height = 2.6*float64(columns)+0.4, 2.6*float64(len(f.Plots))+0.2
	return f, nil
}

// addDiagonal draws where both axes have the same value.
func addDiagonal(p *plot.Plot, low, high float64) {
	line := &plotter.Line{XYs: plotter.XYs{{X: low, Y: low}, {X: high, Y: high}},
		LineStyle: vgdraw.LineStyle{Color: colorOf(6), Width: vg.Points(0.8), Dashes: []vg.Length{vg.Points(4), vg.Points(3)}}}
	p.Add(line)
}

// correlation is Pearson's coefficient.
func correlation(x, y []float64) float64 {
	var mx, my, xx, yy, xy float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(x))
	}
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	return xy / math.Sqrt(xx*yy)
}
