package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
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
		draws, err := restricted.Draw(t.Context(), n, 7)
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
	restricted.lower[0] = mean[0] // what is accepted ends at the box, however it is drawn
	draws, err := restricted.Draw(t.Context(), 500, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, theta := range draws {
		if !Within(restricted, theta) {
			t.Fatalf("%v is drawn, outside the box from %v to %v", theta, restricted.lower, restricted.upper)
		}
	}
	if text := restricted.String(); !strings.Contains(text, "given [0.6 0.3]") || !strings.Contains(text, "x from "+fmt.Sprintf("%.4g", mean[0])) {
		t.Error(text)
	}
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

// TestLeakageLosesNoPosterior: what a truncated prior leaves out is a share of the
// draws within the prior, however many leak.
func TestLeakageLosesNoPosterior(t *testing.T) {
	p := trained(t, Unbounded, 1)
	p.warp.mean[0] -= 0.4 // most of it leaks now
	s, err := p.SampleSeed(t.Context(), 4000, 9)
	if err != nil {
		t.Fatal(err)
	}
	if s.Acceptance > 0.1 {
		t.Fatalf("acceptance %g: leakage is not put to the test", s.Acceptance)
	}
	truncated, err := p.Truncate(t.Context(), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, theta := range s.Values {
		if !Within(truncated, theta) {
			lost++
		}
	}
	if lost > 10 {
		t.Errorf("%d of %d draws of the posterior are lost (acceptance %.2g)", lost, len(s.Values), s.Acceptance)
	}
}

// TestTruncatedCodesAreWhole draws codes in every round, in the box and by way of the
// estimator.
func TestTruncatedCodesAreWhole(t *testing.T) {
	prior := CodeUniform([]int{0, 0}, []int{1023, 1023})
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.1*rng.NormFloat64(), theta[1] + 0.1*rng.NormFloat64()}, nil
	})
	observation := []float64{500.1, 300}
	inf, err := NewSNPE(prior, Options{Density: MDN{Components: 2}, Truncated: true, Quiet: true, Seed: 1, Observation: observation, LR: 5e-3, MaxEpochs: 100, Batch: 50})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), simulator, 1000); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior(observation)
	if err != nil {
		t.Fatal(err)
	}
	truncated, err := p.Truncate(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := truncated.widest(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []*wideDraws{nil, wide} {
		truncated.wide = way
		draws, err := truncated.Draw(t.Context(), 500, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, theta := range draws {
			if !Within(truncated, theta) || theta[0] != math.Round(theta[0]) || theta[1] != math.Round(theta[1]) {
				t.Fatalf("%v is drawn (by way of the estimator: %t)", theta, way != nil)
			}
		}
	}
}

// TestRestrictedPriorsAreClipped: to draw in a small box must not take the whole
// prior's draws.
func TestRestrictedPriorsAreClipped(t *testing.T) {
	prior := BoxUniform(filled(6, -1), filled(6, 1))
	thetas := Draw(prior, 400, 1)
	xs := make([][]float64, len(thetas))
	for i, theta := range thetas {
		if theta[0] > -0.3 {
			xs[i] = []float64{1}
		}
	}
	restricted, err := Restrict(t.Context(), prior, thetas, xs, RestrictOptions{Epochs: 20})
	if err != nil {
		t.Fatal(err)
	}
	kept, tried, err := drawWithin(t.Context(), clipped(restricted, filled(6, 0), filled(6, 0.1)), filled(6, 0), filled(6, 0.1), 100, 1)
	if err != nil || len(kept) != 100 || tried > 200 {
		t.Errorf("%d draws within the box of %d, %v", len(kept), tried, err)
	}
}

func filled(n int, value float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = value
	}
	return x
}

// TestTruncatedDrawsOfTwoSeedsShareNone: though it takes several passes to find them.
func TestTruncatedDrawsOfTwoSeedsShareNone(t *testing.T) {
	p := trained(t, Unbounded, 1)
	loose, err := p.Truncate(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	tight, err := p.Truncate(t.Context(), 0.8, 1)
	if err != nil {
		t.Fatal(err)
	}
	loose.threshold = tight.threshold // little of its box now
	seen := map[float64]bool{}
	for _, seed := range []uint64{1, 2} {
		draws, err := loose.Draw(t.Context(), 3000, seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, theta := range draws {
			if seen[theta[0]] {
				t.Fatalf("%v is drawn again", theta)
			}
			seen[theta[0]] = true
		}
	}
}

func TestATruncatedPriorOfNothingSaysSo(t *testing.T) {
	empty := &TruncatedPrior{}
	_, err := NewNPE(empty, Options{})
	says(t, err, "use Posterior.Truncate")
	if got := empty.String(); got != err.Error() {
		t.Errorf("it shows %q", got)
	}
}
