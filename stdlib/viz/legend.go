package viz

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legend writes what lines and areas stand for above the axes, in rows from left
// to right, where it can't hide data.
type legend struct {
	style   draw.TextStyle
	width   vg.Length // of a row, at most
	entries []entry
}

type entry struct {
	name   string
	thumbs []plot.Thumbnailer
}

const (
	thumbWidth  = 16  // points
	entryGap    = 12  // points between entries
	rowHeight   = 12  // points
	legendWidth = 225 // what a plot of a grid has room for
)

// addLegend puts a legend above the plot's axes; entries without a name are left
// out. It gives the legend, nil when there is none.
func addLegend(p *plot.Plot, width vg.Length, entries ...entry) *legend {
	l := &legend{style: p.Legend.TextStyle, width: width}
	for _, e := range entries {
		if e.name != "" {
			l.entries = append(l.entries, e)
		}
	}
	if len(l.entries) == 0 {
		return nil
	}
	p.Add(l)
	return l
}

// rows deals the entries out to rows.
func (l *legend) rows() [][]entry {
	var rows [][]entry
	var used vg.Length
	for _, e := range l.entries {
		w := l.widthOf(e)
		if len(rows) == 0 || used+w-entryGap > l.width {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		used += w
	}
	return rows
}

func (l *legend) widthOf(e entry) vg.Length {
	return thumbWidth + 4 + l.style.Width(e.name) + entryGap
}

// Plot draws the legend above the data's place.
func (l *legend) Plot(c draw.Canvas, _ *plot.Plot) {
	rows := l.rows()
	top := c.Max.Y + vg.Length(len(rows))*rowHeight + 3
	for i, row := range rows {
		x, y := c.Min.X, top-vg.Length(i+1)*rowHeight
		for _, e := range row {
			l.draw(c.Canvas, e, vg.Point{X: x, Y: y})
			x += l.widthOf(e)
		}
	}
}

// draw draws an entry, with its lower left corner at a place.
func (l *legend) draw(c vg.Canvas, e entry, at vg.Point) {
	for _, t := range e.thumbs {
		t.Thumbnail(&draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{
			Min: vg.Point{X: at.X, Y: at.Y + 1.5}, Max: vg.Point{X: at.X + thumbWidth, Y: at.Y + rowHeight - 2.5}}})
	}
	style := l.style
	style.YAlign = draw.YCenter
	whole := draw.Canvas{Canvas: c}
	whole.FillText(style, vg.Point{X: at.X + thumbWidth + 4, Y: at.Y + rowHeight/2 - 0.5}, e.name)
}

// GlyphBoxes keeps the place above the data free.
func (l *legend) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	height := vg.Length(len(l.rows()))*rowHeight + 4
	return []plot.GlyphBox{{X: 0.5, Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: height}}}}
}

// room keeps as much place free above the axes as a plot's legend takes in the
// plot beside it.
type room struct{ like *legend }

// Plot draws nothing.
func (room) Plot(draw.Canvas, *plot.Plot) {}

// GlyphBoxes are those of the legend.
func (r room) GlyphBoxes(p *plot.Plot) []plot.GlyphBox { return r.like.GlyphBoxes(p) }

var (
	_ plot.Plotter    = (*legend)(nil)
	_ plot.GlyphBoxer = (*legend)(nil)
)

// swatch is the thumbnail of an area.
type swatch struct{ draw.LineStyle }

// Thumbnail fills the place.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(s.Color, []vg.Point{c.Min, {X: c.Min.X, Y: c.Max.Y}, c.Max, {X: c.Max.X, Y: c.Min.Y}})
}

// stroke is the thumbnail of a line in full colour, for lines that are drawn
// translucent.
type stroke struct{ color color.Color }

// Thumbnail draws a line through the middle.
func (s stroke) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.StrokeLine2(draw.LineStyle{Color: s.color, Width: vg.Points(1.4)}, c.Min.X, y, c.Max.X, y)
}

// spot is the thumbnail of points.
type spot struct{ draw.GlyphStyle }

// Thumbnail draws one point in the middle.
func (s spot) Thumbnail(c *draw.Canvas) { c.DrawGlyph(s.GlyphStyle, c.Center()) }
