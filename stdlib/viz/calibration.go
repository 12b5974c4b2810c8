package viz

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"hillock/stdlib/notebook"
)

// RankECDF draws how the distribution functions of values between 0 and 1, such
// as the ranks of simulation-based calibration, differ from the uniform one, and
// the band within which they stay when they are uniform; band gives its limits at
// places. Curves below 0 in the left half and above in the right half say that
// posteriors are too wide, the opposite that they are too narrow. band may be nil. It
// fails when names are not as many as values, or limits as places.
func RankECDF(names []string, values [][]float64, band func(places []float64) (lower, upper []float64)) (*plot.Plot, error) {
	if len(names) == 0 || len(names) != len(values) {
		return nil, fmt.Errorf("viz: ranks of %d parameters with %d names", len(values), len(names))
	}
	const steps = 100
	places := make([]float64, steps+1)
	for k := range places {
		places[k] = float64(k) / steps
	}
	var series []Series
	if band != nil {
		lower, upper := band(places)
		if len(lower) != len(places) || len(upper) != len(places) {
			return nil, fmt.Errorf("viz: ranks: the band has %d lower and %d upper limits at %d places; want as many", len(lower), len(upper), len(places))
		}
		s := Series{Name: "calibrated", X: places, Color: colorOf(6)}
		for k, z := range places {
			s.Low, s.High = append(s.Low, lower[k]-z), append(s.High, upper[k]-z)
		}
		series = append(series, s)
	}
	for i, v := range values {
		sorted := append([]float64(nil), v...)
		sort.Float64s(sorted)
		y := make([]float64, len(places))
		for k, z := range places {
			y[k] = float64(sort.SearchFloat64s(sorted, math.Nextafter(z, 2)))/math.Max(float64(len(v)), 1) - z
		}
		series = append(series, Series{Name: names[i], X: places, Y: y, Color: colorOf(i), Dashed: usedUp(i)})
	}
	return Lines(series, Labels{X: "rank / draws", Y: "ECDF − uniform"})
}

// RankHistogram draws how often the values between 0 and 1, such as the ranks of
// simulation-based calibration, fall into each of some bins, a panel a parameter,
// and the band that holds 95 % of the counts of uniform ones. A hill says that
// posteriors are too wide, a valley that they are too narrow, a slope that they
// lie aside. bins of 0 means 10 to 20, by the number of values.
func RankHistogram(names []string, values [][]float64, bins int) (notebook.Figure, error) {
	if len(names) == 0 || len(names) != len(values) {
		return notebook.Figure{}, fmt.Errorf("viz: ranks of %d parameters with %d names", len(values), len(names))
	}
	var panels []*plot.Plot
	for i, v := range values {
		if len(v) == 0 {
			return notebook.Figure{}, fmt.Errorf("viz: no ranks of %s", names[i])
		}
		n := bins
		if n <= 0 {
			n = max(10, min(20, len(v)/20))
		}
		line := steps(v, 0, 1, n)
		each := float64(len(v)) / float64(n)
		for k := range line {
			line[k].Y *= each
		}
		p := newPlot(Labels{Title: names[i], X: "rank / draws", Y: "cases"})
		outline := &plotter.Line{XYs: line, FillColor: translucent(colorOf(0), 0x80)}
		outline.Color, outline.Width = colorOf(0), vg.Points(0.8)
		binomial := distuv.Binomial{N: float64(len(v)), P: 1 / float64(n)}
		low, high := quantile(binomial, 0.025), quantile(binomial, 0.975)
		addBand(p, []float64{0, 1}, []float64{low, low}, []float64{high, high}, colorOf(6))
		p.Add(outline)
		p.X.Min, p.X.Max, p.Y.Min = 0, 1, 0
		p.X.Tick.Marker = roundTicks{wanted: 3}
		panels = append(panels, p)
	}
	f := Grid(min(4, len(panels)), panels...)
	f.Alt = fmt.Sprintf("Histograms of the ranks of %s.", strings.Join(names, ", "))
	return f, nil
}

// quantile is the smallest count whose share of cases below or at it reaches q.
func quantile(b distuv.Binomial, q float64) float64 {
	for k := 0.0; k < b.N; k++ {
		if b.CDF(k) >= q {
			return k
		}
	}
	return b.N
}

// Coverage draws the share of truths that lie within the posteriors' regions over
// the regions' level; calibrated posteriors follow the dashed diagonal, too sure
// ones lie below it. A series' Low and High are a band, such as that of calibrated
// posteriors of as many cases.
func Coverage(series []Series) (*plot.Plot, error) {
	p, err := Lines(series, Labels{X: "level", Y: "share of truths within"})
	if err != nil {
		return nil, err
	}
	addDiagonal(p, 0, 1)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	return p, nil
}
