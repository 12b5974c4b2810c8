// Package layout is what the vector kernels of simdspline and the program that
// writes them agree on.
package layout

import (
	"math"

	"hillock/internal/simd"
)

// Elements is how many elements a block holds.
const Elements = 128

// Plane is the index of a quantity in a block, which has Elements values of each.
type Plane int

// The quantities, in the order of simdspline.Block.
const (
	U          Plane = iota // the argument
	Z                       // the value
	LogSlope                // the logarithm of the slope there
	X                       // the left knot of the piece that U lies in
	Y                       // the value there
	Width                   // of the piece
	Height                  // of the piece
	E0                      // the exponential of the parameter of the left knot's slope
	E1                      // of the right knot's
	D0                      // the left knot's slope
	D1                      // the right knot's
	Bin                     // the piece's number
	PerWidths               // what makes exponentials widths
	PerHeights              // what makes exponentials heights
	GradZ                   // the gradients of Z, LogSlope, and U
	GradLog
	GradU
)

// Constant is the index of a constant after those of simd.Log.
type Constant int

// The constants of splines.
const (
	One Constant = iota
	Two
	MinusBound
	LeastSize
	LeastSlope
	EdgeExponential
	MaxFloat
	Zero
)

// Constants gives the constants of simd.Log, then those of splines.
func Constants() []float64 {
	return append(simd.LogConstants(), 1, 2, -BoundValue, LeastSizeValue, LeastSlopeValue, float64(EdgeValue), math.MaxFloat32, 0)
}

// At is the place of a constant in Constants.
func (c Constant) At() int { return len(simd.LogConstants()) + int(c) }

const (
	BoundValue      = 4
	LeastShareValue = 1e-3 // of a piece in the width or height
	LeastSlopeValue = 1e-3
	LeastSizeValue  = 2 * BoundValue * LeastShareValue
)

// EdgeValue is the exponential that gives the slope 1.
var EdgeValue = float32(math.Expm1(1 - LeastSlopeValue))
