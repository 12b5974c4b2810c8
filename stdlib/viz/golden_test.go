package viz

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"hillock/stdlib/notebook"
)

var update = flag.Bool("update", false, "write the pictures of testdata anew")

// golden compares a figure with the picture of that name in testdata.
func golden(t *testing.T, name string, f notebook.Figure, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got, path := drawn(t, f), goldenPath(name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if count, at := difference(t, got, path); count > mostDifferent {
		t.Errorf("%s differs from %s in %d of the %d pixels around %v; look at it and run the test with -update", name, path, count, tile*tile, at)
	}
}

func goldenPath(name string) string { return filepath.Join("testdata", name+".png") }

// drawn is a figure as PNG.
func drawn(t *testing.T, f notebook.Figure) []byte {
	t.Helper()
	b, err := f.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := b.Data[notebook.MIMEPNG].([]byte)
	return raw
}

// Pictures are compared tile by tile: a letter is few pixels of the whole, but many of
// the tile that it stands in. On one processor they are the same; with the fused
// products of arm64 up to 5 pixels of a tile differ clearly, at the borders of regions;
// one letter of a label for another is 28.
const (
	tile          = 16 // pixels, of which a line's width is 2 or 3
	mostDifferent = 8  // of a tile's pixels
	clearly       = 48 // a distance of colours: the sum over red, green and blue, each of 255
)

// difference is how many pixels clearly differ from a file's in the tile where most
// do, and where it begins.
func difference(t *testing.T, picture []byte, path string) (count int, at image.Point) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var pictures [2]image.Image
	for i, raw := range [][]byte{picture, file} {
		if pictures[i], err = png.Decode(bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
	}
	bounds := pictures[0].Bounds()
	if bounds != pictures[1].Bounds() {
		return tile * tile, bounds.Max
	}
	different := map[image.Point]int{} // of each tile
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r1, g1, b1, _ := pictures[0].At(x, y).RGBA()
			r2, g2, b2, _ := pictures[1].At(x, y).RGBA()
			if math.Abs(float64(r1)-float64(r2))+math.Abs(float64(g1)-float64(g2))+math.Abs(float64(b1)-float64(b2)) <= clearly*0x101 {
				continue
			}
			place := image.Pt(x/tile*tile, y/tile*tile)
			if different[place]++; different[place] > count {
				count, at = different[place], place
			}
		}
	}
	return count, at
}

// TestGoldenPicturesSeeSmallChanges: other names, units and marks are other pictures.
func TestGoldenPicturesSeeSmallChanges(t *testing.T) {
	truth, limits := []float64{0.5, 11, 0.2}, Limits(priorBox{})
	relabelled := func(f notebook.Figure, row, column int, x, y string) notebook.Figure {
		f.Plots[row][column].X.Label.Text, f.Plots[row][column].Y.Label.Text = x, y
		return f
	}
	pairPlot := func(options ...PairOption) notebook.Figure {
		f, err := PairPlot(draws{}, append(options, limits)...)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	loss, err := Loss(losses{})
	if err != nil {
		t.Fatal(err)
	}
	heatmap, err := Heatmap("Correlation", []string{"b", "a", "τ_w"}, correlations())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, name string
		f          notebook.Figure
	}{
		{"other labels of both axes", "loss", relabelled(loss, 0, 0, "frogs", "lark")},
		{"another unit", "pairplot", relabelled(pairPlot(Truth(truth)), 2, 0, "a (kV)", "b (pA)")},
		{"another letter of a unit", "pairplot", relabelled(pairPlot(Truth(truth)), 2, 0, "a (pS)", "b (pA)")},
		{"no truth", "pairplot", pairPlot()},
		{"the truth elsewhere", "pairplot", pairPlot(Truth([]float64{-1, 7, 2}))},
		{"the truth a little aside", "pairplot", pairPlot(Truth([]float64{0.6, 11, 0.2}))},
		{"names in another order", "heatmap", heatmap},
	} {
		if count, _ := difference(t, drawn(t, c.f), goldenPath(c.name)); count <= mostDifferent {
			t.Errorf("%s: %d pixels of a tile differ from %s, which is not seen", c.what, count, c.name)
		}
	}
}

// draws are samples of three parameters, two of them correlated.
type draws struct{ shift float64 }

func (d draws) Columns() ([]string, [][]float64) {
	rng := rand.New(rand.NewPCG(1, uint64(100*d.shift)))
	columns := make([][]float64, 3)
	for range 2000 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		columns[0] = append(columns[0], d.shift+a)
		columns[1] = append(columns[1], 10+2*(0.8*a+0.6*b))
		columns[2] = append(columns[2], math.Abs(rng.NormFloat64()))
	}
	return []string{"a (nS)", "τ_w (ms)", "b (pA)"}, columns
}

type priorBox struct{}

func (priorBox) Bounds() (lower, upper []float64) {
	return []float64{-4, 0, 0}, []float64{4, 20, math.Inf(1)}
}

type losses struct{}

func (losses) Losses() (train, validation, deviation []float64) {
	for k := range 40 {
		train = append(train, math.Exp(-float64(k)/10))
		validation = append(validation, 0.1+math.Exp(-float64(k)/9)+0.0002*float64(k*k))
		deviation = append(deviation, 0.05)
	}
	return train, validation, deviation
}

func TestPlotsRefuseWhatDoesNotFit(t *testing.T) {
	if _, err := PairPlot(draws{}, Truth([]float64{1})); err == nil {
		t.Error("a truth of another length is taken")
	}
	if _, err := Heatmap("", []string{"a", "b"}, [][]float64{{1, 2}, {3}}); err == nil {
		t.Error("a table that is not square is taken")
	}
	if _, err := Bars([]string{"a"}, []Series{{Y: []float64{1, 2}}}, Labels{}); err == nil {
		t.Error("too many values are taken")
	}
	if _, err := Band([]float64{1}, nil, nil, []float64{1}, Labels{}); err == nil {
		t.Error("a band without limits is taken")
	}
	if _, err := RankECDF([]string{"a"}, nil, nil); err == nil {
		t.Error("names without ranks are taken")
	}
}
