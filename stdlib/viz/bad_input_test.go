package viz

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"hillock/stdlib/notebook"
)

// odd are values that few plots are made for.
func odd() map[string][]float64 {
	nan, inf := math.NaN(), math.Inf(1)
	return map[string][]float64{
		"nil": nil, "none": {}, "one": {1}, "two": {1, 2}, "equal": {3, 3, 3}, "zeros": {0, 0, 0},
		"NaN": {nan, nan, nan}, "infinite": {inf, -inf, inf}, "some finite": {1, nan, 2, inf, -inf, 3}, "one finite": {nan, 1, nan},
		"huge": {1e308, -1e308, 1e308}, "tiny": {5e-324, 1e-323, 0}, "close": {1, math.Nextafter(1, 2), 1}, "negative": {-3, -2, -1}, "few": {1, 2, 3},
	}
}

// oddSamples are draws of one parameter, or of two.
type oddSamples struct {
	names   []string
	columns [][]float64
}

func (s oddSamples) Columns() ([]string, [][]float64) { return s.names, s.columns }

type oddBounds struct{ lower, upper []float64 }

func (b oddBounds) Bounds() (lower, upper []float64) { return b.lower, b.upper }

type oddLosses struct{ train, validation, deviation []float64 }

func (l oddLosses) Losses() (train, validation, deviation []float64) {
	return l.train, l.validation, l.deviation
}

type oddConditioned struct {
	names                      []string
	condition, places, density []float64
	pair                       [][]float64
}

func (c oddConditioned) At() ([]string, []float64)              { return c.names, c.condition }
func (c oddConditioned) Single(int) (places, density []float64) { return c.places, c.density }
func (c oddConditioned) Pair(int, int) [][]float64              { return c.pair }

// oddAdapting has an adaptation that is other than its traces.
type oddAdapting struct {
	Rows
	w []float64
}

func (a oddAdapting) Adaptation(int) (samples []float64, dt float64) { return a.w, 1 }

func figure(p *plot.Plot, err error) (notebook.Figure, error) { return one(p), err }

// TestNothingPanics calls every function with what it can't draw, or hardly, and draws
// what it gives.
func TestNothingPanics(t *testing.T) {
	try := func(what string, make func() (notebook.Figure, error)) {
		t.Helper()
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("%s: panic: %v", what, r)
			}
		}()
		f, err := make()
		if err != nil {
			return
		}
		for _, row := range f.Plots {
			for _, p := range row {
				if p != nil {
					p.Draw(draw.NewCanvas(&recorder.Canvas{}, 200, 120))
				}
			}
		}
	}
	labels, inf := Labels{X: "x", Y: "y"}, math.Inf(1)
	all := odd()
	for name, v := range all {
		table := [][]float64{v, v}
		if len(v) > 0 {
			table = nil
			for range v {
				table = append(table, v)
			}
		}
		names := make([]string, len(table))
		rows := Rows{Values: [][]float64{v}}
		single := oddSamples{[]string{"a"}, [][]float64{v}}
		pair := oddSamples{[]string{"a", "b"}, [][]float64{v, v}}
		for what, make := range map[string]func() (notebook.Figure, error){
			"Band":         func() (notebook.Figure, error) { return figure(Band(v, v, v, v, labels)) },
			"Bars":         func() (notebook.Figure, error) { return figure(Bars(names, []Series{{Y: v}}, labels)) },
			"Bars of none": func() (notebook.Figure, error) { return figure(Bars(names, nil, labels)) },
			"Boxes":        func() (notebook.Figure, error) { return figure(Boxes([]string{"a"}, [][]float64{v}, labels)) },
			"RankECDF":     func() (notebook.Figure, error) { return figure(RankECDF([]string{"a"}, [][]float64{v}, nil)) },
			"RankECDF's band": func() (notebook.Figure, error) {
				return figure(RankECDF([]string{"a"}, [][]float64{v}, func([]float64) (a, b []float64) { return v, v }))
			},
			"RankHistogram":    func() (notebook.Figure, error) { return RankHistogram([]string{"a"}, [][]float64{v}, 0) },
			"Coverage":         func() (notebook.Figure, error) { return figure(Coverage([]Series{{X: v, Y: v, Low: v, High: v}})) },
			"Coverage of none": func() (notebook.Figure, error) { return figure(Coverage(nil)) },
			"DensityPlot":      func() (notebook.Figure, error) { return figure(DensityPlot(v, v, labels)) },
			"Curve":            func() (notebook.Figure, error) { return figure(Curve(v, v, labels)) },
			"Curves":           func() (notebook.Figure, error) { return figure(Curves([]Series{{Y: v}, {Low: v, High: v}}, labels)) },
			"a low end":        func() (notebook.Figure, error) { return figure(Curves([]Series{{High: v}}, labels)) },
			"Lines":            func() (notebook.Figure, error) { return figure(Lines([]Series{{X: v, Low: v, High: v}}, labels)) },
			"Lines of none":    func() (notebook.Figure, error) { return figure(Lines(nil, labels)) },
			"Points": func() (notebook.Figure, error) {
				return figure(Points([]Series{{X: v, Y: v, Low: v, High: v}}, labels))
			},
			"Points of none":    func() (notebook.Figure, error) { return figure(Points([]Series{{X: v, Low: v, High: v}}, labels)) },
			"Scatter":           func() (notebook.Figure, error) { return figure(Scatter([]Series{{X: v, Y: v}}, labels)) },
			"Scatter of none":   func() (notebook.Figure, error) { return figure(Scatter([]Series{{X: v, Low: v, High: v}}, labels)) },
			"Histograms":        func() (notebook.Figure, error) { return figure(Histograms([]string{"a"}, [][]float64{v}, labels)) },
			"Rounds":            func() (notebook.Figure, error) { return figure(Rounds(nil, [][]float64{v, v, v}, labels)) },
			"Spectrum":          func() (notebook.Figure, error) { return figure(Spectrum(v, labels)) },
			"Raster":            func() (notebook.Figure, error) { return figure(Raster([]SpikeTrains{{Times: [][]float64{v}}}, labels)) },
			"Heatmap":           func() (notebook.Figure, error) { return Heatmap("", names, table) },
			"HeatTable":         func() (notebook.Figure, error) { return HeatTable("", []string{"a"}, names, [][]float64{v}) },
			"Recovery":          func() (notebook.Figure, error) { return Recovery(names, table, table, table) },
			"Loss":              func() (notebook.Figure, error) { return Loss(oddLosses{v, v, v}) },
			"Loss of the first": func() (notebook.Figure, error) { return Loss(oddLosses{train: v, validation: []float64{1, 2, 3}}) },
			"LogProbPlot":       func() (notebook.Figure, error) { return figure(LogProbPlot(v, v, table, v, labels)) },
			"ConditionalPlot": func() (notebook.Figure, error) {
				return ConditionalPlot(oddConditioned{[]string{"a", "b"}, []float64{1, 2}, v, v, table})
			},
			"its densities": func() (notebook.Figure, error) {
				return ConditionalPlot(oddConditioned{[]string{"a", "b"}, []float64{math.NaN(), math.Inf(1)}, []float64{1, 2, 3}, v, table})
			},
			"its condition":    func() (notebook.Figure, error) { return ConditionalPlot(oddConditioned{names, v, v, v, table}) },
			"PairPlot":         func() (notebook.Figure, error) { return PairPlot(single) },
			"PairPlot of two":  func() (notebook.Figure, error) { return PairPlot(pair, Beside("", pair), Above("", pair)) },
			"its truth":        func() (notebook.Figure, error) { return PairPlot(single, Truth(v)) },
			"its limits":       func() (notebook.Figure, error) { return PairPlot(single, Limits(oddBounds{[]float64{0}, v})) },
			"its wrong limits": func() (notebook.Figure, error) { return PairPlot(draws{}, Limits(oddBounds{v, v})) },
			"its other set": func() (notebook.Figure, error) {
				return PairPlot(oddSamples{[]string{"a"}, [][]float64{{1, 2, 3}}}, Beside("", single))
			},
			"Marginals":          func() (notebook.Figure, error) { return Marginals(pair, Observed([]float64{math.NaN(), 1})) },
			"Overlay":            func() (notebook.Figure, error) { return Overlay(rows, Group{Traces: rows}) },
			"TraceGrid":          func() (notebook.Figure, error) { return TraceGrid(0, nil, Group{Traces: rows}) },
			"Traces":             func() (notebook.Figure, error) { return Traces(rows), nil },
			"Traces, adaptation": func() (notebook.Figure, error) { return Traces(oddAdapting{rows, v}), nil },
			"a time of no size": func() (notebook.Figure, error) {
				return Traces(Rows{Values: [][]float64{{1, 2, 3}}, Dt: math.Inf(1)}), nil
			},
			"TracePlots in a Grid": func() (notebook.Figure, error) {
				return Grid(-1, TracePlot(rows, ""), nil, AdaptationPlot(oddAdapting{rows, v}, "")), nil
			},
		} {
			try(fmt.Sprintf("%s of %s values", what, name), make)
		}
	}
	for what, make := range map[string]func() (notebook.Figure, error){
		"PairPlot of nil": func() (notebook.Figure, error) { return PairPlot(nil) },
		"PairPlot of unequal columns": func() (notebook.Figure, error) {
			return PairPlot(oddSamples{[]string{"a", "b"}, [][]float64{{1, 2, 3}, {1}}})
		},
		"PairPlot of no columns": func() (notebook.Figure, error) { return PairPlot(oddSamples{[]string{"a", "b"}, nil}) },
		"Marginals of nil":       func() (notebook.Figure, error) { return Marginals(nil) },
		"PairPlot beside nil":    func() (notebook.Figure, error) { return PairPlot(draws{}, Beside("", nil)) },
		"PairPlot above nil":     func() (notebook.Figure, error) { return PairPlot(draws{}, Above("", nil)) },
		"PairPlot within nil":    func() (notebook.Figure, error) { return PairPlot(draws{}, Limits(nil)) },
		"PairPlot below its limit": func() (notebook.Figure, error) {
			return PairPlot(draws{}, Limits(oddBounds{[]float64{99, 99, 99}, []float64{inf, inf, inf}}))
		},
		"PairPlot of a nil option": func() (notebook.Figure, error) { return PairPlot(draws{}, nil) },
		"ConditionalPlot of nil":   func() (notebook.Figure, error) { return ConditionalPlot(nil) },
		"Loss of nil":              func() (notebook.Figure, error) { return Loss(nil) },
		"LossPlot of nil":          func() (notebook.Figure, error) { return figure(LossPlot(nil, "")) },
		"Traces of nil":            func() (notebook.Figure, error) { return Traces(nil), nil },
		"Traces of none":           func() (notebook.Figure, error) { return Traces(Rows{}), nil },
		"TracePlot of nil":         func() (notebook.Figure, error) { return one(TracePlot(nil, "")), nil },
		"AdaptationPlot of nil":    func() (notebook.Figure, error) { return one(AdaptationPlot(nil, "")), nil },
		"Overlay of nil":           func() (notebook.Figure, error) { return Overlay(nil) },
		"Overlay of nil traces":    func() (notebook.Figure, error) { return Overlay(nil, Group{Name: "a"}) },
		"TraceGrid of nothing":     func() (notebook.Figure, error) { return TraceGrid(1, nil) },
		"TraceGrid of nil traces":  func() (notebook.Figure, error) { return TraceGrid(1, nil, Group{Name: "a"}) },
		"TraceGrid of nil and others": func() (notebook.Figure, error) {
			return TraceGrid(1, nil, Group{Traces: Rows{Values: [][]float64{{1, 2}}}}, Group{})
		},
		"Grid of nothing":            func() (notebook.Figure, error) { return Grid(1), nil },
		"Grid of nil":                func() (notebook.Figure, error) { return Grid(2, nil, plot.New()), nil },
		"Boxes without names":        func() (notebook.Figure, error) { return figure(Boxes(nil, nil, Labels{})) },
		"Raster of nothing":          func() (notebook.Figure, error) { return figure(Raster(nil, Labels{})) },
		"RankHistogram of many bins": func() (notebook.Figure, error) { return RankHistogram([]string{"a"}, [][]float64{{0.5, 0.2}}, -5) },
		"Heatmap of a short row":     func() (notebook.Figure, error) { return Heatmap("", []string{"a", "b"}, [][]float64{{1}, {1}}) },
		"Heatmap of too few rows":    func() (notebook.Figure, error) { return Heatmap("", []string{"a", "b"}, [][]float64{{1, 1}}) },
	} {
		try(what, make)
	}
	for name, limits := range map[string]Bounded{"reversed": oddBounds{[]float64{9, 9, 9}, []float64{1, 1, 1}}, "unequal": oddBounds{[]float64{0}, []float64{1}}} {
		if _, err := PairPlot(draws{}, Limits(limits)); err == nil {
			t.Errorf("%s limits are taken", name)
		}
	}
	(&LiveLoss{}).Show(nil, "")
}

// TestPairPlotsSayWhatDoesNotFit, and nothing of what was not given.
func TestPairPlotsSayWhatDoesNotFit(t *testing.T) {
	s := oddSamples{[]string{"a", "b"}, [][]float64{{1, 2, 3}, {4, 6, 5}}}
	for want, o := range map[string]PairOption{
		"of 2 parameters with the truth of 1; want":                         Truth([]float64{1}),
		"of 2 parameters with the observation of 3; want":                   Observed([]float64{1, 2, 3}),
		"of 2 parameters with 1 lower and 2 upper limits; want one of each": Limits(oddBounds{[]float64{1}, []float64{2, 3}}),
		"with 0 lower and 1 upper limits":                                   Limits(oddBounds{nil, []float64{2}}),
	} {
		if _, err := PairPlot(s, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := PairPlot(oddSamples{}); err == nil || !strings.Contains(err.Error(), "nil or were never drawn") {
		t.Errorf("error %v of no samples", err)
	}
}
