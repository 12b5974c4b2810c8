package sbi

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hillock/stdlib/nn"
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
	for want, try := range map[string]func() (*RestrictedPrior, error){
		"of 20 simulations are valid": func() (*RestrictedPrior, error) {
			return Restrict(t.Context(), prior, thetas[:20], xs[:20], RestrictOptions{})
		},
		"no prior": func() (*RestrictedPrior, error) { return Restrict(t.Context(), nil, thetas, xs, RestrictOptions{}) },
		"lower below the upper": func() (*RestrictedPrior, error) {
			return Restrict(t.Context(), BoxUniform([]float64{1, 1}, []float64{0, 0}), thetas, xs, RestrictOptions{})
		},
		"20 parameter vectors and 19 simulations; want one of each": func() (*RestrictedPrior, error) {
			return Restrict(t.Context(), prior, thetas[:20], xs[:19], RestrictOptions{})
		},
		"-1 blocks": func() (*RestrictedPrior, error) {
			return Restrict(t.Context(), prior, thetas, xs, RestrictOptions{Blocks: -1})
		},
	} {
		_, err := try()
		says(t, err, want)
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

// hopeless is a prior restricted to nothing.
func hopeless() *RestrictedPrior {
	net := nn.NewLinear(1, 1, rand.New(rand.NewPCG(1, 1)))
	return &RestrictedPrior{Prior: BoxUniform([]float64{0}, []float64{1}), threshold: float32(math.Inf(1)), net: net, mean: []float64{0.5}, std: []float64{1}}
}

// TestSamplersThatFindNothingSaySo: never a parameter vector from outside the support.
func TestSamplersThatFindNothingSaySo(t *testing.T) {
	r := hopeless()
	theta := []float64{0}
	if r.Sample(rand.New(rand.NewPCG(1, 1)), theta); !math.IsNaN(theta[0]) {
		t.Errorf("%v is drawn from a prior that accepts nothing", theta)
	}
	if _, err := r.Draw(t.Context(), 3, 1); err == nil || !strings.Contains(err.Error(), "only 0 of 1000000 draws of the prior") {
		t.Errorf("draws: %v", err)
	}
	if draws := Draw(r, 3, 1); draws != nil {
		t.Errorf("%v are drawn from a prior that accepts nothing", draws)
	}
	if _, err := NewSamples(r, 3, 1); err == nil {
		t.Error("samples of a prior that accepts nothing")
	}
	inf, err := NewSNPE(r, Options{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	counted := SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) {
		runs++
		return theta, nil
	})
	if _, err := inf.Round(t.Context(), counted, 3); err == nil || runs > 0 {
		t.Errorf("a round from a prior that accepts nothing: %v, %d simulations", err, runs)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := inf.Round(ended, counted, 3); !errors.Is(err, context.Canceled) || runs > 0 {
		t.Errorf("a round that is stopped: %v, %d simulations", err, runs)
	}
}

// TestDrawsOfARestrictedPriorAreItsSamples compares draws of many at a time with
// those of one after another.
func TestDrawsOfARestrictedPriorAreItsSamples(t *testing.T) {
	net := nn.NewLinear(2, 1, rand.New(rand.NewPCG(1, 1)))
	copy(net.Weight.Data, []float32{1, 2})
	net.Bias.Data[0] = -2.5 // a corner of 1/16 of the square
	r := &RestrictedPrior{Prior: BoxUniform([]float64{0, 0}, []float64{1, 1}), net: net, acceptance: 0.06}
	draws, err := r.Draw(t.Context(), 5000, 3)
	if err != nil || len(draws) != 5000 {
		t.Fatal(len(draws), err)
	}
	rng := rand.New(rand.NewPCG(4, 4))
	for d := range 2 {
		var many, single []float64
		for _, theta := range draws {
			if !Within(r, theta) {
				t.Fatalf("%v is drawn from outside", theta)
			}
			many = append(many, theta[d])
		}
		theta := make([]float64, 2)
		for range 5000 {
			r.Sample(rng, theta)
			single = append(single, theta[d])
		}
		mean, std := moments(single)
		if m, s := moments(many); math.Abs(m-mean) > 0.08*std || math.Abs(s/std-1) > 0.06 {
			t.Errorf("parameter %d: mean %.3f and deviation %.3f; of single draws %.3f and %.3f", d, m, s, mean, std)
		}
	}
	fewer, err := r.Draw(t.Context(), 50, 3)
	if err != nil || !slices.EqualFunc(fewer, draws[:50], slices.Equal) {
		t.Errorf("the first 50 draws are others when 5,000 are asked for (%v)", err)
	}
}

// counting is a prior such as a user writes, that counts what is drawn from it.
type counting struct {
	Prior
	draws int
}

func (c *counting) Sample(rng *rand.Rand, theta []float64) {
	c.draws++
	c.Prior.Sample(rng, theta)
}

// TestEndedContextsStopDraws: not one draw of a prior that may be slow.
func TestEndedContextsStopDraws(t *testing.T) {
	p := trained(t, Unbounded, 1)
	prior := &counting{Prior: p.prior}
	p.prior = prior
	truncated, err := p.Truncate(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	inf, err := NewSNPE(prior, Options{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	before := prior.draws
	for name, draw := range map[string]func() error{
		"MCMC":      func() error { _, err := p.SampleMCMC(ended, 10, MCMCOptions{}); return err },
		"truncated": func() error { _, err := truncated.Draw(ended, 10, 1); return err },
		"round": func() error {
			_, err := inf.Round(ended, SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) { return theta, nil }), 10)
			return err
		},
	} {
		if err := draw(); !errors.Is(err, context.Canceled) || prior.draws != before {
			t.Errorf("%s: %v after %d draws of the prior", name, err, prior.draws-before)
		}
	}
	if truncated.Mean(); prior.draws != before {
		t.Error("the mean of a truncated prior is drawn again")
	}
}
