package nn

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

func TestPredictEqualsForwardOfAllRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	net := NewSequential(NewLinear(5, 7, rng), NewBatchNorm1d(7), Dropout(0.5), NewLinear(7, 2, rng))
	x := fill(rng, 2*predictBatch+3, 5)
	got, err := Predict(t.Context(), net, x)
	if err != nil {
		t.Fatal(err)
	}
	want := net.Forward(NewTape(TapeOptions{Inference: true}), x)
	if !sameShape(got, want) || !same(got.Data, want.Data) {
		t.Errorf("%v, want %v", got, want)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Predict(stopped, net, x); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if _, err := Predict(t.Context(), net, fill(rng, 3, 4)); err == nil {
		t.Error("inputs that do not fit were accepted")
	}
}

func TestReadFirstGivesTheFirstSamples(t *testing.T) {
	x, _ := FromSlice([]float32{0, 1, 2, 3, 4, 5}, 3, 2)
	y, _ := FromSlice([]float32{7, 8, 9}, 3, 1)
	s, err := NewSamples(x, y)
	if err != nil {
		t.Fatal(err)
	}
	some, err := ReadFirst(s, 2)
	if err != nil || !same(some.Inputs.Data, x.Data[:4]) || !same(some.Targets.Data, y.Data[:2]) {
		t.Errorf("%v, %v", some, err)
	}
	all, err := ReadAll(s)
	if err != nil || !same(all.Inputs.Data, x.Data) {
		t.Errorf("%v, %v", all, err)
	}
	if rows, err := x.Rows(1, 3); err != nil || rows.At(0, 1) != 3 || rows.Dim(0) != 2 {
		t.Errorf("%v, %v", rows, err)
	}
	if _, err := x.Rows(1, 4); err == nil {
		t.Error("rows beyond the end were given")
	}
}
