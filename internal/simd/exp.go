package simd

import "math"

// Exp gives e^y as p·scale with scale a power of 2, to 0.63 units in the last
// place: what is lost where r and 1 + r are rounded is carried along.
func Exp(y float64) (p, scale float64) {
	if y > expHighest {
		y = expHighest
	}
	if y < expLowest {
		y = expLowest
	}
	t := math.FMA(y, log2E, expMagic)
	n := t - expMagic
	rh := math.FMA(n, -ln2Hi, y) // exact
	r := math.FMA(n, -ln2Lo, rh)
	rl := math.FMA(n, -ln2Lo, rh-r)
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	q := math.FMA(math.FMA(q3, r, q2), r2, math.FMA(q1, r, q0))
	h := math.FMA(math.FMA(q7, r, q6), r2, math.FMA(q5, r, q4))
	h = math.FMA(math.FMA(q9, r, q8), r4, h)
	q = math.FMA(h, r4, q)
	s := 1 + r
	sl := (1 - s) + r
	p = s + math.FMA(q, r2, rl+sl)
	return p, math.Float64frombits(math.Float64bits(t) << 52)
}

// ExpConstant is the index of a constant of Exp in ExpConstants.
type ExpConstant int

// The constants of Exp.
const (
	ExpMagic ExpConstant = iota
	ExpHighest
	ExpLowest
	ExpLog2E
	ExpMinusLn2Hi
	ExpMinusLn2Lo
	ExpOne
	ExpQ0
	ExpQ1
	ExpQ2
	ExpQ3
	ExpQ4
	ExpQ5
	ExpQ6
	ExpQ7
	ExpQ8
	ExpQ9
)

// ExpConstants gives the values in the order of their indices.
func ExpConstants() []float64 {
	return []float64{
		expMagic, expHighest, expLowest, log2E, -ln2Hi, -ln2Lo, 1,
		q0, q1, q2, q3, q4, q5, q6, q7, q8, q9,
	}
}

const (
	// expMagic brings the integer nearest to a double below 2^51 into its lowest
	// bits; with 1023 added they are the exponent field of 2^n.
	expMagic = 1<<52 + 1<<51 + 1023

	// Arguments of exp are held between these: the first gives the smallest normal
	// doubles, the second passes any threshold.
	expLowest  = -708
	expHighest = 709

	log2E = 0x1.71547652b82fep+0  // 1/ln 2
	ln2Hi = 0x1.62e42fefa3800p-1  // ln 2 to 42 bits, so that n·ln2Hi is exact
	ln2Lo = 0x1.ef35793c76730p-45 // ln 2 − ln2Hi
)

// The polynomial q of degree 9 in e^r = 1 + r + r²·q(r) for |r| ≤ ½ln 2, with
// q(0) = ½ and the rest fitted with 50 digits for the smallest relative error of
// e^r (iteratively reweighted least squares): 5.5·10⁻¹⁸.
const (
	q0 = 0.5
	q1 = 0x1.5555555555501p-3
	q2 = 0x1.555555555320cp-5
	q3 = 0x1.1111111128845p-7
	q4 = 0x1.6c16c17cc18d1p-10
	q5 = 0x1.a01a011c7c4d9p-13
	q6 = 0x1.a019ab3338edap-16
	q7 = 0x1.71df5411fda53p-19
	q8 = 0x1.289f83b4532f6p-22
	q9 = 0x1.ad2260d114aeep-26
)
