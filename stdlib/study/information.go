package study

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Information estimates how much a recording tells about a step along a direction:
// the squared difference between the features' means at both ends of the step,
// measured by their covariance from trial to trial, over the squared step (the
// Fisher information of normally distributed features). Steps and directions are
// in units of the prior's deviations, so that a flat prior and a normal posterior
// have it as the eigenvalue of the active subspace. The number of trials at each
// end, and twice as many at theta, should be well above that of features: below
// it counts noise as information. It fails when the recorder observes more than
// features.
func Information(ctx context.Context, r Recorder, theta, direction []float64, step float64, trials int, seed uint64) (float64, error) {
	if r.Observe != Features || len(direction) != len(theta) || !(step > 0) || trials < 2 {
		return 0, fmt.Errorf("study: information along %d of %d parameters with steps of %g and %d trials; want a recorder of Features, a direction for each parameter, a step above 0, two trials or more", len(direction), len(theta), step, trials)
	}
	prior, err := r.Prior()
	if err != nil {
		return 0, err
	}
	std := prior.Std()
	var thetas [][]float64
	for _, end := range []struct {
		at    float64
		times int
	}{{0, 2 * trials}, {-0.5, trials}, {0.5, trials}} {
		moved := make([]float64, len(theta))
		for d := range theta {
			moved[d] = theta[d] + end.at*step*std[d]*direction[d]
		}
		for range end.times {
			thetas = append(thetas, moved)
		}
	}
	xs, err := r.Simulate(ctx, thetas, seed)
	if err != nil {
		return 0, err
	}
	width := len(xs[0])
	still := mat.NewDense(2*trials, width, nil)
	for i := range 2 * trials {
		still.SetRow(i, xs[i])
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, still, nil)
	for d := range width {
		// What never varies counts as varying a little.
		covariance.SetSym(d, d, covariance.At(d, d)+1e-4)
	}
	difference := mat.NewVecDense(width, nil)
	for i := range trials {
		for d := range width {
			difference.SetVec(d, difference.AtVec(d)+(xs[3*trials+i][d]-xs[2*trials+i][d])/float64(trials))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(&covariance) {
		return 0, fmt.Errorf("study: the features' covariance is not positive; take more trials")
	}
	zero := mat.NewVecDense(width, nil)
	return math.Pow(stat.Mahalanobis(difference, zero, &chol)/step, 2), nil
}
