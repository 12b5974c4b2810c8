package viz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"hillock/stdlib/notebook"
)

// one is a figure of one plot.
func one(p *plot.Plot) notebook.Figure {
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 5.5, Height: 3.4}
}

func says(t *testing.T, f notebook.Figure, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(f.Alt, w) {
			t.Errorf("the text %q does not say %q", f.Alt, w)
		}
	}
}

func TestPairPlotPictures(t *testing.T) {
	truth := Truth([]float64{0.5, 11, 0.2})
	f, err := PairPlot(draws{}, truth, Limits(priorBox{}))
	golden(t, "pairplot", f, err)
	says(t, f, "2000 samples", "truth 11")
	f, err = PairPlot(draws{}, Named("round 1"), Beside("round 2", draws{2}), truth)
	golden(t, "pairplot-rounds", f, err)
	says(t, f, `Beside them "round 2": a (nS) 1.969 ± 1`)
	f, err = PairPlot(draws{}, Named("chip"), Above("model", draws{2}), truth, Limits(priorBox{}))
	golden(t, "pairplot-above", f, err)
	f, err = PairPlot(draws{}, Named("posterior"), Beside("prior", draws{1}), truth, Only("τ_w (ms)"))
	golden(t, "pairplot-1d", f, err)
	f, err = PairPlot(many(9), Named("round 1"), Beside("round 20", many(9)), Truth(make([]float64, 9)))
	golden(t, "pairplot-9d", f, err)
	f, err = PairPlot(many(24), Truth(make([]float64, 24)), Named("posterior"))
	golden(t, "pairplot-24d", f, err)
	says(t, f, "Marginals", "θ_24")
}

// ridge is a density along the line of equal values.
type ridge struct{}

func (ridge) At() ([]string, []float64) {
	return []string{"a (nS)", "τ_w (ms)", "b (pA)"}, []float64{0.2, 0.3, 0.25}
}

func (ridge) Single(i int) (places, density []float64) {
	for k := range 50 {
		x := -1 + 2*(float64(k)+0.5)/50
		places, density = append(places, x), append(density, math.Exp(-20*x*x))
	}
	return places, density
}

func (r ridge) Pair(j, i int) [][]float64 {
	places, _ := r.Single(0)
	var z [][]float64
	for _, y := range places {
		var row []float64
		for _, x := range places {
			row = append(row, math.Exp(-40*(x-y)*(x-y)-5*x*y))
		}
		z = append(z, row)
	}
	return z
}

// decades is log-normal densities at places that are even in the logarithm; each pair's
// is the product of those of its parameters, which are largest at 10.
type decades struct{}

func (decades) At() ([]string, []float64) { return []string{"a (nS)", "C (pF)"}, []float64{10, 10} }

func (decades) Single(int) (places, density []float64) {
	for k := range 50 {
		x := math.Pow(10, 4*(float64(k)+0.5)/50-2) // 0.01 … 100
		z := math.Log(x/10) / 0.5
		places, density = append(places, x), append(density, math.Exp(-z*z/2))
	}
	return places, density
}

func (d decades) Pair(int, int) [][]float64 {
	_, density := d.Single(0)
	var z [][]float64
	for _, y := range density {
		var row []float64
		for _, x := range density {
			row = append(row, y*x)
		}
		z = append(z, row)
	}
	return z
}

// TestUnevenPlaces: what is painted over places that are not even lies where they do,
// and a plane stays one.
func TestUnevenPlaces(t *testing.T) {
	places, _ := decades{}.Single(0)
	g := &grid{x: places, y: places[:30]}
	for _, y := range g.y {
		var row []float64
		for _, x := range g.x {
			row = append(row, x+3*y)
		}
		g.z = append(g.z, row)
	}
	xmin, xmax, ymin, ymax := g.shade(colorOf(0)).DataRange()
	values := g.raise()
	clamped := func(v float64, at []float64) float64 { return max(at[0], min(v, at[len(at)-1])) }
	for r, row := range values {
		y := ymax - (ymax-ymin)*(float64(r)+0.5)/float64(len(values))
		for c, got := range row {
			x := xmin + (xmax-xmin)*(float64(c)+0.5)/float64(len(row))
			if want := clamped(x, g.x) + 3*clamped(y, g.y); math.Abs(got-want) > 1e-9*want {
				t.Fatalf("the pixel at (%g, %g) shows %g, want %g", x, y, got, want)
			}
		}
	}
	if last := len(places) - 1; xmin >= places[0] || xmax <= places[last] || xmax-places[last] > places[last]-places[last-1] {
		t.Errorf("places from %g to %g are painted from %g to %g", places[0], places[last], xmin, xmax)
	}
}

func TestConditionalPictures(t *testing.T) {
	f, err := ConditionalPlot(ridge{})
	golden(t, "conditional", f, err)
	says(t, f, "τ_w (ms) = 0.3")
	f, err = ConditionalPlot(decades{})
	golden(t, "conditional-decades", f, err)
	_, columns := draws{}.Columns()
	p, err := DensityPlot(columns[0], columns[1], Labels{X: "stiffest direction", Y: "second direction"})
	golden(t, "density", one(p), err)
	f, err = Marginals(draws{}, Named("simulations"), Observed([]float64{0.5, 11, 0.2}))
	golden(t, "marginals", f, err)
}

// TestPairPlotsStaySmall bounds what a notebook's file takes up.
func TestPairPlotsStaySmall(t *testing.T) {
	for _, n := range []int{2, 5, 10, 24} {
		f, err := PairPlot(many(n), Beside("other", many(n)))
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.MIMEBundle()
		if err != nil {
			t.Fatal(err)
		}
		svg, _ := b.Data[notebook.MIMESVG].(string)
		png, _ := b.Data[notebook.MIMEPNG].([]byte)
		if strings.Count(svg, "<image") != strings.Count(svg, `preserveAspectRatio="none"`) || strings.Contains(svg, "image/jpg") {
			t.Errorf("pictures within a pair plot of %d parameters don't fill their places", n)
		}
		if len(svg) > 100_000 || len(png) == 0 || len(png) > 200_000 {
			t.Errorf("a pair plot of %d parameters has an SVG of %d and a PNG of %d bytes", n, len(svg), len(png))
		}
	}
}

// many is samples of n parameters, each correlated with the one before.
type many int

func (n many) Columns() ([]string, [][]float64) {
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	names, columns := make([]string, n), make([][]float64, n)
	for range 2000 {
		last := 0.0
		for d := range columns {
			last = 0.6*last + rng.NormFloat64()
			columns[d] = append(columns[d], last*(1+float64(d%3)*40))
		}
	}
	for d := range names {
		names[d] = fmt.Sprintf("θ_%d", d+1)
	}
	return names, columns
}

func correlations() [][]float64 {
	return [][]float64{{1, 0.82, -0.3}, {0.82, 1, -0.65}, {-0.3, -0.65, 1}}
}

func TestMatrixPictures(t *testing.T) {
	f, err := Heatmap("Correlation", []string{"a", "τ_w", "b"}, correlations())
	golden(t, "heatmap", f, err)
	says(t, f, "a and τ_w, 0.82")
	f, err = HeatTable("Components", []string{"stiffest", "sloppiest"}, []string{"a", "τ_w", "b", "V_r"}, [][]float64{{0.7, -0.1, 0.7, math.NaN()}, {-0.2, 1, 0, 0.05}})
	golden(t, "heattable", f, err)
	p, err := Bars([]string{"a", "τ_w", "b"}, []Series{{Name: "stiffest", Y: []float64{0.9, -0.3, 0.2}}, {Name: "sloppiest", Y: []float64{0.1, 0.5, -0.8}}}, Labels{Y: "component"})
	golden(t, "bars", one(p), err)
	p, err = Spectrum([]float64{1563, 114.2, 0.97, 0.0123}, Labels{Title: "Active subspace"})
	golden(t, "spectrum", one(p), err)
}

func TestCurvePictures(t *testing.T) {
	x := []float64{2, 4, 8, 16, 32}
	y := []float64{20, 11, 8, 6.5, 6}
	deviation := []float64{3, 2, 1.2, 0.8, 0.6}
	low, high := around(y, deviation)
	labels := Labels{X: "size of the latent vector", Y: "PRD (%)"}
	series := []Series{{Name: "CONV-AE", X: x, Y: y, Low: low, High: high}, {Name: "CONV-LSTM-AE", X: x, Y: []float64{25, 15, 9, math.NaN(), 5}}}
	p, err := Curves(series, labels)
	golden(t, "curves", one(p), err)
	p, err = Points(series, labels)
	golden(t, "points", one(p), err)
	p, err = Band([]float64{0, 1, 2, 3}, []float64{0, 0, 1, 1}, []float64{2, 3, 3, 2}, []float64{1, 1, 2, 1.5}, Labels{X: "time (ms)", Y: "V (mV)"})
	golden(t, "band", one(p), err)
	f, err := Loss(losses{})
	golden(t, "loss", f, err)
	says(t, f, "40 epochs", "at epoch")
	p, err = Rounds([]string{"seed 1", "seed 2", "seed 3"}, [][]float64{{-14, -13, -11, -10.8}, {-15, -12, -11.5}, {-14.5, math.NaN(), -11, -11}}, Labels{Y: "log-probability of the truth"})
	golden(t, "rounds", one(p), err)
}

func TestDistributionPictures(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var a, b []float64
	for range 1500 {
		a, b = append(a, rng.NormFloat64()), append(b, 1+0.5*rng.NormFloat64())
	}
	p, err := Histograms([]string{"observation", "simulations"}, [][]float64{a, b}, Labels{X: "distance"})
	golden(t, "histograms", one(p), err)
	p, err = Boxes([]string{"mean of V", "Haar", "CONV-AE"}, [][]float64{a[:12], b[:30], {0.4, 0.6}}, Labels{Y: "C2ST"})
	golden(t, "boxes", one(p), err)
	p, err = Scatter([]Series{{Name: "posterior", X: a, Y: b}, {Name: "truth", X: []float64{0}, Y: []float64{1}}}, Labels{X: "stiffest direction", Y: "second direction"})
	golden(t, "scatter", one(p), err)
	var truths, means, deviations [][]float64
	for k := range 200 {
		truths = append(truths, []float64{a[k], 10 * b[k]})
		means = append(means, []float64{0.9*a[k] + 0.1*b[k], 10})
		deviations = append(deviations, []float64{0.1, 4})
	}
	f, err := Recovery([]string{"a (nS)", "τ_w (ms)"}, truths, means, deviations)
	golden(t, "recovery", f, err)
	says(t, f, "a (nS) r = 1.00")
}

func TestCalibrationPictures(t *testing.T) {
	p, err := RankECDF([]string{"a", "b"}, [][]float64{{0.1, 0.3, 0.5, 0.7, 0.9}, {0.4, 0.45, 0.5, 0.55, 0.6}}, func(places []float64) (lower, upper []float64) {
		for _, z := range places {
			lower, upper = append(lower, math.Max(0, z-0.3)), append(upper, math.Min(1, z+0.3))
		}
		return lower, upper
	})
	golden(t, "ranks", one(p), err)
	level := []float64{0, 0.25, 0.5, 0.75, 1}
	p, err = Coverage([]Series{{Name: "calibrated", X: level, Low: []float64{0, 0.2, 0.43, 0.69, 1}, High: []float64{0, 0.31, 0.57, 0.81, 1}}, {Name: "too sure", X: level, Y: []float64{0, 0.14, 0.3, 0.5, 1}}})
	golden(t, "coverage", one(p), err)
	rng := rand.New(rand.NewPCG(6, 6))
	var even, hill []float64
	for range 400 {
		even, hill = append(even, rng.Float64()), append(hill, (rng.Float64()+rng.Float64()+rng.Float64())/3)
	}
	f, err := RankHistogram([]string{"a", "τ_w"}, [][]float64{even, hill}, 0)
	golden(t, "rank-histogram", f, err)
}

func TestTracePictures(t *testing.T) {
	var simulated, other [][]float64
	observed := wave(0)
	for k := range 30 {
		simulated = append(simulated, wave(0.1*math.Sin(float64(k))))
		other = append(other, wave(0.6+0.1*math.Sin(float64(k))))
	}
	f, err := Overlay(Rows{Values: [][]float64{observed}, Dt: 0.1, Unit: "mV"},
		Group{Name: "posterior", Traces: Rows{Values: simulated, Dt: 0.1, Unit: "mV"}}, Group{Name: "prior", Traces: Rows{Values: other, Dt: 0.1, Unit: "mV"}})
	golden(t, "overlay", f, err)
	says(t, f, "the observation", "posterior (30 traces)")
	f, err = TraceGrid(2, []string{"best", "median"}, Group{Name: "original", Traces: Rows{Values: simulated[:4], Dt: 0.1}}, Group{Name: "reconstruction", Traces: Rows{Values: other[:4], Dt: 0.1}})
	golden(t, "tracegrid", f, err)
	golden(t, "traces", Traces(run(t)), nil)
	rng := rand.New(rand.NewPCG(7, 7))
	var first, second [][]float64
	for range 8 {
		var a, b []float64
		for k := range 20 {
			a, b = append(a, 5*float64(k)+rng.Float64()), append(b, 4*float64(k)+3*rng.Float64())
		}
		first, second = append(first, a), append(second, b)
	}
	p, err := Raster([]SpikeTrains{{Name: "observation", Times: first[:1]}, {Name: "posterior", Times: second}}, Labels{})
	golden(t, "raster", one(p), err)
}

func wave(shift float64) []float64 {
	y := make([]float64, 1000)
	for k := range y {
		y[k] = -60 + 10*math.Sin(float64(k)/40+shift) + 5*shift
	}
	return y
}
