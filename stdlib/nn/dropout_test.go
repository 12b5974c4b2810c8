package nn

import (
	"math"
	"testing"
)

// What is kept is scaled so that the mean stays, and gets the gradient that is
// scaled alike; what is dropped gets none.
func TestDropoutKeepsTheMeanAndItsGradient(t *testing.T) {
	const n, probability = 40_000, 0.3
	x := newParameter(2, n/2)
	for i := range x.Data {
		x.Data[i] = 2
	}
	tape := NewTape(TapeOptions{Seed: 4})
	y := tape.Dropout(x, probability)
	if err := tape.Backward(tape.Sum(y)); err != nil {
		t.Fatal(err)
	}
	dropped := 0
	for i, v := range y.Data {
		scale := float32(1 / (1 - probability))
		switch {
		case v == 0 && x.Grad[i] == 0:
			dropped++
		case v != 2*scale || x.Grad[i] != scale:
			t.Fatalf("element %d is %g with gradient %g; want 0 and 0 or %g and %g", i, v, x.Grad[i], 2*scale, scale)
		}
	}
	// Five standard deviations of the binomial distribution.
	if want, far := probability*n, 5*math.Sqrt(n*probability*(1-probability)); math.Abs(float64(dropped)-want) > far {
		t.Errorf("%d of %d elements are dropped, want %g ± %g", dropped, n, want, far)
	}
	judge := NewTape(TapeOptions{Inference: true})
	if z := judge.Dropout(x, probability); !same(z.Data, x.Data) {
		t.Error("outside training something is dropped")
	}
	if judge.Dropout(x, 1); judge.Err() == nil {
		t.Error("a probability of 1 was accepted")
	}
}
