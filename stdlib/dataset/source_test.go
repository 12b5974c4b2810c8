package dataset

import (
	"context"
	"strings"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
)

// TestSourcesSayWhatIsMissing: what can't be simulated is an error.
func TestSourcesSayWhatIsMissing(t *testing.T) {
	neuron := bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0)
	for _, c := range []struct {
		source    Source
		good, bad []float64
		want      string
	}{
		{AdEx{Ranges: adex.Table2()}, []float64{80, 50, 80, -55}, []float64{80}, "parameter vector 1 has 1 values; 4 parameters are drawn"},
		{AdEx{Ranges: adex.Table2()}, []float64{80, 50, 80, -55}, []float64{80, 50, 80, -55, 1}, "parameter vector 1 has 5 values; 4 parameters are drawn"},
		{Chip{Neuron: neuron, Ranges: bss2.Ranges2D()}, []float64{100, 100}, []float64{100}, "parameter vector 1 has 1 values; 2 parameters are drawn"},
		{Chip{Ranges: bss2.Ranges2D()}, []float64{100, 100}, []float64{100, 100}, "Chip has no Neuron"},
	} {
		if _, _, err := c.source.Simulate(context.Background(), [][]float64{c.good, c.bad}, 0, 2000); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.bad, err, c.want)
		}
	}
	if _, err := Generate(context.Background(), t.TempDir(), nil, 3, small); err == nil || !strings.Contains(err.Error(), "there is no source") {
		t.Errorf("without a source: %v", err)
	}
	if _, err := Generate(context.Background(), "", AdEx{Ranges: adex.Table2()}, 3, small); err == nil || !strings.Contains(err.Error(), "the folder has no name") {
		t.Errorf("without a folder: %v", err)
	}
}
