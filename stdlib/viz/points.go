package viz

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// Points draws values as points with their error bars from Low to High, such as a
// metric against the size of a latent vector; Scatter draws many points without
// them. It fails when lengths differ or there is no finite point.
func Points(series []Series, labels Labels) (*plot.Plot, error) {
	p := newPlot(labels)
	p.Add(faintGrid())
	var entries []entry
	for i, s := range series {
		s, err := s.checked(i)
		if err != nil {
			return nil, err
		}
		glyph := vgdraw.GlyphStyle{Color: s.Color, Radius: vg.Points(2.6), Shape: glyphOf(i)}
		var at plotter.XYs
		var bars errorBars
		for k := range s.Y {
			if !finite(s.X[k]) || !finite(s.Y[k]) {
				continue
			}
			at = append(at, plotter.XY{X: s.X[k], Y: s.Y[k]})
			if s.Low != nil && finite(s.Low[k]) && finite(s.High[k]) {
				bars.at = append(bars.at, bar{s.X[k], s.Low[k], s.High[k]})
			}
		}
		if len(at) == 0 {
			return nil, fmt.Errorf("viz: series %q has no finite point", s.Name)
		}
		if len(bars.at) > 0 {
			bars.style = vgdraw.LineStyle{Color: s.Color, Width: vg.Points(1)}
			p.Add(bars)
		}
		p.Add(&plotter.Scatter{XYs: at, GlyphStyle: glyph})
		entries = append(entries, entry{s.Name, []plot.Thumbnailer{spot{glyph}}})
	}
	addLegend(p, legendWidth, entries...)
	return p, nil
}

// glyphOf gives each series a shape of its own.
func glyphOf(i int) vgdraw.GlyphDrawer {
	shapes := []vgdraw.GlyphDrawer{vgdraw.CircleGlyph{}, vgdraw.BoxGlyph{}, vgdraw.PyramidGlyph{}, vgdraw.RingGlyph{}, vgdraw.SquareGlyph{}, vgdraw.TriangleGlyph{}}
	return shapes[i%len(shapes)]
}

// bar is the error bar at a place.
type bar struct{ x, low, high float64 }

// errorBars draws upright bars with short ends.
type errorBars struct {
	at    []bar
	style vgdraw.LineStyle
	open  bool // without the ends
}

// Plot draws the bars.
func (e errorBars) Plot(c vgdraw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const end = 2.5
	for _, b := range e.at {
		at, low, high := x(b.x), y(b.low), y(b.high)
		c.StrokeLine2(e.style, at, low, at, high)
		if e.open {
			continue
		}
		c.StrokeLine2(e.style, at-end, low, at+end, low)
		c.StrokeLine2(e.style, at-end, high, at+end, high)
	}
}

// DataRange is that of the bars.
func (e errorBars) DataRange() (xmin, xmax, ymin, ymax float64) {
	b := e.at[0]
	xmin, xmax, ymin, ymax = b.x, b.x, b.low, b.high
	for _, b := range e.at {
		xmin, xmax, ymin, ymax = min(xmin, b.x), max(xmax, b.x), min(ymin, b.low), max(ymax, b.high)
	}
	return xmin, xmax, ymin, ymax
}

// Scatter draws many points of several series, translucent so that dense places
// are seen; above some thousand of them as a picture. It fails when lengths differ
// or there is no finite point.
func Scatter(series []Series, labels Labels) (*plot.Plot, error) {
	p := newPlot(labels)
	var entries []entry
	for i, s := range series {
		s, err := s.checked(i)
		if err != nil {
			return nil, err
		}
		d := dots(s.X, s.Y, s.Color)
		if len(d.XYs) == 0 {
			return nil, fmt.Errorf("viz: series %q has no finite point", s.Name)
		}
		addBounded(p, 4*len(d.XYs), d)
		solid := d.GlyphStyle
		solid.Color, solid.Radius = s.Color, vg.Points(2.4)
		entries = append(entries, entry{s.Name, []plot.Thumbnailer{spot{solid}}})
	}
	addLegend(p, legendWidth, entries...)
	return p, nil
}

// dots are the finite points, the smaller and fainter the more there are.
func dots(x, y []float64, c color.Color) *plotter.Scatter {
	var at plotter.XYs
	for k := range y { // none in a series that is a band alone
		if finite(x[k]) && finite(y[k]) {
			at = append(at, plotter.XY{X: x[k], Y: y[k]})
		}
	}
	radius, alpha := vg.Points(1.8), uint8(0xb0)
	switch {
	case len(at) <= 10:
		radius, alpha = vg.Points(3), 0xff
	case len(at) > 5000:
		radius, alpha = vg.Points(0.8), 0x30
	case len(at) > 500:
		radius, alpha = vg.Points(1.1), 0x58
	}
	return &plotter.Scatter{XYs: at, GlyphStyle: vgdraw.GlyphStyle{Color: translucent(c, alpha), Radius: radius, Shape: vgdraw.CircleGlyph{}}}
}
