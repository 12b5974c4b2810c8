package study_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// Of θ with a standard normal prior, seen once with normal noise of deviation s, the
// posterior is known: its variance is v = s²/(1+s²), its mean x·(1-v).
func TestJudgeRepeatsKnownPosterior(t *testing.T) {
	ctx := context.Background()
	prior := sbi.Normal([]float64{0}, []float64{1}, "θ")
	const theta, n = 0.8, 600
	repeats := func(deviation float64) [][]float64 {
		truths := make([][]float64, n)
		for i := range truths {
			truths[i] = []float64{theta}
		}
		xs, err := noisy(deviation).Simulate(ctx, truths, 5)
		if err != nil {
			t.Fatal(err)
		}
		return xs
	}
	judge := func(inf sbi.Amortized, xs [][]float64) *study.Repeats {
		r, err := study.JudgeRepeats(ctx, []float64{theta}, xs, 300, 7, inf)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	near := func(what string, got, want, relative float64) {
		t.Helper()
		if math.Abs(got-want) > relative*want {
			t.Errorf("%s %.3f, want %.3f", what, got, want)
		}
	}
	for _, s := range []float64{0.2, 1} {
		v := s * s / (1 + s*s)
		inf := trained(t, prior, noisy(s), 1)
		xs := repeats(s)
		xs[3] = nil
		r := judge(inf, xs)
		if len(r.Place) != n-1 || len(r.Denser) != n-1 {
			t.Errorf("%d and %d observations judged, one was nil", len(r.Place), len(r.Denser))
		}
		near("width", r.Width[0], math.Sqrt(v), 0.1)
		near("scatter of the means", r.Scatter[0], math.Sqrt(v)*math.Sqrt(1-v), 0.1)
		near("mean of the means", r.Mean[0], theta*(1-v), 0.1)
		// With one parameter and a normal posterior both regions are the same interval,
		// off the truth by a mean of -v·θ/√v and a deviation of √(1-v) of its own.
		off, deviation := -theta*math.Sqrt(v), math.Sqrt(1-v)
		inside := func(z float64) float64 {
			return 0.5 * (math.Erf((z-off)/deviation/math.Sqrt2) - math.Erf((-z-off)/deviation/math.Sqrt2))
		}
		for level, z := range map[float64]float64{0.5: 0.6745, 0.9: 1.6449, 0.95: 1.96} {
			near("coverage", r.Coverage(level), inside(z), 0.12)
			near("share within the central interval", r.Within(level)[0], inside(z), 0.12)
		}
	}

	// An estimator that takes the noise for half of what it is.
	sure := judge(trained(t, prior, noisy(0.1), 1), repeats(0.2))
	if !(sure.Scatter[0] > 1.7*sure.Width[0]) || !(sure.Coverage(0.9) < 0.75) {
		t.Errorf("an estimator that is too sure:\n%v", sure)
	}
	b := sure.MIMEBundle()
	if text, _ := b.Data[notebook.MIMEText].(string); !strings.Contains(text, "600 observations") || !strings.Contains(text, "θ") {
		t.Errorf("the text is %q", text)
	}
	if html, _ := b.Data[notebook.MIMEHTML].(string); !strings.Contains(html, "± 2, 1, 1") || !strings.Contains(html, "Scatter</th>") {
		t.Errorf("the page is %q", html)
	}
}

func TestJudgeRepeatsRefuses(t *testing.T) {
	inf := trained(t, sbi.Normal([]float64{0}, []float64{1}, "θ"), noisy(1), 1)
	for what, c := range map[string]struct{ theta, one []float64 }{
		"one observation":               {[]float64{0}, nil},
		"two values for one parameter":  {[]float64{0, 0}, []float64{0}},
		"an observation of two values":  {[]float64{0}, []float64{0, 0}},
		"an observation without values": {[]float64{0}, []float64{}},
	} {
		if _, err := study.JudgeRepeats(context.Background(), c.theta, [][]float64{{0.3}, c.one}, 20, 1, inf); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
