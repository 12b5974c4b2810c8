package sbi

import (
	"math"
	"strings"
	"testing"
)

// unnamed is a prior of a user's with a name too few.
type unnamed struct{ Prior }

func (unnamed) Names() []string { return []string{"a"} }

func TestActiveSubspaceNeedsAllNames(t *testing.T) {
	p := trained(t, Unbounded, 1)
	p.prior = unnamed{p.prior}
	if _, err := ActiveSubspace(t.Context(), p, ActiveSubspaceOptions{Samples: 10}); err == nil || !strings.Contains(err.Error(), "2 parameters gives 1 names") {
		t.Errorf("error %v", err)
	}
}

func TestProjectionsOfOtherLengthsAreNaN(t *testing.T) {
	s := &Subspace{Vectors: [][]float64{{0.6, 0.8}, {-0.8, 0.6}}, Scaled: true}
	two, one := BoxUniform([]float64{0, 0}, []float64{1, 1}), BoxUniform([]float64{0}, []float64{1})
	got := s.Project([][]float64{{0.5, 0.5}, {1}}, two)
	if got[0][0] != 0 || got[0][1] != 0 || !math.IsNaN(got[1][0]) || !math.IsNaN(got[1][1]) {
		t.Errorf("projections %v, want those of the middle, and NaN", got)
	}
	for _, prior := range []Prior{one, nil} {
		if got := s.Project([][]float64{{0.5, 0.5}}, prior); !math.IsNaN(got[0][0]) {
			t.Errorf("projections %v by another prior", got)
		}
	}
}
