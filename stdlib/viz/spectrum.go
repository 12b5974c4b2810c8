package viz

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// mostEigenvalue is what an axis can show with a round number above it.
const mostEigenvalue = 1e300

// Spectrum draws eigenvalues, such as those of an active subspace, on a
// logarithmic scale in the order given. Values that are not above 0 have no place
// there and are left out, as those below 10⁻³⁰⁰ and above 10³⁰⁰ are. It fails when
// none is left.
func Spectrum(values []float64, labels Labels) (*plot.Plot, error) {
	if labels.X == "" {
		labels.X = "direction"
	}
	if labels.Y == "" {
		labels.Y = "eigenvalue"
	}
	p := newPlot(labels)
	var at plotter.XYs
	names := make([]string, len(values))
	for k, v := range values {
		names[k] = strconv.Itoa(k + 1)
		if v > 1/mostEigenvalue && v < mostEigenvalue {
			at = append(at, plotter.XY{X: float64(k), Y: v})
		}
	}
	if len(at) == 0 {
		return nil, fmt.Errorf("viz: none of %d eigenvalues is above 0", len(values))
	}
	low, high := at[0].Y, at[0].Y
	for _, a := range at {
		low, high = math.Min(low, a.Y), math.Max(high, a.Y)
	}
	low, high = math.Pow(10, math.Floor(math.Log10(low)-0.15)), math.Pow(10, math.Ceil(math.Log10(high)+0.02))
	// Points, not bars: the length of a bar means nothing on a logarithmic scale.
	line, points, err := plotter.NewLinePoints(at)
	if err != nil {
		return nil, fmt.Errorf("viz: spectrum: %w", err)
	}
	line.Color, line.Width = translucent(colorOf(0), 0x60), vg.Points(1)
	points.GlyphStyle = vgdraw.GlyphStyle{Color: colorOf(0), Radius: vg.Points(3.5), Shape: vgdraw.CircleGlyph{}}
	p.Add(line, points)
	p.Add(valuesAbove(at, p)...)
	nominalX(p, names)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.6, float64(len(values))-0.4, low, high
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
	return p, nil
}

// valuesAbove writes each value above its place, where there is room.
func valuesAbove(at plotter.XYs, p *plot.Plot) []plot.Plotter {
	if len(at) > 12 {
		return nil
	}
	labels := plotter.XYLabels{XYs: at}
	for _, a := range at {
		labels.Labels = append(labels.Labels, short(a.Y))
	}
	l, err := plotter.NewLabels(labels)
	if err != nil {
		return nil
	}
	l.Offset.Y = vg.Points(5)
	size := vg.Length(8)
	if len(at) > 9 {
		size = 6
	}
	for k := range l.TextStyle {
		l.TextStyle[k] = p.X.Tick.Label
		l.TextStyle[k].XAlign, l.TextStyle[k].YAlign, l.TextStyle[k].Font.Size = vgdraw.XCenter, vgdraw.YBottom, size
	}
	return []plot.Plotter{l}
}

// short writes a number with two or three digits.
func short(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-3 || a >= 1e5) {
		e := int(math.Floor(math.Log10(a)))
		return number(math.Round(v/math.Pow(10, float64(e))*10)/10) + "·" + power(e)
	}
	return number(roundTo(v, 3))
}

// roundTo keeps so many digits.
func roundTo(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}
