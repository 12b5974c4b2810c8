package viz

import (
	"image"
	"image/color"
	"math"
	"sort"

	"gonum.org/v1/plot/plotter"
)

// grid is values over rising places of x and y.
type grid struct {
	x, y []float64
	z    [][]float64 // a row a place of y
	wide int         // about how many pixels it is painted with; 0 means 256
}

// span is a part of an axis.
type span struct{ low, high float64 }

// spanOf is where the values lie, within limits.
func spanOf(values []float64, limits span) span {
	s := span{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if finite(v) {
			s.low, s.high = math.Min(s.low, v), math.Max(s.high, v)
		}
	}
	s = s.wider(0.05)
	s.low, s.high = math.Max(s.low, limits.low), math.Min(s.high, limits.high)
	if !(s.high > s.low) {
		return limits
	}
	return s
}

// asZero is below what can be parted: 2⁻¹⁰²² is the least number of full precision.
const asZero = 1e-300

// wider is the span with a margin at both ends, a share of its width.
func (s span) wider(share float64) span {
	margin := share*(s.high-s.low) + 1e-9*math.Max(math.Abs(s.low), math.Abs(s.high))
	switch {
	case s.high-s.low < asZero && math.Abs(s.low) < asZero:
		margin = 0.5
	case s.low < s.high || math.IsNaN(margin) || math.IsInf(margin, 0):
	case s.low == s.high: // the same everywhere
		margin = 0.05 * math.Abs(s.low)
	}
	return span{s.low - margin, s.high + margin}
}

// places are the middles of n parts of the span.
func (s span) places(n int) []float64 {
	at := make([]float64, n)
	for k := range at {
		at[k] = s.low + (s.high-s.low)*(float64(k)+0.5)/float64(n)
	}
	return at
}

// part is in which of n parts a value lies, −1 for none.
func (s span) part(v float64, n int) int {
	at := (v - s.low) / (s.high - s.low) * float64(n)
	if !(at >= 0 && at < float64(n)) {
		return -1
	}
	return int(at)
}

// bins is in how many parts a span is divided for n draws.
func bins(n int) int { return max(16, min(64, int(4.2*math.Pow(float64(n), 0.3)))) }

// smooth averages neighbours with weights 1 : 2 : 1; the sum is kept.
func smooth(x []float64) []float64 {
	out := make([]float64, len(x))
	for k := range x {
		out[k] = (x[max(k-1, 0)] + 2*x[k] + x[min(k+1, len(x)-1)]) / 4
	}
	return out
}

// core is where most of the values lie, within limits: a few that lie far out
// would make the parts of the rest too large.
func core(values []float64, limits span) span {
	const far = 0.003 // share of the values at either end
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if finite(v) {
			sorted = append(sorted, v)
		}
	}
	sort.Float64s(sorted)
	skip := int(far * float64(len(sorted)))
	return spanOf(sorted[skip:len(sorted)-skip], limits)
}

// histogram2D counts draws on a grid over parts of the axes, smoothed.
func histogram2D(x, y []float64, sx, sy span) *grid {
	n := bins(len(x))
	g := &grid{x: sx.places(n), y: sy.places(n), z: make([][]float64, n)}
	for r := range g.z {
		g.z[r] = make([]float64, n)
	}
	for k := range x {
		if c, r := sx.part(x[k], n), sy.part(y[k], n); c >= 0 && r >= 0 {
			g.z[r][c]++
		}
	}
	for range 2 {
		g.smooth()
	}
	return g
}

// smooth averages neighbours along both axes.
func (g *grid) smooth() {
	for r := range g.z {
		g.z[r] = smooth(g.z[r])
	}
	column := make([]float64, len(g.y))
	for c := range g.x {
		for r := range column {
			column[r] = g.z[r][c]
		}
		for r, v := range smooth(column) {
			g.z[r][c] = v
		}
	}
}

// level is the height above which the given share of the grid's sum lies.
func (g *grid) level(share float64) float64 {
	var all []float64
	sum := 0.0
	for _, row := range g.z {
		all = append(all, row...)
		for _, v := range row {
			sum += v
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(all)))
	within := 0.0
	for _, v := range all {
		if within += v; within >= share*sum {
			return v
		}
	}
	return 0
}

// top is the largest value.
func (g *grid) top() float64 {
	top := 0.0
	for _, row := range g.z {
		for _, v := range row {
			top = math.Max(top, v)
		}
	}
	return top
}

// rising says whether there are two places or more, each finite and above the last.
func rising(places []float64) bool {
	for k, v := range places {
		if !finite(v) || k > 0 && !(v > places[k-1]) {
			return false
		}
	}
	return len(places) >= 2
}

// edges are where cells around places begin and end: half a step beyond the first
// and the last.
func edges(places []float64) span {
	n := len(places)
	return span{places[0] - (places[1]-places[0])/2, places[n-1] + (places[n-1]-places[n-2])/2}
}

// between is a share of the way from a place to the next.
type between struct {
	place int
	share float64
}

// along gives where among places, which need not be even, the middles of n equal
// parts of their span lie; before the first and behind the last they lie on these.
func along(places []float64, n int) []between {
	out := make([]between, n)
	k := 0
	for i, v := range edges(places).places(n) {
		for k < len(places)-2 && v >= places[k+1] {
			k++
		}
		out[i] = between{k, math.Max(0, math.Min((v-places[k])/(places[k+1]-places[k]), 1))}
	}
	return out
}

// raise gives the grid's values at the pixels of a picture, row by row from the
// top, by straight lines between the grid's places.
func (g *grid) raise() (values [][]float64) {
	pixels := g.wide
	if pixels == 0 {
		pixels = 256
	}
	finer := (pixels + len(g.x) - 1) / len(g.x)
	columns, rows := along(g.x, finer*len(g.x)), along(g.y, finer*len(g.y))
	values = make([][]float64, len(rows))
	for i, r := range rows {
		low, high := g.z[r.place], g.z[r.place+1]
		row := make([]float64, len(columns))
		for k, c := range columns {
			u, v := c.share, r.share
			row[k] = (1-v)*((1-u)*low[c.place]+u*low[c.place+1]) + v*((1-u)*high[c.place]+u*high[c.place+1])
		}
		values[len(rows)-1-i] = row
	}
	return values
}

// paint makes a picture over the grid's place.
func (g *grid) paint(values [][]float64, colored func(r, c int) color.NRGBA) *plotter.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, len(values[0]), len(values)))
	for r := range values {
		for c := range values[r] {
			picture.SetNRGBA(c, r, colored(r, c))
		}
	}
	x, y := edges(g.x), edges(g.y)
	return plotter.NewImage(picture, x.low, y.low, x.high, y.high)
}

// shade paints densities from clear to a dark tone of a colour.
func (g *grid) shade(c color.Color) *plotter.Image {
	r, gr, b, _ := c.RGBA()
	full := color.RGBA{uint8(r >> 8), uint8(gr >> 8), uint8(b >> 8), 0xff}
	dark := mix(full, color.RGBA{0, 0, 0, 0xff}, 0.45)
	top, values := g.top(), g.raise()
	return g.paint(values, func(r, c int) color.NRGBA {
		t := math.Sqrt(values[r][c] / top) // faint parts stay visible
		if !(t > 0.06) {
			return color.NRGBA{0xff, 0xff, 0xff, 0}
		}
		// Few tones make a small file.
		t = math.Round(24*t) / 24
		if t < 0.5 {
			return opaque(mix(color.RGBA{0xff, 0xff, 0xff, 0xff}, full, 2*t))
		}
		return opaque(mix(full, dark, 2*t-1))
	})
}

func opaque(c color.RGBA) color.NRGBA { return color.NRGBA(c) }

// regions paints where the densest 50 % and 90 % of the mass lie, translucent and
// with their borders.
func (g *grid) regions(c color.Color) *plotter.Image {
	inner, outer := g.level(0.5), g.level(0.9)
	values := g.raise()
	region := func(r, c int) int {
		switch v := values[max(0, min(r, len(values)-1))][max(0, min(c, len(values[0])-1))]; {
		case v >= inner:
			return 2
		case v >= outer:
			return 1
		}
		return 0
	}
	return g.paint(values, func(r, k int) color.NRGBA {
		own := region(r, k)
		if region(r-1, k) < own || region(r+1, k) < own || region(r, k-1) < own || region(r, k+1) < own {
			return translucent(c, 0xe0)
		}
		return translucent(c, []uint8{0, 0x30, 0x70}[own])
	})
}

func mix(a, b color.RGBA, t float64) color.RGBA {
	blend := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.RGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 0xff}
}
