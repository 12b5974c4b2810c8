package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMetricsOfAHandWorkedTrace(t *testing.T) {
	// Σx² = 25, mean 1.75, Σ(x − mean)² = 12.75, Σ(y − x)² = 1, noise 4.
	x, _ := FromSlice([]float32{3, 0, 0, 4}, 1, 4)
	y, _ := FromSlice([]float32{3, 1, 0, 4}, 1, 4)
	noisy, _ := FromSlice([]float32{5, 0, 0, 4}, 1, 4)
	m, err := Compare(x, y, noisy, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"CR", m.CR, 2}, {"PRD", m.PRD, 20}, {"PRDN", m.PRDN, 100 / math.Sqrt(12.75)}, {"QS", m.QS, 0.1},
		{"RMSE", m.RMSE, 0.5}, {"MSE", m.MSE, 0.25},
		{"SNRIn", m.SNRIn, 10 * math.Log10(6.25)}, {"SNROut", m.SNROut, 10 * math.Log10(25)}, {"SNRImp", m.SNRImp, 10 * math.Log10(4)},
	} {
		if math.Abs(c.got-c.want) > 1e-9*math.Abs(c.want) {
			t.Errorf("%s = %g, want %g", c.name, c.got, c.want)
		}
	}
	scores, err := AnomalyScores(x, y)
	if err != nil || scores[0] != 0.25 {
		t.Errorf("anomaly scores %v, %v; want 0.25", scores, err)
	}
}

func TestHaarKeepsMeansOfBlocks(t *testing.T) {
	x := fill(rand.New(rand.NewPCG(1, 1)), 3, 64)
	y, err := Haar(x, 4)
	if err != nil {
		t.Fatal(err)
	}
	if y.Dim(1) != 4 {
		t.Fatalf("shape %v, want (3, 4)", y.Shape())
	}
	for r := range 3 {
		for k := range 4 {
			sum := 0.0
			for i := range 16 {
				sum += float64(x.At(r, 16*k+i))
			}
			if want := sum / 4; math.Abs(float64(y.At(r, k))-want) > 1e-5 { // 2^(−4/2)
				t.Errorf("coefficient %d of trace %d is %g, want %g", k, r, y.At(r, k), want)
			}
		}
	}
	if _, err := Haar(x, 7); err == nil {
		t.Error("7 levels of 64 points were accepted")
	}
}
