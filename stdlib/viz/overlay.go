package viz

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"hillock/stdlib/notebook"
)

// Group is traces that are drawn alike and share a name in the legend.
type Group struct {
	Name   string      // in the legend
	Traces Traced      // a run, a batch, trials, or Rows
	Color  color.Color // nil takes the next of Colors
}

// mostOverlaid is how many traces of a group are drawn into one plot.
const mostOverlaid = 50

// Overlay draws an observation in black over groups of traces, such as
// simulations of a posterior, each group in its colour; at most 50 of a group are
// drawn, evenly chosen. The first group lies on top of the others. observation may
// be nil. It fails when there is nothing to
// draw.
func Overlay(observation Traced, groups ...Group) (notebook.Figure, error) {
	p, err := OverlayPlot("", observation, groups...)
	if err != nil {
		return notebook.Figure{}, err
	}
	var parts []string
	if observation != nil {
		parts = append(parts, "the observation")
	}
	for _, g := range groups {
		parts = append(parts, fmt.Sprintf("%s (%d traces)", g.Name, g.Traces.Len()))
	}
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 9, Height: 3.2,
		Alt: "Voltage traces over time: " + strings.Join(parts, ", over ") + "."}, nil
}

// OverlayPlot is Overlay as one plot with a title, for a Grid.
func OverlayPlot(title string, observation Traced, groups ...Group) (*plot.Plot, error) {
	p, _, err := overlay(title, observation, groups)
	return p, err
}

func overlay(title string, observation Traced, groups []Group) (*plot.Plot, *legend, error) {
	var all []Group // what lies lowest first
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g.Color == nil {
			g.Color = colorOf(i)
		}
		all = append(all, g)
	}
	if observation != nil {
		all = append(all, Group{Name: "observation", Traces: observation, Color: color.Black})
	}
	var p *plot.Plot
	var entries []entry
	var lines bundle
	for i, g := range all {
		if g.Traces == nil || g.Traces.Len() == 0 {
			return nil, nil, fmt.Errorf("viz: overlay: group %q has no traces", g.Name)
		}
		if p == nil {
			time, unit, _ := units(g.Traces)
			p = newPlot(Labels{Title: title, X: "time (" + time + ")", Y: voltage(unit)})
		}
		n := g.Traces.Len()
		count := min(n, mostOverlaid)
		line, width := overlaid(g.Color, count)
		if observed := observation != nil && i == len(all)-1; observed {
			line, width = color.Black, vg.Points(1.1)
		}
		var sample plot.Thumbnailer
		for k := range count {
			v, dt := g.Traces.Trace(k * n / count)
			if t := lines.add(v, dt, line, width); t != nil {
				sample = t
			}
		}
		if sample == nil {
			return nil, nil, fmt.Errorf("viz: overlay: group %q has no finite value", g.Name)
		}
		entries = append([]entry{{g.Name, []plot.Thumbnailer{stroke{g.Color}}}}, entries...)
	}
	if p == nil {
		return nil, nil, fmt.Errorf("viz: overlay of no traces")
	}
	lines.addTo(p)
	return p, addLegend(p, legendWidth, entries...), nil
}

// overlaid gives colour and thickness of one of n traces that lie over each
// other.
func overlaid(c color.Color, n int) (color.Color, vg.Length) {
	if n <= 2 {
		return c, vg.Points(0.9)
	}
	alpha := 255 * math.Max(0.25, 1.6/math.Sqrt(float64(n)+1.5))
	return translucent(c, uint8(math.Min(230, alpha))), vg.Points(0.7)
}

// TraceGrid draws, in panels of so many columns, trace i of every group over each
// other in panel i: traces and what an autoencoder made of them, observations and
// their posteriors' simulations. The first group is drawn on top. Titles name the
// panels; there may be fewer of them. It fails when groups differ in length or have no
// finite value.
func TraceGrid(columns int, titles []string, groups ...Group) (notebook.Figure, error) {
	for _, g := range groups {
		if g.Traces == nil {
			return notebook.Figure{}, fmt.Errorf("viz: grid of traces: group %q has no traces", g.Name)
		}
	}
	if len(groups) == 0 || groups[0].Traces.Len() == 0 {
		return notebook.Figure{}, fmt.Errorf("viz: grid of no traces")
	}
	panels := make([]*plot.Plot, groups[0].Traces.Len())
	var first *legend
	for i := range panels {
		var chosen []Group
		for k, g := range groups {
			if g.Traces.Len() != len(panels) {
				return notebook.Figure{}, fmt.Errorf("viz: grid of traces: %q has %d, %q has %d; they must be as many", g.Name, g.Traces.Len(), groups[0].Name, len(panels))
			}
			if g.Color == nil {
				g.Color = colorOf(k)
			}
			if i > 0 {
				g.Name = "" // the first panel has the legend
			}
			g.Traces = single{g.Traces, i}
			chosen = append(chosen, g)
		}
		title := ""
		if i < len(titles) {
			title = titles[i]
		}
		p, l, err := overlay(title, nil, chosen)
		if err != nil {
			return notebook.Figure{}, err
		}
		if i == 0 {
			first = l
		} else if i < columns && first != nil {
			p.Add(room{first})
		}
		panels[i] = p
	}
	return Grid(columns, panels...), nil
}

// single is one trace of several.
type single struct {
	Traced
	at int
}

func (single) Len() int                                    { return 1 }
func (s single) Trace(int) (samples []float64, dt float64) { return s.Traced.Trace(s.at) }

// Units are those of all the traces.
func (s single) Units() (time, trace, adaptation string) { return units(s.Traced) }
