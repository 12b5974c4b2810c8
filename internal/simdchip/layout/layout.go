// Package layout is what the vector kernels of simdchip and the program that
// writes them agree on.
package layout

import "hillock/internal/simd"

// Lanes is how many circuits a block holds.
const Lanes = 64

// Param is the index of a parameter in a block, which has Lanes values of each.
type Param int

// The parameters, in the order of simdchip.Block.
const (
	VT Param = iota
	PerDeltaT
	Exponential
	PerMax
	GW
	VRef
	PerWMax
	ELAdapt
	PerSaturation
	HeadroomEnd
	PerHeadroom
	GL
	GLEL
	Reset
	ResetE
	Refractory
	Delay
	Current
	DtPerC
	GA
	GTau
	Pulse
	PulseLength
	DtPerCW
	VTh
	Waiting
	Pulsing
)

// Constant is the index of a constant after those of simd.Exp.
type Constant int

// The constants of the circuit's step.
const (
	Zero Constant = iota
	MaxExponent
	MaxVoltage
	Tiny
	Root // the first of simd.InverseRoot
)

// Constants gives the constants of simd.Exp, then those of the step, then those of
// simd.InverseRoot.
func Constants() []float64 {
	c := append(simd.ExpConstants(), 0, MaxExponentValue, MaxVoltageValue, TinyValue)
	return append(c, simd.RootConstants()...)
}

// At is the place of a constant in Constants.
func (c Constant) At() int { return len(simd.ExpConstants()) + int(c) }

const (
	MaxExponentValue = 50   // of the exponential current, which is limited long before
	MaxVoltageValue  = 1100 // LSB; what the supplies bound voltages to, above the readout's range
	TinyValue        = 1e-300
)
