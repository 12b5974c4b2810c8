package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// spiky is traces of a slow wave with a spike at 20, 45 and 70, and a trough after
// each.
func spiky(rows int) *Tensor {
	x := makeTensor(make([]float32, rows*100), []int{rows, 100})
	for i := range x.Data {
		x.Data[i] = float32(0.3 + 0.01*math.Sin(float64(i%100)/30))
		switch i % 25 {
		case 20:
			x.Data[i] = 1
		case 22:
			x.Data[i] = 0
		}
	}
	return x
}

func TestMaskWeighsAsManyPointsAsAsked(t *testing.T) {
	x := spiky(6)
	tape := NewTape(TapeOptions{})
	mask := tape.Mask(x, MaskOptions{Points: 7, Weight: 3}, rand.New(rand.NewPCG(1, 1)))
	if tape.Err() != nil {
		t.Fatal(tape.Err())
	}
	seen := map[string]bool{}
	for r := range 6 {
		row := mask.Data[r*100:][:100]
		var places []byte
		for i, w := range row {
			switch w {
			case 3:
				places = append(places, byte(i))
			case 1:
			default:
				t.Errorf("weight %g; want 1 or 3", w)
			}
		}
		if len(places) != 7 {
			t.Errorf("row %d: %d points weigh more, want 7", r, len(places))
		}
		seen[string(places)] = true
	}
	if len(seen) != 6 {
		t.Error("rows have the same mask")
	}
}

func TestPeaksAreTheExtremesOfAWindow(t *testing.T) {
	x := spiky(1)
	got := extremes(nil, x.Data, 15)
	if want := []int{20, 22, 45, 47, 70, 72, 95, 97}; !slices.Equal(got, want) {
		t.Errorf("peaks and troughs at %v, want %v", got, want)
	}
	if flat := extremes(nil, make([]float32, 50), 15); len(flat) > 0 {
		t.Errorf("a flat trace has peaks at %v", flat)
	}
	rise := make([]float32, 50)
	for i := range rise {
		rise[i] = float32(i)
	}
	if rising := extremes(nil, rise, 15); len(rising) > 0 {
		t.Errorf("a rising trace has peaks at %v", rising)
	}

	tape := NewTape(TapeOptions{})
	mask := tape.Mask(x, MaskOptions{Points: -1, Peaks: 3, PeakWeight: 4}, rand.New(rand.NewPCG(1, 1)))
	drawn := 0
	for i, w := range mask.Data {
		if w == 4 && slices.Contains(got, i) {
			drawn++
		} else if w != 1 {
			t.Errorf("point %d weighs %g", i, w)
		}
	}
	if drawn != 3 {
		t.Errorf("%d peaks weigh more, want 3", drawn)
	}
}

// The expected masked loss is the plain one times the mean weight.
func TestMaskedLossIsTheWeightedMeanOnAverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x, y := fill(rng, 16, 50), fill(rng, 16, 50)
	tape := NewTape(TapeOptions{Inference: true})
	plain := float64(tape.MSE(x, y).Data[0])
	loss := MaskedMSE(MaskOptions{Points: 10, Weight: 6})
	sum := 0.0
	const draws = 400
	for range draws {
		tape.Reset()
		sum += float64(loss(tape, x, y, rng).Data[0]) / draws
	}
	if want := 2 * plain; math.Abs(sum-want) > 0.02*want { // (10·6 + 40·1)/50
		t.Errorf("mean masked loss %g, want %g", sum, want)
	}
}

func TestMaskRefusesWhatCantBeDrawn(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, o := range []MaskOptions{{Points: 101}, {Weight: -1}, {Window: -1}, {Peaks: -1}} {
		tape := NewTape(TapeOptions{})
		if tape.Mask(spiky(1), o, rng); tape.Err() == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
