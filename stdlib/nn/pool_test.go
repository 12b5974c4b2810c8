package nn

import (
	"math/rand/v2"
	"testing"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// TestLargestIsTheFirstOfEqualOnes: by blocks as one by one, whatever the length.
func TestLargestIsTheFirstOfEqualOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	k := vec.New(simd.Best())
	for range 2000 {
		x := make([]float32, []int{1, 2, 15, 16, 32, 33, 48, 64, 80, 128, 1000, 1024}[rng.IntN(12)])
		for i := range x {
			x[i] = float32(rng.IntN(40) - 30)
		}
		want := 0
		for i, v := range x {
			if v > x[want] {
				want = i
			}
		}
		if got := largest(x, make([]float32, len(x)), k); got != want {
			t.Fatalf("of %d elements the largest is %d (%g), want %d (%g)", len(x), got, x[got], want, x[want])
		}
	}
}
