package study_test

import (
	"fmt"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

// A summary depends on every part of the trace, and every weight on the loss.
func TestSummaryReadsTheWholeTrace(t *testing.T) {
	for _, pooled := range []bool{false, true} {
		t.Run(fmt.Sprintf("pooled %t", pooled), func(t *testing.T) { readsAll(t, pooled) })
	}
	if _, err := study.NewSummary(study.SummaryOptions{Hidden: -1}); err == nil {
		t.Error("a negative number of units")
	}
}

func readsAll(t *testing.T, pooled bool) {
	net, err := study.NewSummary(study.SummaryOptions{Outputs: 5, Pooled: pooled, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	x, err := nn.NewTensor(2, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.Data {
		x.Data[i] = float32(i%37) / 37
	}
	x.WantGradient()
	tape := nn.NewTape(nn.TapeOptions{})
	y := net.Forward(tape, x)
	if err := tape.Backward(tape.Mean(tape.Mul(y, y))); err != nil {
		t.Fatal(err)
	}
	if s := y.Shape(); len(s) != 2 || s[0] != 2 || s[1] != 5 {
		t.Fatalf("summaries of shape %v", s)
	}
	for i, g := range x.Grad {
		if g == 0 {
			t.Fatalf("point %d of trace %d does not matter", i%1024, i/1024)
		}
	}
	for _, p := range net.Parameters() {
		moved := false
		for _, g := range p.Tensor.Grad {
			moved = moved || g != 0
		}
		if !moved {
			t.Errorf("%s has no gradient", p.Name)
		}
	}
}
