package study_test

import (
	"math"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

// Normalised and drawn again a trace is what the dataset holds.
func TestTensorTracesAreInTheDatasetsUnits(t *testing.T) {
	d, err := dataset.Generate(t.Context(), t.TempDir(), dataset.AdEx{Ranges: adex.Table2()}, 3, dataset.Options{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	all, err := nn.ReadAll(d.Samples())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := study.TensorTraces(d, all.Inputs, 2, 300)
	if err != nil || rows.Len() != 2 || rows.Unit != "mV" {
		t.Fatalf("%d traces in %s: %v", rows.Len(), rows.Unit, err)
	}
	row, err := d.Row(1)
	if err != nil {
		t.Fatal(err)
	}
	got, dt := rows.Trace(1)
	if len(got) != 300 || dt != d.Manifest().PointTime {
		t.Errorf("%d points, %g apart", len(got), dt)
	}
	for i, v := range got {
		if math.Abs(v-float64(row.Points[i])) > 1e-3 {
			t.Fatalf("point %d is %g mV, want %g", i, v, row.Points[i])
		}
	}
	few, _ := nn.NewTensor(2, 7)
	if _, err := study.TensorTraces(d, few, 2, 300); err == nil {
		t.Error("traces of another length were taken")
	}
}
