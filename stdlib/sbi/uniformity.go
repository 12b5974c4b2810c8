package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// ksUniform is the p-value of the Kolmogorov-Smirnov test that values are uniform
// between 0 and 1.
func ksUniform(values []float64) float64 {
	u := append([]float64(nil), values...)
	sort.Float64s(u)
	n := float64(len(u))
	gap := 0.0
	for i, v := range u {
		gap = math.Max(gap, math.Max(float64(i+1)/n-v, v-float64(i)/n))
	}
	// Stephens' correction for finite n to Kolmogorov's limit.
	lambda := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * gap
	if lambda < 0.2 {
		return 1
	}
	p := 0.0
	for k := 1; k <= 100; k++ {
		p += 2 * math.Pow(-1, float64(k-1)) * math.Exp(-2*float64(k*k)*lambda*lambda)
	}
	return math.Min(math.Max(p, 0), 1)
}

// quantile is the value below which the share q of values lies.
func quantile(values []float64, q float64) float64 {
	v := append([]float64(nil), values...)
	sort.Float64s(v)
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

// UniformBands gives limits for the distribution function of n values that are
// uniform between 0 and 1, at each of the places: the whole function stays within
// with the given probability, above 0 and below 1 (Säilynoja, Bürkner and Vehtari
// 2022, https://arxiv.org/abs/2103.10522), found from 2,000 simulations. It fails for
// another probability, fewer than one value, and places outside 0 … 1.
func UniformBands(n int, places []float64, probability float64, seed uint64) (lower, upper []float64, err error) {
	const simulations = 2000
	if n < 1 || !(probability > 0 && probability < 1) {
		return nil, nil, fmt.Errorf("sbi: uniform bands of %d values with the probability %g; want one value or more, and a probability above 0 and below 1, such as 0.95", n, probability)
	}
	for _, z := range places {
		if !(z >= 0 && z <= 1) {
			return nil, nil, fmt.Errorf("sbi: uniform bands at the place %g; want 0 to 1", z)
		}
	}
	tables := make([][]float64, len(places))
	for k, z := range places {
		tables[k] = binomialCDF(n, z)
	}
	rng := rand.New(rand.NewPCG(seed, 0xba5d))
	least := make([]float64, simulations)
	u := make([]float64, n)
	for s := range least {
		for i := range u {
			u[i] = rng.Float64()
		}
		sort.Float64s(u)
		least[s] = 1
		for k, z := range places {
			below := sort.SearchFloat64s(u, math.Nextafter(z, 2))
			tail := tables[k][below]
			if below > 0 {
				tail = math.Min(tail, 1-tables[k][below-1])
			}
			least[s] = math.Min(least[s], 2*tail)
		}
	}
	gamma := quantile(least, 1-probability)
	for k := range places {
		lo := sort.SearchFloat64s(tables[k], gamma/2)
		hi := sort.SearchFloat64s(tables[k], 1-gamma/2)
		lower, upper = append(lower, float64(lo)/float64(n)), append(upper, float64(min(hi, n))/float64(n))
	}
	return lower, upper, nil
}

// binomialCDF gives the probabilities of at most 0 … n successes.
func binomialCDF(n int, p float64) []float64 {
	cdf := make([]float64, n+1)
	sum := 0.0
	top, _ := math.Lgamma(float64(n + 1))
	for k := range cdf {
		a, _ := math.Lgamma(float64(k + 1))
		b, _ := math.Lgamma(float64(n - k + 1))
		log := top - a - b
		switch {
		case p <= 0 && k > 0, p >= 1 && k < n:
			log = math.Inf(-1)
		case p > 0 && p < 1:
			log += float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
		}
		sum += math.Exp(log)
		cdf[k] = math.Min(sum, 1)
	}
	return cdf
}
