package bss2

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Ranges are bounds of codes drawn at random, each uniform between Low and High
// inclusive, with all others as in Base.
type Ranges struct {
	Base       Config      // codes of what is not drawn, and the digital settings
	Parameters []Parameter // that are drawn
	Low, High  []int       // of each parameter: codes, both included
}

func fullRange(base Config, p ...Parameter) Ranges {
	r := Ranges{Base: base, Parameters: p, Low: make([]int, len(p)), High: make([]int, len(p))}
	for i, p := range p {
		r.High[i] = p.Max()
	}
	return r
}

// Ranges2D gives the thesis's 2D dataset (table 1): a and τ_w over all codes.
func Ranges2D() Ranges { return fullRange(Table1(), A, TauW) }

// Ranges4D gives the thesis's 4D dataset (table 1): a, τ_w, b, V_r over all codes.
func Ranges4D() Ranges { return fullRange(Table1(), A, TauW, B, Vr) }

// Ranges8D gives the thesis's 8D dataset (table 1): a, τ_w, b, V_r, Δ_T, V_T, E_L
// and V_th over all codes.
func Ranges8D() Ranges { return fullRange(Table1(), A, TauW, B, Vr, DeltaT, VT, EL, VTh) }

// Validate reports bounds that do not fit their parameters.
func (r Ranges) Validate() error {
	if len(r.Parameters) == 0 || len(r.Low) != len(r.Parameters) || len(r.High) != len(r.Parameters) {
		return fmt.Errorf("bss2: ranges of %d parameters have %d lower and %d upper bounds; each parameter needs both", len(r.Parameters), len(r.Low), len(r.High))
	}
	for i, p := range r.Parameters {
		if slices.Contains(r.Parameters[:i], p) {
			return fmt.Errorf("bss2: %v (%s) is drawn twice; give each parameter once", p, p.Symbol())
		}
		if r.Low[i] > r.High[i] {
			return fmt.Errorf("bss2: %v (%s) is drawn from %d to %d; the lower bound comes first", p, p.Symbol(), r.Low[i], r.High[i])
		}
		if r.Low[i] < 0 || r.High[i] > p.Max() {
			return fmt.Errorf("bss2: %v (%s) is drawn from %d to %d; its codes go from 0 to %d", p, p.Symbol(), r.Low[i], r.High[i], p.Max())
		}
	}
	return r.Base.Validate()
}

// Draw draws n configurations. The same seed gives the same ones, and the first
// k of them do not depend on n. Ranges that do not validate draw what does not
// either.
func (r Ranges) Draw(n int, seed uint64) []Config {
	random := rand.New(rand.NewPCG(seed, 0x62737332)) // a stream of its own: "bss2"
	configs := make([]Config, max(n, 0))
	for i := range configs {
		configs[i] = r.Base
		for k, p := range r.Parameters {
			code := r.Low[k]
			if r.High[k] > r.Low[k] {
				code += random.IntN(r.High[k] - r.Low[k] + 1)
			}
			configs[i] = configs[i].With(p, code)
		}
	}
	return configs
}
