package sbi

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestUniformBandsHoldTheirProbability(t *testing.T) {
	const n = 60
	places := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}
	lower, upper := UniformBands(n, places, 0.9, 1)
	rng := rand.New(rand.NewPCG(2, 2))
	within := 0
	const tries = 3000
	for range tries {
		counts := make([]int, len(places))
		for range n {
			u := rng.Float64()
			for k, z := range places {
				if u <= z {
					counts[k]++
				}
			}
		}
		ok := true
		for k, c := range counts {
			share := float64(c) / n
			ok = ok && share >= lower[k]-1e-9 && share <= upper[k]+1e-9
		}
		if ok {
			within++
		}
	}
	if share := float64(within) / tries; math.Abs(share-0.9) > 0.04 {
		t.Errorf("%.3f of the functions lie within bands of 0.9", share)
	}
}

// TestKSUniform compares with the distribution's tabled quantiles: 1.358/√n is
// passed with probability 0.05, 1.628/√n with 0.01.
func TestKSUniform(t *testing.T) {
	const n = 10_000
	for lambda, want := range map[float64]float64{1.358: 0.05, 1.628: 0.01} {
		u := make([]float64, n)
		for i := range u {
			u[i] = math.Min((float64(i)+0.5)/n+lambda/100-0.5/n, 1)
		}
		if p := ksUniform(u); math.Abs(p-want) > 0.1*want {
			t.Errorf("p = %g at %g, want %g", p, lambda, want)
		}
	}
}
