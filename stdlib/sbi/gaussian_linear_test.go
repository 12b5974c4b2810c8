package sbi

import (
	"math"
	"math/rand/v2"
	"testing"
)

// gaussianLinear is x = θ + noise with prior and noise normal of variance 0.1:
// the posterior of x is normal with mean x/2 and variance 0.05.
func gaussianLinear(dim int) (*Product, SimulatorFunc) {
	mean, std := make([]float64, dim), make([]float64, dim)
	for i := range std {
		std[i] = math.Sqrt(0.1)
	}
	return Normal(mean, std), func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, len(theta))
		for i, v := range theta {
			x[i] = v + math.Sqrt(0.1)*rng.NormFloat64()
		}
		return x, nil
	}
}

// TestPosteriorOfGaussianLinearIsTheExactOne trains the default estimator on
// 10,000 simulations of the benchmark's task, and compares it with the known
// posterior and its calibration.
func TestPosteriorOfGaussianLinearIsTheExactOne(t *testing.T) {
	const dim = 10
	prior, simulator := gaussianLinear(dim)
	inf, err := NewNPE(prior, Options{Quiet: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 10_000); err != nil {
		t.Fatal(err)
	}
	t.Run("mean and covariance", func(t *testing.T) { compareWithExact(t, inf, dim) })
	t.Run("calibration", func(t *testing.T) { checkCalibration(t, inf, prior, simulator) })
}

// compareWithExact takes 400 draws of the posteriors of 20 observations. The
// error of their moments is that of so few draws and little more: in units of it,
// the root mean square of all errors is 1 for draws of the exact posterior, and 1.2
// for the means of the linear regression that knows all but its coefficients, which
// have an error of their own after 10,000 simulations.
func compareWithExact(t *testing.T, inf *Inference, dim int) {
	const observations, draws = 20, 400
	variance := 0.05
	rng := rand.New(rand.NewPCG(4, 4))
	var means, covariances, count float64
	for range observations {
		x := make([]float64, dim)
		for i := range x {
			x[i] = math.Sqrt(0.2) * rng.NormFloat64()
		}
		p, err := inf.Posterior(x)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Sample(t.Context(), draws)
		if err != nil {
			t.Fatal(err)
		}
		for i := range dim {
			mean, _ := moments(s.Column(i))
			means += math.Pow((mean-x[i]/2)/math.Sqrt(variance/draws), 2) / (observations * float64(dim))
			for k := range i + 1 {
				sum := 0.0
				for _, theta := range s.Values {
					sum += (theta[i] - x[i]/2) * (theta[k] - x[k]/2) / draws
				}
				want, scale := 0.0, variance/math.Sqrt(draws)
				if i == k {
					want, scale = variance, variance*math.Sqrt(2./draws)
				}
				covariances += math.Pow((sum-want)/scale, 2)
				count++
			}
		}
	}
	a, b := math.Sqrt(means), math.Sqrt(covariances/count)
	if a > 2 || b > 2 {
		t.Errorf("errors of mean and covariance are %.2f and %.2f times the Monte-Carlo error", a, b)
	}
}

// narrowed makes posteriors too sure of themselves.
type narrowed struct {
	*Inference
	factor float64
}

func (n narrowed) Given(x []float64) (Distribution, error) {
	p, err := n.Inference.Posterior(x)
	if err == nil {
		p.flow = narrowFlow{p.flow, n.factor, p.prior.Dim()}
	}
	return p, err
}

// narrowFlow draws from around the mean of a flow's draws with less deviation. Its
// density is not used.
type narrowFlow struct {
	flow
	factor float64
	dim    int
}

func (n narrowFlow) sampler() sampler { return narrowSampler{n.flow.sampler(), n.factor, n.dim} }

type narrowSampler struct {
	sampler
	factor float64
	dim    int
}

func (s narrowSampler) sample(u []float32, context []float32, rng *rand.Rand, factor float32, squares []float32) {
	s.sampler.sample(u, context, rng, factor, squares)
	mean := make([]float32, s.dim)
	for i, v := range u {
		mean[i%s.dim] += v / float32(len(u)/s.dim)
	}
	for i, v := range u {
		u[i] = mean[i%s.dim] + float32(s.factor)*(v-mean[i%s.dim])
	}
}

// checkCalibration finds the posteriors right, and those of 0.7 times their width
// wrong.
func checkCalibration(t *testing.T, inf *Inference, prior Prior, simulator Simulator) {
	right, err := Calibrate(t.Context(), inf, 300, CalibrationOptions{Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := Calibrate(t.Context(), narrowed{inf, 0.7}, 300, CalibrationOptions{Prior: prior, Simulator: simulator, Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for d := range right.Names {
		if p := right.KS()[d]; p < 0.01 {
			t.Errorf("θ%d: p = %g for right posteriors", d+1, p)
		}
		if p := wrong.KS()[d]; p > 0.05 {
			t.Errorf("θ%d: p = %g for narrow posteriors", d+1, p)
		}
		// The posterior's variance is half the prior's.
		if c := right.Contraction()[d]; math.Abs(c-0.5) > 0.1 {
			t.Errorf("θ%d: contraction %.3f, want 0.5", d+1, c)
		}
		if a, b := right.Error()[d], wrong.Error()[d]; a > 0.05 || b < 0.08 {
			t.Errorf("θ%d: calibration errors %.3f and %.3f", d+1, a, b)
		}
	}
	if p := right.CoverageKS(); p < 0.01 {
		t.Errorf("coverage p = %g for right posteriors", p)
	}
	if a, b := right.TARPKS(), wrong.TARPKS(); a < 0.01 || b > 1e-4 {
		t.Errorf("TARP p = %g for right and %g for narrow posteriors", a, b)
	}
}

// TestRoundsReachTheExactPosterior goes on where one round of few simulations is
// too little, in every way that rounds can be trained. Errors are those of two
// inferences together: over many, they are 0.08 deviations in the mean and 5 % in
// the deviation.
func TestRoundsReachTheExactPosterior(t *testing.T) {
	prior, simulator := gaussianLinear(3)
	observation := []float64{0.4, -0.3, 0.1}
	for name, o := range map[string]Options{
		"atoms":     {},
		"truncated": {Truncated: true},
		"combined":  {Combined: true},
	} {
		t.Run(name, func(t *testing.T) {
			var means, deviations float64
			for seed := range uint64(2) {
				o.Seed, o.Quiet, o.Observation = seed+1, true, observation
				inf, err := NewSNPE(prior, o)
				for range 2 {
					if err == nil {
						_, err = inf.Round(t.Context(), simulator, 1000)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				posterior, err := inf.Posterior(observation)
				if err != nil {
					t.Fatal(err)
				}
				s, err := posterior.Sample(t.Context(), 2000)
				if err != nil {
					t.Fatal(err)
				}
				for i, x := range observation {
					mean, std := moments(s.Column(i))
					want := math.Sqrt(0.05)
					means += math.Pow((mean-x/2)/want, 2) / 6
					deviations += math.Pow(std/want-1, 2) / 6
				}
			}
			if a, b := math.Sqrt(means), math.Sqrt(deviations); a > 0.13 || b > 0.09 {
				t.Errorf("the mean is wrong by %.3f deviations, the deviation by %.1f %%", a, 100*b)
			}
		})
	}
}

func moments(x []float64) (mean, std float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		std += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(std)
}
