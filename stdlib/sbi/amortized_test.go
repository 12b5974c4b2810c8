package sbi

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
)

// built counts the networks that are built.
type built struct {
	MDN
	times *atomic.Int64
}

func (b built) build(dim, context int, rng *rand.Rand) (flow, error) {
	b.times.Add(1)
	return b.MDN.build(dim, context, rng)
}

// amortized gives an inference of halfway, trained on few simulations.
func amortized(t *testing.T, density Density, seed uint64) *Inference {
	t.Helper()
	inf, err := NewNPE(halfway, Options{Density: density, Quiet: true, Seed: seed, LR: 5e-3, MaxEpochs: 25})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noised, 1000); err != nil {
		t.Fatal(err)
	}
	return inf
}

// TestChecksCopyTheNetworkOnce, however many observations there are.
func TestChecksCopyTheNetworkOnce(t *testing.T) {
	var times atomic.Int64
	density := built{MDN{Components: 1}, &times}
	inf := amortized(t, density, 1)
	for want, a := range map[int64]Amortized{1: inf, 2: AmortizedEnsemble(inf, amortized(t, density, 2))} {
		times.Store(0)
		if _, err := Calibrate(t.Context(), a, 50, CalibrationOptions{Prior: halfway, Simulator: noised, Draws: 10}); err != nil {
			t.Fatal(err)
		}
		if n := times.Load(); n != want {
			t.Errorf("%d networks are built for 50 observations, want %d", n, want)
		}
	}
}

// TestEnsemblesAreCalibrated as their estimators are: the mixture for an observation is
// that of NewEnsemble, and passes where its members do.
func TestEnsemblesAreCalibrated(t *testing.T) {
	a, b := amortized(t, MDN{Components: 1}, 1), amortized(t, MDN{Components: 1}, 2)
	x := []float64{0.3, -1}
	var members []*Posterior
	for _, inf := range []*Inference{a, b} {
		p, err := inf.Posterior(x)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, p)
	}
	want, err := NewEnsemble(members)
	if err != nil {
		t.Fatal(err)
	}
	both := AmortizedEnsemble(a, b)
	got, err := both.Given(x)
	if err != nil {
		t.Fatal(err)
	}
	one, err := want.SampleSeed(t.Context(), 100, 7)
	if err != nil {
		t.Fatal(err)
	}
	other, err := got.SampleSeed(t.Context(), 100, 7)
	if err != nil || !reflect.DeepEqual(one, other) {
		t.Errorf("other draws than those of NewEnsemble, %v", err)
	}
	if text := fmt.Sprint(want); text != "ensemble of 2 posteriors of θ1, θ2, given [0.3 -1], with the weights [0.5 0.5]" {
		t.Errorf("it says %q", text)
	}
	for _, a := range []Amortized{both, AmortizedEnsemble(both, AmortizedFunc(exactly))} {
		c, err := Calibrate(t.Context(), a, 200, CalibrationOptions{Prior: halfway, Simulator: noised, Draws: 50, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		if c.KS()[0] < 0.01 || c.CoverageKS() < 0.01 || c.TARPKS() < 0.01 {
			t.Errorf("it does not pass:\n%v", c)
		}
	}
}

// TestOnlyTheSamePriorIsMixed refuses members whose prior differs by its bounds alone.
func TestOnlyTheSamePriorIsMixed(t *testing.T) {
	a, b := trained(t, BoxProbit, 1), trained(t, BoxProbit, 2)
	b.prior = BoxUniform([]float64{0, 0}, []float64{1, 5})
	if _, err := NewEnsemble([]*Posterior{a, b}); err == nil || !strings.Contains(err.Error(), "want the same prior") {
		t.Errorf("error %v of another prior", err)
	}
	if _, err := NewEnsemble([]*Posterior{a, nil}); err == nil {
		t.Error("a member that is nil is taken")
	}
	if _, err := AmortizedEnsemble().Given([]float64{1}); err == nil || !strings.Contains(err.Error(), "without members") {
		t.Errorf("error %v of no estimators", err)
	}
}
