package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
)

// Independent joins priors of independent parameters into one, a Product if all of
// them are. Parameters without a name are numbered through. Its Err says which part
// is wrong, and which name two parameters have.
func Independent(parts ...Prior) Prior {
	var marginals []marginal
	j := &joint{}
	if len(parts) == 0 {
		j.err = errors.New("sbi: prior without parameters")
	}
	products := true
	for i, p := range parts {
		if v := reflect.ValueOf(p); p == nil || v.Kind() == reflect.Pointer && v.IsNil() {
			j.err = errors.Join(j.err, fmt.Errorf("sbi: independent prior %d is nil", i+1))
			continue
		}
		j.err = errors.Join(j.err, p.Err())
		j.parts, j.names = append(j.parts, p), append(j.names, givenNames(p)...)
		product, ok := p.(*Product)
		if products = products && ok; products {
			marginals = append(marginals, product.marginals...)
		}
	}
	if j.err == nil {
		j.err = distinct(j.Names())
	}
	if products {
		return &Product{names: j.names, marginals: marginals, err: j.err}
	}
	return j
}

// joint is a prior of independent parts, of which one at least is no Product.
type joint struct {
	parts []Prior
	names []string // "" where there is none
	err   error
}

// each calls a function with every part and the places of its parameters.
func (j *joint) each(visit func(p Prior, from, to int)) {
	at := 0
	for _, p := range j.parts {
		visit(p, at, at+p.Dim())
		at += p.Dim()
	}
}

// Dim is the number of parameters.
func (j *joint) Dim() (dim int) {
	j.each(func(_ Prior, _, to int) { dim = to })
	return dim
}

// Names are the parameters' names.
func (j *joint) Names() []string { return namesOf(j.Dim(), j.names) }

// Err says what is wrong with the prior, if anything.
func (j *joint) Err() error { return j.err }

// Sample writes one draw to theta.
func (j *joint) Sample(rng *rand.Rand, theta []float64) {
	j.each(func(p Prior, from, to int) { p.Sample(rng, theta[from:to]) })
}

// Draw gives n draws.
func (j *joint) Draw(ctx context.Context, n int, seed uint64) (draws [][]float64, err error) {
	rng := rand.New(rand.NewPCG(seed, 0x101a7))
	draws = make([][]float64, max(n, 0))
	for _, p := range j.parts {
		own, err := drawFrom(ctx, p, n, rng)
		if err != nil {
			return nil, err
		}
		for i, theta := range own {
			draws[i] = append(draws[i], theta...)
		}
	}
	return draws, nil
}

// LogProb is the logarithm of the density, −Inf outside the support.
func (j *joint) LogProb(theta []float64) (sum float64) {
	if len(theta) != j.Dim() {
		return math.Inf(-1)
	}
	j.each(func(p Prior, from, to int) { sum += p.LogProb(theta[from:to]) })
	return sum
}

// Bounds is the box that holds the support.
func (j *joint) Bounds() (lower, upper []float64) {
	j.each(func(p Prior, _, _ int) {
		a, b := p.Bounds()
		lower, upper = append(lower, a...), append(upper, b...)
	})
	return lower, upper
}

// Range is where nearly all of the prior lies, for plots.
func (j *joint) Range() (lower, upper []float64) { return within(j, 3) }

// Mean is the mean of every parameter.
func (j *joint) Mean() (mean []float64) {
	j.each(func(p Prior, _, _ int) { mean = append(mean, p.Mean()...) })
	return mean
}

// Std is the standard deviation of every parameter.
func (j *joint) Std() (std []float64) {
	j.each(func(p Prior, _, _ int) { std = append(std, p.Std()...) })
	return std
}

// String gives every parameter's mean and deviation.
func (j *joint) String() string {
	if j.err != nil {
		return j.err.Error()
	}
	mean, std := j.Mean(), j.Std()
	parts := make([]string, len(mean))
	for i, name := range j.Names() {
		parts[i] = fmt.Sprintf("%s %.4g ± %.4g", name, mean[i], std[i])
	}
	return fmt.Sprintf("prior of %d independent parts: %s", len(j.parts), strings.Join(parts, ", "))
}

// clip is the prior on the condition that parameters lie within a box, as far as its
// parts can be clipped.
func (j *joint) clip(lower, upper []float64) *joint {
	c := &joint{names: j.names, err: j.err}
	j.each(func(p Prior, from, to int) { c.parts = append(c.parts, clipped(p, lower[from:to], upper[from:to])) })
	return c
}
