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
