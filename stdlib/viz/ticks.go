package viz

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
)

// finest is how small a part of its values an axis can show: below, marks are too near
// each other for floating-point numbers.
const finest = 1e-12

// roundTicks puts labels at multiples of 1, 2 or 5 times a power of ten, about
// wanted of them, and unlabelled marks between.
type roundTicks struct {
	wanted int
	room   float64 // characters that fit along the axis; 0: as many as there are
}

var _ plot.Ticker = roundTicks{}

// Ticks gives the marks of an axis from min to max.
func (t roundTicks) Ticks(min, max float64) []plot.Tick {
	span := max - min
	if !(span > finest*math.Max(math.Abs(min), math.Abs(max))) || math.IsInf(span, 0) {
		return []plot.Tick{{Value: min, Label: number(min)}}
	}
	major, parts := majorStep(span / float64(t.wanted))
	if math.Floor(max/major+1e-9)-math.Ceil(min/major-1e-9) < 1 {
		major, parts = majorStep(0.4 * major) // one label alone says nothing of the scale
	}
	minor := major / float64(parts)
	label := labels(min, max, major)
	var ticks []plot.Tick
	var labelled []int
	for i := math.Ceil(min/minor - 1e-9); i*minor <= max+1e-9*span; i++ {
		tick := plot.Tick{Value: i * minor}
		if math.Mod(i, float64(parts)) == 0 {
			tick.Label = label(i * minor)
			labelled = append(labelled, len(ticks))
		}
		ticks = append(ticks, tick)
	}
	if t.room > 0 {
		thinOut(ticks, labelled, t.room*major/span)
	}
	return ticks
}

// thinOut takes labels away, all but every second, or third and so on, until each has
// room for its characters and one more. The first stays, and one beside it.
func thinOut(ticks []plot.Tick, labelled []int, room float64) {
	longest := 0
	for _, k := range labelled {
		text := strings.NewReplacer("^{", "", "}", "").Replace(ticks[k].Label)
		longest = max(longest, utf8.RuneCountInString(text))
	}
	every := max(1, min(int(math.Ceil(float64(longest+1)/room)), len(labelled)-1))
	for i, k := range labelled {
		if i%every != 0 {
			ticks[k].Label = ""
		}
	}
}

// labels gives how multiples of a step are written on an axis: as decimals while they
// are short, with a power of ten where they are very small or large, and, far from 0,
// the first in full and the others as what is added to it.
func labels(min, max, step float64) func(v float64) string {
	const longest = 6 // characters
	decimals := func(step float64) int { return int(math.Max(0, -math.Floor(math.Log10(step)+1e-9))) }
	write := func(v float64, decimals int) string {
		return strings.ReplaceAll(strconv.FormatFloat(v+0, 'f', decimals, 64), "-", "−")
	}
	largest := math.Max(math.Abs(min), math.Abs(max))
	places := decimals(step)
	if len(write(largest, places)) <= longest {
		return func(v float64) string { return write(v, places) }
	}
	exponent := int(math.Floor(math.Log10(largest) + 1e-9))
	unit := math.Pow(10, float64(exponent))
	if scaled := decimals(step / unit); scaled <= longest-3 {
		return func(v float64) string {
			if v == 0 {
				return "0"
			}
			return write(v/unit, scaled) + "·" + power(exponent)
		}
	}
	first := math.Ceil(min/step-1e-9) * step
	return func(v float64) string {
		if added := math.Round((v - first) / step); added > 0 {
			return "+" + number(added*step)
		}
		return inFull(v, step)
	}
}

// inFull writes a value down to the digit that a step changes, or shorter where that
// says as much.
func inFull(v, step float64) string {
	if short := strconv.FormatFloat(v, 'g', -1, 64); len(short) <= 8 {
		return strings.ReplaceAll(short, "-", "−")
	}
	digits := 1 + int(math.Floor(math.Log10(math.Max(math.Abs(v), step))+1e-9)-math.Floor(math.Log10(step)+1e-9))
	return strings.ReplaceAll(strconv.FormatFloat(v, 'g', digits, 64), "-", "−")
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

// wholeTicks is roundTicks for what is counted: no labels between whole numbers.
type wholeTicks struct{ wanted int }

var _ plot.Ticker = wholeTicks{}

// Ticks gives the marks of an axis from min to max.
func (t wholeTicks) Ticks(min, max float64) []plot.Tick {
	if max-min < float64(t.wanted) && math.Max(math.Abs(min), math.Abs(max)) < 1/finest {
		var ticks []plot.Tick
		for v := math.Ceil(min - 1e-9); v <= max+1e-9; v++ {
			ticks = append(ticks, plot.Tick{Value: v, Label: number(v)})
		}
		return ticks
	}
	return roundTicks{wanted: t.wanted}.Ticks(min, max)
}

// number writes a value as short as it can be read, with a true minus.
func number(v float64) string {
	return strings.ReplaceAll(strconv.FormatFloat(v+0, 'g', 4, 64), "-", "−") // + 0 takes the sign off −0
}

// logTicks labels powers of ten on an axis with a logarithmic scale, or the round
// numbers between where there are fewer than two.
type logTicks struct{}

var _ plot.Ticker = logTicks{}

// Ticks gives the marks of an axis from min to max, both above 0.
func (logTicks) Ticks(min, max float64) []plot.Tick {
	if !(min > 0) || !(max > min) {
		return []plot.Tick{{Value: min, Label: number(min)}}
	}
	from, to := int(math.Floor(math.Log10(min)+1e-9)), int(math.Ceil(math.Log10(max)-1e-9))
	powers := 0
	for e := from; e <= to; e++ {
		if v := math.Pow(10, float64(e)); v >= min*(1-1e-9) && v <= max*(1+1e-9) {
			powers++
		}
	}
	every := 1 + (powers-1)/6
	var ticks []plot.Tick
	for e := from; e <= to; e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow(10, float64(e))
			if v < min*(1-1e-9) || v > max*(1+1e-9) {
				continue
			}
			tick := plot.Tick{Value: v}
			switch {
			case powers >= 2 && m == 1 && (e-from)%every == 0:
				tick.Label = power(e)
			case powers < 2 && (m == 1 || m == 2 || m == 5):
				tick.Label = number(v)
			}
			if m == 1 || every <= 1 {
				ticks = append(ticks, tick)
			}
		}
	}
	return ticks
}

// power writes a power of ten.
func power(e int) string {
	switch e {
	case 0:
		return "1"
	case 1:
		return "10"
	}
	return "10^{" + strings.ReplaceAll(strconv.Itoa(e), "-", "−") + "}"
}
