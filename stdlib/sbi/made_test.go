package sbi

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/nn"
)

// TestWalkerAgreesWithForward compares the network walked dimension by dimension
// with all of it at once, for contexts and numbers of draws that follow one another.
func TestWalkerAgreesWithForward(t *testing.T) {
	const dim, width, outputs = 4, 3, 2
	rng := rand.New(rand.NewPCG(3, 4))
	m := newMADE(dim, width, 50, 3, outputs, rng)
	w := newWalker(m)
	random := func(n int) []float32 {
		s := make([]float32, n)
		for i := range s {
			s[i] = float32(rng.NormFloat64())
		}
		return s
	}
	context := random(width)
	for turn, draws := range []int{37, 160, 160, 1} {
		if turn != 2 {
			context = random(width)
		}
		u := random(draws * dim)
		tape := nn.NewTape(nn.TapeOptions{Inference: true})
		want := m.forward(tape, tensor(t, u, draws, dim), tensor(t, context, 1, width))
		w.begin(context, draws)
		for d := range dim {
			got := w.step(d)
			column := make([]float32, draws)
			for r := range draws {
				column[r] = u[r*dim+d]
				for k := range outputs {
					if a, b := got[k*draws+r], want.Data[(r*dim+d)*outputs+k]; math.Abs(float64(a-b)) > 1e-5 {
						t.Fatalf("turn %d, draw %d: output %d of dimension %d is %g, want %g", turn, r, k, d, a, b)
					}
				}
			}
			w.set(d, column)
		}
	}
}
