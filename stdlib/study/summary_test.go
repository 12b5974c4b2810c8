package study_test

import (
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

// A summary depends on every part of the trace, and every weight on the loss.
func TestSummaryReadsTheWholeTrace(t *testing.T) {
	for _, o := range []study.SummaryOptions{{Channels: -2}, {Channels: 3}, {Outputs: -1}} {
		if _, err := study.NewSummary(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	net, err := study.NewSummary(study.SummaryOptions{Outputs: 5, Seed: 2})
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
	for _, points := range []int{32, 33, 500} {
		short, err := nn.NewTensor(3, points)
		if err != nil {
			t.Fatal(err)
		}
		tape.Reset()
		y := net.Forward(tape, short)
		if err := tape.Err(); err != nil || y.Dim(0) != 3 || y.Dim(1) != 5 {
			t.Errorf("%d points: shape %v, %v", points, y.Shape(), err)
		}
	}
}
