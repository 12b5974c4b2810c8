package study

import (
	"context"
	"fmt"
	"math"

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

// Local is a normal distribution around parameters: what a posterior should look
// like near them.
type Local struct {
	Std         []float64  // of every parameter
	Correlation sbi.Matrix // of the parameters
}

// LocalPosterior computes, without any network, how well parameters near theta
// can be known at best: how the mean observation changes with each parameter, and
// how repeats scatter, give the information that an observation holds (Fisher's),
// to which the prior's is added. Its inverse is the posterior's covariance as far
// as observations change linearly and scatter normally. It fails when values of
// the observation depend on one another completely, or too many runs fail.
func LocalPosterior(ctx context.Context, simulator sbi.Simulator, prior sbi.Prior, theta []float64, o LocalOptions) (*Local, error) {
	if o.Step == 0 {
		o.Step = 15
	}
	if o.Repeats == 0 {
		o.Repeats = 300
	}
	dim := prior.Dim()
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

// rows makes a matrix of the observations that did not fail.
func rows(xs [][]float64, err error) (*mat.Dense, error) {
	if err != nil {
		return nil, err
	}
	var values []float64
	kept, width := 0, 0
	for _, x := range xs {
		if x != nil {
			values, kept, width = append(values, x...), kept+1, len(x)
		}
	}
	if kept < 2*width || kept < len(xs)/2 {
		return nil, fmt.Errorf("study: local posterior: %d of %d runs failed", len(xs)-kept, len(xs))
	}
	return mat.NewDense(kept, width, values), nil
}

func columnMean(m *mat.Dense, k int) float64 {
	return stat.Mean(mat.Col(nil, k, m), nil)
}
