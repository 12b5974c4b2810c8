// Package layout is what the vector kernels of simdadex and the program that
// writes them agree on.
package layout

// Lanes is how many neurons a block holds.
const Lanes = 64

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
