package viz

import (
	"slices"
	"strings"
	"testing"
)

func TestRoundTicks(t *testing.T) {
	for _, x := range []struct {
		min, max float64
		want     []string
	}{
		{-70, -5.4, []string{"−60", "−40", "−20"}},
		{0, 500, []string{"0", "200", "400"}},
		{0, 0.013, []string{"0.000", "0.005", "0.010"}},
		{3, 3, []string{"3"}},
	} {
		var labels []string
		for _, tick := range (roundTicks{wanted: 4}).Ticks(x.min, x.max) {
			if tick.Value < x.min-1e-9 || tick.Value > x.max+1e-9 {
				t.Errorf("mark at %g outside %g to %g", tick.Value, x.min, x.max)
			}
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if !slices.Equal(labels, x.want) {
			t.Errorf("%g to %g: labels %q, want %q", x.min, x.max, labels, x.want)
		}
	}
}

// TestLabelsStayShort on axes of very small and large numbers, and far from 0.
func TestLabelsStayShort(t *testing.T) {
	for _, c := range []struct {
		min, max float64
		want     string
	}{
		{1e-9, 2e-9, "1.0·10^{−9} 1.5·10^{−9} 2.0·10^{−9}"},
		{-2e-10, 2e-10, "−2·10^{−10} 0 2·10^{−10}"},
		{1e8, 1e8 + 1, "1e+08 +0.5 +1"},
		{1e9 + 1, 1e9 + 3, "1000000001 +1 +2"},
		{1e6 - 1.2e-4, 1e6 + 1.2e-4, "999999.9999 +0.0001 +0.0002"},
		{-1e9 - 3, -1e9 - 1, "−1000000003 +1 +2"},
		{0, 3e7, "0 1·10^{7} 2·10^{7} 3·10^{7}"},
		{-1.5, 1.5, "−1 0 1"},
		{0, 12000, "0 5000 10000"},
	} {
		var texts []string
		for _, tick := range (roundTicks{wanted: 3}).Ticks(c.min, c.max) {
			if tick.Label != "" {
				texts = append(texts, tick.Label)
			}
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("from %g to %g: %s, want %s", c.min, c.max, got, c.want)
		}
	}
}

// TestTicksFitTheirRoom: long labels get fewer, but never below two.
func TestTicksFitTheirRoom(t *testing.T) {
	for _, c := range []struct {
		min, max, room float64
		want           string
	}{
		{-55.09, -55.01, 0, "−55.08 −55.06 −55.04 −55.02"},
		{-55.09, -55.01, 40, "−55.08 −55.06 −55.04 −55.02"},
		{-55.09, -55.01, 22, "−55.08 −55.04"},
		{-55.09, -55.01, 1, "−55.08 −55.02"},
		{0, 1022, 22, "0 500 1000"},
		{3, 3, 22, "3"},
	} {
		var texts []string
		for _, tick := range (roundTicks{wanted: 4, room: c.room}).Ticks(c.min, c.max) {
			if tick.Label != "" {
				texts = append(texts, tick.Label)
			}
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("from %g to %g in %g characters: %s, want %s", c.min, c.max, c.room, got, c.want)
		}
	}
}
