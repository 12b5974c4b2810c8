package nn

import (
	"math/rand/v2"
	"testing"
)

func TestConvLSTMAEHasTheParametersAndShapesOfTable9(t *testing.T) {
	ae, err := NewConvLSTMAE(ConvLSTMAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := CountParameters(ae); got != 39_803_948 {
		t.Errorf("the autoencoder has %d parameters, want 39,803,948 (thesis, table 9)", got)
	}
	tape := NewTape(TapeOptions{Inference: true})
	x := fill(rand.New(rand.NewPCG(1, 1)), 2, 1024)
	latent, y := ae.Encode(tape, x), ae.Forward(tape, x)
	if err := tape.Err(); err != nil {
		t.Fatal(err)
	}
	if latent.Rank() != 2 || latent.Dim(1) != 60 || !sameShape(x, y) {
		t.Errorf("latent %v, output %v of input %v; want (2, 60) and the input's shape", latent.Shape(), y.Shape(), x.Shape())
	}
}

func BenchmarkConvLSTMAEStep(b *testing.B) {
	ae, err := NewConvLSTMAE(ConvLSTMAEOptions{})
	if err != nil {
		b.Fatal(err)
	}
	adam, err := NewAdam(ae, AdamOptions{LR: 1e-4})
	if err != nil {
		b.Fatal(err)
	}
	x := fill(rand.New(rand.NewPCG(1, 1)), 32, 1024)
	x.needs = false
	tape := NewTape(TapeOptions{})
	for b.Loop() {
		tape.Reset()
		if err := tape.Backward(tape.MSE(ae.Forward(tape, x), x)); err != nil {
			b.Fatal(err)
		}
		adam.Step()
	}
}
