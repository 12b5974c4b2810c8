package study

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Estimate is a number that was estimated from random trials.
type Estimate struct {
	Value float64
	Error float64 // standard error
}

// Information estimates the linear part of the Fisher information that a recording
// holds about a step along a direction, μ′ᵀΣ⁻¹μ′: the squared change of the
// features' means from one end of the step to the other, measured by their
// covariance from trial to trial, over the squared step. It is what the best
// linear readout of the features recovers, and a lower bound on their Fisher
// information (Kanitscheider et al. 2015, https://doi.org/10.1371/journal.pcbi.1004218):
// how the covariance itself changes along the step is left out, and all that is not
// normal about the features. A posterior that is narrower than it says is therefore
// not wrong for that; JudgeRepeats tells whether it is.
//
// Steps and directions are in units of the prior's deviations, so that with a flat
// prior and normal features of constant covariance it is the eigenvalue of the
// active subspace. Since codes are whole numbers, the step is the one between the
// codes next to its ends. What differences of means and an estimated covariance add
// by chance is taken off, so that where there is no information the estimate
// scatters around 0.
//
// Runs that the recorder leaves out (MinRate, MaxRate) don't count. It fails when
// more than half of those at one place are, when fewer than two are left at an end
// or hardly more at theta than there are features (2·trials are made there), when
// the recorder observes more than features, and when the step is too short to
// change a code.
func Information(ctx context.Context, r Recorder, theta, direction []float64, step float64, trials int, seed uint64) (Estimate, error) {
	if n := len(r.Ranges.Parameters); r.Observe != Features || len(theta) != n || len(direction) != n || !(step > 0) || trials < 2 {
		return Estimate{}, fmt.Errorf("study: information at %d values along %d, of %d parameters, with steps of %g and %d trials; want a recorder of Features, a value and a direction for each parameter, a step above 0, two trials or more", len(theta), len(direction), n, step, trials)
	}
	prior, err := r.Prior()
	if err != nil {
		return Estimate{}, err
	}
	std := prior.Std()
	ends := make([][]float64, 3) // theta, and before and behind it
	for k, at := range []float64{0, -0.5, 0.5} {
		moved := make([]float64, len(theta))
		for d := range theta {
			moved[d] = theta[d] + at*step*std[d]*direction[d]
		}
		ends[k] = r.Theta(r.Config(moved))
	}
	length := 0.0
	for d := range theta {
		length = math.Hypot(length, (ends[2][d]-ends[1][d])/std[d])
	}
	if length == 0 {
		return Estimate{}, fmt.Errorf("study: information along a step of %g, which is too short to change a code", step)
	}
	var thetas [][]float64
	for k, times := range []int{2 * trials, trials, trials} {
		for range times {
			thetas = append(thetas, ends[k])
		}
	}
	xs, err := r.Simulate(ctx, thetas, seed)
	if err != nil {
		return Estimate{}, err
	}
	places := [][][]float64{xs[:2*trials], xs[2*trials : 3*trials], xs[3*trials:]}
	for k, made := range places {
		places[k] = usable(made)
		if n := len(places[k]); n < 2 || 2*n < len(made) {
			return Estimate{}, fmt.Errorf("study: information: %d of %d recordings of %.4g are usable; widen the recorder's MinRate and MaxRate, or move theta or shorten the step", n, len(made), ends[k])
		}
	}
	value, deviation, err := squaredDistance(places[0], places[1], places[2])
	return Estimate{Value: value / (length * length), Error: deviation / (length * length)}, err
}

// usable gives the observations that are not nil.
func usable(xs [][]float64) [][]float64 {
	var kept [][]float64
	for _, x := range xs {
		if x != nil {
			kept = append(kept, x)
		}
	}
	return kept
}

// squaredDistance estimates the squared Mahalanobis distance between the means of
// two sets of features, with the covariance of a third, and its standard error.
func squaredDistance(still, before, behind [][]float64) (value, deviation float64, err error) {
	width := len(still[0])
	rows := mat.NewDense(len(still), width, nil)
	for i, x := range still {
		rows.SetRow(i, x)
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, rows, nil)
	const little = 1e-4 // what never varies counts as varying a little
	for d := range width {
		covariance.SetSym(d, d, covariance.At(d, d)+little)
	}
	var chol mat.Cholesky
	if !chol.Factorize(&covariance) {
		return 0, 0, fmt.Errorf("study: the features' covariance is not positive; take more trials")
	}
	difference := mat.NewVecDense(width, nil)
	for _, end := range []struct {
		sign float64
		xs   [][]float64
	}{{-1, before}, {1, behind}} {
		for _, x := range end.xs {
			for d, v := range x {
				difference.SetVec(d, difference.AtVec(d)+end.sign*v/float64(len(end.xs)))
			}
		}
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return 0, 0, fmt.Errorf("study: the features' covariance: %w; take more trials", err)
	}
	free := float64(width) - little*mat.Trace(&inverse) // features that do vary
	freedom := float64(len(still) - 1)
	if freedom <= free+1 {
		return 0, 0, fmt.Errorf("study: %d trials for %d features; take more", len(still), width)
	}
	// The inverse of an estimated covariance is too large, and the means of n trials
	// scatter, which adds 1/n of each end's variance.
	shrink, noise := (freedom-free-1)/freedom, 1/float64(len(before))+1/float64(len(behind))
	value = shrink*math.Pow(stat.Mahalanobis(difference, mat.NewVecDense(width, nil), &chol), 2) - free*noise
	return value, math.Sqrt(2*free*noise*noise + 4*noise*math.Max(value, 0)), nil
}
