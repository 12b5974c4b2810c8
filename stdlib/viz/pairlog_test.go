package viz

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// rates is samples of two parameters of which one belongs on a logarithmic axis.
type rates struct{ columns [][]float64 }

func (r rates) Columns() ([]string, [][]float64) {
	return []string{"rate (Hz)", "offset (mV)"}, r.columns
}
func (rates) Logarithmic() []bool { return []bool{true, false} }

func drawRates(n int) rates {
	rng := rand.New(rand.NewPCG(1, 1))
	r := rates{make([][]float64, 2)}
	for range n {
		r.columns[0] = append(r.columns[0], math.Pow(10, 6*rng.Float64()-3))
		r.columns[1] = append(r.columns[1], rng.NormFloat64())
	}
	return r
}

func TestPairPlotOfLogarithms(t *testing.T) {
	r := drawRates(1000)
	first := r.columns[0][0]
	p, err := newPairs(r, []PairOption{Truth([]float64{100, 0})})
	if err != nil {
		t.Fatal(err)
	}
	if p.view[0].low > -2.9 || p.view[0].high < 2.9 || p.view[0].high > 4 || p.points[0].at[0] != 2 || p.points[0].at[1] != 0 {
		t.Errorf("rates from 10^−3 to 10^3 are seen from %g to %g, the truth 10^2 at %g", p.view[0].low, p.view[0].high, p.points[0].at[0])
	}
	var marks []string
	for _, tick := range p.marginal(0).X.Tick.Marker.Ticks(-3, 3) {
		marks = append(marks, tick.Label)
	}
	if text := strings.Join(marks, ""); strings.Trim(text, " ") != "" {
		t.Errorf("the upper panel has the numbers %q", text)
	}
	var written []string
	p.alone = true
	for _, tick := range p.marginal(0).X.Tick.Marker.Ticks(-3, 3) {
		if tick.Label != "" {
			written = append(written, tick.Label)
		}
	}
	if got := strings.Join(written, " "); got != "10^{−3} 10^{−1} 10 10^{3}" && got != "10^{−3} 10^{−2} 10^{−1} 1 10 10^{2} 10^{3}" {
		t.Errorf("the axis is marked %s", got)
	}
	if r.columns[0][0] != first {
		t.Error("the samples were changed")
	}
	if !strings.Contains(p.about("Pair plot"), "(truth 100)") {
		t.Errorf("in words: %s", p.about("Pair plot"))
	}
}

// A value that has no logarithm leaves the axis as it is, and Only takes the scales along.
func TestPairPlotWithoutLogarithms(t *testing.T) {
	r := drawRates(100)
	p, err := newPairs(r, []PairOption{Only("offset (mV)")})
	if err != nil || p.logs != nil {
		t.Errorf("offsets alone: %v, %v", p.logs, err)
	}
	r.columns[0][5] = 0
	if p, err = newPairs(r, nil); err != nil || p.logs != nil || p.view[0].high < 100 {
		t.Errorf("with a rate of 0: %v, %v", p.logs, err)
	}
}

// Where an axis spans no two powers of ten, round numbers mark it.
func TestPowerTicksOfNarrowAxes(t *testing.T) {
	for _, tick := range (powerTicks{roundTicks{wanted: 3}}).Ticks(math.Log10(4.65), math.Log10(4.92)) {
		if tick.Label == "4.7" && math.Abs(tick.Value-math.Log10(4.7)) < 1e-12 {
			return
		}
	}
	t.Error("an axis from 4.65 to 4.92 is not marked at 4.7")
}
