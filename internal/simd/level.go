// Package simd says which vector instructions the hot kernels may use.
package simd

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/cpu"
)

// Level is a set of vector instructions; a higher level includes the lower.
type Level int

// The levels that the kernels are written for.
const (
	Plain  Level = iota // plain Go
	AVX2                // AVX2 with FMA, 8 float32 wide
	AVX512              // AVX-512 F, DQ, BW and VL, 16 float32 wide
)

// Variable is the environment variable that lowers the level, for tests and
// comparisons: plain, avx2 or avx512.
const Variable = "HILLOCK_SIMD"

// String gives the name that Variable takes.
func (l Level) String() string {
	switch l {
	case Plain:
		return "plain"
	case AVX2:
		return "avx2"
	case AVX512:
		return "avx512"
	}
	return fmt.Sprintf("simd.Level(%d)", int(l))
}

// Best is the highest level of this machine, or a lower one that the
// environment asks for. A name that is not known or not to be had here leaves
// the machine's own level.
var Best = sync.OnceValue(func() Level {
	best := machine()
	for l := Plain; l < best; l++ {
		if os.Getenv(Variable) == l.String() {
			return l
		}
	}
	return best
})

func machine() Level {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL:
		return AVX512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return AVX2
	}
	return Plain
}
