package sbi

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/nn"
)

// TestEmbeddingsAreTrainedWithTheEstimator infers height and slope of a noisy line
// from its 24 points, of which single ones say little. The posterior is known:
// normal, with the variances of a linear regression.
func TestEmbeddingsAreTrainedWithTheEstimator(t *testing.T) {
	const steps, noise = 24, 1.0
	prior := Normal([]float64{0, 0}, []float64{1, 1}, "height", "slope")
	slope := func(i int) float64 { return 2*float64(i)/(steps-1) - 1 }
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x := make([]float64, steps)
		for i := range x {
			x[i] = theta[0] + theta[1]*slope(i) + noise*rng.NormFloat64()
		}
		return x, nil
	})
	// The two are independent given the line: points lie symmetrically around 0.
	exact := func(x []float64) (mean, std [2]float64) {
		var products, squares [2]float64
		for i, v := range x {
			for k, f := range [2]float64{1, slope(i)} {
				products[k] += f * v
				squares[k] += f * f
			}
		}
		for k := range mean {
			precision := 1 + squares[k]/(noise*noise)
			mean[k], std[k] = products[k]/(noise*noise)/precision, 1/math.Sqrt(precision)
		}
		return mean, std
	}
	summary, err := NewSummaryNet(SummaryOptions{Filters: 8, Hidden: 16, Outputs: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, net := range map[string]nn.Module{"FCNN": connected(t, steps, 40, 40, 4), "summary network": summary} {
		how := PerValue
		if net == nn.Module(summary) {
			how = Structured
		}
		inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Embedding: net, Retrain: true, StandardiseInput: how, Seed: 1, Quiet: true, Batch: 50, LR: 2e-3})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inf.Round(t.Context(), simulator, 4000); err != nil {
			t.Fatal(err)
		}
		thetas := Draw(prior, 30, 2)
		xs, err := simulator.Simulate(t.Context(), thetas, 3)
		if err != nil {
			t.Fatal(err)
		}
		var off, width [2]float64
		for _, x := range xs {
			p, err := inf.Posterior(x)
			if err != nil {
				t.Fatal(err)
			}
			s, err := p.Sample(t.Context(), 1000)
			if err != nil {
				t.Fatal(err)
			}
			mean, std := exact(x)
			for k := range mean {
				m, d := moments(s.Column(k))
				off[k] += math.Pow((m-mean[k])/std[k], 2) / float64(len(xs))
				width[k] += d / std[k] / float64(len(xs))
			}
		}
		for k := range off {
			if math.Sqrt(off[k]) > 0.5 || math.Abs(width[k]-1) > 0.15 {
				t.Errorf("%s: posteriors of the %s are off by %.2f deviations and %.2f times as wide", name, prior.Names()[k], math.Sqrt(off[k]), width[k])
			}
		}
	}
}

// connected is an FCNN from and to so many values, with hidden layers between.
func connected(t *testing.T, sizes ...int) nn.Module {
	t.Helper()
	last := len(sizes) - 1
	net, err := FCNN(sizes[0], sizes[1:last], sizes[last], 1)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestWrongSizesOfEmbeddingsAreErrors(t *testing.T) {
	for _, sizes := range [][]int{{0, 4, 1}, {-3, 4, 1}, {3, 4, 0}, {3, -1, 2}} {
		if net, err := FCNN(sizes[0], sizes[1:2], sizes[2], 1); err == nil || net != nil {
			t.Errorf("sizes %v are taken", sizes)
		}
	}
	if _, err := FCNN(3, nil, 2, 1); err != nil {
		t.Error(err)
	}
}

func fcnn(t *testing.T, inputs int, hidden []int, outputs int, seed uint64) *nn.Sequential {
	t.Helper()
	net, err := FCNN(inputs, hidden, outputs, seed)
	if err != nil {
		t.Fatal(err)
	}
	return net
}
