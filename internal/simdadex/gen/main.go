// Command gen writes the vector kernels of simdadex: run "go generate" in the
// package's folder.
package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simdadex/layout"
)

const lanes = layout.Lanes

func main() {
	ConstraintExpr("amd64")
	constants()
	for _, m := range []machine{avx512{}, avx2{}} {
		step(m, false)
		step(m, true)
		scatter(m)
	}
	Generate()
}

// table is the constants' place in memory, each four times, so that a 256-bit
// load finds it whole and a broadcast finds it too.
var table Mem

func constants() {
	table = GLOBL("constants", RODATA|NOPTR)
	for i, x := range layout.Constants() {
		for j := range 4 {
			DATA(32*i+8*j, U64(math.Float64bits(x)))
		}
	}
}

func constant(c layout.Constant) Mem { return table.Offset(32 * int(c)) }

// param is where a parameter of the lanes from the given one lies in the block.
func param(block Register, p layout.Param, lane int) Mem {
	return Mem{Base: block, Disp: 8 * (int(p)*lanes + lane)}
}

// machine is what differs between the instruction sets.
type machine interface {
	name() string
	lanes() int // of a vector
	registers() int
	chains() int                    // vectors whose steps are interleaved
	vector() VecVirtual             // a fresh register
	broadcast(m Mem, dst Op)        // a double into all lanes
	fma213(c Mem, x, a Op)          // a = x·a + constant
	limit(c Mem, x Op, lower bool)  // x = min(constant, x) or max
	threshold(s *state, hold bool)  // compare, reset, count down
	spikes(states []*state, to Mem) // one bit a lane; as many lanes as the states have
	transpose(rows []VecVirtual)    // of a square of lanes()×lanes()
}

// state is a chain's registers during one step.
type state struct {
	block      Register
	lane       int
	v, w       VecVirtual // before the step
	next, d    VecVirtual // V after it; V − E_L
	held       VecVirtual
	mask       Op // of lanes that spike
	vOut, wOut Mem
}
