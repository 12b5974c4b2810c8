package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// MMDOptions are the options of MMD.
type MMDOptions struct {
	// Permutations is how many random divisions of all samples the p-value is found
	// from; 0 means 200, below 0 none.
	Permutations int
	Seed         uint64 // of the divisions
}

// Discrepancy says how far two sets of samples lie apart.
type Discrepancy struct {
	// Distance is the squared maximum mean discrepancy, 0 on average when both come
	// from one distribution, and so below 0 at times.
	Distance float64
	// P is the share of random divisions of all samples into two such sets that lie as
	// far apart: small when the distributions differ. NaN without permutations.
	P float64
}

// String gives both.
func (d Discrepancy) String() string {
	return fmt.Sprintf("squared maximum mean discrepancy %.3g (p = %.2g)", d.Distance, d.P)
}

// MMD is the squared maximum mean discrepancy between two sets of samples, unbiased,
// with a Gaussian kernel as wide as the median distance between samples of both, and a
// permutation test of whether they come from one distribution (Gretton et al. 2012,
// https://jmlr.org/papers/v13/gretton12a.html). It fails when a set has fewer than two
// samples, or a sample has another number of values or one that is not finite.
func MMD(ctx context.Context, a, b [][]float64, o MMDOptions) (Discrepancy, error) {
	if len(a) < 2 || len(b) < 2 {
		return Discrepancy{}, fmt.Errorf("sbi: MMD of %d and %d samples; want two or more of both", len(a), len(b))
	}
	for _, set := range [][][]float64{a, b} {
		for i, row := range set {
			if len(row) != len(a[0]) || !finite(row) {
				return Discrepancy{}, fmt.Errorf("sbi: MMD: sample %d has %d values; want %d, all finite", i, len(row), len(a[0]))
			}
		}
	}
	if o.Permutations == 0 {
		o.Permutations = 200
	}
	all := slices.Concat(a, b)
	divisions := divide(len(a), len(all), max(o.Permutations, 0), o.Seed)
	sums, err := gaussianKernel(all).sums(ctx, all, divisions)
	if err != nil {
		return Discrepancy{}, err
	}
	m, n := float64(len(a)), float64(len(b))
	apart := make([]float64, len(sums))
	for p, s := range sums {
		apart[p] = 2*s.first/(m*(m-1)) + 2*s.second/(n*(n-1)) - 2*s.between/(m*n)
	}
	d := Discrepancy{Distance: apart[0], P: math.NaN()}
	if o.Permutations > 0 {
		as := 0
		for _, v := range apart { // the division that was given is one of them
			if v >= apart[0] {
				as++
			}
		}
		d.P = float64(as) / float64(len(apart))
	}
	return d, nil
}

// divide gives, for every sample, to which set it belongs in every division, 1 for
// the first set: as it was given, and in permutations drawn from a seed.
func divide(first, n, permutations int, seed uint64) [][]float32 {
	of := make([][]float32, n)
	for i := range of {
		of[i] = make([]float32, 1+permutations)
	}
	for i := range first {
		of[i][0] = 1
	}
	for p := range permutations {
		for _, i := range rand.New(rand.NewPCG(seed, uint64(p))).Perm(n)[:first] {
			of[i][1+p] = 1
		}
	}
	return of
}

// pairSums are sums of the kernel over pairs of samples.
type pairSums struct{ first, second, between float64 }

// sums gives those of every division, each pair of samples looked at once.
func (k kernel) sums(ctx context.Context, all [][]float64, divisions [][]float32) ([]pairSums, error) {
	const block = 64 // rows
	blocks := make([][]pairSums, (len(all)+block-1)/block)
	err := parallel(ctx, len(blocks), func(b int) {
		of := make([]pairSums, len(divisions[0]))
		inFirst, vectors := make([]float32, len(of)), vec.New(simd.Best())
		for i := b * block; i < min((b+1)*block, len(all)) && ctx.Err() == nil; i++ {
			clear(inFirst)
			sum := 0.0
			for j := range i {
				v := float32(k.of(all[i], all[j]))
				sum += float64(v)
				vectors.Axpy(inFirst, inFirst, divisions[j], v)
			}
			for p, v := range inFirst {
				same, other := &of[p].first, &of[p].between
				if divisions[i][p] == 0 {
					same, other = &of[p].between, &of[p].second
				}
				*same += float64(v)
				*other += sum - float64(v)
			}
		}
		blocks[b] = of
	})
	if err != nil {
		return nil, err
	}
	total := make([]pairSums, len(divisions[0]))
	for _, of := range blocks { // in one order, on however many cores
		for p, s := range of {
			total[p].first += s.first
			total[p].second += s.second
			total[p].between += s.between
		}
	}
	return total, nil
}

// kernel is e^(−γ·distance²).
type kernel struct{ gamma float64 }

// gaussianKernel is as wide as the median distance of samples, of about 50,000 pairs
// where there are more.
func gaussianKernel(a [][]float64) kernel {
	var distances []float64
	step := max(1, len(a)*len(a)/100_000)
	for i, j := 1, step-1; ; j += step {
		for ; i < len(a) && j >= i; i++ { // pairs (i, j < i), one row after another
			j -= i
		}
		if i >= len(a) {
			break
		}
		distances = append(distances, squareDistance(a[i], a[j]))
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
// are used, those of the first round before others. It fails before the first
// training, and for an observation that has another number of values than the
// simulations or one that is not finite.
func (s *Inference) CheckObservation(ctx context.Context, x []float64) (Misspecification, error) {
	if err := s.begun(); err != nil {
		return Misspecification{}, err
	}
	var m Misspecification
	if s.estimator == nil {
		return m, errors.New("sbi: nothing is trained yet; run Round or Train first")
	}
	if err := s.estimator.unchanged(); err != nil {
		return m, err
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
	if err != nil {
		return m, err
	}
	others := append([]float64(nil), similarity[1:]...)
	sort.Float64s(others)
	below := sort.SearchFloat64s(others, math.Nextafter(similarity[0], 2))
	m.P = (float64(below) + 1) / float64(len(others)+1)
	m.Distance = 1 - 2*similarity[0] + average(others)
	return m, nil
}
