package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SpikeTrains is the spike times of some trials or neurons that share a name.
type SpikeTrains struct {
	Name  string      // in the legend
	Times [][]float64 // of every train its spikes
}

// Raster draws spikes as marks, a row a train, group above group in the order
// given. The time's unit belongs into labels.X; "" stands for "time (ms)". It
// fails when there is no train.
func Raster(groups []SpikeTrains, labels Labels) (*plot.Plot, error) {
	if labels.X == "" {
		labels.X = "time (ms)"
	}
	if labels.Y == "" {
		labels.Y = "trial"
	}
	p := newPlot(labels)
	rows := 0
	for _, g := range groups {
		rows += len(g.Times)
	}
	if rows == 0 {
		return nil, fmt.Errorf("viz: raster plot without a spike train")
	}
	var entries []entry
	row, count := rows, 0
	var all []plot.Plotter
	for i, g := range groups {
		m := marks{color: colorOf(i), rows: rows}
		for _, times := range g.Times {
			for _, t := range times {
				if finite(t) {
					m.at = append(m.at, mark{t, float64(row)})
				}
			}
			row--
		}
		count += len(m.at)
		if len(m.at) > 0 {
			all = append(all, m)
		}
		entries = append(entries, entry{g.Name, []plot.Thumbnailer{swatch{draw.LineStyle{Color: m.color}}}})
	}
	addBounded(p, 2*count, all...)
	if count == 0 {
		p.X.Min, p.X.Max = 0, 1
	}
	p.X.Min = math.Min(p.X.Min, 0) // silence before the first spike is seen, too
	p.Y.Min, p.Y.Max = 0.4, float64(rows)+0.6
	p.Y.Tick.Marker = upside{rows}
	if len(groups) > 1 {
		addLegend(p, legendWidth, entries...)
	}
	return p, nil
}

// mark is a spike of a row.
type mark struct{ time, row float64 }

// marks draws spikes as short upright lines.
type marks struct {
	at    []mark
	color color.Color
	rows  int
}

// Plot draws the marks.
func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: m.color, Width: vg.Points(0.9)}
	for _, k := range m.at {
		if at := x(k.time); c.ContainsX(at) {
			c.StrokeLine2(style, at, y(k.row-0.4), at, y(k.row+0.4))
		}
	}
}

// DataRange is that of the times.
func (m marks) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax = m.at[0].time, m.at[0].time
	for _, k := range m.at {
		xmin, xmax = min(xmin, k.time), max(xmax, k.time)
	}
	return xmin, xmax, 0.4, float64(m.rows) + 0.6
}

// upside counts rows from the top, beginning with 1.
type upside struct{ rows int }

// Ticks gives the marks of the axis.
func (u upside) Ticks(_, _ float64) []plot.Tick {
	var ticks []plot.Tick
	for _, t := range (wholeTicks{wanted: 5}).Ticks(1, float64(u.rows)) {
		if t.Label != "" {
			ticks = append(ticks, plot.Tick{Value: float64(u.rows) + 1 - t.Value, Label: t.Label})
		}
	}
	return ticks
}
