package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/sbi"
)

// LocalOptions are the options of LocalPosterior.
type LocalOptions struct {
	Step    float64 // by which each parameter is moved up and down; 0 means 15
	Repeats int     // simulations at each place; 0 means 300
	Seed    uint64
}

// Local is a normal distribution around parameters: what a posterior looks like
// near them that uses no more than how observations change in the mean.
type Local struct {
	Std         []float64  // of every parameter
	Correlation sbi.Matrix // of the parameters
}

// LocalPosterior computes, without any network, how well parameters near theta
// can be known from how observations change in the mean. That change with each
// parameter, and how repeats scatter, give the linear part of the Fisher information
// that an observation holds, μ′ᵀΣ⁻¹μ′, to which the prior's is added; its inverse is
// the covariance. It is the posterior's as far as means change linearly and
// observations scatter normally and everywhere alike. Otherwise the observation
// holds more: the linear part is a lower bound (see Information), and a posterior
// may be narrower. It fails when theta has not a value for each of the prior's
// parameters, values of the observation depend on one another completely, or too
// many runs fail.
func LocalPosterior(ctx context.Context, simulator sbi.Simulator, prior sbi.Prior, theta []float64, o LocalOptions) (*Local, error) {
	if o.Step == 0 {
		o.Step = 15
	}
	if o.Repeats == 0 {
		o.Repeats = 300
	}
	dim := prior.Dim()
	if len(theta) != dim || !(o.Step > 0) || o.Repeats < 2 {
		return nil, fmt.Errorf("study: local posterior at %d values for %d parameters, with steps of %g and %d repeats; want a value for each, a step above 0, two repeats or more", len(theta), dim, o.Step, o.Repeats)
	}
	observe := func(moved int, by float64, seed uint64) (*mat.Dense, error) {
		thetas := make([][]float64, o.Repeats)
		for i := range thetas {
			thetas[i] = append([]float64(nil), theta...)
			if moved >= 0 {
				thetas[i][moved] += by
			}
		}
		return rows(simulator.Simulate(ctx, thetas, o.Seed^seed))
	}
	here, err := observe(-1, 0, 1)
	if err != nil {
		return nil, err
	}
	_, values := here.Dims()
	change := mat.NewDense(values, dim, nil)
	for d := range dim {
		up, err := observe(d, o.Step, 2)
		if err != nil {
			return nil, err
		}
		down, err := observe(d, -o.Step, 3)
		if err != nil {
			return nil, err
		}
		for k := range values {
			change.Set(k, d, (columnMean(up, k)-columnMean(down, k))/(2*o.Step))
		}
	}
	for k := range values {
		if column := mat.Col(nil, k, here); slices.Min(column) == slices.Max(column) {
			return nil, fmt.Errorf("study: local posterior: %s of the observation is %g in all %d repeats; observe only what varies there, such as a Recorder's SpikeTimes", valueName(simulator, k), column[0], len(column))
		}
	}
	var scatter mat.SymDense
	stat.CovarianceMatrix(&scatter, here, nil)
	var inverse, weighted, information, covariance mat.Dense
	if err := inverse.Inverse(&scatter); err != nil {
		return nil, fmt.Errorf("study: local posterior: the observation's values depend on one another: %w", err)
	}
	weighted.Mul(change.T(), &inverse)
	information.Mul(&weighted, change)
	for d, std := range prior.Std() {
		information.Set(d, d, information.At(d, d)+1/(std*std))
	}
	if err := covariance.Inverse(&information); err != nil {
		return nil, fmt.Errorf("study: local posterior: %w", err)
	}
	l := &Local{Std: make([]float64, dim), Correlation: sbi.Matrix{Names: prior.Names()}}
	for d := range dim {
		l.Std[d] = math.Sqrt(covariance.At(d, d))
	}
	for i := range dim {
		row := make([]float64, dim)
		for j := range dim {
			row[j] = covariance.At(i, j) / (l.Std[i] * l.Std[j])
		}
		l.Correlation.Values = append(l.Correlation.Values, row)
	}
	return l, nil
}

// valueName says which value of an observation number k is.
func valueName(simulator sbi.Simulator, k int) string {
	if r, ok := simulator.(Recorder); ok && r.Observe == Features {
		return fmt.Sprintf("value %d (%s)", k, r.FeatureNames()[k])
	}
	return fmt.Sprintf("value %d", k)
}

// rows makes a matrix of the observations that did not fail.
func rows(xs [][]float64, err error) (*mat.Dense, error) {
	if err != nil {
		return nil, err
	}
	kept := usable(xs)
	if len(kept) < 2 || len(kept) < 2*len(kept[0]) || len(kept) < len(xs)/2 {
		return nil, fmt.Errorf("study: local posterior: %d of %d runs are usable; want half of them, and twice as many as an observation has values", len(kept), len(xs))
	}
	return mat.NewDense(len(kept), len(kept[0]), slices.Concat(kept...)), nil
}

func columnMean(m *mat.Dense, k int) float64 {
	return stat.Mean(mat.Col(nil, k, m), nil)
}
