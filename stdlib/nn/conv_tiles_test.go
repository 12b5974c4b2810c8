package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hillock/internal/simd"
)

// TestTilesConvolveAsVectors compares outputs and all gradients.
func TestTilesConvolveAsVectors(t *testing.T) {
	if !simd.Tiles() {
		return // there is nothing to compare on this machine
	}
	for _, c := range []struct {
		batch, in, out, kernel, length int
		o                              ConvOptions
	}{
		{9, 64, 128, 13, 128, Same(13)},
		{20, 128, 64, 13, 64, Same(13)},
		{3, 16, 64, 11, 256, Same(11)},
		{2, 48, 16, 17, 48, ConvOptions{}},
		{1, 32, 32, 5, 64, ConvOptions{Dilation: 3, PadBefore: 12}},
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
			run := func(tiled bool) map[string][]float32 {
				tape := NewTape(TapeOptions{Goroutines: 2})
				if !tiled {
					tape.tiles = nil
				}
				for range 2 { // buffers are used again
					tape.Reset()
					y := conv.Forward(tape, x)
					if err := tape.Err(); err != nil {
						t.Fatal(err)
					}
					if tape.tiled(tape.nodes[0].conv) != tiled {
						t.Fatal("the convolution takes the other way")
					}
					// The loss' gradient is like the output: it differs everywhere.
					if err := tape.Backward(tape.Mean(tape.Mul(y, y))); err != nil {
						t.Fatal(err)
					}
				}
				all := map[string][]float32{"y": slices.Clone(tape.nodes[0].out.Data), "x": slices.Clone(x.Grad)}
				for _, p := range conv.Parameters() {
					all[p.Name] = slices.Clone(p.Tensor.Grad)
				}
				return all
			}
			want, got := run(false), run(true)
			for name, w := range want {
				size, off := 0.0, 0.0
				for i := range w {
					size += float64(w[i]) * float64(w[i])
					off += math.Pow(float64(w[i])-float64(got[name][i]), 2)
				}
				if !(math.Sqrt(off/size) < 1e-5) {
					t.Errorf("%s is off by %.2g of itself", name, math.Sqrt(off/size))
				}
			}
		})
	}
}
