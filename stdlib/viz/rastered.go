package viz

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"hillock/internal/fewcolours"
)

// mostVectors is how many points a plot has at most as vectors; above that its
// data are drawn as a picture within the axes, so that a page stays small.
const mostVectors = 6000

// rastered draws plotters as one picture. Axes and text stay vectors.
type rastered struct {
	of  []plot.Plotter
	dpi int
}

// Resolutions of the picture: fine enough for dense
// screens, and what does for small
// panels of which there are many.
const (
	rasterDPI = 160
	smallDPI  = 128
)

// Plot draws the picture into the data's place.
func (r rastered) Plot(c draw.Canvas, p *plot.Plot) {
	size := c.Size()
	if !(size.X > 1) || !(size.Y > 1) {
		return
	}
	canvas := vgimg.NewWith(vgimg.UseWH(size.X, size.Y), vgimg.UseDPI(r.dpi), vgimg.UseBackgroundColor(color.Transparent))
	inner := draw.New(canvas)
	for _, q := range r.of {
		q.Plot(inner, p)
	}
	c.DrawImage(c.Rectangle, fewcolours.Paletted(canvas.Image()))
}

// DataRange is that of all that is drawn.
func (r rastered) DataRange() (xmin, xmax, ymin, ymax float64) {
	first := true
	for _, q := range r.of {
		d, ok := q.(plot.DataRanger)
		if !ok {
			continue
		}
		a, b, e, f := d.DataRange()
		if first {
			xmin, xmax, ymin, ymax, first = a, b, e, f, false
			continue
		}
		xmin, xmax, ymin, ymax = min(xmin, a), max(xmax, b), min(ymin, e), max(ymax, f)
	}
	return xmin, xmax, ymin, ymax
}

// addBounded adds plotters of so many points in all: as they are, or as a picture
// where they are too many.
func addBounded(p *plot.Plot, points int, of ...plot.Plotter) {
	if len(of) == 0 {
		return
	}
	if points > mostVectors {
		p.Add(rastered{of, rasterDPI})
		return
	}
	p.Add(of...)
}
