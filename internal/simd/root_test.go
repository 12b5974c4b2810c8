package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestInverseRoot(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		x := math.Ldexp(1+random.Float64(), random.IntN(200)-100)
		if got, want := InverseRoot(x), 1/math.Sqrt(x); math.Abs(got/want-1) > 4e-11 {
			t.Fatalf("1/√%g is %g, want %g", x, got, want)
		}
	}
}
