package viz_test

import (
	"math"
	"testing"

	"hillock/stdlib/viz"
)

func TestLogProbPlot(t *testing.T) {
	places := []float64{0, 1, 2}
	row := []float64{-1, math.Inf(-1), -3}
	p, err := viz.LogProbPlot(places, places, [][]float64{row, row, row}, []float64{1, 2}, viz.Labels{X: "a", Y: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if p.X.Min != -0.5 || p.X.Max != 2.5 || p.Y.Min != -0.5 || p.Y.Max != 2.5 {
		t.Errorf("the axes are %g…%g and %g…%g; want those of the places with half a step around", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max)
	}
	for what, bad := range map[string][]float64{"falling": {2, 1, 0}, "equal": {0, 0, 1}, "infinite": {0, 1, math.Inf(1)}} {
		if _, err := viz.LogProbPlot(places, bad, [][]float64{row, row, row}, nil, viz.Labels{}); err == nil {
			t.Errorf("%s places: no error", what)
		}
	}
	empty := []float64{math.NaN(), math.Inf(-1), math.NaN()}
	for what, bad := range map[string][][]float64{"two rows": {row, row}, "a short row": {row, row, row[:2]}, "nothing finite": {empty, empty, empty}} {
		if _, err := viz.LogProbPlot(places, places, bad, nil, viz.Labels{}); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
