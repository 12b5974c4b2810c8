package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// Multivariate is a normal prior of parameters that depend on one another, made by
// MultivariateNormal.
type Multivariate struct {
	names      []string
	mean       []float64
	covariance [][]float64
	root       mat.Cholesky // of the covariance
	lower      mat.TriDense // its factor
	err        error
}

// MultivariateNormal is the normal distribution of dependent parameters, with a
// mean, a covariance matrix that is symmetric and positive definite, and one name
// a parameter; missing names are θ1, θ2, …
func MultivariateNormal(mean []float64, covariance [][]float64, names ...string) *Multivariate {
	p := &Multivariate{mean: slices.Clone(mean), names: namesOf(len(mean), names)}
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
	matrix := mat.NewSymDense(n, nil)
	for i, row := range covariance {
		if math.IsNaN(p.mean[i]) || math.IsInf(p.mean[i], 0) {
			return fmt.Errorf("sbi: prior of %s: mean %g; want a finite value", p.names[i], p.mean[i])
		}
		for j, v := range row {
			if math.Abs(v-covariance[j][i]) > 1e-9*math.Sqrt(math.Abs(covariance[i][i]*covariance[j][j])) {
				return fmt.Errorf("sbi: multivariate normal prior: the covariance of %s and %s is %g, that of %s and %s %g; want a symmetric matrix",
					p.names[i], p.names[j], v, p.names[j], p.names[i], covariance[j][i])
			}
			matrix.SetSym(i, j, v)
		}
		p.covariance = append(p.covariance, slices.Clone(row))
	}
	if !p.root.Factorize(matrix) {
		return fmt.Errorf("sbi: multivariate normal prior: the covariance is not positive definite")
	}
	p.root.LTo(&p.lower)
	return nil
}

// Dim is the number of parameters.
func (p *Multivariate) Dim() int { return len(p.mean) }

// Names are the parameters' names.
func (p *Multivariate) Names() []string { return slices.Clone(p.names) }

// Err says what is wrong with the prior, if anything.
func (p *Multivariate) Err() error { return p.err }

// Sample writes one draw to theta, the mean if there is an Err.
func (p *Multivariate) Sample(rng *rand.Rand, theta []float64) {
	if copy(theta, p.mean); p.err != nil {
		return
	}
	for j := range p.mean {
		z := rng.NormFloat64()
		for i := j; i < len(p.mean); i++ {
			theta[i] += p.lower.At(i, j) * z
		}
	}
}

// LogProb is the logarithm of the density, NaN if there is an Err.
func (p *Multivariate) LogProb(theta []float64) float64 {
	if p.err != nil {
		return math.NaN()
	}
	return distmv.NormalLogProb(theta, p.mean, &p.root)
}

// Bounds are infinite.
func (p *Multivariate) Bounds() (lower, upper []float64) {
	for range p.mean {
		lower, upper = append(lower, math.Inf(-1)), append(upper, math.Inf(1))
	}
	return lower, upper
}

// Mean is the mean of every parameter.
func (p *Multivariate) Mean() []float64 { return slices.Clone(p.mean) }

// Std is the standard deviation of every parameter.
func (p *Multivariate) Std() []float64 {
	std := make([]float64, len(p.mean))
	for i := range p.covariance {
		std[i] = math.Sqrt(p.covariance[i][i])
	}
	return std
}
