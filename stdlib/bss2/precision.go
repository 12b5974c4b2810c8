package bss2

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Precision is how well the codes of some parameters can be known from one
// recording at all: what differs from trial to trial bounds it, whatever infers
// them. It is to first order (the inverse of the Fisher information, with normal
// noise), so it holds where a posterior is narrow.
type Precision struct {
	Parameters  []Parameter // whose codes are unknown
	Deviation   []float64   // standard deviation that is left of each, codes
	Correlation [][]float64 // of what is left, −1 to 1: negative where a larger code of one is made up for by a smaller one of the other
	Spikes      int         // spikes of each trial that were compared
}

// PrecisionOptions are how a precision is measured. The zero value takes 200 trials
// of each configuration.
type PrecisionOptions struct {
	Repeats int    // trials of each configuration; 0 means 200
	Change  int    // by which each code is raised and lowered; 0 means 16
	Samples int    // of each recording; 0 means 10000, the thesis's 340 µs
	Seed    uint64 // of the trials
}

// Precision measures how the times of spikes, and the mean voltages of both halves
// of each interval between them, depend on codes, and how they vary from trial to
// trial. It fails for a configuration with fewer than three spikes, and for codes
// that can't be changed both ways.
func (n *Neuron) Precision(ctx context.Context, c Config, parameters []Parameter, o PrecisionOptions) (*Precision, error) {
	if o.Repeats == 0 {
		o.Repeats = 200
	}
	if o.Change == 0 {
		o.Change = 16
	}
	if len(parameters) == 0 || o.Repeats < 2 || o.Change < 1 {
		return nil, fmt.Errorf("bss2: precision of %d parameters from %d trials and changes of %d codes; it needs 1, 2 and 1 at least", len(parameters), o.Repeats, o.Change)
	}
	// The same trial numbers give all configurations the same noise, which leaves
	// their differences nearly without.
	e := Experiment{Repeats: o.Repeats, Samples: o.Samples, Seed: o.Seed}
	base, err := n.Run(ctx, c, e)
	if err != nil {
		return nil, err
	}
	all := []*Trials{base}
	for _, p := range parameters {
		for _, change := range []int{-o.Change, o.Change} {
			t, err := n.Run(ctx, c.With(p, c.Code(p)+change), e)
			if err != nil {
				return nil, fmt.Errorf("bss2: precision of %s: %w", p.Symbol(), err)
			}
			all = append(all, t)
		}
	}
	spikes := math.MaxInt
	for _, t := range all {
		for _, count := range t.Counts() {
			spikes = min(spikes, count)
		}
	}
	if spikes < 3 {
		return nil, fmt.Errorf("bss2: precision: some trial near the configuration has only %d spikes; it takes 3", spikes)
	}
	return precision(parameters, all, spikes, float64(2*o.Change))
}

// precision puts together the trials of a configuration and of those with each code
// lowered and raised.
func precision(parameters []Parameter, all []*Trials, spikes int, change float64) (*Precision, error) {
	mean, noise := moments(all[0].observables(spikes))
	jacobian := mat.NewDense(len(mean), len(parameters), nil)
	for p := range parameters {
		low, _ := moments(all[1+2*p].observables(spikes))
		high, _ := moments(all[2+2*p].observables(spikes))
		for i := range mean {
			jacobian.Set(i, p, (high[i]-low[i])/change)
		}
	}
	var weighted, information, left mat.Dense
	if err := weighted.Solve(noise, jacobian); err != nil {
		return nil, fmt.Errorf("bss2: precision: the trials do not vary enough: %w", err)
	}
	information.Mul(jacobian.T(), &weighted)
	for i, p := range parameters {
		deviation := float64(p.Max()) / math.Sqrt(12) // of the uniform prior over all codes
		information.Set(i, i, information.At(i, i)+1/(deviation*deviation))
	}
	if err := left.Inverse(&information); err != nil {
		return nil, fmt.Errorf("bss2: precision: %w", err)
	}
	r := &Precision{Parameters: parameters, Spikes: spikes}
	for i := range parameters {
		r.Deviation = append(r.Deviation, math.Sqrt(left.At(i, i)))
	}
	for i := range parameters {
		row := make([]float64, len(parameters))
		for j := range row {
			row[j] = left.At(i, j) / (r.Deviation[i] * r.Deviation[j])
		}
		r.Correlation = append(r.Correlation, row)
	}
	return r, nil
}

// observables are, for each trial, the times of the first spikes, µs, and the mean
// voltages of the halves of the intervals between them, LSB.
func (t *Trials) observables(spikes int) [][]float64 {
	const after, before = 5, 2 // µs of the spikes themselves that are left out
	all := make([][]float64, t.Len())
	for k, v := range t.V {
		s := t.Spikes[k]
		all[k] = append(all[k], s[:spikes]...)
		for i := 1; i < spikes; i++ {
			from, to := s[i-1]+after, s[i]-before
			all[k] = append(all[k], meanBetween(v, t.Dt, from, (from+to)/2), meanBetween(v, t.Dt, (from+to)/2, to))
		}
	}
	return all
}

// meanBetween is the mean of the samples between two times, and of the one at the
// first where there is none between.
func meanBetween(v []float64, dt, from, to float64) float64 {
	first := min(int(from/dt), len(v)-1)
	last := max(first+1, min(int(to/dt), len(v)))
	sum := 0.0
	for _, x := range v[first:last] {
		sum += x
	}
	return sum / float64(last-first)
}

// moments gives mean and covariance of rows. The variances are raised by a
// millionth, so that observables which always agree can be inverted.
func moments(rows [][]float64) (mean []float64, covariance *mat.SymDense) {
	k, n := len(rows[0]), float64(len(rows))
	mean, covariance = make([]float64, k), mat.NewSymDense(k, nil)
	for _, row := range rows {
		for i, x := range row {
			mean[i] += x / n
		}
	}
	for _, row := range rows {
		for i, x := range row {
			for j := i; j < k; j++ {
				covariance.SetSym(i, j, covariance.At(i, j)+(x-mean[i])*(row[j]-mean[j])/(n-1))
			}
		}
	}
	for i := range k {
		covariance.SetSym(i, i, covariance.At(i, i)*(1+1e-6)+1e-6)
	}
	return mean, covariance
}

// Of gives the correlation of two of the parameters, or NaN if one is not among
// them.
func (r *Precision) Of(a, b Parameter) float64 {
	i, j := -1, -1
	for k, p := range r.Parameters {
		if p == a {
			i = k
		}
		if p == b {
			j = k
		}
	}
	if i < 0 || j < 0 {
		return math.NaN()
	}
	return r.Correlation[i][j]
}

// String gives the deviations and the correlations.
func (r *Precision) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%-6s %8s", "", "± codes")
	for _, p := range r.Parameters {
		fmt.Fprintf(&s, " %6s", p.Symbol())
	}
	for i, p := range r.Parameters {
		fmt.Fprintf(&s, "\n%-6s %8.1f", p.Symbol(), r.Deviation[i])
		for _, x := range r.Correlation[i] {
			fmt.Fprintf(&s, " %6.2f", x)
		}
	}
	return s.String()
}
