package viz

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"hillock/stdlib/notebook"
)

// Sampled is draws of several parameters, such as sbi.Samples.
type Sampled interface {
	// Columns gives the parameters' names and the draws of each. They are only read.
	Columns() (names []string, values [][]float64)
}

// Bounded is what has a lower and an upper limit for every parameter, such as a
// sbi.Prior; infinite ones are taken from the draws.
type Bounded interface {
	Bounds() (lower, upper []float64)
}

// PairOption adds something to a PairPlot: Truth, Limits or Beside.
type PairOption func(p *pairs)

// Truth marks the parameters that the observation was made with.
func Truth(theta []float64) PairOption { return func(p *pairs) { p.truth = theta } }

// Limits shows the whole range of a prior instead of that of the draws.
func Limits(prior Bounded) PairOption { return func(p *pairs) { p.lower, p.upper = prior.Bounds() } }

// Beside draws other samples of the same parameters over the first, such as those
// of a later round.
func Beside(name string, s Sampled) PairOption {
	return func(p *pairs) {
		_, columns := s.Columns()
		p.sets, p.labels = append(p.sets, columns), append(p.labels, name)
	}
}

// Named gives the first samples a name for the legend.
func Named(name string) PairOption { return func(p *pairs) { p.labels[0] = name } }

// pairs is a pair plot in the making.
type pairs struct {
	names        []string
	sets         [][][]float64 // columns of each set of samples
	labels       []string
	truth        []float64
	lower, upper []float64
}

// PairPlot draws the samples' distribution: each parameter's on the diagonal, that
// of each pair below. One set of samples is drawn by its density, several by
// points of their own colours.
func PairPlot(s Sampled, options ...PairOption) (notebook.Figure, error) {
	names, columns := s.Columns()
	p := &pairs{names: names, sets: [][][]float64{columns}, labels: []string{""}}
	for _, o := range options {
		o(p)
	}
	if err := p.check(); err != nil {
		return notebook.Figure{}, err
	}
	p.findLimits()
	dim := len(names)
	f := notebook.Figure{Width: math.Min(12, 1.9*float64(dim)+1.2), Height: math.Min(12, 1.8*float64(dim)+0.6), Alt: p.about()}
	for i := range dim {
		row := make([]*plot.Plot, dim)
		for j := range i {
			row[j] = p.pair(j, i)
		}
		row[i] = p.marginal(i)
		f.Plots = append(f.Plots, row)
	}
	return f, nil
}

func (p *pairs) check() error {
	dim := len(p.names)
	if dim == 0 {
		return fmt.Errorf("viz: pair plot of no parameters")
	}
	for i, set := range p.sets {
		if len(set) != dim || len(set[0]) < 2 {
			return fmt.Errorf("viz: pair plot: set %d of samples has %d parameters; want %d, with two draws or more", i+1, len(set), dim)
		}
	}
	if p.truth != nil && len(p.truth) != dim || p.lower != nil && (len(p.lower) != dim || len(p.upper) != dim) {
		return fmt.Errorf("viz: pair plot of %d parameters with a truth of %d and limits of %d", dim, len(p.truth), len(p.lower))
	}
	return nil
}

// findLimits fills in the limits that were not given.
func (p *pairs) findLimits() {
	if p.lower == nil {
		p.lower, p.upper = make([]float64, len(p.names)), make([]float64, len(p.names))
		for i := range p.lower {
			p.lower[i], p.upper[i] = math.Inf(-1), math.Inf(1)
		}
	} else {
		p.lower, p.upper = append([]float64(nil), p.lower...), append([]float64(nil), p.upper...)
	}
	for i := range p.names {
		low, high := math.Inf(1), math.Inf(-1)
		for _, set := range p.sets {
			for _, v := range set[i] {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
		if p.truth != nil {
			low, high = math.Min(low, p.truth[i]), math.Max(high, p.truth[i])
		}
		margin := 0.04*(high-low) + 1e-9*(1+math.Abs(high))
		if math.IsInf(p.lower[i], 0) {
			p.lower[i] = low - margin
		}
		if math.IsInf(p.upper[i], 0) {
			p.upper[i] = high + margin
		}
	}
}

// bins is in how many parts a range is divided.
const bins = 40

// truthColor marks the truth.
var truthColor = color.RGBA{0xd5, 0x5e, 0x00, 0xff}

// marginal draws the distribution of parameter i.
func (p *pairs) marginal(i int) *plot.Plot {
	q := newPlot(Labels{})
	if i == len(p.names)-1 {
		q.X.Label.Text = p.names[i]
	}
	if i == 0 && len(p.names) == 1 {
		q.Y.Label.Text = "density"
	}
	top := 0.0
	for k, set := range p.sets {
		line := histogram(set[i], p.lower[i], p.upper[i])
		for _, at := range line {
			top = math.Max(top, at.Y)
		}
		l, err := plotter.NewLine(line)
		if err != nil {
			continue // nothing within the limits
		}
		l.Color, l.Width = colorOfSet(k), vg.Points(1.2)
		if len(p.sets) == 1 {
			l.FillColor = color.NRGBA{0x00, 0x72, 0xb2, 0x30}
		}
		q.Add(l)
		if i == 0 && p.labels[k] != "" {
			q.Legend.Add(p.labels[k], l)
		}
	}
	if p.truth != nil {
		l, err := plotter.NewLine(plotter.XYs{{X: p.truth[i], Y: 0}, {X: p.truth[i], Y: 1.05 * top}})
		if err == nil {
			l.Color, l.Width, l.Dashes = truthColor, vg.Points(1.2), []vg.Length{vg.Points(3), vg.Points(2)}
			q.Add(l)
		}
	}
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = p.lower[i], p.upper[i], 0, math.Max(1.1*top, 1e-300)
	q.X.Tick.Marker, q.Y.Tick.Marker = roundTicks{wanted: 4}, noTicks{}
	q.Legend.Left, q.Legend.XOffs = false, vg.Points(95) // in the empty place beside
	return q
}

// colorOfSet skips the colour that marks the truth.
func colorOfSet(k int) color.Color {
	if k > 0 {
		k++
	}
	return colorOf(k)
}

// noTicks leaves an axis without marks.
type noTicks struct{}

// Ticks gives none.
func (noTicks) Ticks(_, _ float64) []plot.Tick { return nil }

// histogram gives the outline of a density, smoothed over neighbouring bins.
func histogram(values []float64, lower, upper float64) plotter.XYs {
	counts := make([]float64, bins)
	for _, v := range values {
		if k := int((v - lower) / (upper - lower) * bins); k >= 0 && k < bins {
			counts[k]++
		}
	}
	counts = smooth(counts)
	line := plotter.XYs{{X: lower, Y: 0}}
	width := (upper - lower) / bins
	for k, c := range counts {
		line = append(line, plotter.XY{X: lower + (float64(k)+0.5)*width, Y: c / (float64(len(values)) * width)})
	}
	return append(line, plotter.XY{X: upper, Y: 0})
}

// smooth averages neighbours with weights 1 : 2 : 1; the sum is kept.
func smooth(x []float64) []float64 {
	out := make([]float64, len(x))
	for k := range x {
		out[k] = (x[max(k-1, 0)] + 2*x[k] + x[min(k+1, len(x)-1)]) / 4
	}
	return out
}

// pair draws parameter i upwards over parameter j.
func (p *pairs) pair(j, i int) *plot.Plot {
	q := newPlot(Labels{})
	if i == len(p.names)-1 {
		q.X.Label.Text = p.names[j]
	}
	if j == 0 {
		q.Y.Label.Text = p.names[i]
	}
	if len(p.sets) == 1 {
		h := plotter.NewHeatMap(p.density(j, i), shades(64))
		h.Rasterized = true
		q.Add(h)
	} else {
		for k, set := range p.sets {
			q.Add(dots(set[j], set[i], colorOfSet(k)))
		}
	}
	if p.truth != nil {
		s, err := plotter.NewScatter(plotter.XYs{{X: p.truth[j], Y: p.truth[i]}})
		if err == nil {
			s.Color, s.Shape, s.Radius = truthColor, vgdraw.CrossGlyph{}, vg.Points(4)
			q.Add(s)
		}
	}
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = p.lower[j], p.upper[j], p.lower[i], p.upper[i]
	q.X.Tick.Marker, q.Y.Tick.Marker = roundTicks{wanted: 4}, roundTicks{wanted: 4}
	return q
}

// mostDots is how many points of a set are drawn in a plot.
const mostDots = 500

func dots(x, y []float64, c color.Color) *plotter.Scatter {
	var at plotter.XYs
	step := max(1, (len(x)+mostDots-1)/mostDots)
	for k := 0; k < len(x); k += step {
		at = append(at, plotter.XY{X: x[k], Y: y[k]})
	}
	r, g, b, _ := c.RGBA()
	return &plotter.Scatter{XYs: at, GlyphStyle: vgdraw.GlyphStyle{
		Color:  color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0x60},
		Radius: vg.Points(1), Shape: vgdraw.CircleGlyph{}}}
}

// density counts the first set's draws on a grid, smoothed.
func (p *pairs) density(j, i int) *grid {
	g := &grid{x: middles(p.lower[j], p.upper[j]), y: middles(p.lower[i], p.upper[i]), z: make([][]float64, bins)}
	for r := range g.z {
		g.z[r] = make([]float64, bins)
	}
	for k, x := range p.sets[0][j] {
		c := int((x - p.lower[j]) / (p.upper[j] - p.lower[j]) * bins)
		r := int((p.sets[0][i][k] - p.lower[i]) / (p.upper[i] - p.lower[i]) * bins)
		if c >= 0 && c < bins && r >= 0 && r < bins {
			g.z[r][c]++
		}
	}
	for r := range g.z {
		g.z[r] = smooth(g.z[r])
	}
	for c := range bins {
		column := make([]float64, bins)
		for r := range column {
			column[r] = g.z[r][c]
		}
		for r, v := range smooth(column) {
			g.z[r][c] = v
		}
	}
	return g
}

func middles(lower, upper float64) []float64 {
	at := make([]float64, bins)
	for k := range at {
		at[k] = lower + (upper-lower)*(float64(k)+0.5)/bins
	}
	return at
}

// grid is values over places of x and y.
type grid struct {
	x, y []float64
	z    [][]float64 // a row a place of y
}

func (g *grid) Dims() (columns, rows int) { return len(g.x), len(g.y) }
func (g *grid) X(c int) float64           { return g.x[c] }
func (g *grid) Y(r int) float64           { return g.y[r] }
func (g *grid) Z(c, r int) float64        { return g.z[r][c] }

// shades is a palette from white to dark blue.
type shades int

// Colors gives the palette's colours.
func (n shades) Colors() []color.Color {
	all := make([]color.Color, n)
	for k := range all {
		t := math.Sqrt(float64(k) / float64(n-1)) // faint parts stay visible
		all[k] = mix(color.RGBA{0xff, 0xff, 0xff, 0xff}, color.RGBA{0x00, 0x3f, 0x72, 0xff}, t)
	}
	return all
}

func mix(a, b color.RGBA, t float64) color.RGBA {
	blend := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.RGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 0xff}
}

// about says in words what the plot shows.
func (p *pairs) about() string {
	var parts []string
	for i, name := range p.names {
		mean, squares := 0.0, 0.0
		column := p.sets[0][i]
		for _, v := range column {
			mean += v / float64(len(column))
		}
		for _, v := range column {
			squares += (v - mean) * (v - mean) / float64(len(column)-1)
		}
		part := fmt.Sprintf("%s %.4g ± %.2g", name, mean, math.Sqrt(squares))
		if p.truth != nil {
			part += fmt.Sprintf(" (truth %.4g)", p.truth[i])
		}
		parts = append(parts, part)
	}
	s := fmt.Sprintf("Pair plot of %d samples: %s.", len(p.sets[0][0]), strings.Join(parts, ", "))
	if n := len(p.sets) - 1; n > 0 {
		s += fmt.Sprintf(" Beside them %d other sets.", n)
	}
	return s
}
