package viz

import (
	"slices"
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
