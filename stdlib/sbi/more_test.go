package sbi

import (
	"math"
	"testing"
)

// TestMoreSimulationsOfThePriorAreOfTheFirstRound: without an observation, whether
// Round makes them or Append takes them; all are learned from, and by the loss of a
// first round, which needs no observation to be right near.
func TestMoreSimulationsOfThePriorAreOfTheFirstRound(t *testing.T) {
	prior, simulator := gaussianLinear(2)
	for _, made := range []bool{false, true} {
		inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, Batch: 50})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inf.Round(t.Context(), simulator, 100); err != nil {
			t.Fatal(err)
		}
		if made {
			thetas := Draw(prior, 3000, 5)
			xs, err := simulator.Simulate(t.Context(), thetas, 5)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Append(thetas, xs); err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Train(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if _, err := inf.Round(t.Context(), simulator, 3000); err != nil {
			t.Fatal(err)
		}
		if r := inf.Reports(); len(r) != 1 || r[0].Round != 1 || r[0].Simulations != 3100 || r[0].Warning != "" {
			t.Errorf("reports %v", r)
		}
		_, _, rounds := inf.Simulations()
		if rounds[len(rounds)-1] != 1 {
			t.Errorf("the last simulation is of round %d", rounds[len(rounds)-1])
		}
		for _, x := range [][]float64{{0, 0}, {0.5, -0.4}, {-0.6, 0.2}} { // every one, not one alone
			p, err := inf.Posterior(x)
			if err != nil {
				t.Fatal(err)
			}
			s, err := p.Sample(t.Context(), 2000)
			if err != nil {
				t.Fatal(err)
			}
			for i := range x {
				want := math.Sqrt(0.05)
				if mean, std := moments(s.Column(i)); math.Abs(mean-x[i]/2)/want > 0.15 || math.Abs(std/want-1) > 0.08 {
					t.Errorf("given %v, parameter %d is %.3f ± %.3f, want %.3f ± %.3f", x, i, mean, std, x[i]/2, want)
				}
			}
		}
	}
}

// TestMoreSimulationsThatAreStopped leave the posterior, and are trained on later.
func TestMoreSimulationsThatAreStopped(t *testing.T) {
	prior, simulator := gaussianLinear(1)
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, MaxEpochs: 20, Batch: 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 200); err != nil {
		t.Fatal(err)
	}
	drawn := func() float64 {
		p, err := inf.Posterior([]float64{0.1})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.SampleSeed(t.Context(), 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		return s.Values[0][0]
	}
	before := drawn()
	thetas := Draw(prior, 300, 5)
	xs, err := simulator.Simulate(t.Context(), thetas, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	_, err = inf.Train(&endsLater{t.Context(), 60})
	says(t, err, "the round is not done", "posteriors are those of round 1 still")
	if after := drawn(); after != before {
		t.Errorf("it draws %g, and drew %g before", after, before)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := inf.Reports(); len(r) != 1 || r[0].Simulations != 500 || drawn() == before {
		t.Errorf("trained on all: %v", r)
	}
}
