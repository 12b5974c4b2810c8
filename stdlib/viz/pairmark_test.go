package viz

import (
	"image/color"
	"math"
	"strings"
	"testing"
)

// TestSeveralParametersAreMarked, each in its colour, and named with where they lie
// beyond what is seen.
func TestSeveralParametersAreMarked(t *testing.T) {
	r := drawRates(500)
	limits := oddBounds{[]float64{1e-3, -5}, []float64{1e3, 5}}
	p, err := newPairs(r, []PairOption{Truth([]float64{1, 1}), Truth([]float64{10, 7}), Mark("MAP", []float64{8, -1}), Mark("start", []float64{1e4, 9}), Limits(limits)})
	if err != nil {
		t.Fatal(err)
	}
	q := p.marginal(0)
	var called []string
	for k := range p.points {
		called = append(called, p.called(k))
	}
	if got, want := strings.Join(called, "; "), "truth (offset outside); MAP; start (rate, offset outside)"; got != want {
		t.Errorf("the legend has %q, want %q", got, want)
	}
	colors := map[color.Color]bool{p.color(0): true, p.color(1): true, p.color(2): true, colorOfSet(0): true}
	if len(colors) != 4 {
		t.Errorf("%d colours for three marks and the samples", len(colors))
	}
	if about := p.about("Pair plot"); !strings.Contains(about, "(truth 10, MAP 8, start 1e+04)") {
		t.Errorf("in words: %s", about)
	}
	if p.points[0].at[0] != 1 || math.Abs(p.points[1].at[0]-math.Log10(8)) > 1e-12 {
		t.Errorf("marks are at %v, want logarithms", p.points)
	}
	if q.X.Max != 3 {
		t.Errorf("a mark moved the limit to %g", q.X.Max)
	}
	_, err = PairPlot(r, Mark("MAP", []float64{1}))
	if err == nil || !strings.Contains(err.Error(), "with the MAP of 1") {
		t.Errorf("error %v", err)
	}
	observed, err := Marginals(r, Observed([]float64{1, 2}))
	if err != nil || !strings.Contains(observed.Alt, "(observation 1)") {
		t.Errorf("%q, %v", observed.Alt, err)
	}
}
