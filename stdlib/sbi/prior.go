package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Prior is a distribution of parameters before any observation.
type Prior interface {
	// Dim is the number of parameters.
	Dim() int
	// Names are the parameters' names, for plots and tables.
	Names() []string
	// Sample writes one draw to theta; NaN where none can be found. NewSamples and Draw
	// give many.
	Sample(rng *rand.Rand, theta []float64)
	// LogProb is the logarithm of the density, −Inf outside the support.
	LogProb(theta []float64) float64
	// Bounds is the box that holds the support; ±Inf where there is no bound.
	Bounds() (lower, upper []float64)
	// Mean and Std are the mean and the standard deviation of every parameter.
	Mean() []float64
	Std() []float64
	// Err says what is wrong with the prior, if anything.
	Err() error
}

// Within says whether a parameter vector lies in a prior's support; one of another
// length does not.
func Within(p Prior, theta []float64) bool {
	if len(theta) != p.Dim() {
		return false
	}
	product, ok := p.(*Product)
	if !ok {
		return !math.IsInf(p.LogProb(theta), -1)
	}
	for i, m := range product.marginals {
		if !m.within(theta[i]) {
			return false
		}
	}
	return true
}

// fillsBounds says whether a prior is known to have a density everywhere within its
// bounds.
func fillsBounds(p Prior) bool {
	switch p := p.(type) {
	case *Product, *Multivariate:
		return true
	case *joint:
		return !slices.ContainsFunc(p.parts, func(part Prior) bool { return !fillsBounds(part) })
	}
	return false
}

// logProbWhere is the logarithm of a prior's density where parameters are accepted,
// and −Inf elsewhere.
func logProbWhere(accepts func(theta []float64) bool, p Prior, theta []float64) float64 {
	if l := p.LogProb(theta); math.IsInf(l, -1) || accepts(theta) {
		return l
	}
	return math.Inf(-1)
}

// marginal is a one-dimensional distribution.
type marginal interface {
	sample(rng *rand.Rand) float64
	logProb(x float64) float64
	within(x float64) bool // whether x has a density
	bounds() (lower, upper float64)
	moments() (mean, std float64)
	// clip is the distribution on the condition that the value lies between two
	// bounds, or the same where that is no simple one: draws still have to be looked at.
	clip(lower, upper float64) marginal
	check() error
	String() string
}

// Product is a prior of independent parameters, made by BoxUniform, CodeUniform,
// Normal, LogUniform, LogNormal or Independent.
type Product struct {
	names     []string // "" where there is none
	marginals []marginal
	err       error
}

// BoxUniform is the uniform distribution between lower and upper, one name a
// parameter; missing names are θ1, θ2, …
func BoxUniform(lower, upper []float64, names ...string) *Product {
	return product("box uniform", lower, upper, names, func(a, b float64) marginal { return uniform{a, b} })
}

// CodeUniform is the uniform distribution over the whole numbers from lower to
// upper, both included: the codes of a chip's parameters. Estimators, and so the
// posteriors that later rounds draw from, take them for continuous, from half a code
// below lower to half a code above upper: a simulator has to round, as those of bss2
// do. Of fewer than 256 codes, training and Calibrate spread each evenly over the half
// code around it; more are too fine for estimators to tell from continuous numbers.
func CodeUniform(lower, upper []int, names ...string) *Product {
	a, b := make([]float64, len(lower)), make([]float64, len(upper))
	for i, v := range lower {
		a[i] = float64(v)
	}
	for i, v := range upper {
		b[i] = float64(v)
	}
	return product("code uniform", a, b, names, func(a, b float64) marginal { return codes{a, b} })
}

// Normal is the normal distribution of independent parameters.
func Normal(mean, std []float64, names ...string) *Product {
	return product("normal", mean, std, names, func(a, b float64) marginal { return normal{a, b} })
}

// LogUniform is the distribution whose logarithm is uniform between those of
// lower and upper, both above 0. Estimators see the logarithms.
func LogUniform(lower, upper []float64, names ...string) *Product {
	return product("log-uniform", lower, upper, names, func(a, b float64) marginal { return logUniform{a, b} })
}

// LogNormal is the distribution whose logarithm is normal with the mean and the
// standard deviation given, of independent parameters. Estimators see the
// logarithms, so that no sample is below 0.
func LogNormal(mean, std []float64, names ...string) *Product {
	return product("log-normal", mean, std, names, func(a, b float64) marginal { return logNormal{a, b} })
}

// marginalsOf gives the distribution of every parameter that has one of this package
// for itself, whatever was left out of the prior; nil for other parameters.
func marginalsOf(p Prior) []marginal {
	switch p := p.(type) {
	case *RestrictedPrior:
		return marginalsOf(p.Prior)
	case *TruncatedPrior:
		return marginalsOf(p.Prior)
	case *joint:
		var all []marginal
		for _, part := range p.parts {
			all = append(all, marginalsOf(part)...)
		}
		return all
	case *Product:
		return p.marginals
	}
	return make([]marginal, p.Dim())
}

// logScales says which of a prior's parameters are better looked at by their
// logarithms; nil for none.
func logScales(p Prior) []bool {
	var scales []bool
	for i, m := range marginalsOf(p) {
		switch m.(type) {
		case logUniform, logNormal:
			if scales == nil {
				scales = make([]bool, p.Dim())
			}
			scales[i] = true
		}
	}
	return scales
}

// roundCodes rounds the parameters that the prior has whole numbers for, and says
// whether there are any.
func roundCodes(p Prior, theta []float64) bool {
	any := false
	for i, m := range marginalsOf(p) {
		if c, ok := m.(codes); ok {
			theta[i], any = min(max(math.Round(theta[i]), c.lower), c.upper), true
		}
	}
	return any
}

func product(kind string, first, second []float64, names []string, make func(a, b float64) marginal) *Product {
	p := &Product{}
	switch {
	case len(first) != len(second):
		p.err = fmt.Errorf("sbi: %s prior with %d and %d values; want as many of both", kind, len(first), len(second))
		return p
	case len(first) == 0:
		p.err = fmt.Errorf("sbi: %s prior without parameters", kind)
		return p
	case len(names) > len(first):
		p.err = fmt.Errorf("sbi: %s prior of %d parameters with %d names", kind, len(first), len(names))
		return p
	}
	p.names = given(len(first), names)
	for i, name := range namesOf(len(first), names) {
		m := make(first[i], second[i])
		p.marginals = append(p.marginals, m)
		if err := m.check(); err != nil && p.err == nil {
			p.err = fmt.Errorf("sbi: prior of %s: %w", name, err)
		}
	}
	if p.err == nil {
		p.err = distinct(p.Names())
	}
	return p
}

// distinct fails when two parameters of a prior have the same name.
func distinct(names []string) error {
	for i, name := range names {
		if at := slices.Index(names, name); at < i {
			return fmt.Errorf("sbi: prior: parameters %d and %d have the name %q; give each its own", at+1, i+1, name)
		}
	}
	return nil
}

// given makes names n, with "" where there are none.
func given(n int, names []string) []string {
	all := make([]string, n)
	copy(all, names)
	return all
}

// givenNames are the names that a prior was given, "" where it was given none.
func givenNames(p Prior) []string {
	switch p := p.(type) {
	case *Product:
		return p.names
	case *Multivariate:
		return p.names
	case *joint:
		return p.names
	case *RestrictedPrior:
		return givenNames(p.Prior)
	case *TruncatedPrior:
		return givenNames(p.Prior)
	}
	return given(p.Dim(), p.Names())
}

// namesOf gives n names: θ1, θ2, … where there are none.
func namesOf(n int, names []string) []string {
	all := given(n, names)
	for i, name := range all {
		if name == "" {
			all[i] = fmt.Sprintf("θ%d", i+1)
		}
	}
	return all
}

// String gives every parameter's distribution.
func (p *Product) String() string {
	if p.err != nil {
		return p.err.Error()
	}
	parts := make([]string, len(p.marginals))
	for i, name := range p.Names() {
		parts[i] = name + " " + p.marginals[i].String()
	}
	return "prior: " + strings.Join(parts, ", ")
}

// Dim is the number of parameters.
func (p *Product) Dim() int { return len(p.marginals) }

// Names are the parameters' names.
func (p *Product) Names() []string { return namesOf(p.Dim(), p.names) }

// Err says what is wrong with the prior, if anything.
func (p *Product) Err() error { return p.err }

// Sample writes one draw to theta, which is as long as there are parameters; NewSamples
// and Draw give many.
func (p *Product) Sample(rng *rand.Rand, theta []float64) {
	for i, m := range p.marginals {
		theta[i] = m.sample(rng)
	}
}

// clip is the prior on the condition that parameters lie within a box, as far as
// its marginals can be clipped.
func (p *Product) clip(lower, upper []float64) *Product {
	c := &Product{names: p.names, err: p.err}
	for i, m := range p.marginals {
		c.marginals = append(c.marginals, m.clip(lower[i], upper[i]))
	}
	return c
}

// LogProb is the logarithm of the density, −Inf outside the support.
func (p *Product) LogProb(theta []float64) float64 {
	if len(theta) != p.Dim() {
		return math.Inf(-1)
	}
	sum := 0.0
	for i, m := range p.marginals {
		sum += m.logProb(theta[i])
	}
	return sum
}

// Bounds is the box that holds the support.
func (p *Product) Bounds() (lower, upper []float64) {
	for _, m := range p.marginals {
		a, b := m.bounds()
		lower, upper = append(lower, a), append(upper, b)
	}
	return lower, upper
}

// Range is where nearly all of the prior lies, for plots: its bounds, or three
// deviations around the mean where it has none, of the logarithm for LogNormal.
func (p *Product) Range() (lower, upper []float64) { return within(p, 3) }

// within is the bounds of a prior, or so many deviations around the mean where it has
// none.
func within(p Prior, deviations float64) (lower, upper []float64) {
	lowest, highest := p.Bounds()
	means, stds := p.Mean(), p.Std()
	for i, mean := range means {
		on, std := scaleOf(p, i), stds[i]
		a, b := on.to(lowest[i]), on.to(highest[i])
		if math.IsInf(a, 0) || math.IsInf(b, 0) {
			if on.log { // moments of the logarithm of a log-normal parameter
				variance := math.Log1p(std / mean * std / mean)
				mean, std = math.Log(mean)-variance/2, math.Sqrt(variance)
			}
			a, b = max(a, mean-deviations*std), min(b, mean+deviations*std)
		}
		lower, upper = append(lower, on.from(a)), append(upper, on.from(b))
	}
	return lower, upper
}

// Mean is the mean of every parameter.
func (p *Product) Mean() []float64 {
	mean := make([]float64, len(p.marginals))
	for i, m := range p.marginals {
		mean[i], _ = m.moments()
	}
	return mean
}

// Std is the standard deviation of every parameter.
func (p *Product) Std() []float64 {
	std := make([]float64, len(p.marginals))
	for i, m := range p.marginals {
		_, std[i] = m.moments()
	}
	return std
}
