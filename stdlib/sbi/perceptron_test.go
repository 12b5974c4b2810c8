package sbi

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/stdlib/nn"
)

// TestRowsWithoutGradientChangeNothing compares the gradients of a batch of which
// some rows have none with the sum of those of the other rows, one at a time.
func TestRowsWithoutGradientChangeNothing(t *testing.T) {
	const rows, times, dim, width, outputs = 400, 4, 3, 2, 6
	for _, share := range []float64{0, 0.1, 0.6, 0.9, 1} {
		rng := rand.New(rand.NewPCG(7, 7))
		m := newMADE(dim, width, 20, 3, outputs/dim, rng)
		random := func(n int) []float32 {
			s := make([]float32, n)
			for i := range s {
				s[i] = float32(rng.NormFloat64())
			}
			return s
		}
		u, context, slopes := random(rows*dim), random(rows/times*width), random(rows*outputs)
		var live []int
		for r := range rows {
			if rng.Float64() < share {
				live = append(live, r)
			} else {
				clear(slopes[r*outputs:][:outputs])
			}
		}
		tape := nn.NewTape(nn.TapeOptions{})
		// gradients gives those of the weights, then of u and of the context.
		gradients := func(u, context, slopes []float32) [][]float32 {
			tape.Reset()
			n := len(u) / dim
			x, c := tensor(t, u, n, dim), tensor(t, context, len(context)/width, width)
			x.WantGradient()
			c.WantGradient()
			loss := tape.Sum(tape.Mul(m.forward(tape, x, c), tensor(t, slopes, n, outputs)))
			if err := tape.Backward(loss); err != nil {
				t.Fatal(err)
			}
			var all [][]float32
			for _, p := range m.Parameters() {
				all = append(all, append([]float32(nil), p.Tensor.Grad...))
				clear(p.Tensor.Grad)
			}
			return append(all, x.Grad, c.Grad)
		}
		got := gradients(u, context, slopes)
		want := make([][]float64, len(got))
		for i, g := range got {
			want[i] = make([]float64, len(g))
		}
		add := func(to []float64, from []float32) {
			for i, g := range from {
				to[i] += float64(g)
			}
		}
		for _, r := range live {
			c := r / times
			one := gradients(u[r*dim:][:dim], context[c*width:][:width], slopes[r*outputs:][:outputs])
			for i := range m.Parameters() {
				add(want[i], one[i])
			}
			add(want[len(want)-2][r*dim:], one[len(one)-2])
			add(want[len(want)-1][c*width:], one[len(one)-1])
		}
		for i := range want {
			top := 0.0
			for _, g := range want[i] {
				top = math.Max(top, math.Abs(g))
			}
			for k, g := range got[i] {
				if math.Abs(float64(g)-want[i][k]) > 1e-5*top {
					t.Fatalf("share %g: element %d of gradient %d is %g, want %g", share, k, i, g, want[i][k])
				}
			}
		}
	}
}
