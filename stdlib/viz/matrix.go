package viz

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"hillock/stdlib/notebook"
)

// Heatmap draws a square table of values between −1 and 1, such as correlation
// coefficients: blue below 0, red above, with the numbers in the cells. It fails
// when the table is not square or the names are not as many.
func Heatmap(title string, names []string, values [][]float64) (notebook.Figure, error) {
	n := len(names)
	if n == 0 || len(values) != n {
		return notebook.Figure{}, fmt.Errorf("viz: heat map of %d rows with %d names", len(values), n)
	}
	g := &grid{}
	for i := range n {
		if len(values[i]) != n {
			return notebook.Figure{}, fmt.Errorf("viz: heat map: row %d has %d values; want %d", i, len(values[i]), n)
		}
		g.x, g.y = append(g.x, float64(i)), append(g.y, float64(i))
		g.z = append(g.z, values[n-1-i]) // the first row on top
	}
	p := newPlot(Labels{Title: title})
	h := plotter.NewHeatMap(g, diverging(101))
	h.Min, h.Max = -1, 1
	p.Add(h)
	labels := plotter.XYLabels{}
	for r := range n {
		for c := range n {
			labels.XYs = append(labels.XYs, plotter.XY{X: float64(c), Y: float64(r)})
			labels.Labels = append(labels.Labels, strings.Replace(fmt.Sprintf("%.2f", g.z[r][c]), "-", "−", 1))
		}
	}
	text, err := plotter.NewLabels(labels)
	if err != nil {
		return notebook.Figure{}, fmt.Errorf("viz: heat map: %w", err)
	}
	for k := range text.TextStyle {
		s := &text.TextStyle[k]
		s.Font.Size, s.XAlign, s.YAlign = 9, -0.5, -0.5
		if v := g.z[k/n][k%n]; v > 0.6 || v < -0.6 {
			s.Color = color.White
		}
	}
	p.Add(text)
	var reversed []string
	for i := range n {
		reversed = append(reversed, names[n-1-i])
	}
	p.NominalX(names...)
	p.NominalY(reversed...)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	size := min(9, 0.55*float64(n)+1.6)
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: size, Height: size, Alt: aboutMatrix(title, names, values)}, nil
}

// diverging is a palette from blue over white to red.
type diverging int

// Colors gives the palette's colours.
func (n diverging) Colors() []color.Color {
	all := make([]color.Color, n)
	white := color.RGBA{0xff, 0xff, 0xff, 0xff}
	for k := range all {
		t := 2*float64(k)/float64(n-1) - 1
		if t < 0 {
			all[k] = mix(white, color.RGBA{0x00, 0x5a, 0x9c, 0xff}, -t)
		} else {
			all[k] = mix(white, color.RGBA{0xb2, 0x30, 0x1f, 0xff}, t)
		}
	}
	return all
}

// aboutMatrix names the strongest entry off the diagonal.
func aboutMatrix(title string, names []string, values [][]float64) string {
	if title == "" {
		title = "Heat map"
	}
	best, at := 0.0, ""
	for i := range names {
		for j := range i {
			if v := values[i][j]; v*v >= best*best {
				best, at = v, names[j]+" and "+names[i]
			}
		}
	}
	if at == "" {
		return title + "."
	}
	return fmt.Sprintf("%s of %s; strongest between %s, %.2f.", title, strings.Join(names, ", "), at, best)
}

// Bars draws groups of bars, one group a name, such as the parts of the directions
// of an active subspace. It fails when a series has not a value for every name.
func Bars(names []string, series []Series, labels Labels) (*plot.Plot, error) {
	p := newPlot(labels)
	width := vg.Points(min(24, 220/float64(max(1, len(names)*len(series)))))
	for k, s := range series {
		if len(s.Y) != len(names) {
			return nil, fmt.Errorf("viz: bars: series %d has %d values for %d names", k+1, len(s.Y), len(names))
		}
		b, err := plotter.NewBarChart(plotter.Values(s.Y), width)
		if err != nil {
			return nil, fmt.Errorf("viz: bars: series %d: %w", k+1, err)
		}
		b.Color, b.LineStyle.Width = colorOf(k), 0
		b.Offset = width * vg.Length(float64(k)-float64(len(series)-1)/2)
		p.Add(b)
		if s.Name != "" {
			p.Legend.Add(s.Name, b)
		}
	}
	zero := plotter.NewFunction(func(float64) float64 { return 0 })
	zero.Width = vg.Points(0.6)
	p.Add(zero)
	p.NominalX(names...)
	p.X.Min, p.X.Max = -0.6, float64(len(names))-0.4
	if len(series) > 1 {
		p.Y.Max += 0.12 * float64(len(series)) * (p.Y.Max - p.Y.Min) // room for the legend
	}
	return p, nil
}
