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
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"hillock/stdlib/notebook"
)

var update = flag.Bool("update", false, "write the pictures of testdata anew")

// golden compares a figure with the picture of that name in testdata.
func golden(t *testing.T, name string, f notebook.Figure, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	got, _ := b.Data[notebook.MIMEPNG].([]byte)
	path := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if share := difference(t, got, want); share > 0.01 {
		t.Errorf("%s differs from %s in %.1f %% of its pixels; look at it and run the test with -update", name, path, 100*share)
	}
}

// difference is the share of pixels that clearly differ.
func difference(t *testing.T, a, b []byte) float64 {
	t.Helper()
	var pictures [2]image.Image
	for i, raw := range [][]byte{a, b} {
		p, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		pictures[i] = p
	}
	bounds := pictures[0].Bounds()
	if bounds != pictures[1].Bounds() {
		return 1
	}
	count := 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r1, g1, b1, _ := pictures[0].At(x, y).RGBA()
			r2, g2, b2, _ := pictures[1].At(x, y).RGBA()
			if math.Abs(float64(r1)-float64(r2))+math.Abs(float64(g1)-float64(g2))+math.Abs(float64(b1)-float64(b2)) > 0x6000 {
				count++
			}
		}
	}
	return float64(count) / float64(bounds.Dx()*bounds.Dy())
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

type box struct{}

func (box) Bounds() (lower, upper []float64) {
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

func TestPictures(t *testing.T) {
	f, err := PairPlot(draws{}, Truth([]float64{0.5, 11, 0.2}), Limits(box{}))
	golden(t, "pairplot", f, err)
	if !strings.Contains(f.Alt, "2000 samples") || !strings.Contains(f.Alt, "truth 11") {
		t.Errorf("the pair plot's text is %q", f.Alt)
	}
	f, err = PairPlot(draws{}, Named("round 1"), Beside("round 2", draws{2}), Truth([]float64{0.5, 11, 0.2}))
	golden(t, "pairplot-rounds", f, err)
	f, err = Heatmap("Correlation", []string{"a", "τ_w", "b"}, [][]float64{{1, 0.82, -0.3}, {0.82, 1, -0.65}, {-0.3, -0.65, 1}})
	golden(t, "heatmap", f, err)
	if !strings.Contains(f.Alt, "a and τ_w, 0.82") {
		t.Errorf("the heat map's text is %q", f.Alt)
	}
	f, err = Loss(losses{})
	golden(t, "loss", f, err)
	p, err := RankECDF([]string{"a", "b"}, [][]float64{{0.1, 0.3, 0.5, 0.7, 0.9}, {0.4, 0.45, 0.5, 0.55, 0.6}}, func(places []float64) (lower, upper []float64) {
		for _, z := range places {
			lower, upper = append(lower, math.Max(0, z-0.3)), append(upper, math.Min(1, z+0.3))
		}
		return lower, upper
	})
	golden(t, "ranks", notebook.Figure{Plots: [][]*plot.Plot{{p}}}, err)
	p, err = Coverage([]Series{{Name: "too sure", X: []float64{0, 0.5, 1}, Y: []float64{0, 0.3, 1}}})
	golden(t, "coverage", notebook.Figure{Plots: [][]*plot.Plot{{p}}}, err)
	p, err = Bars([]string{"a", "τ_w", "b"}, []Series{{Name: "stiff", Y: []float64{0.9, -0.3, 0.2}}, {Name: "sloppy", Y: []float64{0.1, 0.5, -0.8}}}, Labels{Y: "part of the direction"})
	golden(t, "bars", notebook.Figure{Plots: [][]*plot.Plot{{p}}}, err)
	p, err = Band([]float64{0, 1, 2, 3}, []float64{0, 0, 1, 1}, []float64{2, 3, 3, 2}, []float64{1, 1, 2, 1.5}, Labels{X: "time (ms)", Y: "V (mV)"})
	golden(t, "band", notebook.Figure{Plots: [][]*plot.Plot{{p}}}, err)
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
