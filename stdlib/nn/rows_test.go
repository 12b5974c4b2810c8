package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSumRowsOverManyChunks: rows that end within a chunk, are longer than one, or
// many to a chunk are each summed once, and their gradients, the first and one that
// adds to it, reach every value.
func TestSumRowsOverManyChunks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, shape := range [][]int{{3000, 17}, {40, 1024}, {3, 20_001}, {9, 8192}, {50_000, 1}} {
		x, err := NewTensor(shape...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.Data {
			x.Data[i] = float32(rng.NormFloat64())
		}
		x.WantGradient()
		weights, err := NewTensor(shape[0])
		if err != nil {
			t.Fatal(err)
		}
		for i := range weights.Data {
			weights.Data[i] = float32(rng.NormFloat64())
		}
		tape := NewTape(TapeOptions{Goroutines: 3})
		once := tape.SumRows(x)
		loss := tape.Sum(tape.Mul(tape.Add(once, tape.SumRows(x)), weights))
		if err := tape.Backward(loss); err != nil {
			t.Fatal(err)
		}
		width := shape[1]
		for r, got := range once.Data {
			want := 0.0
			for _, v := range x.Data[r*width:][:width] {
				want += float64(v)
			}
			if math.Abs(float64(got)-want) > 1e-4*math.Sqrt(float64(width)) {
				t.Fatalf("%v: the sum of row %d is %g, want %g", shape, r, got, want)
			}
		}
		for i, got := range x.Grad {
			if want := 2 * weights.Data[i/width]; got != want {
				t.Fatalf("%v: the gradient of value %d is %g, want %g", shape, i, got, want)
			}
		}
	}
}
