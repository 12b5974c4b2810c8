package simd

import (
	"math"
	"math/big"
	"testing"
)

// TestExp compares with a Taylor series at 200 bits.
func TestExp(t *testing.T) {
	worst := 0.0
	for i := range 4000 {
		y := -700 + 1400*float64(i)/3999 + 1e-3*math.Sin(float64(i))
		if i%2 == 0 {
			y /= 30 // where the model works
		}
		p, scale := Exp(y)
		want := bigExp(y)
		ulp := math.Nextafter(want.f, math.Inf(1)) - want.f
		diff, _ := new(big.Float).Sub(want.b, new(big.Float).SetFloat64(p*scale)).Float64()
		worst = max(worst, math.Abs(diff)/ulp)
	}
	if worst > 0.65 {
		t.Errorf("Exp is wrong by %.3f units in the last place; 0.5 are due to rounding", worst)
	}
	t.Logf("largest error %.4f units in the last place", worst)
}

type bigValue struct {
	b *big.Float
	f float64
}

func bigExp(y float64) bigValue {
	const bits, halvings = 300, 20
	x := new(big.Float).SetPrec(bits).SetFloat64(y)
	x.SetMantExp(x, -halvings)
	sum := big.NewFloat(1).SetPrec(bits)
	term := big.NewFloat(1).SetPrec(bits)
	for k := int64(1); k < 40; k++ {
		term.Mul(term, x)
		term.Quo(term, new(big.Float).SetPrec(bits).SetInt64(k))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	f, _ := sum.Float64()
	return bigValue{sum, f}
}

func TestExpOutside(t *testing.T) {
	for _, y := range []float64{-1e300, math.Inf(-1), -709} {
		if p, s := Exp(y); !(p*s >= 0 && p*s < 1e-307) {
			t.Errorf("Exp(%g) = %g", y, p*s)
		}
	}
	for _, y := range []float64{1e300, math.Inf(1), 709.5} {
		if p, s := Exp(y); !(p*s > 1e307) {
			t.Errorf("Exp(%g) = %g", y, p*s)
		}
	}
	if p, s := Exp(math.NaN()); !math.IsNaN(p * s) {
		t.Errorf("Exp(NaN) = %g", p*s)
	}
}
