package viz

import (
	"strings"
	"testing"

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
		var drawn recorder.Canvas
		p.Draw(vgdraw.NewCanvas(&drawn, 3.5*vg.Inch, 2*vg.Inch))
		var before *recorder.FillString
		count := 0
		for _, action := range drawn.Actions {
			number, ok := action.(*recorder.FillString)
			if !ok || !strings.HasPrefix(number.String, "−") {
				continue
			}
			count++
			if columns == 4 && number.Size != 9 {
				t.Errorf("a number has letters of %g points, with room for 9", number.Size)
			}
			face := font.DefaultCache.Lookup(number.Font, number.Size)
			if before != nil && before.Point.Y == number.Point.Y && before.Point.X+face.Width(before.String) > number.Point.X {
				t.Fatalf("%d columns: a number of %g points begins before the one to its left ends", columns, number.Size)
			}
			before = number
		}
		if count != 2*columns {
			t.Errorf("%d numbers are drawn, want %d", count, 2*columns)
		}
	}
}
