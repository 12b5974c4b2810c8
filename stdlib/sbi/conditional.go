package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// Conditionals is how a posterior's density changes along one and along two
// parameters while all others are fixed.
type Conditionals struct {
	Names     []string
	Condition []float64   // where the parameters are fixed
	Places    [][]float64 // of every parameter, where densities are known
	Marginals [][]float64 // of every parameter the density along it; each sums to 1

	scales []scale
	pairs  [][]*Conditional // of parameters i and j < i
	others []string         // values of parameters that Only left out
}

var _ viz.Conditioned = (*Conditionals)(nil)

// ConditionalPairs gives the density of every parameter and of every pair of them
// given all others at a condition, such as the most probable parameters or a
// sample, on a grid of steps places a parameter (0 means 50) over where the density
// is: dependencies that marginals, which average over the others, don't show. It
// fails when the condition is not as long as there are parameters or lies where the
// posterior has no density, when steps are 1 or negative, or ctx ends.
func ConditionalPairs(ctx context.Context, d Distribution, condition []float64, steps int) (*Conditionals, error) {
	if err := namesAll(d); err != nil {
		return nil, err
	}
	prior := d.Prior()
	dim := prior.Dim()
	if steps == 0 {
		steps = 50
	}
	if len(condition) != dim || steps < 2 {
		return nil, fmt.Errorf("sbi: conditional densities of %d parameters, on %d steps, at a condition of %d values", dim, steps, len(condition))
	}
	c := &Conditionals{Names: d.Names(), Condition: append([]float64(nil), condition...)}
	// First where the density is, on a coarse grid; then twice that part, more finely.
	const coarse = 30
	for i := range dim {
		c.Places, c.scales = append(c.Places, places(prior, i, coarse)), append(c.scales, scaleOf(prior, i))
	}
	for _, next := range []int{coarse, steps} {
		if err := c.fill(ctx, d); err != nil {
			return nil, err
		}
		finer := make([][]float64, dim)
		for i := range finer {
			finer[i] = c.narrowed(i, next)
		}
		c.Places = finer
	}
	return c, c.fill(ctx, d)
}

// fill computes the densities at the places.
func (c *Conditionals) fill(ctx context.Context, d Distribution) error {
	c.Marginals, c.pairs = nil, nil
	bar := notebook.NewProgress(notebook.ProgressOptions{Total: len(c.Places) * (len(c.Places) + 1) / 2, Label: "conditional densities", Unit: "panels", After: progressAfter})
	defer bar.Done()
	for i, at := range c.Places {
		line := make([][]float64, len(at))
		for k, v := range at {
			line[k] = append([]float64(nil), c.Condition...)
			line[k][i] = v
		}
		logs, err := d.LogProb(ctx, append(line, c.Condition))
		if err != nil {
			return err
		}
		own := logs[len(at)]
		if math.IsInf(own, -1) || math.IsNaN(own) {
			return fmt.Errorf("sbi: the posterior has no density at the condition %v", c.Condition)
		}
		density := shareOut(logs[:len(at)])
		if density == nil { // narrower than the grid
			density = make([]float64, len(at))
		}
		row := make([]*Conditional, i)
		for j := range row {
			if row[j], err = conditionalOn(ctx, d, c.Condition, j, i, c.Places[j], at); err != nil {
				return err
			}
			bar.Add(1)
		}
		bar.Add(1)
		c.Marginals, c.pairs = append(c.Marginals, density), append(c.pairs, row)
	}
	return nil
}

// narrowed gives steps places over the part of parameter i's where any density is
// above a thousandth of its largest, and around the condition.
func (c *Conditionals) narrowed(i, steps int) []float64 {
	at := c.Places[i]
	used := make([]float64, len(at)) // the largest share of the top at each place
	see := func(k int, v, top float64) {
		if top > 0 {
			used[k] = math.Max(used[k], v/top)
		}
	}
	top := largest(c.Marginals[i])
	for k, v := range c.Marginals[i] {
		see(k, v, top)
	}
	for a := range c.Names {
		for b := range a {
			if a != i && b != i {
				continue
			}
			top := 0.0
			for _, row := range c.pairs[a][b].Density {
				top = math.Max(top, largest(row))
			}
			for r, row := range c.pairs[a][b].Density {
				for k, v := range row {
					if a == i {
						see(r, v, top)
					} else {
						see(k, v, top)
					}
				}
			}
		}
	}
	const little = 1e-3
	on := c.scales[i]
	first, last, condition := on.to(at[0]), on.to(at[len(at)-1]), on.to(c.Condition[i])
	step := (last - first) / float64(len(at)-1)
	low, high := condition-step, condition+step
	for k, v := range used {
		if v > little {
			low, high = math.Min(low, on.to(at[k])-step), math.Max(high, on.to(at[k])+step)
		}
	}
	return on.even(math.Max(low, first-step/2), math.Min(high, last+step/2), steps)
}

func largest(values []float64) float64 {
	top := math.Inf(-1)
	for _, v := range values {
		top = math.Max(top, v)
	}
	return top
}

// At gives the parameters' names and the condition.
func (c *Conditionals) At() (names []string, condition []float64) { return c.Names, c.Condition }

// Single gives the density of parameter i over its places.
func (c *Conditionals) Single(i int) (places, density []float64) {
	return c.Places[i], c.Marginals[i]
}

// Pair gives the density of parameters j and i, j below i: a row a place of i.
func (c *Conditionals) Pair(j, i int) [][]float64 { return c.pairs[i][j].Density }

// Only gives the densities of the named parameters alone, in the order that they have:
// a figure draws the pairs of 10 parameters at most. It fails when no parameter is
// named or there is none of a name.
func (c *Conditionals) Only(names ...string) (*Conditionals, error) {
	if len(names) == 0 {
		return nil, errors.New("sbi: conditional densities of no parameters; name those that are wanted")
	}
	for _, name := range names {
		if !slices.Contains(c.Names, name) {
			return nil, fmt.Errorf("sbi: conditional densities: there is no parameter %q among %s", name, strings.Join(c.Names, ", "))
		}
	}
	out := &Conditionals{others: slices.Clone(c.others)}
	var chosen []int
	for i, name := range c.Names {
		if !slices.Contains(names, name) {
			out.others = append(out.others, withNames([]string{name}, c.Condition[i:i+1]))
			continue
		}
		var row []*Conditional
		for _, j := range chosen {
			row = append(row, c.pairs[i][j])
		}
		chosen = append(chosen, i)
		out.Names, out.Condition = append(out.Names, name), append(out.Condition, c.Condition[i])
		out.Places, out.Marginals = append(out.Places, c.Places[i]), append(out.Marginals, c.Marginals[i])
		out.scales, out.pairs = append(out.scales, c.scales[i]), append(out.pairs, row)
	}
	return out, nil
}

// Correlation gives the conditional correlation of every pair of parameters.
func (c *Conditionals) Correlation() Matrix {
	m := newMatrix("Conditional correlation", c.Names)
	for i := range c.Names {
		m.Values[i][i] = 1
		for j := range i {
			m.Values[i][j] = c.pairs[i][j].correlation()
			m.Values[j][i] = m.Values[i][j]
		}
	}
	return m
}

// Figure draws each parameter's density on the diagonal and each pair's below; of more
// than 10 parameters, each one's density alone (Only chooses some).
func (c *Conditionals) Figure() (notebook.Figure, error) { return viz.ConditionalPlot(c) }

// MIMEBundle shows the figure, and the condition as text.
func (c *Conditionals) MIMEBundle() (notebook.Bundle, error) {
	f, err := c.Figure()
	return shown(f, err, c.String())
}

// String says where the parameters are fixed.
func (c *Conditionals) String() string {
	text := "conditional densities at " + withNames(c.Names, c.Condition)
	if len(c.others) > 0 {
		text += "; fixed at " + strings.Join(c.others, ", ")
	}
	return text
}

// withNames gives the values of parameters with their names.
func withNames(names []string, values []float64) string {
	var at []string
	for i, name := range namesOf(len(values), names) {
		at = append(at, fmt.Sprintf("%s = %.4g", name, values[i]))
	}
	return strings.Join(at, ", ")
}
