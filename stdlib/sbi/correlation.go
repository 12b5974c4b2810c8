package sbi

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/plot"

	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// Matrix is a square table of parameters against parameters.
type Matrix struct {
	Title  string      // what the values are
	Names  []string    // of the parameters
	Values [][]float64 // a row a parameter
}

// Pearson gives the correlation coefficients of samples; NaN where draws have not as
// many values as there are names.
func (s *Samples) Pearson() Matrix {
	s = s.drawn()
	m := newMatrix("Correlation", s.named())
	if len(s.Values) < 2 {
		return m
	}
	if s.odd() >= 0 {
		for _, row := range m.Values {
			for j := range row {
				row[j] = math.NaN()
			}
		}
		return m
	}
	mean, std := columnMoments(s.Values)
	for i := range mean {
		for j := range mean {
			sum := 0.0
			for _, v := range s.Values {
				sum += (v[i] - mean[i]) * (v[j] - mean[j])
			}
			m.Values[i][j] = sum / (float64(len(s.Values)-1) * std[i] * std[j])
		}
	}
	return m
}

func newMatrix(title string, names []string) Matrix {
	m := Matrix{Title: title, Names: names}
	for range names {
		m.Values = append(m.Values, make([]float64, len(names)))
	}
	return m
}

// Conditional is the density of two parameters on a grid, the others being fixed.
type Conditional struct {
	X, Y    []float64   // places of the grid
	Density [][]float64 // a row a place of y; it sums to 1
	Names   [2]string   // of the parameters of x and of y

	x, y scale
	at   [2]float64 // the condition
}

// Figure draws the density, with a red dot where the condition has the two parameters.
func (c *Conditional) Figure() (notebook.Figure, error) {
	p, err := viz.DensityGrid(c.X, c.Y, c.Density, c.at[:], viz.Labels{X: c.Names[0], Y: c.Names[1]})
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 4.2, Height: 3.4}, err
}

// MIMEBundle shows the figure, and the correlation as text.
func (c *Conditional) MIMEBundle() (notebook.Bundle, error) {
	f, err := c.Figure()
	return shown(f, err, c.String())
}

// String says of which parameters it is, and their correlation.
func (c *Conditional) String() string {
	return fmt.Sprintf("conditional density of %s and %s, correlation %.2f", c.Names[0], c.Names[1], c.correlation())
}

// scale is what a grid of a parameter is even on.
type scale struct{ log bool }

func scaleOf(prior Prior, i int) scale {
	scales := logScales(prior)
	return scale{scales != nil && scales[i]}
}

// to and from map a parameter to the scale and back.
func (s scale) to(v float64) float64 {
	if s.log {
		return math.Log(v)
	}
	return v
}

func (s scale) from(v float64) float64 {
	if s.log {
		return math.Exp(v)
	}
	return v
}

// cell is proportional to the width of the grid's cell at a place.
func (s scale) cell(place float64) float64 {
	if s.log {
		return place
	}
	return 1
}

// even gives the middles of steps between two values on the scale.
func (s scale) even(low, high float64, steps int) []float64 {
	at := make([]float64, steps)
	for k := range at {
		at[k] = s.from(low + (high-low)*(float64(k)+0.5)/float64(steps))
	}
	return at
}

// ConditionalDensity gives the density of parameters i and j given all others at a
// condition, on a grid over the prior's box, or over four deviations of the prior
// where that has no bounds. The grid is even in the logarithm of parameters with a
// LogUniform or LogNormal prior. It fails when the condition is not as long as there
// are parameters, i and j are not two of them (they count from 0), steps (places a
// parameter) are fewer than 2, the posterior has no density anywhere on the grid, or
// ctx ends.
func ConditionalDensity(ctx context.Context, d Distribution, condition []float64, i, j, steps int) (*Conditional, error) {
	if err := namesAll(d); err != nil {
		return nil, err
	}
	prior := d.Prior()
	if len(condition) != prior.Dim() || i < 0 || j < 0 || i >= prior.Dim() || j >= prior.Dim() || i == j || steps < 2 {
		return nil, fmt.Errorf("sbi: conditional density of parameters %d and %d of %d, on %d steps, at a condition of %d values", i, j, prior.Dim(), steps, len(condition))
	}
	return conditionalOn(ctx, d, condition, i, j, places(prior, i, steps), places(prior, j, steps))
}

// namesAll says whether a distribution, which may be a user's, is one and names its
// parameters.
func namesAll(d Distribution) error {
	if d == nil || d.Prior() == nil {
		return errNoPosterior
	}
	if names, dim := len(d.Names()), d.Prior().Dim(); names != dim {
		return fmt.Errorf("sbi: a distribution of %d parameters with %d names; want as many", dim, names)
	}
	return nil
}

// conditionalOn is ConditionalDensity at given places.
func conditionalOn(ctx context.Context, d Distribution, condition []float64, i, j int, x, y []float64) (*Conditional, error) {
	names := d.Names()
	c := &Conditional{X: x, Y: y, Names: [2]string{names[i], names[j]}, x: scaleOf(d.Prior(), i), y: scaleOf(d.Prior(), j), at: [2]float64{condition[i], condition[j]}}
	grid := make([][]float64, 0, len(x)*len(y))
	for _, b := range y {
		for _, a := range x {
			theta := append([]float64(nil), condition...)
			theta[i], theta[j] = a, b
			grid = append(grid, theta)
		}
	}
	logs, err := d.LogProb(ctx, grid)
	if err != nil {
		return nil, err
	}
	density := shareOut(logs)
	if density == nil {
		return nil, fmt.Errorf("sbi: the posterior has no density of %s and %s on the grid of %d × %d places, the others fixed at %v; take another condition or more steps", c.Names[0], c.Names[1], len(x), len(y), condition)
	}
	for r := range y {
		c.Density = append(c.Density, density[r*len(x):][:len(x)])
	}
	return c, nil
}

// shareOut turns logarithms of densities into shares that sum to 1; nil when all
// are −Inf.
func shareOut(logs []float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, l := range logs {
		top = math.Max(top, l)
	}
	if math.IsInf(top, -1) || math.IsNaN(top) {
		return nil
	}
	out := make([]float64, len(logs))
	for k, l := range logs {
		out[k] = math.Exp(l - top)
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// places are the middles of steps of parameter i's range.
func places(prior Prior, i, steps int) []float64 {
	lower, upper := within(prior, 4)
	on := scaleOf(prior, i)
	return on.even(on.to(lower[i]), on.to(upper[i]), steps)
}

// correlation is that of the density on the grid.
func (c *Conditional) correlation() float64 {
	total, mx, my, xx, yy, xy := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	each := func(do func(share, x, y float64)) {
		for r, y := range c.Y {
			for k, x := range c.X {
				do(c.Density[r][k]*c.x.cell(x)*c.y.cell(y), x, y)
			}
		}
	}
	each(func(share, x, y float64) { total, mx, my = total+share, mx+share*x, my+share*y })
	mx, my = mx/total, my/total
	each(func(share, x, y float64) {
		dx, dy := x-mx, y-my
		xx, yy, xy = xx+share*dx*dx, yy+share*dy*dy, xy+share*dx*dy
	})
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx) / math.Sqrt(yy)
}

// ConditionalCorrelation gives the correlation of every pair of parameters, all
// others being fixed at a condition: relations that hold at one place of the
// posterior and blur in its marginals. It is that of ConditionalPairs on 50 places
// a parameter.
func ConditionalCorrelation(ctx context.Context, d Distribution, condition []float64) (Matrix, error) {
	c, err := ConditionalPairs(ctx, d, condition, 50)
	if err != nil {
		return Matrix{}, err
	}
	return c.Correlation(), nil
}
