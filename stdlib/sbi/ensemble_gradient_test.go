package sbi

import (
	"math"
	"strings"
	"testing"
)

// TestEnsemblesHaveAGradientAndAMode: those of the mixture's density, and nested
// ensembles theirs.
func TestEnsemblesHaveAGradientAndAMode(t *testing.T) {
	for _, support := range []Support{BoxProbit, Unbounded} {
		inner, err := NewEnsemble([]*Posterior{trained(t, support, 2), trained(t, support, 3)})
		if err != nil {
			t.Fatal(err)
		}
		first := trained(t, support, 1)
		e, err := mix([]Distribution{first, inner}, first.Observation(), []float64{1, 3})
		if err != nil {
			t.Fatal(err)
		}
		derivativeOfLogProb(t, e)
		top, err := e.MAP(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		aboveSamples(t, e, top)
	}
}

// TestSubspaceOfAnEnsemble is that of its only member.
func TestSubspaceOfAnEnsemble(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	e, err := NewEnsemble([]*Posterior{p})
	if err != nil {
		t.Fatal(err)
	}
	var values [2][]float64
	for k, of := range []Differentiable{p, e} {
		s, err := ActiveSubspace(t.Context(), of, ActiveSubspaceOptions{Samples: 5000})
		if err != nil {
			t.Fatal(err)
		}
		values[k] = s.Values
	}
	for d, want := range values[0] {
		if math.Abs(values[1][d]/want-1) > 0.15 {
			t.Errorf("eigenvalues %v of an ensemble, %v of its member", values[1], values[0])
		}
	}
	var none *Ensemble
	if _, err := ActiveSubspace(t.Context(), none, ActiveSubspaceOptions{}); err == nil {
		t.Error("no ensemble has a subspace")
	}
}

// TestEnsemblesOfOtherDistributionsHaveNoGradient, which they say.
func TestEnsemblesOfOtherDistributionsHaveNoGradient(t *testing.T) {
	e, err := mix([]Distribution{known{prior: halfway, logProb: halfway.LogProb}}, []float64{0, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Gradient(t.Context(), [][]float64{{0, 0}}); err == nil || !strings.Contains(err.Error(), "member 0 of the ensemble, a sbi.known, gives no gradient") {
		t.Errorf("error %v of a gradient", err)
	}
	if _, err := e.MAP(t.Context()); err == nil || !strings.Contains(err.Error(), "want a Posterior or an Ensemble") {
		t.Errorf("error %v of a mode", err)
	}
	if _, err := (*Ensemble)(nil).MAP(t.Context()); err == nil {
		t.Error("no ensemble has a mode")
	}
}
