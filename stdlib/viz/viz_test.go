package viz

import (
	"context"
	"math"
	"strings"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/notebook"
)

var (
	_ Adapting = (*adex.Run)(nil)
	_ Adapting = (*adex.Batch)(nil)
)

func run(t *testing.T) *adex.Run {
	t.Helper()
	r, err := adex.Simulate(context.Background(), adex.Table4(), adex.ThesisStep(2000), adex.Options{RecordW: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTracesShowThemselves(t *testing.T) {
	b := notebook.Represent(Traces(run(t)))
	text, _ := b.Data[notebook.MIMEText].(string)
	for _, want := range []string{"over 100.2 ms", "21 spikes", "adaptation in pA"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text %q does not say %q", text, want)
		}
	}
	svg, _ := b.Data[notebook.MIMESVG].(string)
	if !strings.HasPrefix(strings.TrimSpace(svg), "<") || len(svg) > 400_000 {
		t.Errorf("SVG of %d bytes", len(svg))
	}
	if png, _ := b.Data[notebook.MIMEPNG].([]byte); len(png) == 0 {
		t.Error("no PNG")
	}
}

// TestExtremes keeps the ends and every peak of the samples.
func TestExtremes(t *testing.T) {
	y := make([]float64, 12345)
	for k := range y {
		y[k] = math.Sin(float64(k) / 100)
	}
	peaks := map[int]float64{17: 5, 3000: -7, 12344: 9}
	for k, v := range peaks {
		y[k] = v
	}
	lines := extremes(y, 0.5, 100)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	if n := len(lines[0]); n > 4*101 {
		t.Errorf("%d points for 100 stretches", n)
	}
	seen := map[int]float64{}
	for i, p := range lines[0] {
		k := int(math.Round(p.X / 0.5))
		if y[k] != p.Y || i > 0 && p.X <= lines[0][i-1].X {
			t.Fatalf("point %d (%g, %g) is not a sample in its order", i, p.X, p.Y)
		}
		seen[k] = p.Y
	}
	for k, v := range peaks {
		if seen[k] != v {
			t.Errorf("the peak %g at %d is lost", v, k)
		}
	}
	if _, ok := seen[0]; !ok {
		t.Error("the first sample is lost")
	}
}

func TestExtremesLeavesOutWhatIsNotFinite(t *testing.T) {
	lines := extremes([]float64{1, 2, math.NaN(), 3, math.Inf(1), math.Inf(-1)}, 1, 100)
	if len(lines) != 2 || len(lines[0]) != 2 || len(lines[1]) != 1 {
		t.Errorf("lines %v", lines)
	}
	if got := extremes(nil, 1, 100); len(got) != 0 {
		t.Errorf("lines of no samples: %v", got)
	}
}

func TestCurveErrors(t *testing.T) {
	if _, err := Curve([]float64{1, 2}, []float64{1}, Labels{}); err == nil {
		t.Error("lengths that differ are taken")
	}
	if _, err := Curve([]float64{1}, []float64{math.NaN()}, Labels{}); err == nil {
		t.Error("a curve without points is taken")
	}
	p, err := Curve([]float64{1, 2, 3}, []float64{4, 6, math.NaN()}, Labels{Title: "f–I", X: "I (pA)", Y: "rate (Hz)"})
	if err != nil {
		t.Fatal(err)
	}
	if p.X.Max != 2 || p.Y.Max != 6 {
		t.Errorf("axes end at %g and %g", p.X.Max, p.Y.Max)
	}
}

func TestGridKeepsOuterLabels(t *testing.T) {
	r := run(t)
	f := Grid(2, TracePlot(r, "a"), TracePlot(r, "b"), TracePlot(r, "c"))
	if len(f.Plots) != 2 || len(f.Plots[0]) != 2 || len(f.Plots[1]) != 1 {
		t.Fatalf("rows %v", f.Plots)
	}
	if f.Plots[0][0].X.Label.Text != "" || f.Plots[0][0].Y.Label.Text == "" || f.Plots[0][1].Y.Label.Text != "" || f.Plots[1][0].X.Label.Text == "" {
		t.Error("inner labels kept or outer ones lost")
	}
}
