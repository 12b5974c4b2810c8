package sbi

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestIndependentParametersAreNumberedThrough(t *testing.T) {
	one, log := BoxUniform([]float64{0}, []float64{1}), LogUniform([]float64{1}, []float64{2})
	both := MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0}, {0, 1}}, "v")
	for want, p := range map[string]Prior{
		"θ1 θ2":          Independent(one, log),
		"θ1 a θ3":        Independent(one, BoxUniform([]float64{0, 0}, []float64{1, 1}, "a")),
		"θ1 θ2 θ3":       Independent(Independent(one, log), log),
		"θ1 v θ3 θ4":     Independent(one, both, log),
		"b θ2 v θ4 θ5 c": Independent(Normal([]float64{0}, []float64{1}, "b"), Independent(log, both), Normal([]float64{0, 0}, []float64{1, 1}, "", "c")),
	} {
		if got := strings.Join(p.Names(), " "); p.Err() != nil || got != want {
			t.Errorf("names %s, want %s (%v)", got, want, p.Err())
		}
	}
	// The names are those of the posterior that is saved.
	p := trained(t, Unbounded, 1)
	p.prior = Independent(one, one)
	path := filepath.Join(t.TempDir(), "posterior")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	if loaded, err := LoadPosterior(path); err != nil || !slices.Equal(loaded.Names(), p.Names()) {
		t.Error(loaded, err)
	}
}

func TestWrongIndependentPriorsSayWhy(t *testing.T) {
	one := BoxUniform([]float64{0}, []float64{1}, "a")
	for want, p := range map[string]Prior{
		"without parameters":                      Independent(),
		"independent prior 2 is nil":              Independent(one, nil),
		"independent prior 1 is nil":              Independent((*Product)(nil), one),
		`have the name "a"`:                       Independent(one, Normal([]float64{0}, []float64{1}, "a")),
		"prior of τ: range 5 to 5":                Independent(one, BoxUniform([]float64{5}, []float64{5}, "τ")),
		"multivariate normal prior of 1 paramete": Independent(one, MultivariateNormal([]float64{0}, nil)),
	} {
		if err := p.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if draws := Draw(p, 2, 1); draws != nil {
			t.Errorf("%v are drawn of a wrong prior", draws)
		}
	}
}

// TestIndependentPartsOfAnyKind joins dependent, restricted and one-dimensional parts.
func TestIndependentPartsOfAnyKind(t *testing.T) {
	both := MultivariateNormal([]float64{3, -1}, [][]float64{{4, 1.8}, {1.8, 1}}, "v", "w")
	log, user := LogUniform([]float64{1}, []float64{100}, "l"), &box{[]float64{0, 0}, []float64{1, 1}}
	p := Independent(log, both, user)
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	theta := []float64{7, 2, -0.5, 0.3, 0.9}
	if want := log.LogProb(theta[:1]) + both.LogProb(theta[1:3]) + user.LogProb(theta[3:]); math.Abs(p.LogProb(theta)-want) > 1e-12 || !Within(p, theta) {
		t.Errorf("log-density %g, want %g", p.LogProb(theta), want)
	}
	for _, outside := range [][]float64{{0.5, 2, 0, 0.3, 0.9}, {7, 2, 0, 0.3, 1.1}, {7, 2, 0}, nil} {
		if Within(p, outside) || !math.IsInf(p.LogProb(outside), -1) {
			t.Errorf("%v is within", outside)
		}
	}
	if lower, upper := p.Bounds(); lower[0] != 1 || upper[0] != 100 || !math.IsInf(lower[1], -1) || upper[4] != 1 {
		t.Errorf("bounds %v and %v", lower, upper)
	}
	if scales := logScales(p); !slices.Equal(scales, []bool{true, false, false, false, false}) {
		t.Errorf("logarithms of %v", scales)
	}
	draws := &Samples{Names: p.Names(), Values: Draw(p, 50_000, 1)}
	for d, mean := range p.Mean() {
		std := p.Std()[d]
		if d > 2 {
			std = 1 / math.Sqrt(12) // of a square, which the user's prior is wrong about
		}
		if m, s := draws.Mean()[d], draws.Std()[d]; math.Abs(m-mean) > 0.02*std || math.Abs(s/std-1) > 0.02 {
			t.Errorf("%s: mean %.3f and deviation %.3f; want %.3f and %.3f", p.Names()[d], m, s, mean, std)
		}
	}
	if r := draws.Pearson().Values; math.Abs(r[1][2]-0.9) > 0.01 || math.Abs(r[0][1]) > 0.02 {
		t.Errorf("correlations %.3f and %.3f, want 0.9 and 0", r[1][2], r[0][1])
	}
}
