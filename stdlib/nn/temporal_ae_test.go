package nn

import (
	"math/rand/v2"
	"testing"
)

func TestTemporalEncoderIsCausal(t *testing.T) {
	ae, err := NewTemporalAE(TemporalAEOptions{Points: 256, Latent: 16, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	tape := NewTape(TapeOptions{Inference: true})
	x := fill(rand.New(rand.NewPCG(1, 1)), 2, 256)
	before := ae.Encode(tape, x).Clone()
	for i := 160; i < 256; i++ { // the last 6 of 16 windows
		x.Data[i] += 3
		x.Data[256+i] -= 3
	}
	tape.Reset()
	after := ae.Encode(tape, x)
	if err := tape.Err(); err != nil {
		t.Fatal(err)
	}
	changed := false
	for r := range 2 {
		for k := range 16 {
			same := before.At(r, k) == after.At(r, k)
			if k < 10 && !same {
				t.Errorf("latent value %d depends on later points", k)
			}
			changed = changed || k >= 10 && !same
		}
	}
	if !changed {
		t.Error("no latent value depends on the points that changed")
	}
}

func TestFCNNHasTheThesisLayers(t *testing.T) {
	net := NewFCNN(1024, rand.New(rand.NewPCG(1, 1)))
	want := 0
	in := 1024
	for _, size := range []int{800, 400, 300, 100, 30} {
		want += (in + 1) * size
		in = size
	}
	if got := CountParameters(net); got != want {
		t.Errorf("%d parameters, want %d", got, want)
	}
}
