package nn

import (
	"math/rand/v2"
	"testing"
)

func TestConvAEHasTheParametersOfTable8(t *testing.T) {
	ae, err := NewConvAE(ConvAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := CountParameters(ae); got != 240_258 {
		t.Errorf("the autoencoder has %d parameters, want 240,258 (thesis, table 8)", got)
	}
}

func newStep(tb testing.TB, goroutines int) (step func() float32) {
	ae, err := NewConvAE(ConvAEOptions{Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	adam, err := NewAdam(ae, AdamOptions{LR: 1e-4})
	if err != nil {
		tb.Fatal(err)
	}
	x := fill(rand.New(rand.NewPCG(1, 1)), 32, 1024)
	x.needs = false
	tape := NewTape(TapeOptions{Goroutines: goroutines})
	return func() float32 {
		tape.Reset()
		loss := tape.MSE(ae.Forward(tape, x), x)
		if err := tape.Backward(loss); err != nil {
			tb.Fatal(err)
		}
		adam.Step()
		return loss.Data[0]
	}
}

func TestTrainingLowersTheLossWithTheSameBytesAtAnyNumberOfGoroutines(t *testing.T) {
	one, three := newStep(t, 1), newStep(t, 3)
	var first, last float32
	for i := range 4 {
		a, b := one(), three()
		if a != b {
			t.Fatalf("step %d: loss %g with one goroutine, %g with three", i, a, b)
		}
		if i == 0 {
			first = a
		}
		last = a
	}
	if !(last < first) {
		t.Errorf("the loss went from %g to %g", first, last)
	}
}

func TestTrainingStepAllocatesNothingInTheSteadyState(t *testing.T) {
	step := newStep(t, 1)
	step()
	if got := testing.AllocsPerRun(3, func() { step() }); got != 0 {
		t.Errorf("a training step allocates %v times, want 0", got)
	}
}

func BenchmarkConvAEStep(b *testing.B) {
	step := newStep(b, 0)
	for b.Loop() {
		step()
	}
}
