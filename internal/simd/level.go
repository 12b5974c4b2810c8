// Package simd says which vector instructions the machine has.
package simd

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// Level is a set of vector instructions. Of those that a machine has, a higher level
// includes the lower ones.
type Level int

const (
	Plain  Level = iota // Go alone
	AVX2                // 256 bits, with fused multiply-add
	AVX512              // 512 bits: F, DQ, BW and VL
	NEON                // 128 bits, which every ARM64 has
)

// Variable is the environment variable that lowers the level, for tests and for
// machines on which a level is slower than the one below: plain, avx2, avx512 or
// neon.
const Variable = "HILLOCK_SIMD"

var names = [...]string{"plain", "avx2", "avx512", "neon"}

// String gives the name that Variable takes.
func (l Level) String() string {
	if l < 0 || int(l) >= len(names) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return names[l]
}

// Best is the highest level that the machine and its operating system have, or a
// lower one if Variable asks for it.
var Best = sync.OnceValue(func() Level {
	levels := lowered(detect(), os.Getenv(Variable))
	return levels[len(levels)-1]
})

// Check says what is wrong with the value of Variable, which Best ignores then.
func Check() error { return check(os.Getenv(Variable)) }

func check(name string) error {
	if name == "" || slices.Contains(names[:], name) {
		return nil
	}
	return fmt.Errorf("%s=%s in the environment; want %s", Variable, name, strings.Join(names[:], ", "))
}

// lowered gives the levels up to the one of a name, all of them if none has it.
func lowered(levels []Level, name string) []Level {
	for i, l := range levels {
		if l.String() == name {
			return levels[:i+1]
		}
	}
	return levels
}

// Levels gives all levels up to the best, the plain one first.
func Levels() []Level { return lowered(detect(), Best().String()) }
