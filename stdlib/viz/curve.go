package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// Series is a line of a plot of curves, with a band around it where Low and High
// are given: a deviation over seeds, the middle 90 % of simulations. A series with
// a band and no Y is the band alone.
type Series struct {
	Name string    // in the legend; "" leaves it out
	X    []float64 // places; nil counts 1, 2, 3, …
	Y    []float64 // values at the places; NaN parts the line
	Low  []float64 // lower end of the band or of the error bars; nil for none
	High []float64 // upper end of the band or of the error bars; nil for none
	// Color is the line's; nil takes the next of Colors, dashed when all have been used.
	Color color.Color
	// Dashed draws the line dashed.
	Dashed bool
}

// checked fills in X and says what does not fit.
func (s Series) checked(i int) (Series, error) {
	if s.X == nil {
		for k := range max(len(s.Y), len(s.Low)) {
			s.X = append(s.X, float64(k+1))
		}
	}
	n := len(s.X)
	if s.Y != nil && len(s.Y) != n || s.Y == nil && s.Low == nil {
		return s, fmt.Errorf("viz: curve %d has %d values of x and %d of y; they must be as many", i+1, n, len(s.Y))
	}
	if (s.Low != nil || s.High != nil) && (len(s.Low) != n || len(s.High) != n) {
		return s, fmt.Errorf("viz: curve %d has %d places and a band of %d lower and %d upper values; they must be as many", i+1, n, len(s.Low), len(s.High))
	}
	if s.Color == nil {
		s.Color, s.Dashed = colorOf(i), s.Dashed || usedUp(i)
	}
	return s, nil
}

// lines gives the stretches of finite points.
func (s Series) lines() []plotter.XYs {
	var lines []plotter.XYs
	open := false
	for k := range s.Y {
		if !finite(s.X[k]) || !finite(s.Y[k]) {
			open = false
			continue
		}
		if !open {
			lines, open = append(lines, nil), true
		}
		last := len(lines) - 1
		lines[last] = append(lines[last], plotter.XY{X: s.X[k], Y: s.Y[k]})
	}
	return lines
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Curve draws y over x as a line with a point at each value. Points that are not
// finite are left out. It fails when x and y differ in length or hold no point.
func Curve(x, y []float64, labels Labels) (*plot.Plot, error) {
	return Curves([]Series{{X: x, Y: y}}, labels)
}

// Curves draws several lines with a point at each value into one plot, with their
// bands and a legend of their names. It fails when lengths differ or there is no
// finite point.
func Curves(series []Series, labels Labels) (*plot.Plot, error) {
	return drawSeries(series, labels, true)
}

// Lines draws several lines without points into one plot, with their bands and a
// legend of their names: for values that lie close. It fails when lengths differ
// or there is no finite point.
func Lines(series []Series, labels Labels) (*plot.Plot, error) {
	return drawSeries(series, labels, false)
}

func drawSeries(series []Series, labels Labels, dots bool) (*plot.Plot, error) {
	p := newPlot(labels)
	if dots {
		p.Add(faintGrid())
	}
	checked := make([]Series, len(series))
	for i, s := range series {
		c, err := s.checked(i)
		if err != nil {
			return nil, err
		}
		if len(c.lines()) == 0 && c.Y != nil {
			return nil, fmt.Errorf("viz: curve %d has no finite point", i+1)
		}
		checked[i] = c
		if c.Low != nil {
			addBand(p, c.X, c.Low, c.High, c.Color)
		}
	}
	var entries []entry
	for i, s := range checked {
		e := entry{name: s.Name}
		for _, under := range checked[:i+1] { // a band over others of its colour is darker
			if s.Low != nil && under.Low != nil && under.Color == s.Color {
				e.thumbs = append(e.thumbs, swatch{vgdraw.LineStyle{Color: translucent(s.Color, bandAlpha)}})
			}
		}
		for k, points := range s.lines() {
			line, scatter, err := plotter.NewLinePoints(points)
			if err != nil {
				return nil, fmt.Errorf("viz: curve %q: %w", s.Name, err)
			}
			line.Color, line.Width = s.Color, vg.Points(1.2)
			if s.Dashed {
				line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
			}
			scatter.Color, scatter.Radius, scatter.Shape = s.Color, vg.Points(1.8), vgdraw.CircleGlyph{}
			p.Add(line)
			if dots || len(points) == 1 {
				p.Add(scatter)
			}
			if k == 0 {
				e.thumbs = append(e.thumbs, line)
				if dots {
					e.thumbs = append(e.thumbs, scatter)
				}
			}
		}
		entries = append(entries, e)
	}
	addLegend(p, legendWidth, entries...)
	return p, nil
}

// faintGrid is lines at the marks of the axes that stay behind the data.
func faintGrid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = color.Gray{0xe4}, color.Gray{0xe4}
	g.Vertical.Width, g.Horizontal.Width = vg.Points(0.5), vg.Points(0.5)
	return g
}

// bandAlpha is how far a band hides what lies below, of 255.
const bandAlpha = 0x38

// addBand fills the space between two lines; values that are not finite are left
// out.
func addBand(p *plot.Plot, x, low, high []float64, c color.Color) {
	var outline plotter.XYs
	for i := range x {
		if finite(low[i]) {
			outline = append(outline, plotter.XY{X: x[i], Y: low[i]})
		}
	}
	for i := len(x) - 1; i >= 0; i-- {
		if finite(high[i]) {
			outline = append(outline, plotter.XY{X: x[i], Y: high[i]})
		}
	}
	if len(outline) < 3 {
		return
	}
	area, err := plotter.NewPolygon(outline)
	if err != nil {
		return
	}
	area.Color, area.LineStyle.Width = translucent(c, bandAlpha), 0
	p.Add(area)
}
