// Package layout holds the constants of e^x = 2^n·e^r, with n the integer nearest to
// x/ln 2, for the programs that write vec's kernels.
package layout

import "math"

const (
	// Shifter brings n into the lowest bits; with 127 added they are the exponent
	// field of 2^n.
	Shifter = 1<<23 + 1<<22 + 127
	// Twice is Shifter with 127 more, for two factors.
	Twice = Shifter + 127
	Ln2Hi = 0x1.62e4p-1
	Ln2Lo = math.Ln2 - Ln2Hi
)

// Taylor are the coefficients of e^r from r² on, exact to 1·10⁻⁸ for |r| ≤ ½ln 2.
var Taylor = []float32{0.5, 0.166665766661, 0.041666554213, 0.00836323288368, 0.00139262508315}
