package sbi

import (
	"math"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// A predictive check of a trace is drawn over time where its step is known.
func TestPredictiveTraceHasATimeAxis(t *testing.T) {
	trace := make([]float64, 20)
	p := &Predictive{Observation: trace, Xs: [][]float64{trace, trace}}
	for _, want := range []struct {
		step   float64
		labels viz.Labels
		end    float64
		x, y   string
	}{
		{end: 19, x: "place in the observation", y: "value"},
		{0.1, viz.Labels{X: "time (ms)", Y: "V (mV)"}, 1.9, "time (ms)", "V (mV)"},
	} {
		p.Step, p.Labels = want.step, want.labels
		f, err := p.Figure()
		if err != nil {
			t.Fatal(err)
		}
		drawn := f.Plots[0][0]
		if math.Abs(drawn.X.Max-want.end) > 0.1*want.end || drawn.X.Label.Text != want.x || drawn.Y.Label.Text != want.y {
			t.Errorf("with a step of %g the axes are %q, to %g, and %q; want %q, to %g, and %q", want.step, drawn.X.Label.Text, drawn.X.Max, drawn.Y.Label.Text, want.x, want.end, want.y)
		}
	}
}

// A figure does not look as if nothing had failed.
func TestPredictiveFigureSaysWhatFailed(t *testing.T) {
	for failed, want := range map[int]string{0: "", 7: "7 of 9 simulations failed"} {
		p := &Predictive{Observation: []float64{1, 2}, Xs: [][]float64{{1, 2}, {2, 3}}, Failed: failed}
		f, err := p.Figure()
		if err != nil || f.Title != want {
			t.Errorf("%d failed: the figure is called %q, %v; want %q", failed, f.Title, err, want)
		}
	}
}

// The values of an observation of few have the names that they are given.
func TestPredictiveValuesHaveNames(t *testing.T) {
	p := &Predictive{Observation: []float64{1, 2}, Xs: [][]float64{{1, 2}, {2, 3}}, Names: []string{"rate (Hz)"}}
	f, err := p.Figure()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"rate (Hz)", "x_2"} {
		if got := f.Plots[0][i].X.Label.Text; got != want {
			t.Errorf("value %d is called %q, want %q", i, got, want)
		}
	}
	p.Names = []string{"a", "b", "c"}
	_, err = p.Figure()
	says(t, err, "2 values with 3 names")
}

// TestAWarningOfSamplesStandsAboveTheirPlot, for who never prints them.
func TestAWarningOfSamplesStandsAboveTheirPlot(t *testing.T) {
	values := Draw(BoxUniform([]float64{0, 0}, []float64{1, 1}), 100, 1)
	for _, c := range []struct {
		samples Samples
		want    string
	}{
		{Samples{Values: values}, ""},
		{Samples{Values: values, Acceptance: 0.5}, ""},
		{Samples{Values: values, Acceptance: 0.0032}, "only 0.32 % of the draws lie within the prior"},
		{Samples{Values: values, RHat: []float64{1, 1.8}}, "the chains don't agree yet"},
		{Samples{Values: values, RHat: []float64{1, math.NaN()}}, "the chains don't agree yet"},
	} {
		if got := c.samples.Warning(); got != c.want || !strings.Contains(c.samples.String(), c.want) {
			t.Errorf("the warning is %q, want %q in %s", got, c.want, &c.samples)
		}
		for _, draw := range []func(viz.Sampled, ...viz.PairOption) (notebook.Figure, error){viz.PairPlot, viz.Marginals} {
			if f, err := draw(&c.samples); err != nil || f.Title != c.want {
				t.Errorf("the figure's title is %q, want %q (%v)", f.Title, c.want, err)
			}
		}
	}
}
