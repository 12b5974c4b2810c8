package viz

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// Series is a line of a plot of curves.
type Series struct {
	Name string // in the legend; "" leaves it out
	X, Y []float64
}

// Curve draws y over x as a line with a point at each value. Points that are not
// finite are left out. It fails when x and y differ in length or hold no point.
func Curve(x, y []float64, labels Labels) (*plot.Plot, error) {
	return Curves([]Series{{X: x, Y: y}}, labels)
}

// Curves draws several lines with a point at each value into one plot, with a
// legend of their names.
func Curves(series []Series, labels Labels) (*plot.Plot, error) {
	return draw(series, labels, true)
}

// Lines draws several lines without points into one plot, with a legend of their
// names: for values that lie close.
func Lines(series []Series, labels Labels) (*plot.Plot, error) {
	return draw(series, labels, false)
}

func draw(series []Series, labels Labels, dots bool) (*plot.Plot, error) {
	p := newPlot(labels)
	if dots {
		p.Add(plotter.NewGrid())
	}
	for i, s := range series {
		if len(s.X) != len(s.Y) {
			return nil, fmt.Errorf("viz: curve %d has %d values of x and %d of y; they must be as many", i, len(s.X), len(s.Y))
		}
		var points plotter.XYs
		for k := range s.X {
			if !math.IsNaN(s.X[k]+s.Y[k]) && !math.IsInf(s.X[k]+s.Y[k], 0) {
				points = append(points, plotter.XY{X: s.X[k], Y: s.Y[k]})
			}
		}
		if len(points) == 0 {
			return nil, fmt.Errorf("viz: curve %d has no finite point", i)
		}
		line, scatter, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, fmt.Errorf("viz: curve %d: %w", i, err)
		}
		line.Color, line.Width = colorOf(i), vg.Points(1.2)
		scatter.Color, scatter.Radius, scatter.Shape = colorOf(i), vg.Points(1.8), vgdraw.CircleGlyph{}
		thumbnails := []plot.Thumbnailer{line}
		p.Add(line)
		if dots {
			p.Add(scatter)
			thumbnails = append(thumbnails, scatter)
		}
		if s.Name != "" {
			p.Legend.Add(s.Name, thumbnails...)
		}
	}
	return p, nil
}
