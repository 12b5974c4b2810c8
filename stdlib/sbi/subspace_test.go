package sbi

import (
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
