package main

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRunsAreKeptAndAveraged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	r := Run{Task: "two_moons", Algorithm: "NPE", Density: "MAF", Support: "unbounded", Simulations: 1000}
	for observation, c := range []float64{0.7, 0.9} {
		r.Observation, r.C2ST = observation+1, c
		if s.has(r) {
			t.Errorf("%s is there before it was added", r)
		}
		if err := s.add(r); err != nil {
			t.Fatal(err)
		}
	}
	again, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	r.C2ST = 0
	if !again.has(r) || len(again.runs) != 2 {
		t.Errorf("the file gives back %v", again.runs)
	}
	if text := table(again.runs); !strings.Contains(text, "| two_moons | 1000 | NPE-MAF | 0.800 | 0.872 | 2 | 2 |") {
		t.Errorf("the table is\n%s", text)
	}
	again.runs[0].Training, again.runs[1].Training = 1, 1
	if text := table(again.runs); !strings.Contains(text, "| 0.800 | 0.872 | 2 | 1 |") {
		t.Errorf("with one training the table is\n%s", text)
	}
}

// A run that is stopped goes on after its last round, and ends as if it had not been.
func TestStoppedRunGoesOn(t *testing.T) {
	r := Run{Task: "two_moons", Algorithm: "SNPE", Density: "MAF", Support: "unbounded", Simulations: 200, Observation: 1}
	observation := []float64{-0.1, 0.2}
	draws := func(kept *trainings) [][]float64 {
		inf, err := kept.of(t.Context(), r, observation)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(inf.Reports()); n != 10 {
			t.Errorf("%d rounds, want 10", n)
		}
		p, err := inf.Posterior(observation)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.SampleSeed(t.Context(), 20, 1)
		if err != nil {
			t.Fatal(err)
		}
		return s.Values
	}
	want := draws(&trainings{})
	kept := &trainings{folder: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ; ctx.Err() == nil; time.Sleep(time.Millisecond) {
			if _, err := os.Stat(kept.file(r)); err == nil {
				cancel()
			}
		}
	}()
	if _, err := kept.of(ctx, r, observation); err == nil {
		t.Log("the run ended before it was stopped")
	}
	cancel()
	if got := draws(kept); !reflect.DeepEqual(got, want) {
		t.Errorf("draws %v, want %v", got[:2], want[:2])
	}
	if err := kept.done(r); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept.file(r)); err == nil {
		t.Error("the file is still there")
	}
}

// TestSupportsAreComparedOnTheSameRuns weighs tasks alike and leaves out runs that
// were made on one support alone.
func TestSupportsAreComparedOnTheSameRuns(t *testing.T) {
	var runs []Run
	add := func(task, support string, c2st ...float64) {
		for i, c := range c2st {
			runs = append(runs, Run{Task: task, Algorithm: "NPE", Density: "MAF", Support: support, Simulations: 1000, Observation: i + 1, C2ST: c})
		}
	}
	add("two_moons", "unbounded", 0.6, 0.8, 0.99)
	add("two_moons", "probit", 0.5, 0.7)
	add("slcp", "unbounded", 0.9)
	add("slcp", "probit", 1)
	add("gaussian_linear", "unbounded", 0.5)
	if text := supportTable(runs); !strings.HasSuffix(text, "|\n| NPE-MAF | 1000 | probit | 0.800 | 0.800 | 2 | 3 |\n") {
		t.Errorf("the table is\n%s", text)
	}
	if text := table(runs); strings.Count(text, "\n") != 2+3 || !strings.Contains(text, "| two_moons | 1000 | NPE-MAF | 0.797 |") {
		t.Errorf("the table is\n%s", text)
	}
}

// TestSimulatorsAreThoseOfTheBenchmark compares moments with those that appendix T
// of its paper gives.
func TestSimulatorsAreThoseOfTheBenchmark(t *testing.T) {
	const n = 20_000
	rng := rand.New(rand.NewPCG(1, 1))
	run := func(task string, theta []float64, of func(x []float64) float64) (mean, variance float64) {
		for range n {
			x, err := tasks[task].simulator(theta, rng)
			if err != nil {
				t.Fatal(err)
			}
			v := of(x)
			mean += v / n
			variance += v * v / n
		}
		return mean, variance - mean*mean
	}
	wide := filled(10, 0.3)
	for name, c := range map[string]struct {
		task           string
		theta          []float64
		of             func(x []float64) float64
		mean, variance float64
	}{
		"noise of gaussian_linear":         {"gaussian_linear", wide, func(x []float64) float64 { return x[9] }, 0.3, 0.1},
		"noise of gaussian_linear_uniform": {"gaussian_linear_uniform", wide, func(x []float64) float64 { return x[0] }, 0.3, 0.1},
		"noise of gaussian_mixture":        {"gaussian_mixture", []float64{4, -2}, func(x []float64) float64 { return x[1] }, -2, (1 + 0.01) / 2},
		"radius of a moon": {"two_moons", []float64{0.5, 0.1}, func(x []float64) float64 {
			return math.Hypot(x[0]-0.25+0.6/math.Sqrt2, x[1]+0.4/math.Sqrt2)
		}, 0.1, 1e-4},
		"position in slcp":   {"slcp", []float64{0.7, -2, -1, 0.5, 0.3}, func(x []float64) float64 { return x[6] }, 0.7, 1},
		"covariance in slcp": {"slcp", []float64{0, 0, -1, 2, 0.3}, func(x []float64) float64 { return x[0] * x[1] }, math.Tanh(0.3) * 4, 16 * (1 + math.Pow(math.Tanh(0.3), 2))},
	} {
		mean, variance := run(c.task, c.theta, c.of)
		if math.Abs(mean-c.mean) > 5*math.Sqrt(c.variance/n) || math.Abs(variance-c.variance) > 0.1*c.variance {
			t.Errorf("%s: mean %.4f and variance %.5f, want %.4f and %.5f", name, mean, variance, c.mean, c.variance)
		}
	}
}
