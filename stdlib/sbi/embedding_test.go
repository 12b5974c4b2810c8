package sbi

import (
	"math"
	"math/rand/v2"
	"strings"
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
		inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Embedding: net, Retrain: true, StandardiseInput: how, Seed: 1, Quiet: true, Batch: 50, LR: 4e-3,
			MaxEpochs: 12, Schedule: nn.Schedule{DecayFrom: 5, Decay: 0.7}})
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

// TestRoundsWarnOfWhatAnEmbeddingCantUse, in their report: values far from 0 ± 1 that
// are given as they are, and a frozen network that was never trained.
func TestRoundsWarnOfWhatAnEmbeddingCantUse(t *testing.T) {
	fixed := fcnn(t, 2, []int{20}, 3, 1)
	for _, p := range fixed.Parameters() {
		p.Tensor.Data[0] *= 4 // as after training
	}
	for _, c := range []struct {
		offset, scale float64
		o             Options
		want          string // in the warning; "" for none
	}{
		{101325, 20, Options{Embedding: connected(t, 2, 20, 3), Retrain: true}, "around 1.013e+05 ± 12 as they are"},
		{101325, 20, Options{Embedding: fixed}, "around 1.013e+05 ± 12 as they are"},
		{-65, 8, Options{Embedding: fixed}, "sbi.Structured for a trace"},
		{0, 1e-9, Options{Embedding: fixed}, "± 5.9e-10"},
		{0.5, 0.5, Options{Embedding: fixed}, ""},
		{0, 1, Options{Embedding: fixed}, ""},
		{101325, 20, Options{Embedding: connected(t, 2, 20, 3), Retrain: true, StandardiseInput: PerValue}, ""},
		{101325, 20, Options{Embedding: connected(t, 2, 20, 3), Retrain: true, StandardiseInput: Structured}, ""},
		{101325, 20, Options{}, ""},
		{101325, 20, Options{Embedding: nn.NewSequential(nn.Tanh())}, ""},
		{0, 1, Options{Embedding: connected(t, 2, 20, 3)}, "look as if it was never trained; set Options.Retrain"},
		{0, 1, Options{Embedding: connected(t, 2, 20, 3), Retrain: true}, ""},
	} {
		c.o.Density, c.o.Quiet, c.o.MaxEpochs = MDN{Components: 1, Hidden: 4, Layers: 1}, true, 1
		inf, err := NewNPE(BoxUniform([]float64{-1, -1}, []float64{1, 1}), c.o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := inf.Round(t.Context(), SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) {
			return []float64{c.offset + c.scale*theta[0], c.offset + c.scale*theta[1]}, nil
		}), 60)
		if err != nil {
			t.Fatal(err)
		}
		if text := r.String(); !strings.Contains(r.Warning, c.want) || (c.want == "") != (r.Warning == "") || !strings.Contains(text, r.Warning) {
			t.Errorf("values of %g ± %g: %s\nwant the warning %q", c.offset, c.scale, text, c.want)
		}
	}
}
