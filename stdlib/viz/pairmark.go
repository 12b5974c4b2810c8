package viz

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// Truth marks the parameters that the observation was made with.
func Truth(theta []float64) PairOption { return marking("truth", theta, truthColor) }

// Observed is Truth for samples of observations: it marks the one that was made.
func Observed(x []float64) PairOption { return marking("observation", x, truthColor) }

// Mark marks other parameters, by a name for the legend: those of the largest density
// beside the truth, for example. Of two by the same name the last one is marked.
func Mark(name string, theta []float64) PairOption { return marking(name, theta, nil) }

// truthColor marks the truth.
var truthColor = color.RGBA{0xd5, 0x5e, 0x00, 0xff}

// point is parameters that are marked.
type point struct {
	name string
	at   []float64
	of   color.Color // nil takes the next one that marks have
}

func marking(name string, at []float64, of color.Color) PairOption {
	return func(p *pairs) {
		p.points = slices.DeleteFunc(p.points, func(o point) bool { return o.name == name })
		if at != nil {
			p.points = append(p.points, point{name, at, of})
		}
	}
}

// color is that of point k. Those of marks are the last ones that sets of samples take.
func (p *pairs) color(k int) color.Color {
	if c := p.points[k].of; c != nil {
		return c
	}
	marks := 0
	for _, o := range p.points[:k] {
		if o.of == nil {
			marks++
		}
	}
	return colorOf(len(Colors()) - 2 + 7*marks) // black, sky blue, orange, …
}

// seen says whether point k lies in the range that is seen of parameter i.
func (p *pairs) seen(k, i int) bool {
	v := p.points[k].at[i]
	return v >= p.view[i].low && v <= p.view[i].high
}

// called is the name of point k in the legend, with where it can't be seen.
func (p *pairs) called(k int) string {
	o := p.points[k]
	var beyond []string
	for i, name := range p.names {
		if finite(o.at[i]) && !p.seen(k, i) {
			name, _, _ = strings.Cut(name, " (")
			beyond = append(beyond, name)
		}
	}
	switch n := len(beyond); {
	case n == 0:
		return o.name
	case n > 2:
		return fmt.Sprintf("%s (%d outside)", o.name, n)
	}
	return fmt.Sprintf("%s (%s outside)", o.name, strings.Join(beyond, ", "))
}

// uprights draws the points into the marginal of parameter i, and gives their entries in
// the legend.
func (p *pairs) uprights(q *plot.Plot, i int, top float64) (entries []entry) {
	for k, o := range p.points {
		l := &plotter.Line{XYs: plotter.XYs{{X: o.at[i], Y: 0}, {X: o.at[i], Y: 1.05 * top}}}
		l.Color, l.Width, l.Dashes = p.color(k), vg.Points(1.2), []vg.Length{vg.Points(3), vg.Points(2)}
		if p.seen(k, i) {
			q.Add(l)
		}
		entries = append(entries, entry{p.called(k), []plot.Thumbnailer{l}})
	}
	return entries
}

// crosses draws the points into the pair of parameters j and i.
func (p *pairs) crosses(q *plot.Plot, j, i int) {
	for k, o := range p.points {
		q.Add(&plotter.Scatter{XYs: plotter.XYs{{X: o.at[j], Y: o.at[i]}}, GlyphStyle: vgdraw.GlyphStyle{Color: p.color(k), Shape: cross{}, Radius: vg.Points(3.6)}})
	}
}
