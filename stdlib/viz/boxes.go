package viz

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Boxes draws groups of values, such as a metric over seeds: each value as a
// point, and where there are five or more a box from the lower to the upper
// quartile with a line at the median and whiskers to the last values within 1.5
// times its height. Values that are not finite are left out. It fails when names
// are not as many as groups or a group is empty.
func Boxes(names []string, values [][]float64, labels Labels) (*plot.Plot, error) {
	if len(names) == 0 || len(names) != len(values) {
		return nil, fmt.Errorf("viz: boxes of %d groups with %d names", len(values), len(names))
	}
	p := newPlot(labels)
	for i, v := range values {
		b := box{at: float64(i), color: i}
		for _, x := range v {
			if finite(x) {
				b.values = append(b.values, x)
			}
		}
		if len(b.values) == 0 {
			return nil, fmt.Errorf("viz: boxes: group %q has no finite value", names[i])
		}
		sort.Float64s(b.values)
		p.Add(b)
	}
	nominalX(p, names)
	p.X.Min, p.X.Max = -0.5, float64(len(names))-0.5
	margin := 0.04 * (p.Y.Max - p.Y.Min)
	p.Y.Min, p.Y.Max = p.Y.Min-margin, p.Y.Max+margin
	return p, nil
}

// nominalX names the places 0, 1, 2, … of the horizontal axis; names that are too long
// to stand side by side are turned.
func nominalX(p *plot.Plot, names []string) {
	const together = 380 // points that a plot has for them, at the size it is shown at
	var ticks plot.ConstantTicks
	style := &p.X.Tick.Label
	style.Font.Size = 10
	place := vg.Points(together) / vg.Length(len(names))
	var widest vg.Length
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
		widest = max(widest, style.Width(name))
	}
	if widest > 0.95*place && len(names) > 1 {
		style.Rotation, style.XAlign, style.YAlign = math.Pi/6, text.XRight, text.YTop
		const left = 45 // points that the axis at the left leaves to the first name
		if widest*vg.Length(math.Cos(style.Rotation)) > place/2+vg.Points(left) {
			style.Rotation = math.Pi / 3
		}
	}
	p.X.Tick.Marker, p.X.Tick.Length, p.X.LineStyle.Width = ticks, 0, 0
}

// box is the values of a group, in order.
type box struct {
	at     float64
	values []float64
	color  int
}

// boxFrom is the number of values from which on a box is drawn.
const boxFrom = 5

// Plot draws points, box and whiskers.
func (b box) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	half := min((x(1)-x(0))*0.28, 24)
	middle := x(b.at)
	if len(b.values) >= boxFrom {
		q1, q2, q3 := share(b.values, 0.25), share(b.values, 0.5), share(b.values, 0.75)
		low, high := q1, q3
		for _, v := range b.values {
			if v >= q1-1.5*(q3-q1) {
				low = math.Min(low, v)
			}
			if v <= q3+1.5*(q3-q1) {
				high = math.Max(high, v)
			}
		}
		style := draw.LineStyle{Color: colorOf(b.color), Width: vg.Points(1)}
		corners := []vg.Point{{X: middle - half, Y: y(q1)}, {X: middle + half, Y: y(q1)}, {X: middle + half, Y: y(q3)}, {X: middle - half, Y: y(q3)}}
		c.FillPolygon(translucent(colorOf(b.color), bandAlpha), corners)
		c.StrokeLines(style, append(corners, corners[0]))
		c.StrokeLine2(style, middle, y(q1), middle, y(low))
		c.StrokeLine2(style, middle, y(q3), middle, y(high))
		style.Width = vg.Points(2)
		c.StrokeLine2(style, middle-half, y(q2), middle+half, y(q2))
	}
	glyph := draw.GlyphStyle{Color: translucent(colorOf(b.color), 0xa0), Radius: vg.Points(1.8), Shape: draw.CircleGlyph{}}
	for k, v := range b.values {
		// Side by side, in a pattern that is the same every time.
		aside := vg.Length(math.Mod(float64(k)*0.618034, 1)-0.5) * half
		if len(b.values) == 1 {
			aside = 0
		}
		c.DrawGlyph(glyph, vg.Point{X: middle + aside, Y: y(v)})
	}
}

// DataRange is that of the values.
func (b box) DataRange() (xmin, xmax, ymin, ymax float64) {
	return b.at, b.at, b.values[0], b.values[len(b.values)-1]
}

// share is a quantile of values in order, between neighbours by a straight line.
func share(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	if k+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}
