package simd

import "math"

// InverseRoot gives 1/√x for normal x above 0 to 4·10⁻¹¹, in operations that every
// instruction set has: a first guess that halves the exponent, and three steps of
// Newton's method. It takes a third of the time of a square root and a division
// of the widest vectors.
func InverseRoot(x float64) float64 {
	y := math.Float64frombits(rootMagic - math.Float64bits(x)>>1)
	half := float64(0.5 * x)
	for range RootSteps {
		t := float64(y * y)
		t = math.FMA(-half, t, rootOneAndHalf)
		y = float64(y * t)
	}
	return y
}

// RootSteps is how many steps of Newton's method InverseRoot does: from 3.5·10⁻² to
// 1.8·10⁻³, 4.7·10⁻⁶, 4·10⁻¹¹.
const RootSteps = 3

const (
	rootMagic      = 0x5fe6eb50c7b537a9 // the first guess is its difference to half of x's bits
	rootOneAndHalf = 1.5
)

// RootConstant is the index of a constant of InverseRoot in RootConstants.
type RootConstant int

// The constants of InverseRoot.
const (
	RootMagic RootConstant = iota
	RootHalf
	RootOneAndHalf
)

// RootConstants gives the values in the order of their indices; the bits of the
// first are an integer.
func RootConstants() []float64 {
	return []float64{math.Float64frombits(rootMagic), 0.5, rootOneAndHalf}
}
