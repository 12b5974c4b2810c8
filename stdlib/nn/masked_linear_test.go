package nn

import (
	"math/rand/v2"
	"testing"
)

// What a mask hides has no influence, whatever training did to the weights.
func TestMaskedLinearSeesOnlyWhatItMay(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	l := NewMaskedLinear(4, 3, func(out, in int) bool { return in <= out }, rng)
	sgd, err := NewSGD(l, SGDOptions{LR: 0.1, Momentum: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	tape := NewTape(TapeOptions{})
	x, y := fill(rng, 8, 4), fill(rng, 8, 3)
	for range 5 {
		tape.Reset()
		if err := tape.Backward(tape.MSE(l.Forward(tape, x), y)); err != nil {
			t.Fatal(err)
		}
		sgd.Step()
	}
	tape.Reset()
	before := l.Forward(tape, x).Clone()
	for r := range 8 {
		x.Set(x.At(r, 2)+1, r, 2)
	}
	tape.Reset()
	after := l.Forward(tape, x)
	for r := range 8 {
		for o := range 3 {
			if changed := before.At(r, o) != after.At(r, o); changed != (o == 2) {
				t.Errorf("row %d: input 2 changed, output %d changed: %t", r, o, changed)
			}
		}
	}
	if got, want := l.Describe(), "MaskedLinear(4, 3, 6 of 12 weights)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestMaskedLinearWithoutMaskIsLinear(t *testing.T) {
	masked := NewMaskedLinear(4, 3, nil, rand.New(rand.NewPCG(1, 2)))
	plain := NewLinear(4, 3, rand.New(rand.NewPCG(1, 2)))
	x := fill(rand.New(rand.NewPCG(3, 4)), 5, 4)
	tape := NewTape(TapeOptions{})
	if a, b := masked.Forward(tape, x), plain.Forward(tape, x); !same(a.Data, b.Data) {
		t.Errorf("%v, want %v", a, b)
	}
}
