package viz

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
)

// logarithmic is what knows which of its parameters belong on a logarithmic axis.
type logarithmic interface{ Logarithmic() []bool }

// askLogs notes the parameters that samples or limits call logarithmic.
func (p *pairs) askLogs(of any) {
	l, ok := of.(logarithmic)
	if !ok {
		return
	}
	logs := l.Logarithmic()
	if len(logs) != len(p.names) {
		return
	}
	if p.logs == nil {
		p.logs = make([]bool, len(logs))
	}
	for i, log := range logs {
		p.logs[i] = p.logs[i] || log
	}
}

// takeLogs puts decimal logarithms in the place of such parameters' values, where all of
// them have one: densities are those over the axis that is seen.
func (p *pairs) takeLogs() {
	for i := range p.logs {
		p.logs[i] = p.logs[i] && p.positive(i)
	}
	take := func(values []float64) []float64 {
		if values == nil {
			return nil
		}
		out := slices.Clone(values)
		for i, log := range p.logs {
			if log {
				out[i] = math.Log10(out[i])
			}
		}
		return out
	}
	if !slices.Contains(p.logs, true) {
		p.logs = nil
		return
	}
	p.lower, p.upper = take(p.lower), take(p.upper)
	for k := range p.points {
		p.points[k].at = take(p.points[k].at)
	}
	for k := range p.sets {
		columns := slices.Clone(p.sets[k].columns)
		for i, log := range p.logs {
			if !log {
				continue
			}
			columns[i] = slices.Clone(columns[i])
			for d, v := range columns[i] {
				columns[i][d] = math.Log10(v)
			}
		}
		p.sets[k].columns = columns
	}
}

// positive says whether all values of parameter i are above 0, NaN apart.
func (p *pairs) positive(i int) bool {
	below := func(v float64) bool { return v <= 0 }
	for _, set := range p.sets {
		if slices.ContainsFunc(set.columns[i], below) {
			return false
		}
	}
	if slices.ContainsFunc(p.points, func(o point) bool { return !(o.at[i] > 0) }) {
		return false
	}
	return p.lower == nil || p.lower[i] > 0
}

// scaled gives an axis the marks of parameter i.
func (p *pairs) scaled(a *plot.Axis, i int) {
	if p.logs == nil || !p.logs[i] {
		return
	}
	wanted, _ := a.Tick.Marker.(roundTicks)
	a.Tick.Marker = powerTicks{wanted}
}

// powerTicks marks an axis of decimal logarithms with the values that they are of.
type powerTicks struct{ narrow roundTicks }

// Ticks gives those of a logarithmic axis, or round numbers where it spans too little
// for two of them.
func (t powerTicks) Ticks(min, max float64) []plot.Tick {
	low, high := math.Pow(10, min), math.Pow(10, max)
	if !(low > 0) || math.IsInf(high, 0) {
		return t.narrow.Ticks(min, max)
	}
	ticks := logTicks{}.Ticks(low, high)
	labelled := 0
	for _, tick := range ticks {
		if tick.Label != "" {
			labelled++
		}
	}
	if labelled < 2 {
		ticks = t.narrow.Ticks(low, high)
	}
	for k := range ticks {
		ticks[k].Value = math.Log10(ticks[k].Value)
	}
	return ticks
}
