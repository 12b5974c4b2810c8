package main

import (
	"math"
	"math/rand/v2"

	"hillock/stdlib/sbi"
)

// task is a task of the benchmark, as appendix T of its paper defines it.
type task struct {
	prior       sbi.Prior
	simulator   sbi.SimulatorFunc
	of          string // the task whose files it shares; "" for its own
	observation string // the file of an observation; "" means observation.csv
}

var tasks = map[string]task{
	"gaussian_linear":         {prior: sbi.Normal(filled(10, 0), filled(10, math.Sqrt(0.1))), simulator: gaussianLinear},
	"gaussian_linear_uniform": {prior: sbi.BoxUniform(filled(10, -1), filled(10, 1)), simulator: gaussianLinear},
	"gaussian_mixture":        {prior: sbi.BoxUniform(filled(2, -10), filled(2, 10)), simulator: gaussianMixture},
	"two_moons":               {prior: sbi.BoxUniform(filled(2, -1), filled(2, 1)), simulator: twoMoons},
	"slcp":                    {prior: sbi.BoxUniform(filled(5, -3), filled(5, 3)), simulator: slcp},
}

// find gives a task by its name.
func find(root, name string) (task, error) {
	if known, ok := tasks[name]; ok {
		return known, nil
	}
	return further(root, name)
}

func filled(n int, value float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = value
	}
	return x
}

// gaussianLinear is the parameters with noise of variance 0.1.
func gaussianLinear(theta []float64, rng *rand.Rand) ([]float64, error) {
	x := make([]float64, len(theta))
	for i, v := range theta {
		x[i] = v + math.Sqrt(0.1)*rng.NormFloat64()
	}
	return x, nil
}

// gaussianMixture is the parameters with wide or narrow noise.
func gaussianMixture(theta []float64, rng *rand.Rand) ([]float64, error) {
	std := 1.0
	if rng.IntN(2) == 1 {
		std = 0.1
	}
	return []float64{theta[0] + std*rng.NormFloat64(), theta[1] + std*rng.NormFloat64()}, nil
}

// twoMoons has a posterior of two crescents.
func twoMoons(theta []float64, rng *rand.Rand) ([]float64, error) {
	angle := math.Pi * (rng.Float64() - 0.5)
	radius := 0.1 + 0.01*rng.NormFloat64()
	return []float64{
		radius*math.Cos(angle) + 0.25 - math.Abs(theta[0]+theta[1])/math.Sqrt2,
		radius*math.Sin(angle) + (theta[1]-theta[0])/math.Sqrt2,
	}, nil
}

// slcp has a simple likelihood, four points of a normal distribution in the plane,
// and a complex posterior.
func slcp(theta []float64, rng *rand.Rand) ([]float64, error) {
	s1, s2, rho := theta[2]*theta[2], theta[3]*theta[3], math.Tanh(theta[4])
	const jitter = 1e-6 // on the variances, as in the benchmark
	v1, v2, c := s1*s1+jitter, s2*s2+jitter, rho*s1*s2
	l11 := math.Sqrt(v1)
	l21 := c / l11
	l22 := math.Sqrt(math.Max(v2-l21*l21, 0))
	x := make([]float64, 0, 8)
	for range 4 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x = append(x, theta[0]+l11*a, theta[1]+l21*a+l22*b)
	}
	return x, nil
}
