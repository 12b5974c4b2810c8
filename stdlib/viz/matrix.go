package viz

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"hillock/stdlib/notebook"
)

// Heatmap draws a square table of values between −1 and 1, such as correlation
// coefficients: blue below 0, red above, with the numbers in the cells. It fails
// when the table is not square or the names are not as many.
func Heatmap(title string, names []string, values [][]float64) (notebook.Figure, error) {
	f, err := HeatTable(title, names, names, values)
	if err != nil {
		return notebook.Figure{}, err
	}
	f.Alt = aboutMatrix(title, names, values)
	return f, nil
}

// HeatTable draws a table of values between −1 and 1 with names of its rows and
// columns, such as the components of the directions of an active subspace: blue
// below 0, red above, with the numbers in the cells. Values that are not finite
// stay empty. It fails when a row is not as long as there are columns.
func HeatTable(title string, rows, columns []string, values [][]float64) (notebook.Figure, error) {
	p, err := HeatPlot(title, rows, columns, values)
	if err != nil {
		return notebook.Figure{}, err
	}
	side := func(n int) float64 { return min(0.62, 8.5/float64(n)) * float64(n) }
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: max(2.6, side(len(columns))+1.2), Height: side(len(rows)) + 0.9,
		Alt: fmt.Sprintf("%s: %s against %s.", orElse(title, "Heat map"), strings.Join(rows, ", "), strings.Join(columns, ", "))}, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// HeatPlot is HeatTable as one plot, for a figure of several.
func HeatPlot(title string, rows, columns []string, values [][]float64) (*plot.Plot, error) {
	n, m := len(rows), len(columns)
	if n == 0 || m == 0 || len(values) != n {
		return nil, fmt.Errorf("viz: heat map of %d rows with %d names, and of %d columns", len(values), n, m)
	}
	g := &grid{}
	for j := range m {
		g.x = append(g.x, float64(j))
	}
	for i := range n {
		if len(values[i]) != m {
			return nil, fmt.Errorf("viz: heat map: row %d has %d values; want %d", i+1, len(values[i]), m)
		}
		g.y = append(g.y, float64(i))
		g.z = append(g.z, values[n-1-i]) // the first row on top
	}
	p := newPlot(Labels{Title: title})
	p.Add(cells{g})
	style := p.X.Tick.Label
	style.XAlign, style.YAlign = -0.5, -0.5
	style.Font.Size = 9
	if max(n, m) > 12 {
		style.Font.Size = 6
	}
	p.Add(numbers{g, style})
	nominalX(p, columns)
	var reversed plot.ConstantTicks
	for i := range n {
		reversed = append(reversed, plot.Tick{Value: float64(i), Label: rows[n-1-i]})
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.LineStyle.Width, p.Y.Tick.Label.Font.Size = reversed, 0, 0, 10
	p.X.Padding, p.Y.Padding = 1, 1
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(m)-0.5, -0.5, float64(n)-0.5
	return p, nil
}

// cells fills the cells of a table, with a thin white line between them.
type cells struct{ *grid }

// Plot draws the cells.
func (t cells) Plot(c vgdraw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	colors := diverging(201).Colors()
	for r := range t.y {
		for k := range t.x {
			v := t.z[r][k]
			if !finite(v) {
				continue
			}
			place := int(math.Round(100 * (1 + min(1, max(-1, v)))))
			left, right := x(t.x[k]-0.5)+0.4, x(t.x[k]+0.5)-0.4
			low, high := y(t.y[r]-0.5)+0.4, y(t.y[r]+0.5)-0.4
			c.FillPolygon(colors[place], []vg.Point{{X: left, Y: low}, {X: left, Y: high}, {X: right, Y: high}, {X: right, Y: low}})
		}
	}
}

// numbers writes the values of a table into its cells, as small as these ask for.
type numbers struct {
	*grid
	style text.Style
}

// Plot writes them.
func (t numbers) Plot(c vgdraw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	texts, widest := make([][]string, len(t.y)), vg.Length(0)
	for r, row := range t.z {
		texts[r] = make([]string, len(row))
		for k, v := range row {
			if finite(v) {
				texts[r][k] = strings.Replace(strconv.FormatFloat(math.Round(100*v)/100+0, 'f', 2, 64), "-", "−", 1) // + 0: none is −0.00
			}
			widest = max(widest, t.style.Width(texts[r][k]))
		}
	}
	const between = 2 // points
	style := t.style
	if wide := x(1) - x(0) - between; widest > wide {
		style.Font.Size *= wide / widest
	}
	style.Font.Size = max(1, min(style.Font.Size, y(1)-y(0)))
	for r, row := range t.z {
		for k, v := range row {
			if style.Color = t.style.Color; v > 0.55 || v < -0.55 {
				style.Color = color.White
			}
			c.FillText(style, vg.Point{X: x(t.x[k]), Y: y(t.y[r])}, texts[r][k])
		}
	}
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
	title = orElse(title, "Heat map")
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
