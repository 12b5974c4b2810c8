package simdadex

import (
	"math"

	"hillock/internal/simdadex/layout"
)

// exp gives e^y as p·scale with scale a power of 2, to 0.63 units in the last
// place: what is lost where r and 1 + r are rounded is carried along.
func exp(y float64) (p, scale float64) {
	if y > layout.HighestValue {
		y = layout.HighestValue
	}
	if y < layout.LowestValue {
		y = layout.LowestValue
	}
	t := math.FMA(y, layout.Log2EValue, layout.MagicValue)
	n := t - layout.MagicValue
	rh := math.FMA(n, -layout.Ln2HiValue, y) // exact
	r := math.FMA(n, -layout.Ln2LoValue, rh)
	rl := math.FMA(n, -layout.Ln2LoValue, rh-r)
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	q := math.FMA(math.FMA(layout.Q3Value, r, layout.Q2Value), r2, math.FMA(layout.Q1Value, r, layout.Q0Value))
	h := math.FMA(math.FMA(layout.Q7Value, r, layout.Q6Value), r2, math.FMA(layout.Q5Value, r, layout.Q4Value))
	h = math.FMA(math.FMA(layout.Q9Value, r, layout.Q8Value), r4, h)
	q = math.FMA(h, r4, q)
	s := 1 + r
	sl := (1 - s) + r
	p = s + math.FMA(q, r2, rl+sl)
	return p, math.Float64frombits(math.Float64bits(t) << 52)
}
