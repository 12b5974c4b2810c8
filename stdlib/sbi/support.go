package sbi

import (
	"fmt"
	"math"
	"slices"
)

// Support says on what space an estimator lives.
type Support int

const (
	// Unbounded standardises the parameters alone, as the Python toolbox does
	// (logarithms of those with a LogUniform or LogNormal prior); samples outside the
	// prior must then be rejected (leakage). The default: over
	// the benchmark's tasks with box priors spline flows, and rounds with atoms, come
	// nearer to the true posteriors than on the mapped box, which bends what is alike
	// everywhere in it; BENCHMARKS.md has both.
	Unbounded Support = iota
	// BoxProbit maps the prior's box to all numbers by the normal distribution's
	// quantile function: a uniform prior becomes standard normal, a LogUniform one,
	// too, and no sample can fall outside. Parameters without bounds are only
	// standardised. It suits MAF in
	// a single round and in Truncated ones, where it is the more accurate support;
	// the loss of atoms fixes a density only where atoms lie, and mass that would leak
	// out of the box gathers at its edges.
	BoxProbit
	// BoxLogit maps the box by log(p/(1 − p)), with tails a little heavier.
	BoxLogit
)

// String names the support.
func (s Support) String() string {
	switch s {
	case Unbounded:
		return "unbounded"
	case BoxProbit:
		return "box (probit)"
	case BoxLogit:
		return "box (logit)"
	}
	return fmt.Sprintf("support %d", int(s))
}

// warp maps parameters to the standardised space that a flow lives on.
type warp struct {
	support      Support
	lower, upper []float64 // ±Inf where the parameter is not mapped from a box
	log          []bool    // whether the logarithm is mapped instead; nil for none
	mean, std    []float64 // of the mapped parameters
}

// edge is how near to the bounds of its box a parameter can come, as a share of
// the box.
const edge = 1e-9

// newWarp fits a warp to training parameters.
func newWarp(support Support, prior Prior, thetas [][]float64) *warp {
	dim := prior.Dim()
	w := &warp{support: support, log: logScales(prior), mean: make([]float64, dim), std: make([]float64, dim)}
	lower, upper := prior.Bounds()
	w.lower, w.upper = slices.Clone(lower), slices.Clone(upper) // a prior's own, perhaps
	for i := range dim {
		if support == Unbounded || math.IsInf(w.lower[i], 0) || math.IsInf(w.upper[i], 0) {
			w.lower[i], w.upper[i] = math.Inf(-1), math.Inf(1)
		}
	}
	for i := range dim {
		mapped := make([]float64, len(thetas))
		for k, theta := range thetas {
			mapped[k], _ = w.unbox(i, theta[i])
		}
		w.mean[i], w.std[i] = meanAndScale(mapped)
	}
	return w
}

// logarithmic says whether parameter i is mapped by its logarithm.
func (w *warp) logarithmic(i int) bool { return w.log != nil && w.log[i] }

// scaled gives parameter i's bounds on the scale that it is mapped on.
func (w *warp) scaled(i int) (lower, upper float64) {
	if lower, upper = w.lower[i], w.upper[i]; w.logarithmic(i) && !math.IsInf(lower, -1) {
		return math.Log(lower), math.Log(upper)
	}
	return lower, upper
}

// leaks says whether the inverse can leave the bounds of parameter i.
func (w *warp) leaks(i int, lower, upper float64) bool {
	switch {
	case math.IsInf(lower, -1) && math.IsInf(upper, 1) || !math.IsInf(w.lower[i], -1):
		return false
	case w.logarithmic(i):
		return lower > 0 || !math.IsInf(upper, 1)
	}
	return true
}

// unbox maps parameter i from its box to all numbers, and gives the logarithm of
// the slope.
func (w *warp) unbox(i int, x float64) (v, logSlope float64) {
	a, b := w.scaled(i)
	if w.logarithmic(i) {
		if !(x > 0) {
			x = math.SmallestNonzeroFloat64 // outside; what counts is that the map is finite
		}
		x = math.Log(x)
		logSlope = -x
	}
	if math.IsInf(a, -1) {
		return x, logSlope
	}
	p := min(max((x-a)/(b-a), edge), 1-edge)
	if w.support == BoxLogit {
		return math.Log(p / (1 - p)), logSlope - math.Log(p*(1-p)) - math.Log(b-a)
	}
	v = math.Sqrt2 * math.Erfinv(2*p-1)
	return v, logSlope + v*v/2 + math.Log(2*math.Pi)/2 - math.Log(b-a)
}

// box is the inverse of unbox.
func (w *warp) box(i int, v float64) float64 {
	a, b := w.scaled(i)
	if !math.IsInf(a, -1) {
		v = min(max(a+(b-a)*w.share(v), a), b)
	}
	if w.logarithmic(i) {
		return min(max(math.Exp(v), w.lower[i]), w.upper[i])
	}
	return v
}

// share is how far into a box a mapped value lies.
func (w *warp) share(v float64) float64 {
	if w.support == BoxLogit {
		return 1 / (1 + math.Exp(-v))
	}
	return 0.5 * math.Erfc(-v/math.Sqrt2)
}

// toFlow standardises parameters and gives the logarithm of the volume factor;
// −Inf outside the box.
func (w *warp) toFlow(theta []float64, u []float32) float64 {
	sum := 0.0
	for i, x := range theta {
		v, slope := w.unbox(i, x)
		if x < w.lower[i] || x > w.upper[i] || math.IsNaN(x) || w.logarithmic(i) && x <= 0 {
			sum = math.Inf(-1)
		}
		u[i] = float32((v - w.mean[i]) / w.std[i])
		sum += slope - math.Log(w.std[i])
	}
	return sum
}

// fromFlow is the inverse of toFlow.
func (w *warp) fromFlow(u []float32, theta []float64) {
	for i, v := range u {
		theta[i] = w.box(i, w.mean[i]+w.std[i]*float64(v))
	}
}
