package sbi

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

// Truncated draws are those of the prior that lie where the posterior is: as many
// in every part as rejection without a box keeps, drawn in the box or by way of the
// estimator.
func TestTruncatedDrawsAreThoseOfThePrior(t *testing.T) {
	prior := BoxUniform([]float64{0, 0}, []float64{1, 1}, "x", "y")
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.05*rng.NormFloat64(), theta[0]*theta[1] + 0.05*rng.NormFloat64()}, nil
	})
	inf, err := NewNPE(prior, Options{Seed: 5, Quiet: true, MaxEpochs: 40, LR: 2e-3, Batch: 50, Density: MAF{Transforms: 3, Hidden: 20}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 1000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{0.6, 0.3})
	if err != nil {
		t.Fatal(err)
	}
	const n = 4000
	own, err := p.draw(t.Context(), 100_000, 7)
	if err != nil {
		t.Fatal(err)
	}
	density, err := p.flowLogProb(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	sort.Float64s(density)
	all := Draw(prior, 200_000, 1)
	logs, err := p.flowLogProb(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	var kept [][]float64
	for i, l := range logs {
		if l > density[10] {
			kept = append(kept, all[i])
		}
	}
	if len(kept) < 2000 || len(kept) > 150_000 {
		t.Fatalf("rejection keeps %d of %d: the box is not put to the test", len(kept), len(all))
	}
	// The plane in 4 × 4 parts around the middle of the region.
	part := func(theta []float64, mean, std [2]float64) int {
		k := 0
		for d, v := range theta {
			k = 4*k + min(3, max(0, int(2+(v-mean[d])/std[d])))
		}
		return k
	}
	var mean, std [2]float64
	for d := range mean {
		column := make([]float64, len(kept))
		for i, theta := range kept {
			column[i] = theta[d]
		}
		mean[d], std[d] = moments(column)
	}
	restricted, err := p.Truncate(t.Context(), 0, 7)
	if err != nil {
		t.Fatal(err)
	}
	for d, m := range restricted.Mean() {
		if s := restricted.Std()[d]; math.Abs(m-mean[d]) > 0.1*std[d] || math.Abs(s-std[d]) > 0.1*std[d] {
			t.Errorf("mean %g and deviation %g of parameter %d; of draws by rejection %g and %g", m, s, d, mean[d], std[d])
		}
	}
	lost := 0
	for _, theta := range own[:5000] {
		if !Within(restricted, theta) && Within(prior, theta) {
			lost++
		}
	}
	if lost > 4 {
		t.Errorf("%d of 5000 samples of the posterior lie outside; want a share of 1e-4", lost)
	}
	var want [16]float64
	for _, theta := range kept {
		want[part(theta, mean, std)] += 1 / float64(len(kept))
	}
	compare := func(way string) {
		draws, err := restricted.draw(t.Context(), n, 7)
		if err != nil {
			t.Fatal(err)
		}
		draws = append(draws, Draw(restricted, 500, 8)...)
		var got [16]float64
		for i, theta := range draws {
			if !Within(restricted, theta) {
				t.Fatalf("%s: draw %d, %v, lies outside the truncated prior", way, i, theta)
			}
			got[part(theta, mean, std)] += 1 / float64(len(draws))
		}
		for k := range want {
			// Five deviations of both shares.
			deviation := math.Sqrt(want[k] * (1 - want[k]) * (1.0/n + 1/float64(len(kept))))
			if math.Abs(got[k]-want[k]) > 5*deviation+1e-9 {
				t.Errorf("%s: part %d holds %.4f of the draws; want %.4f ± %.4f", way, k, got[k], want[k], deviation)
			}
		}
	}
	if restricted.wide != nil {
		t.Fatal("the box is not drawn from, though many of its draws can be kept")
	}
	compare("box")
	if restricted.wide, err = restricted.widest(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	compare("wider noise")
}

// The ratio above which all draws are kept loses no more than it may, and the
// acceptance is that of draws kept in proportion to the ratios below it.
func TestCapRatios(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	ratios := make([]float64, 5000)
	for i := range ratios {
		ratios[i] = 700 + 2*rng.NormFloat64() // far beyond what exp can hold
		if i%3 == 0 {
			ratios[i] = math.Inf(-1)
		}
	}
	most, acceptance := capRatios(ratios)
	sum, below := 0.0, 0.0
	for _, r := range ratios {
		sum += math.Exp(r - most)
		below += math.Min(1, math.Exp(r-most))
	}
	if lost := 1 - below/sum; math.Abs(lost-cappedRatios) > 1e-6 {
		t.Errorf("%.3g of the sum is lost; want %g", lost, cappedRatios)
	}
	if want := below / float64(len(ratios)); math.Abs(acceptance-want) > 1e-9 {
		t.Errorf("acceptance %g; want %g", acceptance, want)
	}
	if _, acceptance := capRatios([]float64{math.Inf(-1)}); acceptance != 0 {
		t.Errorf("acceptance %g where nothing lies within; want 0", acceptance)
	}
}
