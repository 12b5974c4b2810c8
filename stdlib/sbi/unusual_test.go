package sbi

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
)

// TestObservationsThatNeverVaryAreRefused, and simulations of them not kept.
func TestObservationsThatNeverVaryAreRefused(t *testing.T) {
	same := SimulatorFunc(func([]float64, *rand.Rand) ([]float64, error) { return []float64{3, 4, 5}, nil })
	inf := small(t, Options{})
	const want = "all simulations gave [3 4 5], whatever their parameters"
	for _, simulator := range []Simulator{same, backend{same}} {
		_, err := inf.Round(t.Context(), simulator, 100)
		says(t, err, want)
	}
	if len(inf.xs) != 0 {
		t.Errorf("%d simulations are kept", len(inf.xs))
	}
	if _, err := inf.Round(t.Context(), three, 50); err != nil {
		t.Errorf("after the simulator was mended: %v", err)
	}
	other := small(t, Options{})
	thetas := Draw(inf.prior, 20, 1)
	xs := make([][]float64, len(thetas))
	for i := range xs {
		xs[i] = []float64{3, 4, 5}
	}
	if _, err := other.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	_, err := other.Train(t.Context())
	says(t, err, want)
}

// TestWhatIsUnusualIsWarnedOf: values that never vary, and an observation far outside
// the simulations; nothing of an observation at their edge.
func TestWhatIsUnusualIsWarnedOf(t *testing.T) {
	still := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x, err := three(theta, rng)
		x[1] = 7
		return x, err
	})
	far := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x, err := three(theta, rng)
		if rng.IntN(50) == 0 {
			x[2] = 1e9
		}
		return x, err
	})
	heavy := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x, err := three(theta, rng)
		x[2] = math.Exp(2 * rng.NormFloat64())
		return x, err
	})
	for _, c := range []struct {
		name        string
		simulator   Simulator
		observation []float64
		want        string // in the report; "" for no warning
		posterior   string // the same of the posterior
	}{
		{"usual", three, []float64{0.5, 0.5, 1}, "", ""},
		{"at the edge", three, []float64{1.6, -0.6, 2.5}, "", ""},
		{"still", still, []float64{0.5, 7, 1}, "value 1 of the observations is 7 in all simulations", ""},
		{"not as still", still, []float64{0.5, 7.5, 1}, "value 1 of the observation is 7.5, but 7 in all simulations", "value 1 of the observation is 7.5, but 7 in all simulations"},
		{"still but for rounding", still, []float64{0.5, 7 + 1e-12, 1}, "value 1 of the observations is 7 in all simulations", ""},
		{"outliers", far, []float64{0.5, 0.5, 1}, "half of value 2 of the observations lie between 0.6", ""},
		{"heavy tails", heavy, []float64{0.5, 0.5, 1}, "", ""},
		{"far", three, []float64{0.5, 50, 1}, "value 1 of the observation, 50, lies 1", "value 1 of the observation, 50, lies 1"},
		{"farther", three, []float64{5000, 0.5, 10}, "value 0 of the observation, 5000, lies", "(and 1 more lie far outside)"},
	} {
		inf := small(t, Options{Observation: c.observation})
		r, err := inf.Round(t.Context(), c.simulator, 300)
		if err != nil {
			t.Fatal(err)
		}
		p, err := inf.Posterior(c.observation)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct{ want, text string }{{c.want, r.String()}, {c.posterior, p.String()}} {
			if !strings.Contains(part.text, part.want) || (part.want == "") == strings.Contains(part.text, "warning") {
				t.Errorf("%s: %q, want a warning %q", c.name, part.text, part.want)
			}
		}
	}
}

// TestAPosteriorAfterRoundsIsOfItsObservation, and says so for another one.
func TestAPosteriorAfterRoundsIsOfItsObservation(t *testing.T) {
	own, other := []float64{0.5, 0.5, 1}, []float64{0.4, 0.5, 1}
	inf := small(t, Options{Observation: own})
	for round := 1; round <= 2; round++ {
		if _, err := inf.Round(t.Context(), three, 100); err != nil {
			t.Fatal(err)
		}
		for _, x := range [][]float64{own, other} {
			p, err := inf.Posterior(x)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Contains(p.String(), "only right near Options.Observation"), round == 2 && x[0] == 0.4; got != want {
				t.Errorf("after %d rounds, of %v: %s", round, x, p)
			}
			path := filepath.Join(t.TempDir(), "posterior")
			if err := p.Save(path); err != nil {
				t.Fatal(err)
			}
			if loaded, err := LoadPosterior(path); err != nil || loaded.String() != p.String() {
				t.Errorf("saved %s, loaded %v (%v)", p, loaded, err)
			}
		}
	}
}

// TestAFarObservationIsSaid when its posterior is made, once after a training; that of
// Options.Observation is in the round's report.
func TestAFarObservationIsSaid(t *testing.T) {
	own, far := []float64{0.5, 60, 1}, []float64{0.5, 50, 1}
	for _, quiet := range []bool{false, true} {
		p := &page{texts: map[string]string{}}
		notebook.SetHost(p)
		t.Cleanup(func() { notebook.SetHost(nil) })
		inf := small(t, Options{Observation: own})
		inf.o.Quiet = quiet
		for round := 1; round <= 2; round++ {
			thetas := Draw(inf.prior, 50, uint64(round))
			xs, err := three.Simulate(t.Context(), thetas, 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Append(thetas, xs); err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Train(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, x := range [][]float64{own, {0.5, 50, 1}, far, {0.5, 0.5, 1}} {
				if _, err := inf.Posterior(x); err != nil {
					t.Fatal(err)
				}
			}
		}
		said := 0
		for _, text := range p.all {
			if strings.Contains(text, "posterior given [0.5 50 1]: warning: value 1 of the observation, 50, lies") {
				said++
			}
			if strings.Contains(text, "posterior given [0.5 60 1]") {
				t.Errorf("it says %q", text)
			}
		}
		if want := map[bool]int{false: 2, true: 0}[quiet]; said != want {
			t.Errorf("quiet %t: it is said %d times, want %d: %q", quiet, said, want, p.all)
		}
	}
}
