// Package layout is what the vector kernels of simdadex and the program that
// writes them agree on: the constants and the places of the parameters.
package layout

// Lanes is how many neurons a block holds.
const Lanes = 64

// Constant is the index of a constant in Constants.
type Constant int

// The constants of the exponential.
const (
	Magic Constant = iota
	Highest
	Lowest
	Log2E
	MinusLn2Hi
	MinusLn2Lo
	One
	Q0
	Q1
	Q2
	Q3
	Q4
	Q5
	Q6
	Q7
	Q8
	Q9
)

// Constants gives the values in the order of their indices.
func Constants() []float64 {
	return []float64{
		MagicValue, HighestValue, LowestValue, Log2EValue, -Ln2HiValue, -Ln2LoValue, 1,
		Q0Value, Q1Value, Q2Value, Q3Value, Q4Value, Q5Value, Q6Value, Q7Value, Q8Value, Q9Value,
	}
}

const (
	// MagicValue brings the integer nearest to a double below 2^51 into its lowest
	// bits; with 1023 added they are the exponent field of 2^n.
	MagicValue = 1<<52 + 1<<51 + 1023

	// Arguments of exp are held between these: the first gives the smallest normal
	// doubles, the second passes any threshold.
	LowestValue  = -708
	HighestValue = 709

	Log2EValue = 0x1.71547652b82fep+0  // 1/ln 2
	Ln2HiValue = 0x1.62e42fefa3800p-1  // ln 2 to 42 bits, so that n·ln2Hi is exact
	Ln2LoValue = 0x1.ef35793c76730p-45 // ln 2 − ln2Hi
)

// The polynomial q of degree 9 in e^r = 1 + r + r²·q(r) for |r| ≤ ½ln 2, with
// q(0) = ½ and the rest fitted with 50 digits for the smallest relative error of
// e^r (iteratively reweighted least squares): 5.5·10⁻¹⁸.
const (
	Q0Value = 0.5
	Q1Value = 0x1.5555555555501p-3
	Q2Value = 0x1.555555555320cp-5
	Q3Value = 0x1.1111111128845p-7
	Q4Value = 0x1.6c16c17cc18d1p-10
	Q5Value = 0x1.a01a011c7c4d9p-13
	Q6Value = 0x1.a019ab3338edap-16
	Q7Value = 0x1.71df5411fda53p-19
	Q8Value = 0x1.289f83b4532f6p-22
	Q9Value = 0x1.ad2260d114aeep-26
)

// Param is the index of a parameter in a block, which has Lanes values of each.
type Param int

// The parameters, in the order of simdadex.Block.
const (
	VT Param = iota
	PerDeltaT
	Exponential
	GL
	EL
	DtPerC
	A
	DtPerTauW
	VTh
	Vr
	B
	Refractory
	Hold
)
