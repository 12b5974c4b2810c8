package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"hillock/stdlib/notebook"
)

// Traced is what voltage traces can be drawn of: an adex.Run, an adex.Batch, the
// trials of a chip.
type Traced interface {
	// Len is the number of traces.
	Len() int
	// Trace gives the samples of trace i and the time between two of them. They
	// are only read.
	Trace(i int) (samples []float64, dt float64)
}

// Adapting is a Traced that has recorded its adaptation too.
type Adapting interface {
	Traced
	// Adaptation gives the samples of the adaptation of trace i, or nil.
	Adaptation(i int) (samples []float64, dt float64)
}

// Measured is a Traced that knows its units. Without it they are ms, mV and pA.
type Measured interface {
	// Units gives the units of time, of the traces and of the adaptation.
	Units() (time, trace, adaptation string)
}

// Traces draws voltage traces over time, and below them the adaptation where it
// was recorded. Traces of more points than can be seen are drawn by the extremes
// of each stretch, so no spike is lost. Without traces, or of nil, it is empty axes.
func Traces(t Traced) notebook.Figure {
	t = orNone(t)
	plots := [][]*plot.Plot{{TracePlot(t, "")}}
	height := 3.0
	if a, ok := t.(Adapting); ok && t.Len() > 0 {
		if w, _ := a.Adaptation(0); w != nil {
			plots = append(plots, []*plot.Plot{AdaptationPlot(a, "")})
			height = 4.8
		}
	}
	return notebook.Figure{Plots: plots, Width: 9, Height: height, Alt: aboutTraces(t)}
}

// orNone is a Traced of no traces in place of nil.
func orNone(t Traced) Traced {
	if t == nil {
		return Rows{}
	}
	return t
}

// TracePlot draws voltage traces over time into one plot. Without traces, or of nil,
// it is empty axes.
func TracePlot(t Traced, title string) *plot.Plot {
	t = orNone(t)
	time, volt, _ := units(t)
	p := newPlot(Labels{Title: title, X: "time (" + time + ")", Y: voltage(volt)})
	var all bundle
	for i := range t.Len() {
		v, dt := t.Trace(i)
		all.add(v, dt, colorOf(i), thickness(t.Len()))
	}
	all.addTo(p)
	return p
}

// AdaptationPlot draws the adaptation over time into one plot. Without traces, or of
// nil, it is empty axes.
func AdaptationPlot(t Adapting, title string) *plot.Plot {
	time, _, adaptation := units(t)
	p := newPlot(Labels{Title: title, X: "time (" + time + ")", Y: "w (" + adaptation + ")"})
	if t == nil {
		return p
	}
	var all bundle
	for i := range t.Len() {
		w, dt := t.Adaptation(i)
		c := colorOf(i)
		if t.Len() == 1 {
			c = colorOf(1) // another colour than V's
		}
		all.add(w, dt, c, thickness(t.Len()))
	}
	all.addTo(p)
	return p
}

func units(t Traced) (time, trace, adaptation string) {
	if m, ok := t.(Measured); ok {
		return m.Units()
	}
	return "ms", "mV", "pA"
}

func thickness(traces int) vg.Length {
	if traces > 3 {
		return vg.Points(0.6)
	}
	return vg.Points(0.9)
}

// columns is how many stretches a trace is drawn in.
const columns = 700

// bundle gathers the lines of traces, to draw them as vectors or, where they are
// too many, as a picture.
type bundle struct {
	lines  []plot.Plotter
	points int
}

// add adds a trace and gives what stands for it in a legend, nil when no point
// can be drawn.
func (b *bundle) add(y []float64, dt float64, c color.Color, width vg.Length) plot.Thumbnailer {
	var sample plot.Thumbnailer
	for _, points := range extremes(y, dt, columns) {
		line, err := plotter.NewLine(points)
		if err != nil {
			continue // no point that could be drawn
		}
		line.Color, line.Width = c, width
		b.lines, b.points = append(b.lines, line), b.points+len(points)
		sample = line
	}
	return sample
}

func (b *bundle) addTo(p *plot.Plot) { addBounded(p, b.points, b.lines...) }

// voltage labels an axis of traces; without a unit they are normalised.
func voltage(unit string) string {
	if unit == "" {
		return "V, normalised"
	}
	return "V (" + unit + ")"
}

// extremes reduces samples to the first, least, greatest and last point of each
// of n stretches, in their order. What is not finite is left out and parts the
// line.
func extremes(y []float64, dt float64, n int) []plotter.XYs {
	var lines []plotter.XYs
	var line plotter.XYs
	add := func(k int) {
		if len(line) == 0 || line[len(line)-1].X < float64(k)*dt {
			line = append(line, plotter.XY{X: float64(k) * dt, Y: y[k]})
		}
	}
	n = min(n, len(y))
	for i := range n {
		from, to := i*len(y)/n, (i+1)*len(y)/n
		low, high, whole := from, from, true
		for k := from; k < to; k++ {
			if math.IsNaN(y[k]) || math.IsInf(y[k], 0) {
				whole = false
				break
			}
			if y[k] < y[low] {
				low = k
			}
			if y[k] > y[high] {
				high = k
			}
		}
		if whole {
			add(from)
			add(min(low, high))
			add(max(low, high))
			add(to - 1)
		} else if len(line) > 0 {
			lines, line = append(lines, line), nil
		}
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// aboutTraces says in words what a figure of traces shows.
func aboutTraces(t Traced) string {
	time, volt, adaptation := units(t)
	low, high, last := math.Inf(1), math.Inf(-1), 0.0
	for i := range t.Len() {
		v, dt := t.Trace(i)
		last = max(last, dt*float64(len(v)))
		for _, x := range v {
			low, high = min(low, x), max(high, x)
		}
	}
	if low > high {
		return "Voltage traces: no samples."
	}
	what := "Voltage trace"
	if t.Len() > 1 {
		what = fmt.Sprintf("%d voltage traces", t.Len())
	}
	s := fmt.Sprintf("%s over %.4g %s, between %.1f and %.1f %s.", what, last, time, low, high, volt)
	if a, ok := t.(Adapting); ok && t.Len() > 0 {
		if w, _ := a.Adaptation(0); w != nil {
			s += fmt.Sprintf(" Below it the adaptation in %s.", adaptation)
		}
	}
	if x, ok := t.(fmt.Stringer); ok {
		s += " " + x.String() + "."
	}
	return s
}
