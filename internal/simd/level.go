// Package simd says which vector instructions the machine has.
package simd

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// Level is a set of vector instructions. A higher level includes the lower ones.
type Level int

const (
	Plain  Level = iota // Go alone
	AVX2                // 256 bits, with fused multiply-add
	AVX512              // 512 bits: F, DQ, BW and VL
)

// Variable is the environment variable that lowers the level, for tests and for
// machines on which a level is slower than the one below: plain, avx2 or avx512.
const Variable = "HILLOCK_SIMD"

var names = [...]string{"plain", "avx2", "avx512"}

// String gives the name that Variable takes.
func (l Level) String() string {
	if l < 0 || int(l) >= len(names) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return names[l]
}

// Best is the highest level that the machine and its operating system have, or a
// lower one if Variable asks for it.
var Best = sync.OnceValue(func() Level { return lowered(detect(), os.Getenv(Variable)) })

// Check says what is wrong with the value of Variable, which Best ignores then.
func Check() error { return check(os.Getenv(Variable)) }

func check(name string) error {
	if name == "" || slices.Contains(names[:], name) {
		return nil
	}
	return fmt.Errorf("%s=%s in the environment; want %s", Variable, name, strings.Join(names[:], ", "))
}

// lowered is the level of a name if that is below the best; the best else.
func lowered(best Level, name string) Level {
	for l := range names {
		if names[l] == name {
			return min(best, Level(l))
		}
	}
	return best
}

// Levels gives all levels up to the best, the plain one first.
func Levels() []Level {
	var levels []Level
	for l := Plain; l <= Best(); l++ {
		levels = append(levels, l)
	}
	return levels
}
