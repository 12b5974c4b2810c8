package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// logProbDepth is how far below its largest value a log-probability is white.
const logProbDepth = 15

// LogProbPlot draws a log-probability over two parameters, a row a place of y:
// dark where it is largest, white where it is 15 or more below that, and the true
// parameters as a red dot unless truth is nil. Places need not be even, but rise. It
// fails when they don't, when rows are not as many as places of y, or not as long as
// those of x, when nothing is finite, or the truth is not.
func LogProbPlot(x, y []float64, logProb [][]float64, truth []float64, labels Labels) (*plot.Plot, error) {
	if len(x) < 2 || len(y) < 2 || len(logProb) != len(y) || truth != nil && len(truth) != 2 {
		return nil, fmt.Errorf("viz: log-probability of %d rows over %d × %d places with a truth of %d values", len(logProb), len(x), len(y), len(truth))
	}
	if !rising(x) || !rising(y) {
		return nil, fmt.Errorf("viz: log-probability: the places are not finite or do not rise")
	}
	top := math.Inf(-1)
	for r, row := range logProb {
		if len(row) != len(x) {
			return nil, fmt.Errorf("viz: log-probability: row %d has %d values; want %d", r+1, len(row), len(x))
		}
		for _, v := range row {
			if finite(v) {
				top = math.Max(top, v)
			}
		}
	}
	if math.IsInf(top, -1) {
		return nil, fmt.Errorf("viz: log-probability: no value is finite")
	}
	density := make([][]float64, len(y))
	for r, row := range logProb {
		density[r] = make([]float64, len(x))
		for c, v := range row {
			if finite(v) {
				density[r][c] = math.Max(0, 1+(v-top)/logProbDepth)
			}
		}
	}
	return DensityGrid(x, y, density, truth, labels)
}

// DensityGrid draws a density over two parameters, a row a place of y, such as that of
// an sbi.Conditional, and the true parameters as a red dot unless truth is nil. Places
// need not be even, but rise. Values that are not finite count as 0. It fails when
// places don't rise, when rows are not as many as places of y, or not as long as those
// of x, or the truth is not finite.
func DensityGrid(x, y []float64, density [][]float64, truth []float64, labels Labels) (*plot.Plot, error) {
	if !rising(x) || !rising(y) || !sized(density, len(y), len(x)) || truth != nil && len(truth) != 2 {
		return nil, fmt.Errorf("viz: density of %d rows over %d × %d places with a truth of %d values; want two or more places that rise, and a row of values a place of y", len(density), len(x), len(y), len(truth))
	}
	g := &grid{x: x, y: y, z: finiteOnly(density)}
	p := newPlot(labels)
	p.Add(g.shade(colorOf(0)))
	if truth != nil {
		dot, err := plotter.NewScatter(plotter.XYs{{X: truth[0], Y: truth[1]}})
		if err != nil {
			return nil, fmt.Errorf("viz: density: the truth: %w", err)
		}
		dot.GlyphStyle = draw.GlyphStyle{Color: color.RGBA{0xc0, 0x20, 0x20, 0xff}, Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
		p.Add(dot)
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{wanted: 4}, roundTicks{wanted: 4}
	return p, nil
}
