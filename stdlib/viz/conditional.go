package viz

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"hillock/stdlib/notebook"
)

// Conditioned is densities of parameters while all others are fixed, such as
// sbi.Conditionals.
type Conditioned interface {
	// At gives the parameters' names and the values that they are fixed at.
	At() (names []string, condition []float64)
	// Single gives the density of parameter i over its places.
	// Places rise; they need not be even.
	Single(i int) (places, density []float64)
	// Pair gives the density of parameters j and i at the places of Single: a row a
	// place of i, a column a place of j.
	Pair(j, i int) [][]float64
}

// ConditionalPlot draws how densities change along one and along two parameters
// while all others stay where they are fixed, which a cross marks: each parameter
// on the diagonal, each pair below. More than 10 parameters are drawn one by one
// alone; sbi.Conditionals.Only chooses those whose pairs are to be seen. Densities
// that are not finite count as 0. It fails when there is no parameter, places do not
// rise, or densities differ in size from their places.
func ConditionalPlot(c Conditioned) (notebook.Figure, error) {
	if c == nil {
		return notebook.Figure{}, errors.New("viz: conditional plot of nil")
	}
	names, condition := c.At()
	if len(names) == 0 || len(condition) != len(names) {
		return notebook.Figure{}, fmt.Errorf("viz: conditional plot of %d parameters at a condition of %d; want one or more, as many of both", len(names), len(condition))
	}
	p := &pairs{names: names, points: []point{{"condition", condition, truthColor}}, given: conditioned{c}, view: make([]span, len(names))}
	for i := range names {
		places, density := c.Single(i)
		if len(places) < 2 || len(density) != len(places) {
			return notebook.Figure{}, fmt.Errorf("viz: conditional plot: %s has %d places and a density of %d; want two or more, as many of both", names[i], len(places), len(density))
		}
		if !rising(places) {
			return notebook.Figure{}, fmt.Errorf("viz: conditional plot: the places of %s are not finite or do not rise", names[i])
		}
		p.view[i] = edges(places)
	}
	var at []string
	for i, name := range names {
		at = append(at, fmt.Sprintf("%s = %.4g", name, condition[i]))
	}
	fixed := ", the others fixed at " + strings.Join(at, ", ") + "."
	if n := len(names); n > mostPairs {
		return p.marginals(fmt.Sprintf("Conditional densities of %d parameters; Only(…) gives pairs of some", n), "Densities of one parameter"+fixed), nil
	}
	for i := range names {
		for j := range i {
			x, _ := c.Single(j)
			y, _ := c.Single(i)
			z := c.Pair(j, i)
			if !sized(z, len(y), len(x)) {
				return notebook.Figure{}, fmt.Errorf("viz: conditional plot: the density of %s and %s is not of %d rows of %d", names[j], names[i], len(y), len(x))
			}
		}
	}
	return p.figure("Densities of one and of two parameters" + fixed), nil
}

// conditioned draws what is Conditioned in a pair plot.
type conditioned struct{ Conditioned }

func (c conditioned) marginal(i int) plotter.XYs {
	places, density := c.Single(i)
	line := make(plotter.XYs, len(places))
	for k := range places {
		line[k] = plotter.XY{X: places[k], Y: density[k]}
		if !finite(density[k]) {
			line[k].Y = 0
		}
	}
	return line
}

func (c conditioned) pair(j, i int) *grid {
	x, _ := c.Single(j)
	y, _ := c.Single(i)
	return &grid{x: x, y: y, z: finiteOnly(c.Pair(j, i))}
}

// finiteOnly is a table with 0 for what is not finite.
func finiteOnly(z [][]float64) [][]float64 {
	out := make([][]float64, len(z))
	for r, row := range z {
		out[r] = make([]float64, len(row))
		for k, v := range row {
			if finite(v) {
				out[r][k] = v
			}
		}
	}
	return out
}

// sized says whether a table has so many rows of so many values.
func sized(z [][]float64, rows, columns int) bool {
	for _, row := range z {
		if len(row) != columns {
			return false
		}
	}
	return len(z) == rows
}

// DensityPlot draws where many points lie, by their density: projections of
// samples, for example. The outermost points may lie beyond the axes; those that
// are not finite are left out. It fails when x and y differ in length or hold fewer
// than two points.
func DensityPlot(x, y []float64, labels Labels) (*plot.Plot, error) {
	if len(x) != len(y) {
		return nil, fmt.Errorf("viz: density of %d values of x and %d of y; they must be as many", len(x), len(y))
	}
	all := span{math.Inf(-1), math.Inf(1)}
	var a, b []float64
	for k := range x {
		if finite(x[k]) && finite(y[k]) {
			a, b = append(a, x[k]), append(b, y[k])
		}
	}
	if len(a) < 2 {
		return nil, fmt.Errorf("viz: density of %d finite points; want two or more", len(a))
	}
	p := newPlot(labels)
	p.Add(histogram2D(a, b, core(a, all).wider(0.2), core(b, all).wider(0.2)).shade(colorOf(0)))
	p.X.Tick.Marker = roundTicks{wanted: 4}
	return p, nil
}
