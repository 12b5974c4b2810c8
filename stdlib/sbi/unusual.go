package sbi

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"hillock/internal/grouped"
)

// What nobody would train on who saw it: observations that never change, and one to
// infer from that is like none of the simulations.

// fewestAlike is the number of simulations from which it is no accident that they are
// all the same.
const fewestAlike = 10

// constant gives the observation that all usable simulations share, of different
// parameters; nil where there is none, or where they are few.
func constant(thetas, xs [][]float64) []float64 {
	first, usable, differ := -1, 0, false
	for i, x := range xs {
		if !finite(x) {
			continue
		}
		if first < 0 {
			first = i
		}
		if !slices.Equal(x, xs[first]) {
			return nil
		}
		usable++
		differ = differ || !slices.Equal(thetas[i], thetas[first])
	}
	if usable < fewestAlike || !differ {
		return nil
	}
	return xs[first]
}

// unvarying is the error of simulations that say nothing about their parameters,
// unless those before were others.
func (s *Inference) unvarying(thetas, xs [][]float64) error {
	same := constant(thetas, xs)
	if same == nil || slices.ContainsFunc(s.xs, func(x []float64) bool { return !slices.Equal(x, same) }) {
		return nil
	}
	return fmt.Errorf("sbi: all simulations gave %s, whatever their parameters, which leaves nothing to learn; look at what the simulator makes of them, and whether it returns a new slice every time", brief(same))
}

// warning says what is unusual about the simulations so far and Options.Observation;
// "" for nothing.
func (s *Inference) warning() string {
	parts := embeddingWarnings(s.o, s.xs)
	if s.o.Embedding == nil {
		var still []int
		for i := range s.xs[0] {
			if !slices.ContainsFunc(s.xs, func(x []float64) bool { return x[i] != s.xs[0][i] }) {
				still = append(still, i)
			}
		}
		const trace = 50 // values or more; one may well begin with a constant
		switch n := len(still); {
		case len(s.xs[0]) >= trace && n < len(s.xs[0])/2:
		case n == 1:
			parts = append(parts, fmt.Sprintf("value %d of the observations is %.4g in all simulations", still[0], s.xs[0][still[0]]))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d of the %d values of the observations, such as value %d, are the same in all simulations", n, len(s.xs[0]), still[0]))
		}
	}
	if text := s.squeezed(); text != "" {
		parts = append(parts, text)
	}
	if far := s.far(s.o.Observation); far != "" {
		parts = append(parts, far)
	}
	if s.unlike != "" && s.pending.Round == 1 {
		parts = append(parts, s.unlike)
	}
	if s.changed != "" {
		parts = append(parts, s.changed)
	}
	return strings.Join(parts, "; ")
}

// squeezedTimes is how many times the middle half of the simulations must be narrower
// than the deviation that values are standardised by to be warned of; of a normal
// distribution it is 1.3 times as wide.
const squeezedTimes = 100

// squeezed says which value of the observations is standardised by a deviation that a
// few of the first round's simulations make, so that the estimator hardly sees the
// others differ; "" for none.
func (s *Inference) squeezed() string {
	if s.estimator == nil || len(s.xs) == 0 {
		return ""
	}
	first, _ := slices.BinarySearch(s.rounds, s.rounds[0]+1)
	const enough = 1000 // simulations, to tell the middle half
	deviations := s.estimator.input.std
	worst, text := float64(squeezedTimes), ""
	for i, deviation := range deviations {
		var values []float64
		for k := 0; k < first; k += first/enough + 1 {
			for j := i; j < len(s.xs[k]); j += len(deviations) { // one of them, or all together
				values = append(values, s.xs[k][j])
			}
		}
		low, high := quantile(values, 0.25), quantile(values, 0.75)
		if times := deviation / (high - low); high > low && times > worst {
			worst = times
			text = fmt.Sprintf("value %d of the observations", i)
			if len(deviations) == 1 && len(s.xs[0]) > 1 {
				text = "the values of the observations"
			}
			text = fmt.Sprintf("half of %s lie between %.4g and %.4g, but some so far out that their deviation, by which they are standardised, is %.2g: the estimator hardly sees the others differ; let such simulations fail, or give the logarithm", text, low, high, deviation)
		}
	}
	return text
}

// farDeviations is how many of their deviations from the mean of the simulations a
// value outside all of them lies that is warned of.
const farDeviations = 10

// far says which value of an observation lies far outside the simulations, or differs
// from what it is in all of them; "" for none.
func (s *Inference) far(x []float64) string {
	if len(s.xs) == 0 || len(x) != len(s.xs[0]) {
		return ""
	}
	const rounding = 1e-6 // of a value that is the same in all simulations
	worst, mean, at, count := 0.0, 0.0, 0, 0
	for i, v := range x {
		// Nearly always a few simulations are enough to see that it lies among them.
		if slices.ContainsFunc(s.xs, func(x []float64) bool { return x[i] <= v }) && slices.ContainsFunc(s.xs, func(x []float64) bool { return x[i] >= v }) {
			continue
		}
		column := make([]float64, len(s.xs))
		for k, x := range s.xs {
			column[k] = x[i]
		}
		middle, deviation := meanAndScale(column)
		d := math.Abs(v-middle) / deviation
		if slices.Min(column) == slices.Max(column) && d > rounding*max(1, math.Abs(middle)) {
			d = math.Inf(1)
		}
		if d > farDeviations {
			if count++; d > worst {
				worst, mean, at = d, middle, i
			}
		}
	}
	if count == 0 {
		return ""
	}
	text := fmt.Sprintf("value %d of the observation, %.4g, lies %s deviations from the mean of the simulations, outside all of them", at, x[at], thousands(worst))
	if math.IsInf(worst, 1) {
		text = fmt.Sprintf("value %d of the observation is %.6g, but %.6g in all simulations: nothing was learned of what another means", at, x[at], mean)
	}
	if count > 1 {
		text += fmt.Sprintf(" (and %d more lie far outside)", count-1)
	}
	return text
}

// thousands writes a large number so that it can be read.
func thousands(v float64) string {
	if v >= 1e6 {
		return fmt.Sprintf("%.2g", v)
	}
	return grouped.Int(int(math.Round(v)))
}

// remark says what to know about the posterior for an observation; "" for nothing.
func (s *Inference) remark(x []float64) string {
	var parts []string
	if far := s.far(x); far != "" {
		parts = append(parts, "warning: "+far)
	}
	if n := len(s.reports); n > 1 && !slices.Equal(x, s.o.Observation) {
		parts = append(parts, fmt.Sprintf("warning: after %d rounds the estimator is only right near Options.Observation, and this observation is another one", n))
	}
	return strings.Join(parts, "; ")
}
