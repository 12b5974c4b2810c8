package sbi

import (
	"math"
	"strings"
	"testing"
)

func TestPriorsHaveTheirMomentsAndIntegrateToOne(t *testing.T) {
	for _, c := range []struct {
		name  string
		prior *Product
		grid  [2]float64
	}{
		{"uniform", BoxUniform([]float64{-1}, []float64{3}), [2]float64{-2, 4}},
		{"codes", CodeUniform([]int{2}, []int{9}), [2]float64{0, 12}},
		{"normal", Normal([]float64{1}, []float64{2}), [2]float64{-20, 22}},
		{"log-uniform", LogUniform([]float64{0.1}, []float64{10}), [2]float64{0.05, 11}},
		{"log-normal", LogNormal([]float64{1}, []float64{0.5}), [2]float64{-1, 60}},
	} {
		if err := c.prior.Err(); err != nil {
			t.Fatal(err)
		}
		var sum, squares float64
		const n = 200_000
		for _, theta := range Draw(c.prior, n, 1) {
			if !Within(c.prior, theta) {
				t.Fatalf("%s: drew %v outside the support", c.name, theta)
			}
			sum += theta[0]
			squares += theta[0] * theta[0]
		}
		mean, std := sum/n, math.Sqrt(squares/n-sum/n*sum/n)
		if want := c.prior.Std()[0]; math.Abs(std-want) > 0.01*want || math.Abs(mean-c.prior.Mean()[0]) > 5*want/math.Sqrt(n) {
			t.Errorf("%s: mean %g and deviation %g of draws, want %g and %g", c.name, mean, std, c.prior.Mean()[0], want)
		}
		integral, step := 0.0, (c.grid[1]-c.grid[0])/1e5
		for x := c.grid[0] + step/2; x < c.grid[1]; x += step {
			integral += step * math.Exp(c.prior.LogProb([]float64{x}))
		}
		if math.Abs(integral-1) > 1e-3 {
			t.Errorf("%s: the density integrates to %g", c.name, integral)
		}
	}
}

func TestBadPriorsSayWhatIsWrong(t *testing.T) {
	for want, p := range map[string]Prior{
		"prior of τ_w: range 5 to 5":              BoxUniform([]float64{0, 5}, []float64{1, 5}, "a", "τ_w"),
		"with 2 and 1 values":                     BoxUniform([]float64{0, 5}, []float64{1}),
		"without parameters":                      Normal(nil, nil),
		"lower bound 0; want above 0":             LogUniform([]float64{0}, []float64{1}),
		"standard deviation -1":                   Normal([]float64{0}, []float64{-1}),
		"logarithm of mean NaN":                   LogNormal([]float64{math.NaN()}, []float64{1}),
		`parameters 1 and 2 have the name "a"`:    BoxUniform([]float64{0, 0}, []float64{1, 1}, "a", "a"),
		`parameters 1 and 2 have the name "θ2"`:   Normal([]float64{0, 0}, []float64{1, 1}, "θ2"),
		"of 1 parameters with 2 names":            BoxUniform([]float64{0}, []float64{1}, "a", "b"),
		"prior of b: range NaN to 1; want finite": Independent(Normal([]float64{0}, []float64{1}, "a"), BoxUniform([]float64{math.NaN()}, []float64{1}, "b")),
	} {
		if err := p.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestWithinIsWhereTheDensityIs(t *testing.T) {
	inf := math.Inf(1)
	p := map[string]*Product{
		"uniform":     BoxUniform([]float64{-1}, []float64{3}),
		"codes":       CodeUniform([]int{2}, []int{9}),
		"normal":      Normal([]float64{1}, []float64{0.5}),
		"log-uniform": LogUniform([]float64{0.1}, []float64{10}),
		"log-normal":  LogNormal([]float64{1}, []float64{0.5}),
	}
	for name, p := range p {
		lower, upper := p.Bounds()
		for _, x := range []float64{-inf, -1e200, lower[0], math.Nextafter(lower[0], -inf), 0, 1, 3, upper[0], math.Nextafter(upper[0], inf), 1e200, inf, math.NaN()} {
			if got, want := Within(p, []float64{x}), !math.IsInf(p.LogProb([]float64{x}), -1); got != want {
				t.Errorf("%s: %g is within: %v; its log-density is %g", name, x, got, p.LogProb([]float64{x}))
			}
		}
	}
}

// TestClippedPriorsAreTheConditionalOnes compares with draws that are looked at.
func TestClippedPriorsAreTheConditionalOnes(t *testing.T) {
	prior := Independent(BoxUniform([]float64{-1}, []float64{3}), CodeUniform([]int{2}, []int{30}), Normal([]float64{1}, []float64{2}), LogUniform([]float64{0.1}, []float64{10}))
	lower, upper := []float64{0.5, 6.3, 0, 0.01}, []float64{4, 11.9, 2, 3}
	within := func(draws [][]float64) (kept [][]float64) {
		for _, theta := range draws {
			inside := true
			for d, v := range theta {
				inside = inside && v >= lower[d] && v <= upper[d]
			}
			if inside {
				kept = append(kept, theta)
			}
		}
		return kept
	}
	plain, clipped := within(Draw(prior, 1_000_000, 1)), within(Draw(clipped(prior, lower, upper), 50_000, 2))
	if len(clipped) < 15_000 {
		t.Errorf("only %d of 50,000 draws are within the box", len(clipped))
	}
	column := func(draws [][]float64, d int) []float64 {
		var all []float64
		for _, theta := range draws {
			all = append(all, theta[d])
		}
		return all
	}
	for d := range lower {
		mean, std := moments(column(plain, d))
		m, s := moments(column(clipped, d))
		if math.Abs(m-mean) > 0.03*std || math.Abs(s/std-1) > 0.03 {
			t.Errorf("parameter %d: mean %.4f and deviation %.4f; want %.4f and %.4f", d, m, s, mean, std)
		}
	}
}

// TestNarrowLogUniformsHaveADeviation: of a narrow range it is that of the uniform
// distribution, and where the series ends the formula goes on.
func TestNarrowLogUniformsHaveADeviation(t *testing.T) {
	for _, width := range []float64{1e-12, 1e-8, 1e-5, 1e-3} {
		p := LogUniform([]float64{3e5}, []float64{3e5 * (1 + width)})
		lower, upper := p.Bounds()
		want := (upper[0] - lower[0]) / math.Sqrt(12)
		if std := p.Std()[0]; math.Abs(std/want-1) > width {
			t.Errorf("relative width %g: deviation %g, want %g", width, std, want)
		}
	}
	for _, upper := range []float64{1.5, 7.3, 7.4, 1000} {
		l := math.Log(upper)
		mean := (upper - 1) / l
		want := math.Sqrt((upper*upper-1)/(2*l) - mean*mean)
		if p := LogUniform([]float64{1}, []float64{upper}); math.Abs(p.Std()[0]/want-1) > 1e-12 || math.Abs(p.Mean()[0]/mean-1) > 1e-14 {
			t.Errorf("from 1 to %g: mean %g and deviation %g, want %g and %g", upper, p.Mean()[0], p.Std()[0], mean, want)
		}
	}
	if std := LogUniform([]float64{1e-300}, []float64{1e300}).Std()[0]; math.IsNaN(std) || math.IsInf(std, 0) {
		t.Errorf("deviation %g over 600 decades", std)
	}
}

func TestWrongArgumentsGiveNothing(t *testing.T) {
	p := BoxUniform([]float64{0, 0}, []float64{1, 1})
	if draws := Draw(p, -1, 1); draws != nil {
		t.Errorf("%v are -1 draws", draws)
	}
	for _, p := range []Prior{p, MultivariateNormal([]float64{0, 0}, [][]float64{{1, 0}, {0, 1}}), &box{[]float64{0, 0}, []float64{1, 1}}} {
		for _, theta := range [][]float64{nil, {0.5}, {0.5, 0.5, 0.5}} {
			if Within(p, theta) {
				t.Errorf("%v is within a prior of two parameters", theta)
			}
		}
	}
}
