package sbi

import (
	"math"
	"strings"
	"testing"
)

// TestSamplesSayHowChainsAgree: chains that stay in different places are warned of.
func TestSamplesSayHowChainsAgree(t *testing.T) {
	for want, rhat := range map[string][]float64{
		"1.031)": {1.001, 1.031}, "1.200; warning: the chains don't agree yet": {1.2, 1}, "NaN; warning": {1, math.NaN()}, "": nil,
	} {
		s := &Samples{Names: []string{"a", "b"}, Values: [][]float64{{1, 2}, {3, 4}}, Acceptance: 1, RHat: rhat}
		text := s.String()
		if !strings.Contains(text, want) || strings.Contains(text, "R-hat") != (rhat != nil) || strings.Contains(text, "warning") != strings.Contains(want, "warning") {
			t.Errorf("R-hat %v: %s", rhat, text)
		}
	}
}
