package sbi

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestUniformBandsHoldTheirProbability(t *testing.T) {
	const n = 60
	places := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}
	lower, upper, err := UniformBands(n, places, 0.9, 1)
	if err != nil {
		t.Fatal(err)
	}
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

func TestUniformBandsRefuseWhatIsNoProbability(t *testing.T) {
	for _, probability := range []float64{95, 1, 0, math.NaN()} {
		if _, _, err := UniformBands(10, []float64{0.5}, probability, 1); err == nil || !strings.Contains(err.Error(), "0.95") {
			t.Errorf("error %v of the probability %g", err, probability)
		}
	}
	if _, _, err := UniformBands(10, []float64{0.5, math.NaN()}, 0.9, 1); err == nil {
		t.Error("a place that is NaN is taken")
	}
	if _, err := (&Calibration{Names: []string{"a"}}).Figure(); err == nil {
		t.Error("a calibration without cases is drawn")
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

// known is a posterior of one's own, with a density and draws.
type known struct {
	prior   Prior
	logProb func(theta []float64) float64
	draw    func(rng *rand.Rand) []float64
}

func (k known) Names() []string { return k.prior.Names() }
func (k known) Prior() Prior    { return k.prior }

func (k known) SampleSeed(_ context.Context, n int, seed uint64) (*Samples, error) {
	rng := rand.New(rand.NewPCG(seed, 0x6e0))
	s := &Samples{Names: k.Names(), Acceptance: 1}
	for range n {
		s.Values = append(s.Values, k.draw(rng))
	}
	return s, nil
}

func (k known) LogProb(_ context.Context, thetas [][]float64) ([]float64, error) {
	logs := make([]float64, len(thetas))
	for i, theta := range thetas {
		logs[i] = k.logProb(theta)
	}
	return logs, nil
}

// halfway is a standard normal prior of two parameters that are observed with as
// much noise again: the posterior's mean is half the observation, its variance ½.
var (
	halfway = Normal([]float64{0, 0}, []float64{1, 1})
	noised  = SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + rng.NormFloat64(), theta[1] + rng.NormFloat64()}, nil
	})
)

// exactly gives the exact posterior.
func exactly(x []float64) (Distribution, error) {
	return known{halfway, func(theta []float64) float64 {
		return -squareDistance(theta, []float64{x[0] / 2, x[1] / 2})
	}, func(rng *rand.Rand) []float64 {
		return []float64{x[0]/2 + rng.NormFloat64()*math.Sqrt2/2, x[1]/2 + rng.NormFloat64()*math.Sqrt2/2}
	}}, nil
}

// ignorant gives the prior for every observation.
func ignorant(prior *Product) AmortizedFunc {
	return func([]float64) (Distribution, error) {
		return known{prior, prior.LogProb, func(rng *rand.Rand) []float64 {
			theta := make([]float64, prior.Dim())
			prior.Sample(rng, theta)
			return theta
		}}, nil
	}
}

// TestPValuesAreRightForFewDraws calibrates exact posteriors again and again: one
// p-value in twenty lies below 0.05. So it is where draws are often equal to the truth:
// of codes, about which an observation of noise says nothing.
func TestPValuesAreRightForFewDraws(t *testing.T) {
	codes := CodeUniform([]int{0}, []int{2})
	noise := SimulatorFunc(func(_ []float64, rng *rand.Rand) ([]float64, error) { return []float64{rng.NormFloat64()}, nil })
	const times = 400
	for name, c := range map[string]struct {
		a         Amortized
		prior     Prior
		simulator Simulator
	}{"normal": {AmortizedFunc(exactly), halfway, noised}, "codes": {ignorant(codes), codes, noise}} {
		below, within := map[string]int{}, 0.0
		for k := range times {
			checked, err := Calibrate(context.WithValue(t.Context(), quiet{}, true), c.a, 100, CalibrationOptions{Prior: c.prior, Simulator: c.simulator, Draws: 10, Seed: uint64(k)})
			if err != nil {
				t.Fatal(err)
			}
			for check, p := range map[string]float64{"SBC": checked.KS()[0], "coverage": checked.CoverageKS(), "TARP": checked.TARPKS()} {
				if p < 0.05 {
					below[check]++
				}
			}
			_, covered := checked.Coverage()
			within += covered[25] / times
			for _, r := range checked.Ranks {
				if r[0] < 0 || r[0] > 10 {
					t.Fatalf("%d of 10 draws lie below the truth", r[0])
				}
			}
		}
		for _, check := range []string{"SBC", "coverage", "TARP"} {
			if share := float64(below[check]) / times; math.Abs(share-0.05) > 0.035 {
				t.Errorf("%s: %s rejects %.3f of right posteriors at 0.05", name, check, share)
			}
		}
		if math.Abs(within-0.5) > 0.01 {
			t.Errorf("%s: %.3f of the truths lie within the regions of 0.5", name, within)
		}
	}
}

// TestTARPSeesThePriorInPlaceOfThePosterior, which ranks and coverage can't.
func TestTARPSeesThePriorInPlaceOfThePosterior(t *testing.T) {
	c, err := Calibrate(t.Context(), ignorant(halfway), 300, CalibrationOptions{Prior: halfway, Simulator: noised, Draws: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if p := c.TARPKS(); p > 1e-6 {
		t.Errorf("TARP p = %g of the prior in place of the posterior", p)
	}
	if a, b := c.KS()[0], c.CoverageKS(); a < 0.01 || b < 0.01 {
		t.Errorf("SBC p = %g, coverage p = %g; the prior passes both", a, b)
	}
}

func TestCalibrateSaysWhatIsWrong(t *testing.T) {
	short := AmortizedFunc(func(x []float64) (Distribution, error) {
		return known{halfway, halfway.LogProb, func(*rand.Rand) []float64 { return x[:1] }}, nil
	})
	unsure := AmortizedFunc(func(x []float64) (Distribution, error) {
		return known{halfway, func([]float64) float64 { return math.NaN() }, func(*rand.Rand) []float64 { return x }}, nil
	})
	ragged := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return make([]float64, 1+rng.IntN(5)), nil
	})
	for want, c := range map[string]struct {
		a         Amortized
		prior     Prior
		simulator Simulator
	}{
		"range 1 to -1":         {AmortizedFunc(exactly), BoxUniform([]float64{1}, []float64{-1}), noised},
		"no estimator":          {nil, halfway, noised},
		"is of 1 parameters":    {short, halfway, noised},
		"no NaN":                {unsure, halfway, noised},
		"others have":           {AmortizedFunc(exactly), halfway, ragged},
		"neither a posterior":   {AmortizedFunc(func([]float64) (Distribution, error) { return nil, nil }), halfway, noised},
		"panicked":              {AmortizedFunc(func([]float64) (Distribution, error) { panic("x") }), halfway, noised},
		"nothing is trained to": {&Inference{prior: halfway}, halfway, noised},
	} {
		if _, err := Calibrate(t.Context(), c.a, 10, CalibrationOptions{Prior: c.prior, Simulator: c.simulator, Draws: 5}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestCalibrateSaysWhatIsMissing, and only that; an ensemble has what its inferences have.
func TestCalibrateSaysWhatIsMissing(t *testing.T) {
	calibrate := func(inf Amortized, o CalibrationOptions) error {
		o.Draws = 5
		_, err := Calibrate(t.Context(), inf, 10, o)
		return err
	}
	inf := small(t, Options{})
	says(t, calibrate(inf, CalibrationOptions{}), "run Round or Train first")
	thetas := Draw(inf.prior, 50, 1)
	if _, err := inf.Append(thetas, thetas); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	says(t, calibrate(inf, CalibrationOptions{}), "no simulator, as none was given to Round", "CalibrationOptions.Simulator")
	says(t, calibrate(AmortizedFunc(inf.Given), CalibrationOptions{Simulator: three}), "no prior; set CalibrationOptions.Prior")
	a, b := small(t, Options{}), small(t, Options{Seed: 9})
	for _, inf := range []*Inference{a, b} {
		if _, err := inf.Round(t.Context(), three, 50); err != nil {
			t.Fatal(err)
		}
	}
	if err := calibrate(AmortizedEnsemble(a, b), CalibrationOptions{}); err != nil {
		t.Errorf("an ensemble of inferences: %v", err)
	}
}

// TestCalibrateTakesSimulationsThatWereMade: the same as if it made them, and nothing
// but draws of the prior with an observation each.
func TestCalibrateTakesSimulationsThatWereMade(t *testing.T) {
	const n = 200
	thetas := Draw(halfway, n+1, 8)
	xs, err := noised.Simulate(t.Context(), thetas, 9)
	if err != nil {
		t.Fatal(err)
	}
	xs[3] = nil
	calibrate := func(o CalibrationOptions) (*Calibration, error) {
		o.Prior, o.Draws = halfway, 50
		return Calibrate(t.Context(), AmortizedFunc(exactly), n, o)
	}
	c, err := calibrate(CalibrationOptions{Thetas: thetas, Xs: xs})
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Delete(slices.Clone(thetas[:n]), 3, 4); c.Failed != 1 || !slices.EqualFunc(c.Truths, want, slices.Equal) {
		t.Errorf("%d failed, truths %v, want 1 and %v", c.Failed, c.Truths, want)
	}
	if text := c.String(); !strings.Contains(text, "nothing wrong") {
		t.Error(text)
	}
	wrong := slices.Clone(thetas)
	wrong[5] = []float64{1}
	for want, o := range map[string]CalibrationOptions{
		"200 cases of 201 parameter vectors and 0 observations":  {Thetas: thetas},
		"200 cases of 0 parameter vectors and 201 observations":  {Xs: xs},
		"200 cases of 100 parameter vectors and 100 obs":         {Thetas: thetas[:100], Xs: xs[:100]},
		"parameter vector 5, [1], lies outside the prior":        {Thetas: wrong, Xs: xs},
		"both a Simulator and simulations that were made before": {Thetas: thetas, Xs: xs, Simulator: noised},
	} {
		_, err := calibrate(o)
		says(t, err, want)
	}
}

// TestCalibrationGivesAVerdict of posteriors that are right, and of wrong ones.
func TestCalibrationGivesAVerdict(t *testing.T) {
	shaped := func(shift, width float64) AmortizedFunc {
		return func(x []float64) (Distribution, error) {
			mean := []float64{x[0]/2 + shift, x[1] / 2}
			return known{halfway, func(theta []float64) float64 {
				return -squareDistance(theta, mean) / (width * width)
			}, func(rng *rand.Rand) []float64 {
				return []float64{mean[0] + width*rng.NormFloat64()*math.Sqrt2/2, mean[1] + width*rng.NormFloat64()*math.Sqrt2/2}
			}}, nil
		}
	}
	for want, a := range map[string]Amortized{
		"verdict: 300 cases find nothing wrong": AmortizedFunc(exactly),
		"posteriors are too narrow (":           shaped(0, 0.5),
		"posteriors are too wide (":             shaped(0, 2),
		"θ1 is too high":                        shaped(1, 1),
		"TARP finds":                            ignorant(halfway),
	} {
		c, err := Calibrate(t.Context(), a, 300, CalibrationOptions{Prior: halfway, Simulator: noised, Draws: 100, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if text := c.String(); !strings.Contains(text, want) || strings.Contains(text, "not calibrated") == strings.Contains(text, "nothing wrong") {
			t.Errorf("want %q in\n%s", want, text)
		}
		title := func() string {
			f, err := c.Figure()
			if err != nil {
				t.Fatal(err)
			}
			return f.Title
		}
		if got := title(); (got != "") != strings.Contains(c.String(), "not calibrated") || strings.ContainsAny(got, "(\n") {
			t.Errorf("the figure is called %q", got)
		}
		if c.Rounds = 2; strings.Contains(c.String(), "verdict") || !strings.Contains(title(), "after 2 rounds") {
			t.Errorf("a verdict on what is not expected to pass, or no word of it in the figure: %q", title())
		}
	}
}
