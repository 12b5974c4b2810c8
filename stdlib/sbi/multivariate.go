package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Multivariate is a normal prior of parameters that depend on one another, made by
// MultivariateNormal.
type Multivariate struct {
	names      []string // "" where there is none
	mean, std  []float64
	covariance [][]float64
	root       mat.TriDense // lower factor of the correlations
	err        error
}

// MultivariateNormal is the normal distribution of dependent parameters, with a
// mean, a covariance matrix that is symmetric and positive definite, and one name
// a parameter; missing names are θ1, θ2, …
func MultivariateNormal(mean []float64, covariance [][]float64, names ...string) *Multivariate {
	p := &Multivariate{mean: slices.Clone(mean), names: given(len(mean), names)}
	p.err = p.factor(covariance, len(names))
	return p
}

// factor takes the covariance, and says what is wrong with it.
func (p *Multivariate) factor(covariance [][]float64, names int) error {
	n := len(p.mean)
	switch {
	case n == 0:
		return fmt.Errorf("sbi: multivariate normal prior without parameters")
	case names > n:
		return fmt.Errorf("sbi: multivariate normal prior of %d parameters with %d names", n, names)
	case len(covariance) != n:
		return fmt.Errorf("sbi: multivariate normal prior of %d parameters with a covariance of %d rows; want %d×%d", n, len(covariance), n, n)
	}
	for i, row := range covariance {
		if len(row) != n {
			return fmt.Errorf("sbi: multivariate normal prior of %d parameters: row %d of the covariance has %d values; want %d", n, i+1, len(row), n)
		}
	}
	name := p.Names()
	if err := distinct(name); err != nil {
		return err
	}
	for i, row := range covariance {
		if variance := row[i]; !finite(p.mean[i:i+1]) || !(variance > 0) || !finite(row) {
			return fmt.Errorf("sbi: prior of %s: mean %g and covariances %v; want finite values, the variance above 0", name[i], p.mean[i], row)
		}
		p.std = append(p.std, math.Sqrt(row[i]))
	}
	// Correlations, so that the parameters' units play no part.
	correlations := mat.NewSymDense(n, nil)
	for i, row := range covariance {
		for j, v := range row {
			if math.Abs(v-covariance[j][i]) > 1e-9*p.std[i]*p.std[j] {
				return fmt.Errorf("sbi: multivariate normal prior: the covariance of %s and %s is %g, that of %s and %s %g; want a symmetric matrix",
					name[i], name[j], v, name[j], name[i], covariance[j][i])
			}
			correlations.SetSym(i, j, v/p.std[i]/p.std[j])
		}
		p.covariance = append(p.covariance, slices.Clone(row))
	}
	var factored mat.Cholesky
	if !factored.Factorize(correlations) {
		return fmt.Errorf("sbi: multivariate normal prior: the covariance is not positive definite")
	}
	factored.LTo(&p.root)
	return nil
}

// Dim is the number of parameters.
func (p *Multivariate) Dim() int { return len(p.mean) }

// Names are the parameters' names.
func (p *Multivariate) Names() []string { return namesOf(p.Dim(), p.names) }

// Err says what is wrong with the prior, if anything.
func (p *Multivariate) Err() error { return p.err }

// String gives the parameters' means and deviations.
func (p *Multivariate) String() string {
	if p.err != nil {
		return p.err.Error()
	}
	parts := make([]string, len(p.mean))
	for i, name := range p.Names() {
		parts[i] = fmt.Sprintf("%s %.4g ± %.4g", name, p.mean[i], p.std[i])
	}
	return "prior: together normal, " + strings.Join(parts, ", ")
}

// Sample writes one draw to theta, which is as long as there are parameters, or the mean
// if there is an Err; NewSamples and Draw give many.
func (p *Multivariate) Sample(rng *rand.Rand, theta []float64) {
	if copy(theta, p.mean); p.err != nil {
		return
	}
	for j := range p.mean {
		z := rng.NormFloat64()
		for i := j; i < len(p.mean); i++ {
			theta[i] += p.std[i] * p.root.At(i, j) * z
		}
	}
}

// LogProb is the logarithm of the density, NaN if there is an Err, −Inf for a vector of
// another length.
func (p *Multivariate) LogProb(theta []float64) float64 {
	if p.err != nil {
		return math.NaN()
	}
	if len(theta) != p.Dim() {
		return math.Inf(-1)
	}
	sum := -float64(len(p.mean)) / 2 * math.Log(2*math.Pi)
	z := make([]float64, len(p.mean)) // independent standard normal values that make theta
	for i, mean := range p.mean {
		z[i] = (theta[i] - mean) / p.std[i]
		for j := range i {
			z[i] -= p.root.At(i, j) * z[j]
		}
		z[i] /= p.root.At(i, i)
		sum -= z[i]*z[i]/2 + math.Log(p.root.At(i, i)) + math.Log(p.std[i])
	}
	return sum
}

// Bounds are infinite.
func (p *Multivariate) Bounds() (lower, upper []float64) {
	for range p.mean {
		lower, upper = append(lower, math.Inf(-1)), append(upper, math.Inf(1))
	}
	return lower, upper
}

// Range is three deviations around the mean, for plots.
func (p *Multivariate) Range() (lower, upper []float64) { return within(p, 3) }

// Mean is the mean of every parameter.
func (p *Multivariate) Mean() []float64 { return slices.Clone(p.mean) }

// Std is the standard deviation of every parameter.
func (p *Multivariate) Std() []float64 {
	return slices.Clone(p.std)
}
