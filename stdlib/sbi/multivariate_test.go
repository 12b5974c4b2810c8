package sbi

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMultivariateNormalIsTheDensityOfItsDraws compares moments of draws, and the
// density with what an independent prior gives along the principal axes.
func TestMultivariateNormalIsTheDensityOfItsDraws(t *testing.T) {
	p := MultivariateNormal([]float64{1, -2}, [][]float64{{2, 1.2}, {1.2, 2}}, "a")
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	if names := p.Names(); names[0] != "a" || names[1] != "θ2" {
		t.Errorf("names %v", names)
	}
	const n = 200_000
	var sum, difference []float64
	for _, theta := range Draw(p, n, 1) {
		sum = append(sum, (theta[0]+theta[1])/math.Sqrt2)
		difference = append(difference, (theta[0]-theta[1])/math.Sqrt2)
	}
	// The axes of a 2×2 matrix with equal variances are the diagonals.
	axes := Normal([]float64{-1 / math.Sqrt2, 3 / math.Sqrt2}, []float64{math.Sqrt(3.2), math.Sqrt(0.8)})
	for i, along := range [][]float64{sum, difference} {
		mean, std := moments(along)
		if want := axes.Std()[i]; math.Abs(mean-axes.Mean()[i]) > 5*want/math.Sqrt(n) || math.Abs(std/want-1) > 0.01 {
			t.Errorf("axis %d: mean %g and deviation %g, want %g and %g", i, mean, std, axes.Mean()[i], want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		x, y := 3*rng.NormFloat64(), 3*rng.NormFloat64()
		got, want := p.LogProb([]float64{x, y}), axes.LogProb([]float64{(x + y) / math.Sqrt2, (x - y) / math.Sqrt2})
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Fatalf("log-density %g at %g, %g; want %g", got, x, y, want)
		}
	}
	if std := p.Std(); std[0] != math.Sqrt2 || std[1] != math.Sqrt2 {
		t.Errorf("deviations %v", std)
	}
}

func TestBadCovariancesSayWhatIsWrong(t *testing.T) {
	nan := math.NaN()
	for want, p := range map[string]*Multivariate{
		"without parameters":                  MultivariateNormal(nil, nil),
		"with 3 names":                        MultivariateNormal([]float64{0}, [][]float64{{1}}, "a", "b", "c"),
		"a covariance of 1 rows; want 2×2":    MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0}}),
		"row 2 of the covariance has 1":       MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0}, {0}}),
		"a and b is 0.2, that of b and a 0.5": MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0.2}, {0.5, 1}}, "a", "b"),
		`1 and 2 have the name "a"`:           MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0}, {0, 1}}, "a", "a"),
		"not positive definite":               MultivariateNormal([]float64{0, 0}, [][]float64{{1, 2}, {2, 1}}),
		"prior of b: mean NaN and covarianc":  MultivariateNormal([]float64{0, nan}, [][]float64{{1, 0}, {0, 1}}, "a", "b"),
	} {
		if err := p.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		theta := make([]float64, p.Dim())
		p.Sample(rand.New(rand.NewPCG(1, 1)), theta)
		if l := p.LogProb(theta); !math.IsNaN(l) {
			t.Errorf("%v: log-density %g", p.Err(), l)
		}
		if _, err := NewNPE(p, Options{}); err == nil {
			t.Errorf("inference begins with the prior %q", want)
		}
	}
}

// TestDependentPriorGivesTheExactPosterior infers both of two dependent parameters
// from the first alone: what is known of the second comes from the prior.
func TestDependentPriorGivesTheExactPosterior(t *testing.T) {
	const noise, seen = 0.5, 1.5
	prior := MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0.8}, {0.8, 1}})
	inf, err := NewNPE(prior, Options{Density: MAF{Transforms: 2, Hidden: 20}, Seed: 1, Quiet: true, MaxEpochs: 60, LR: 3e-3})
	if err != nil {
		t.Fatal(err)
	}
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + noise*rng.NormFloat64()}, nil
	})
	if _, err := inf.Round(t.Context(), simulator, 2000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{seen})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Sample(t.Context(), 5000)
	if err != nil {
		t.Fatal(err)
	}
	if s.Acceptance != 1 {
		t.Errorf("acceptance %g of an estimator that can't leak", s.Acceptance)
	}
	gain := 1 / (1 + noise*noise)
	mean := []float64{gain * seen, 0.8 * gain * seen}
	std := []float64{math.Sqrt(1 - gain), math.Sqrt(1 - 0.64*gain)}
	for i := range mean {
		var column []float64
		for _, theta := range s.Values {
			column = append(column, theta[i])
		}
		m, d := moments(column)
		if math.Abs(m-mean[i]) > 0.12 || math.Abs(d/std[i]-1) > 0.15 {
			t.Errorf("θ%d: mean %.3f and deviation %.3f, want %.3f and %.3f", i+1, m, d, mean[i], std[i])
		}
	}
}

// TestUnitsPlayNoPart has a capacitance in farads beside a voltage in volts.
func TestUnitsPlayNoPart(t *testing.T) {
	units := []float64{1e-12, 1e-2}
	mean, covariance := []float64{100, -7}, [][]float64{{4, 1.5}, {1.5, 1}}
	plain := MultivariateNormal(mean, covariance)
	scaled := [][]float64{make([]float64, 2), make([]float64, 2)}
	for i := range units {
		for j := range units {
			scaled[i][j] = covariance[i][j] * units[i] * units[j]
		}
	}
	p := MultivariateNormal([]float64{mean[0] * units[0], mean[1] * units[1]}, scaled, "C", "V")
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	for _, theta := range Draw(plain, 20, 1) {
		want := plain.LogProb(theta) - math.Log(units[0]) - math.Log(units[1])
		if got := p.LogProb([]float64{theta[0] * units[0], theta[1] * units[1]}); math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("log-density %g, want %g", got, want)
		}
	}
}
