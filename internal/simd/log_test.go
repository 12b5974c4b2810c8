package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestLog compares with the logarithm of Go's library, which is right to one unit
// in the last place.
func TestLog(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 200_000 {
		x := math.Ldexp(1+random.Float64(), random.IntN(2000)-1000)
		if i%2 == 0 {
			x = 1 + 0.5*random.NormFloat64()*math.Pow(10, -12*random.Float64()) // where ln x is small
		}
		if !(x > 0) {
			continue
		}
		got, want := Log(x), math.Log(x)
		if bound := 6e-16 * max(math.Abs(want), 1e-300); math.Abs(got-want) > bound && math.Abs(got-want) > 2e-16*math.Ln2*math.Abs(math.Round(want/math.Ln2)) {
			t.Fatalf("ln %g is %g, want %g", x, got, want)
		}
	}
	if Log(1) != 0 {
		t.Errorf("ln 1 is %g", Log(1))
	}
}
