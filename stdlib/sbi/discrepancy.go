package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
)

// MMD is the squared maximum mean discrepancy between two sets of samples
// (Gretton et al. 2012), unbiased, with a Gaussian kernel as wide as the median
// distance between samples of the first. It is 0 on average when both come from
// one distribution. It fails when a set has fewer than two samples, or a sample has
// another number of values.
func MMD(a, b [][]float64) (float64, error) {
	if len(a) < 2 || len(b) < 2 {
		return 0, fmt.Errorf("sbi: MMD of %d and %d samples; want two or more of both", len(a), len(b))
	}
	for _, set := range [][][]float64{a, b} {
		for i, row := range set {
			if len(row) != len(a[0]) || !finite(row) {
				return 0, fmt.Errorf("sbi: MMD: sample %d has %d values; want %d, all finite", i, len(row), len(a[0]))
			}
		}
	}
	k := gaussianKernel(a)
	return k.within(a) + k.within(b) - 2*k.between(a, b), nil
}

// kernel is e^(−γ·distance²).
type kernel struct{ gamma float64 }

func gaussianKernel(a [][]float64) kernel {
	var distances []float64
	step := max(1, len(a)*len(a)/100_000)
	count := 0
	for i := range a {
		for j := range i {
			if count++; count%step == 0 {
				distances = append(distances, squareDistance(a[i], a[j]))
			}
		}
	}
	if len(distances) == 0 {
		distances = []float64{squareDistance(a[0], a[1])}
	}
	return kernel{1 / math.Max(2*quantile(distances, 0.5), 1e-300)}
}

func squareDistance(a, b []float64) float64 {
	sum := 0.0
	for d := range a {
		sum += (a[d] - b[d]) * (a[d] - b[d])
	}
	return sum
}

func (k kernel) of(a, b []float64) float64 { return math.Exp(-k.gamma * squareDistance(a, b)) }

func (k kernel) within(a [][]float64) float64 {
	sum := 0.0
	for i := range a {
		for j := range i {
			sum += 2 * k.of(a[i], a[j])
		}
	}
	return sum / float64(len(a)*(len(a)-1))
}

func (k kernel) between(a, b [][]float64) float64 {
	sum := 0.0
	for _, x := range a {
		for _, y := range b {
			sum += k.of(x, y)
		}
	}
	return sum / float64(len(a)*len(b))
}

// Misspecification says how an observation lies among the training data.
type Misspecification struct {
	// Distance is the squared maximum mean discrepancy between the embedded
	// observation and the embedded training data.
	Distance float64
	// P is the share of training observations that lie as far from the others.
	P float64
}

// String warns when the simulator does not make such observations.
func (m Misspecification) String() string {
	if m.P < 0.05 {
		return fmt.Sprintf("the observation is unlike the training data (p = %.2g): the simulator may not describe it, and the posterior is not to be trusted", m.P)
	}
	return fmt.Sprintf("the observation is like the training data (p = %.2g)", m.P)
}

// CheckObservation compares an observation with the simulations that the estimator
// was trained on, both as the estimator sees them, embedded and standardised
// (Schmitt et al. 2023, https://arxiv.org/abs/2112.08866). At most 500 simulations
// are used, those of the first round before others.
func (s *Inference) CheckObservation(ctx context.Context, x []float64) (Misspecification, error) {
	var m Misspecification
	if s.estimator == nil {
		return m, errors.New("sbi: nothing is trained yet; run Round or Train first")
	}
	const most = 500
	all := append([][]float64{x}, s.xs[:min(most, len(s.xs))]...)
	embedded := make([][]float64, len(all))
	for i, x := range all {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		c, err := s.estimator.contextOf(x)
		if err != nil {
			return m, err
		}
		for _, v := range c {
			embedded[i] = append(embedded[i], float64(v))
		}
	}
	k := gaussianKernel(embedded[1:])
	// Leaving a sample out, the part that is common to all is left out too: only
	// the mean similarity to the others differs.
	similarity := make([]float64, len(all))
	err := parallel(ctx, len(all), func(i int) {
		for j := 1; j < len(all); j++ {
			if j != i {
				similarity[i] += k.of(embedded[i], embedded[j])
			}
		}
		similarity[i] /= float64(len(all) - 1)
		if i > 0 {
			similarity[i] *= float64(len(all)-1) / float64(len(all)-2)
		}
	})
	others := append([]float64(nil), similarity[1:]...)
	sort.Float64s(others)
	below := sort.SearchFloat64s(others, math.Nextafter(similarity[0], 2))
	m.P = (float64(below) + 1) / float64(len(others)+1)
	m.Distance = 1 - 2*similarity[0] + average(others)
	return m, err
}
