package sbi

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
)

// correlated gives a posterior fitted to draws of two normal variables with
// deviations 1 and 0.2 and a correlation of 0.9, whatever the observation.
func correlated(t *testing.T) *Posterior {
	t.Helper()
	prior := Normal([]float64{0, 0}, []float64{1, 2})
	inf, err := NewNPE(prior, Options{Density: MDN{Components: 1}, Quiet: true, Seed: 1, LR: 3e-3, MaxEpochs: 50})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var thetas, xs [][]float64
	for range 4000 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		thetas = append(thetas, []float64{a, 0.2 * (0.9*a + math.Sqrt(1-0.81)*b)})
		xs = append(xs, []float64{rng.NormFloat64()})
	}
	if _, err := inf.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior([]float64{0})
	if err != nil {
		t.Fatal(err)
	}
	far, err := inf.CheckObservation(t.Context(), []float64{8})
	if err != nil {
		t.Fatal(err)
	}
	near, err := inf.CheckObservation(t.Context(), []float64{0.5})
	if err != nil {
		t.Fatal(err)
	}
	if far.P > 0.01 || near.P < 0.1 || far.Distance < near.Distance {
		t.Errorf("an observation at 8 deviations has p = %g, one at 0.5 has p = %g", far.P, near.P)
	}
	return p
}

func TestAnalysisOfANormalPosterior(t *testing.T) {
	p := correlated(t)
	s, err := p.Sample(t.Context(), 4000)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Pearson().Values[0][1]; math.Abs(r-0.9) > 0.03 {
		t.Errorf("correlation %.3f, want 0.9", r)
	}
	m, err := ConditionalCorrelation(t.Context(), p, []float64{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if r := m.Values[1][0]; math.Abs(r-0.9) > 0.03 {
		t.Errorf("conditional correlation %.3f, want 0.9", r)
	}
	for _, o := range []ActiveSubspaceOptions{{}, {Unscaled: true}} {
		a, err := ActiveSubspace(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		// The gradient of a normal log-density is −Σ⁻¹(θ − μ); the mean of its outer
		// product is Σ⁻¹, scaled by the prior's deviations 1 and 2 from both sides.
		k := 1 / (1 - 0.81)
		xx, xy, yy := k, -k*0.9/0.2, k/0.04
		if !o.Unscaled {
			xy, yy = 2*xy, 4*yy
		}
		half, root := (xx+yy)/2, math.Sqrt((xx-yy)*(xx-yy)/4+xy*xy)
		for i, want := range []float64{half + root, half - root} {
			if got := a.Values[i]; math.Abs(got-want) > 0.25*want {
				t.Errorf("unscaled %t: eigenvalue %d is %.4g, want %.4g", o.Unscaled, i, got, want)
			}
		}
		want := math.Atan2(half+root-xx, xy)
		got := math.Atan2(a.Vectors[0][1], a.Vectors[0][0])
		if d := math.Abs(math.Sin(got - want)); d > 0.05 {
			t.Errorf("unscaled %t: the stiff direction is %v", o.Unscaled, a.Vectors[0])
		}
	}
}

func TestPredictiveCoversTheObservation(t *testing.T) {
	p := trained(t, BoxProbit, 1)
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.2*rng.NormFloat64(), theta[1] + 0.4*rng.NormFloat64()}, nil
	})
	good, err := PosteriorPredictive(t.Context(), p, []float64{0, 1.1}, simulator, 300, 1)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEnsemble([]*Posterior{p})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Distribution{p, e} {
		if _, err := PosteriorPredictive(t.Context(), d, []float64{3, -2}, simulator, 300, 1); err == nil || !strings.Contains(err.Error(), "the posterior given [0 1.1] beside another observation, [3 -2]") {
			t.Errorf("error %v beside another observation than that of the %T", err, d)
		}
	}
	other := *good
	other.Observation = []float64{3, -2}
	bad := &other
	all, err := good.Within(0.1)
	if err != nil {
		t.Fatal(err)
	}
	none, err := bad.Within(0.1)
	if err != nil {
		t.Fatal(err)
	}
	if all != 1 || none != 0 || good.Distance() > bad.Distance() {
		t.Errorf("%v\n%v", good, bad)
	}
	for _, outside := range []float64{90, 1, -0.1, math.NaN()} {
		if _, _, err := good.Band(outside); err == nil || !strings.Contains(err.Error(), "0 to below 1") {
			t.Errorf("error %v of a band without %g", err, outside)
		}
	}
	if _, err := PosteriorPredictive(t.Context(), p, []float64{0, 1.1}, nil, 10, 1); err == nil || !strings.Contains(err.Error(), "SimulatorFunc") {
		t.Errorf("error %v without a simulator", err)
	}
	if _, err := PosteriorPredictive(t.Context(), p, []float64{0, 1.1}, simulator, 0, 1); err == nil || !strings.Contains(err.Error(), "one or more") {
		t.Errorf("error %v without simulations", err)
	}
	for _, p := range []*Predictive{{}, {Observation: []float64{1, 2}, Xs: [][]float64{{1}}}} {
		if text := p.String(); !strings.Contains(text, "predictive check") || !math.IsNaN(p.Distance()) {
			t.Errorf("%+v says %q, distance %g", *p, text, p.Distance())
		}
	}
}

func TestResultsShowThemselves(t *testing.T) {
	p := correlated(t)
	s, err := p.Sample(t.Context(), 200)
	if err != nil {
		t.Fatal(err)
	}
	a, err := ActiveSubspace(t.Context(), p, ActiveSubspaceOptions{Samples: 50})
	if err != nil {
		t.Fatal(err)
	}
	predictive := &Predictive{Observation: []float64{1, 2, 3}, Xs: [][]float64{{1, 2, 3}, {2, 3, 4}}}
	for want, value := range map[string]any{"strongest between": s.Pearson(), "eigenvalue": a, "middle 90": predictive} {
		b := notebook.Represent(value)
		text, _ := b.Data[notebook.MIMEText].(string)
		if svg, _ := b.Data[notebook.MIMESVG].(string); !strings.Contains(text, want) || svg == "" {
			t.Errorf("%T shows the text %q and %d bytes of SVG", value, text, len(svg))
		}
	}
}
