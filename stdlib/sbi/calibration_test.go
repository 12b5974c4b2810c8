package sbi

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// narrowed makes posteriors too sure of themselves.
type narrowed struct {
	*Inference
	factor float64
}

func (n narrowed) Posterior(x []float64) (*Posterior, error) {
	p, err := n.Inference.Posterior(x)
	if err == nil {
		p.flow = narrowFlow{p.flow, n.factor}
	}
	return p, err
}

// narrowFlow draws from around zero of a flow's space with less deviation. Its
// density is not used.
type narrowFlow struct {
	flow
	factor float64
}

func (n narrowFlow) sampler() sampler { return narrowSampler{n.flow.sampler(), n.factor} }

type narrowSampler struct {
	sampler
	factor float64
}

func (s narrowSampler) sample(u []float32, context []float32, rng *rand.Rand) {
	s.sampler.sample(u, context, rng)
	mean := make([]float32, 2)
	for i, v := range u {
		mean[i%2] += v / float32(len(u)/2)
	}
	for i, v := range u {
		u[i] = mean[i%2] + float32(s.factor)*(v-mean[i%2])
	}
}

func TestCalibrationPassesTheRightAndFailsTheTooSure(t *testing.T) {
	prior, simulator := gaussianLinear(2)
	inf, err := NewNPE(prior, Options{Quiet: true, Seed: 1, LR: 3e-3, MaxEpochs: 60, Density: MDN{Components: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 3000); err != nil {
		t.Fatal(err)
	}
	right, err := Calibrate(context.Background(), inf, 300, CalibrationOptions{Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := Calibrate(context.Background(), narrowed{inf, 0.5}, 300, CalibrationOptions{Prior: prior, Simulator: simulator, Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for d := range right.Names {
		if p := right.KS()[d]; p < 1e-3 {
			t.Errorf("θ%d: p = %g for right posteriors", d+1, p)
		}
		if p := wrong.KS()[d]; p > 1e-3 {
			t.Errorf("θ%d: p = %g for posteriors half as wide", d+1, p)
		}
		// The posterior's variance is half the prior's.
		if c := right.Contraction()[d]; math.Abs(c-0.5) > 0.1 {
			t.Errorf("θ%d: contraction %.2f, want 0.5", d+1, c)
		}
		if a, b := right.Error()[d], wrong.Error()[d]; a > 0.06 || b < 0.1 {
			t.Errorf("θ%d: calibration errors %.3f and %.3f", d+1, a, b)
		}
	}
	if p := right.CoverageKS(); p < 1e-3 {
		t.Errorf("coverage p = %g for right posteriors", p)
	}
	if a, b := right.TARPKS(), wrong.TARPKS(); a < 1e-3 || b > 1e-2 {
		t.Errorf("TARP p = %g for right and %g for narrow posteriors", a, b)
	}
}

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
