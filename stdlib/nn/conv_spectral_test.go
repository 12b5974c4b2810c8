package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSpectraConvolveAsProducts compares outputs and all gradients.
func TestSpectraConvolveAsProducts(t *testing.T) {
	for _, c := range []struct {
		batch, in, out, kernel, length int
		o                              ConvOptions
	}{
		{40, 64, 128, 13, 128, Same(13)},
		{8, 128, 64, 13, 64, Same(13)},
		{33, 48, 64, 21, 100, ConvOptions{PadBefore: 3}},
		{9, 56, 40, 30, 75, ConvOptions{PadAfter: 40}},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 1))
			conv := NewConv1d(c.in, c.out, c.kernel, c.o, rng)
			x, err := NewTensor(c.batch, c.in, c.length)
			if err != nil {
				t.Fatal(err)
			}
			for i := range x.Data {
				x.Data[i] = float32(rng.NormFloat64())
			}
			x.WantGradient()
			run := func(without bool, goroutines int) map[string][]float32 {
				tape := NewTape(TapeOptions{Goroutines: goroutines})
				tape.tiles = nil
				tape.noSpectra = without
				for range 2 { // buffers are used again
					tape.Reset()
					y := conv.Forward(tape, x)
					if err := tape.Err(); err != nil {
						t.Fatal(err)
					}
					if tape.nodes[0].conv.spectral == without {
						t.Fatal("the convolution takes the other way")
					}
					// The loss' gradient is like the output: it differs everywhere. The input is
					// used a second time, so that there is a gradient to add to.
					if err := tape.Backward(tape.Add(tape.Mean(tape.Mul(y, y)), tape.Mean(tape.Mul(x, x)))); err != nil {
						t.Fatal(err)
					}
				}
				all := map[string][]float32{"y": slices.Clone(tape.nodes[0].out.Data), "x": slices.Clone(x.Grad)}
				for _, p := range conv.Parameters() {
					all[p.Name] = slices.Clone(p.Tensor.Grad)
				}
				return all
			}
			want, got, other := run(true, 2), run(false, 2), run(false, 1)
			for name, w := range want {
				size, off := 0.0, 0.0
				for i := range w {
					size += float64(w[i]) * float64(w[i])
					off += math.Pow(float64(w[i])-float64(got[name][i]), 2)
				}
				if !(math.Sqrt(off/size) < 2e-6) {
					t.Errorf("%s is off by %.2g of itself", name, math.Sqrt(off/size))
				}
				if !slices.Equal(got[name], other[name]) {
					t.Errorf("%s depends on the number of goroutines", name)
				}
			}
		})
	}
}
