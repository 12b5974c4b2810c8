package viz

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"hillock/stdlib/notebook"
)

// colorOfSet skips the colour that marks the truth.
func colorOfSet(k int) color.Color {
	if k > 0 {
		k++
	}
	return colorOf(k)
}

// panel begins a plot of the grid with ticks that fit its size.
func (p *pairs) panel() *plot.Plot {
	q := newPlot(Labels{})
	q.X.Padding, q.Y.Padding = 2, 2
	q.X.Tick.Length, q.Y.Tick.Length = 3, 3
	wanted := 4
	if len(p.names) > 4 {
		wanted = 3
	}
	if len(p.names) > 6 && !p.alone {
		wanted = 2
		q.X.Tick.Label.Font.Size, q.Y.Tick.Label.Font.Size = 8, 8
		q.X.Label.TextStyle.Font.Size, q.Y.Label.TextStyle.Font.Size = 9, 9
	}
	const room = 22 // characters below a panel
	q.X.Tick.Marker, q.Y.Tick.Marker = roundTicks{wanted: wanted, room: room}, roundTicks{wanted: wanted}
	return q
}

// label names an axis, or takes its numbers away where another panel has them.
func label(a *plot.Axis, name string, outer bool) {
	if outer {
		a.Label.Text = name
		return
	}
	a.Tick.Marker = unlabelled{a.Tick.Marker}
}

// unlabelled is marks without numbers.
type unlabelled struct{ of plot.Ticker }

// Ticks gives the large marks.
func (u unlabelled) Ticks(min, max float64) []plot.Tick {
	var ticks []plot.Tick
	for _, t := range u.of.Ticks(min, max) {
		if t.Label != "" {
			ticks = append(ticks, plot.Tick{Value: t.Value, Label: " "})
		}
	}
	return ticks
}

// noTicks leaves an axis without marks.
type noTicks struct{}

// Ticks gives none.
func (noTicks) Ticks(_, _ float64) []plot.Tick { return nil }

// marginal draws the distribution of parameter i.
func (p *pairs) marginal(i int) *plot.Plot {
	q := p.panel()
	p.scaled(&q.X, i)
	label(&q.X, p.names[i], i == len(p.names)-1 || p.alone)
	if len(p.names) == 1 {
		q.Y.Label.Text = "density"
	}
	top := 0.0
	var entries []entry
	for k, line := range p.lines(i) {
		for _, at := range line {
			top = math.Max(top, at.Y)
		}
		l := &plotter.Line{XYs: line}
		l.Color, l.Width, l.FillColor = colorOfSet(k), vg.Points(1.2), translucent(colorOfSet(k), 0x28)
		q.Add(l)
		if p.sets != nil {
			entries = append(entries, entry{p.sets[k].label, []plot.Thumbnailer{l}})
		}
	}
	entries = append(entries, p.uprights(q, i, top)...)
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = p.view[i].low, p.view[i].high, 0, math.Max(1.1*top, 1e-300)
	q.Y.Tick.Marker, q.Y.LineStyle.Width = noTicks{}, 0
	if i == 0 {
		if len(p.names) == 1 || p.alone || p.hasAbove() {
			addLegend(q, legendWidth, entries...)
		} else {
			q.Add(aside{legend{style: q.Legend.TextStyle, entries: entries}})
		}
	}
	return q
}

// lines are the outlines of parameter i's distributions.
func (p *pairs) lines(i int) []plotter.XYs {
	if p.given != nil {
		return []plotter.XYs{p.given.marginal(i)}
	}
	width := math.Inf(1) // the same for all, to be compared
	for _, set := range p.sets {
		c := core(set.columns[i], p.view[i])
		width = math.Min(width, (c.high-c.low)/float64(2*bins(len(set.columns[i]))))
	}
	var lines []plotter.XYs
	for _, set := range p.sets {
		lines = append(lines, outline(set.columns[i], p.view[i], width))
	}
	return lines
}

// aside is a legend in the empty place to the right of a plot, one entry a row.
type aside struct{ legend }

// Plot draws the entries.
func (a aside) Plot(c vgdraw.Canvas, _ *plot.Plot) {
	x, y := c.Max.X+22, c.Max.Y
	for _, e := range a.entries {
		if e.name == "" {
			continue
		}
		y -= rowHeight + 2
		a.draw(c.Canvas, e, vg.Point{X: x, Y: y})
	}
}

// GlyphBoxes needs no place of its own.
func (aside) GlyphBoxes(*plot.Plot) []plot.GlyphBox { return nil }

// pair draws parameter i upwards over parameter j.
func (p *pairs) pair(j, i int) *plot.Plot {
	q := p.panel()
	p.scaled(&q.X, j)
	p.scaled(&q.Y, i)
	label(&q.X, p.names[j], i == len(p.names)-1)
	label(&q.Y, p.names[i], j == 0)
	all := p.densities(j, i)
	if len(all) > 0 && len(p.names) > 4 {
		dpi := rasterDPI
		if len(p.names) > 6 {
			dpi = smallDPI
		}
		q.Add(rastered{all, dpi})
	} else {
		q.Add(all...)
	}
	p.crosses(q, j, i)
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = p.view[j].low, p.view[j].high, p.view[i].low, p.view[i].high
	return q
}

// densities draws the distributions of parameter i upwards over parameter j.
func (p *pairs) densities(j, i int) []plot.Plotter {
	wide := 0
	if len(p.names) > 4 {
		wide = 128 // small panels show no more
	}
	if p.given != nil {
		g := p.given.pair(j, i)
		g.wide = wide
		return []plot.Plotter{g.shade(colorOf(0))}
	}
	above := i < j
	var all []plot.Plotter
	count := 0
	for _, set := range p.sets {
		if set.above == above {
			count++
		}
	}
	for k, set := range p.sets {
		if set.above != above {
			continue
		}
		where := spanOf
		if count > 1 {
			where = core // the regions leave out a tenth
		}
		x, y := set.columns[j], set.columns[i]
		g := histogram2D(x, y, where(x, p.view[j]), where(y, p.view[i]))
		g.wide = wide
		if g.top() == 0 {
			continue // nothing within the limits
		}
		if count == 1 {
			all = append(all, g.shade(colorOfSet(k)))
			continue
		}
		all = append(all, g.regions(colorOfSet(k)))
	}
	return all
}

// cross is four strokes that leave the middle open, on a white ground: to be seen on
// light and dark, and not to hide a narrow posterior.
type cross struct{}

// DrawGlyph draws the cross.
func (cross) DrawGlyph(c *vgdraw.Canvas, s vgdraw.GlyphStyle, at vg.Point) {
	inner, outer := 0.45*s.Radius, 1.3*s.Radius
	for _, style := range []vgdraw.LineStyle{{Color: color.White, Width: vg.Points(2.9)}, {Color: s.Color, Width: vg.Points(1.5)}} {
		for _, way := range []vg.Point{{X: 1, Y: 1}, {X: 1, Y: -1}, {X: -1, Y: 1}, {X: -1, Y: -1}} {
			c.StrokeLine2(style, at.X+inner*way.X, at.Y+inner*way.Y, at.X+outer*way.X, at.Y+outer*way.Y)
		}
	}
}

// marginals draws the parameters' distributions alone, in rows.
func (p *pairs) marginals(title, about string) notebook.Figure {
	p.alone = true
	columns := min(6, len(p.names))
	var panels []*plot.Plot
	for i := range p.names {
		panels = append(panels, p.marginal(i))
	}
	f := notebook.Figure{Plots: inRows(columns, panels), Width: 1.75*float64(columns) + 0.5, Alt: about, Title: title}
	f.Height = 1.45*float64(len(f.Plots)) + 0.4
	if title != "" {
		f.Height += titleHeight
	}
	return f
}

// titleHeight is the room that a title takes, inches.
const titleHeight = 0.3
