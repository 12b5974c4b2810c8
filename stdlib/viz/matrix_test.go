package viz

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// TestNumbersOfAHeatMapKeepApart, however narrow its cells are; where there is room
// their letters have the usual size.
func TestNumbersOfAHeatMapKeepApart(t *testing.T) {
	for _, columns := range []int{4, 12, 20} {
		names, row := make([]string, columns), make([]float64, columns)
		for k := range row {
			names[k], row[k] = "a", -0.25
		}
		p, err := HeatPlot("", []string{"1", "2"}, names, [][]float64{row, row})
		if err != nil {
			t.Fatal(err)
		}
		numbers := keepApart(t, p, 3.5*vg.Inch, "−")
		if len(numbers) != 2*columns {
			t.Errorf("%d numbers are drawn, want %d", len(numbers), 2*columns)
		}
		if size := numbers[0].Size; columns == 4 && size != 9 {
			t.Errorf("a number has letters of %g points, with room for 9", size)
		}
	}
}

// TestNumbersOfASpectrumKeepApart, where neighbours are nearly as high.
func TestNumbersOfASpectrumKeepApart(t *testing.T) {
	for values := 1; values <= 12; values++ {
		p, err := Spectrum(slices.Repeat([]float64{0.957}, values), Labels{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(keepApart(t, p, 3.3*vg.Inch, "0.957")); n != values {
			t.Errorf("%d of %d values are written", n, values)
		}
	}
}

// keepApart draws a plot and gives its texts of a prefix, which must not touch where they
// stand side by side.
func keepApart(t *testing.T, p *plot.Plot, width vg.Length, prefix string) (texts []*recorder.FillString) {
	t.Helper()
	var drawn recorder.Canvas
	p.Draw(vgdraw.NewCanvas(&drawn, width, 2*vg.Inch))
	for _, action := range drawn.Actions {
		text, ok := action.(*recorder.FillString)
		if !ok || !strings.HasPrefix(text.String, prefix) {
			continue
		}
		if n := len(texts); n > 0 && texts[n-1].Point.Y == text.Point.Y {
			face := font.DefaultCache.Lookup(text.Font, text.Size)
			if before := texts[n-1]; before.Point.X+face.Width(before.String) > text.Point.X {
				t.Fatalf("%q of %g points begins before %q to its left ends", text.String, text.Size, before.String)
			}
		}
		texts = append(texts, text)
	}
	return texts
}
