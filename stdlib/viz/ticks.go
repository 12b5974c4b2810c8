package viz

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// roundTicks puts labels at multiples of 1, 2 or 5 times a power of ten, about
// wanted of them, and unlabelled marks between.
type roundTicks struct{ wanted int }

var _ plot.Ticker = roundTicks{}

// Ticks gives the marks of an axis from min to max.
func (t roundTicks) Ticks(min, max float64) []plot.Tick {
	span := max - min
	if !(span > 0) || math.IsInf(span, 0) {
		return []plot.Tick{{Value: min, Label: strconv.FormatFloat(min, 'g', 4, 64)}}
	}
	major, parts := majorStep(span / float64(t.wanted))
	minor := major / float64(parts)
	decimals := int(math.Max(0, -math.Floor(math.Log10(major)+1e-9)))
	var ticks []plot.Tick
	for i := math.Ceil(min/minor - 1e-9); i*minor <= max+1e-9*span; i++ {
		tick := plot.Tick{Value: i * minor}
		if math.Mod(i, float64(parts)) == 0 {
			tick.Label = strconv.FormatFloat(i*minor+0, 'f', decimals, 64)
			if i < 0 {
				tick.Label = "−" + tick.Label[1:]
			}
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// majorStep is the round number near or above a step, and in how many parts the
// small marks divide it.
func majorStep(step float64) (major float64, parts int) {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, s := range []struct {
		factor float64
		parts  int
	}{{1, 5}, {2, 4}, {5, 5}} {
		if step <= 1.2*s.factor*power {
			return s.factor * power, s.parts
		}
	}
	return 10 * power, 5
}
