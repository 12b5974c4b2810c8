package sbi

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRestrictedPriorLeavesOutWhatFails has simulations that fail in half of the
// square.
func TestRestrictedPriorLeavesOutWhatFails(t *testing.T) {
	prior := BoxUniform([]float64{0, 0}, []float64{1, 1})
	thetas := Draw(prior, 1000, 1)
	xs := make([][]float64, len(thetas))
	for i, theta := range thetas {
		if theta[0]+theta[1] > 1 {
			xs[i] = []float64{1}
		}
	}
	for name, o := range map[string]RestrictOptions{"perceptron": {Seed: 1}, "residual network": {Seed: 1, Blocks: 2}} {
		r, err := Restrict(t.Context(), prior, thetas, xs, o)
		if err != nil {
			t.Fatal(err)
		}
		valid, whole, kept := 0, 0, 0
		for _, theta := range Draw(r, 1000, 2) {
			if theta[0]+theta[1] > 1 {
				valid++
			}
		}
		for _, theta := range Draw(prior, 2000, 3) {
			if theta[0]+theta[1] > 1 {
				if whole++; Within(r, theta) {
					kept++
				}
			}
		}
		if valid < 930 || float64(kept) < 0.98*float64(whole) || math.Abs(r.Acceptance()-0.5) > 0.06 {
			t.Errorf("%s: %d of 1000 draws are valid, %d of %d valid ones kept, acceptance %.2f", name, valid, kept, whole, r.Acceptance())
		}
		// Of a triangle's corner at (1, 1) with legs of 1.
		for d := range 2 {
			if mean, std := r.Mean()[d], r.Std()[d]; math.Abs(mean-2./3) > 0.02 || math.Abs(std-1/math.Sqrt(18)) > 0.02 {
				t.Errorf("%s: mean %g and deviation %g, want 2/3 and 0.236", name, mean, std)
			}
		}
	}
	if _, err := Restrict(t.Context(), prior, thetas[:20], xs[:20], RestrictOptions{}); err == nil {
		t.Error("too few failures are taken")
	}
}

// TestRestrictedPriorLosesNoMoreThanAsked looks at the share of valid parameters that
// are lost of the whole prior, not of those that the classifier was trained on.
func TestRestrictedPriorLosesNoMoreThanAsked(t *testing.T) {
	prior := BoxUniform(filled(4, -1), filled(4, 1))
	works := func(theta []float64) bool { return theta[0] > -0.2 && theta[1] > 0 && theta[2]+theta[3] > -0.5 }
	others := Draw(prior, 2000, 999)
	for _, n := range []int{100, 300} {
		const seeds = 4
		var lost, valid, kept float64
		for seed := range uint64(seeds) {
			thetas := Draw(prior, n, 100+seed)
			xs := make([][]float64, n)
			for i, theta := range thetas {
				if works(theta) {
					xs[i] = []float64{1}
				}
			}
			o := RestrictOptions{Seed: seed}
			r, err := Restrict(t.Context(), prior, thetas, xs, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, theta := range others {
				in := Within(r, theta)
				if in {
					kept++
				}
				if works(theta) {
					if valid++; !in {
						lost++
					}
				}
			}
			if seed > 0 || n > 100 {
				continue
			}
			o.FalseNegatives = -1
			none, err := Restrict(t.Context(), prior, thetas, xs, o)
			if err != nil {
				t.Fatal(err)
			}
			for i, theta := range thetas {
				if xs[i] != nil && !Within(none, theta) {
					t.Errorf("%d simulations: valid ones are lost where none may be", n)
					break
				}
			}
		}
		if rate := lost / valid; rate > 0.02 {
			t.Errorf("%d simulations: %.1f %% of the valid parameters are lost; want about 1 %%", n, 100*rate)
		}
		if share := kept / (seeds * float64(len(others))); share > 0.75 {
			t.Errorf("%d simulations: %.0f %% of the prior is kept, of which 22 %% are valid", n, 100*share)
		}
	}
}

// TestLowQuantileFollowsTheTail compares with a distribution whose tail is exponential,
// for shares that few values are too few for.
func TestLowQuantileFollowsTheTail(t *testing.T) {
	const share, times = 0.01, 400
	for _, n := range []int{20, 50, 400} {
		below := 0.0
		for seed := range uint64(times) {
			rng := rand.New(rand.NewPCG(seed, 1))
			values := make([]float64, n)
			for i := range values {
				values[i] = -rng.ExpFloat64()
			}
			below += math.Exp(lowQuantile(values, share)) / times // of what is drawn
		}
		if below < share/2 || below > 3*share {
			t.Errorf("%d values: %.2g of the distribution lies below the quantile of %g", n, below, share)
		}
	}
}
