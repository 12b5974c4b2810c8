package sbi

import (
	"math"
	"math/rand/v2"
	"slices"
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
			c := r % (rows / times)
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

// TestPerceptronIsItsLayers compares outputs and gradients with those of plain layers
// one after the other, for shapes that fill no groups, blocks or vectors.
func TestPerceptronIsItsLayers(t *testing.T) {
	for _, c := range []struct {
		contexts, times, dim, context, hidden, layers, outputs int
		masked                                                 bool
	}{
		{1, 1, 1, 1, 1, 1, 1, false},
		{1, 1, 2, 3, 50, 3, 4, true},
		{3, 10, 1, 2, 50, 3, 29, false},
		{33, 7, 5, 3, 50, 3, 10, true},
		{129, 1, 3, 1, 17, 2, 87, true},
		{50, 10, 2, 4, 64, 3, 58, false},
		{26, 5, 7, 2, 31, 1, 14, true},
	} {
		rng := rand.New(rand.NewPCG(9, 9))
		random := func(rows, cols int) *nn.Tensor {
			x := make([]float32, rows*cols)
			for i := range x {
				x[i] = float32(rng.NormFloat64())
			}
			return tensor(t, x, rows, cols)
		}
		rows := c.contexts * c.times
		u, context, slopes := random(rows, c.dim), random(c.contexts, c.context), random(rows, c.outputs)
		u.WantGradient()
		context.WantGradient()
		var forward func(tape *nn.Tape) *nn.Tensor
		var parameters []nn.Parameter
		var layers []*nn.Linear
		var masks []*nn.Tensor
		var first *nn.Linear
		if c.masked {
			m := newMADE(c.dim, c.context, c.hidden, c.layers, c.outputs/c.dim, rng)
			forward = func(tape *nn.Tape) *nn.Tensor { return m.forward(tape, u, context) }
			parameters, first = m.Parameters(), m.context
			for _, l := range m.layers {
				layers, masks = append(layers, l.Linear), append(masks, l.mask)
			}
		} else {
			n := newDense(c.dim, c.context, c.hidden, c.layers, c.outputs, rng)
			forward = func(tape *nn.Tape) *nn.Tensor { return n.forward(tape, u, u, context) }
			parameters, first = n.Parameters(), n.context
			layers = append([]*nn.Linear{n.input}, n.layers...)
		}
		plain := func(tape *nn.Tape) *nn.Tensor {
			product := func(i int, x *nn.Tensor) *nn.Tensor {
				w := layers[i].Weight
				if masks != nil {
					w = tape.Mul(w, masks[i])
				}
				return tape.Linear(x, w, layers[i].Bias)
			}
			// Row r goes with context r mod contexts.
			part := tape.Reshape(first.Forward(tape, context), 1, c.contexts*c.hidden)
			h := tape.Reshape(tape.AddRepeated(tape.Reshape(product(0, u), c.times, c.contexts*c.hidden), part), rows, c.hidden)
			for i := 1; i < len(layers); i++ {
				h = product(i, tape.Tanh(h))
			}
			return h
		}
		run := func(forward func(tape *nn.Tape) *nn.Tensor) (all [][]float32) {
			tape := nn.NewTape(nn.TapeOptions{})
			for range 2 { // buffers are used again
				tape.Reset()
				y := forward(tape)
				if err := tape.Backward(tape.Sum(tape.Mul(y, slopes))); err != nil {
					t.Fatal(err)
				}
				all = [][]float32{slices.Clone(y.Data), slices.Clone(u.Grad), slices.Clone(context.Grad)}
				for _, p := range parameters {
					all = append(all, slices.Clone(p.Tensor.Grad))
				}
			}
			return all
		}
		want, got := run(plain), run(forward)
		for i := range want {
			size, off := 0.0, 0.0
			for k := range want[i] {
				size += math.Pow(float64(want[i][k]), 2)
				off += math.Pow(float64(want[i][k]-got[i][k]), 2)
			}
			if len(want[i]) != len(got[i]) || !(math.Sqrt(off) <= 1e-5*math.Sqrt(size)) {
				t.Errorf("%+v: result %d is off by %.2g of itself", c, i, math.Sqrt(off/size))
			}
		}
	}
}
