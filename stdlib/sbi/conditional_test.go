package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
)

// normal3 is a normal distribution of three parameters whose inverse covariance is
// known, far narrower than its prior.
type normal3 struct{}

func (normal3) Names() []string { return []string{"a (nS)", "b (pA)", "c"} }
func (normal3) Prior() Prior {
	return BoxUniform([]float64{-50, -50, -50}, []float64{50, 50, 50}, "a (nS)", "b (pA)", "c")
}
func (normal3) SampleSeed(context.Context, int, uint64) (*Samples, error) {
	return nil, errors.New("no samples")
}

// precision is the inverse covariance: a and b depend on each other, c on b alone.
var precision = [3][3]float64{{4, -3, 0}, {-3, 4, 1}, {0, 1, 2}}

func (normal3) LogProb(_ context.Context, thetas [][]float64) ([]float64, error) {
	var out []float64
	for _, t := range thetas {
		sum := 0.0
		for i := range t {
			for j := range t {
				sum -= 0.5 * t[i] * precision[i][j] * t[j]
			}
		}
		out = append(out, sum)
	}
	return out, nil
}

// TestConditionalsOfANormal compares with the known conditionals: deviations
// 1/√P_ii, correlations −P_ij/√(P_ii P_jj).
func TestConditionalsOfANormal(t *testing.T) {
	c, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0, 0}, 60)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Names {
		places, density := c.Single(i)
		var mean, square, sum float64
		for k, x := range places {
			sum, mean, square = sum+density[k], mean+density[k]*x, square+density[k]*x*x
		}
		want := 1 / math.Sqrt(precision[i][i])
		if got := math.Sqrt(square - mean*mean); math.Abs(sum-1) > 1e-9 || math.Abs(got-want) > 0.02*want {
			t.Errorf("%s deviates by %.4f (mass %g), want %.4f", c.Names[i], got, sum, want)
		}
		for j := range i {
			want := -precision[i][j] / math.Sqrt(precision[i][i]*precision[j][j])
			if got := c.Correlation().Values[i][j]; math.Abs(got-want) > 0.02 {
				t.Errorf("correlation of %s and %s is %.3f, want %.3f", c.Names[j], c.Names[i], got, want)
			}
		}
	}
	b, err := c.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := b.Data[notebook.MIMEText].(string); !strings.Contains(text, "a (nS) = 0") || b.Data[notebook.MIMEPNG] == nil {
		t.Errorf("the conditionals show %q", text)
	}
}

// logNormal2 is two log-normal parameters of known correlation, far narrower than a
// prior over many decades.
type logNormal2 struct{ at, std, correlation float64 }

func (logNormal2) Names() []string { return []string{"a", "b"} }
func (logNormal2) Prior() Prior {
	return Independent(LogUniform([]float64{1e-6}, []float64{1e6}, "a"), LogNormal([]float64{0}, []float64{4}, "b"))
}
func (logNormal2) SampleSeed(context.Context, int, uint64) (*Samples, error) {
	return nil, errors.New("no samples")
}
func (d logNormal2) LogProb(_ context.Context, thetas [][]float64) ([]float64, error) {
	var out []float64
	for _, t := range thetas {
		x, y := math.Log(t[0]/d.at)/d.std, math.Log(t[1]/d.at)/d.std
		r := d.correlation
		out = append(out, -(x*x-2*r*x*y+y*y)/(2*(1-r*r))-math.Log(t[0])-math.Log(t[1]))
	}
	return out, nil
}

// TestConditionalsOverDecades compares with the moments of log-normal
// distributions.
func TestConditionalsOverDecades(t *testing.T) {
	for _, at := range []float64{3e-4, 1, 2e3} {
		d := logNormal2{at, 0.2, -0.8}
		c, err := ConditionalPairs(t.Context(), d, []float64{at, at}, 60)
		if err != nil {
			t.Fatal(err)
		}
		variance := d.std * d.std
		if got, want := c.Correlation().Values[0][1], math.Expm1(d.correlation*variance)/math.Expm1(variance); math.Abs(got-want) > 0.02 {
			t.Errorf("around %g: correlation %.3f, want %.3f", at, got, want)
		}
		for i := range 2 {
			places, density := c.Single(i)
			top := 0
			for k := range places {
				if density[k] > density[top] {
					top = k
				}
			}
			// Along one parameter it is log-normal with variance (1 − ρ²)·variance.
			if want := at * math.Exp(-(1-d.correlation*d.correlation)*variance); math.Abs(places[top]/want-1) > 0.03 {
				t.Errorf("around %g: parameter %d is most probable at %g, want %g", at, i, places[top], want)
			}
		}
	}
}

type nameless struct{ normal3 }

func (nameless) Names() []string { return []string{"a"} }

func TestConditionalsRefuseWhatDoesNotFit(t *testing.T) {
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0}, 0); err == nil {
		t.Error("a condition of another length is taken")
	}
	if _, err := ConditionalPairs(t.Context(), nameless{}, []float64{0, 0, 0}, 0); err == nil {
		t.Error("too few names are taken")
	}
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0, math.Inf(1)}, 0); err == nil {
		t.Error("a condition without density is taken")
	}
}

// normals12 is twelve parameters that don't depend on each other.
type normals12 struct{}

func (d normals12) Names() []string { return d.Prior().Names() }
func (normals12) Prior() Prior      { return BoxUniform(filled(12, -1), filled(12, 1)) }
func (normals12) SampleSeed(context.Context, int, uint64) (*Samples, error) {
	return nil, errors.New("no samples")
}
func (normals12) LogProb(_ context.Context, thetas [][]float64) ([]float64, error) {
	out := make([]float64, len(thetas))
	for i, theta := range thetas {
		for k, v := range theta {
			out[i] -= float64(k+1) * v * v
		}
	}
	return out, nil
}

// TestConditionalsOfManyParameters: one by one, and the pairs of some.
func TestConditionalsOfManyParameters(t *testing.T) {
	c, err := ConditionalPairs(t.Context(), normals12{}, make([]float64, 12), 10)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Figure()
	if err != nil || !strings.Contains(f.Title, "12 parameters; Only") || len(f.Plots) != 2 || len(f.Plots[0]) != 6 {
		t.Fatalf("%d rows under %q: %v", len(f.Plots), f.Title, err)
	}
	some, err := c.Only(c.Names[11], c.Names[0], c.Names[4])
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range []int{0, 4, 11} {
		if some.Names[k] != c.Names[i] || &some.Marginals[k][0] != &c.Marginals[i][0] {
			t.Errorf("parameter %d of some is %s, want %s", k+1, some.Names[k], c.Names[i])
		}
	}
	if got, want := some.Pair(1, 2), c.Pair(4, 11); &got[0][0] != &want[0][0] {
		t.Error("the pair is another")
	}
	if few, err := some.Only(c.Names[4]); err != nil || !strings.Contains(few.String(), fmt.Sprintf("densities at %s = %.4g; fixed at ", c.Names[4], c.Condition[4])) || strings.Count(few.String(), " = ") != 12 {
		t.Errorf("of one parameter it says %q (%v)", few, err)
	}
	if f, err = some.Figure(); err != nil || len(f.Plots) != 3 || f.Plots[2][1] == nil {
		t.Errorf("a figure of %d rows: %v", len(f.Plots), err)
	}
	if _, err := c.Only("frogs"); err == nil || !strings.Contains(err.Error(), `"frogs"`) {
		t.Errorf("a parameter that is not there: %v", err)
	}
	if _, err := c.Only(); err == nil {
		t.Error("no parameters are taken")
	}
}

func TestConditionalDensityShowsItself(t *testing.T) {
	c, err := ConditionalDensity(t.Context(), logNormal2{1, 1, 0.5}, []float64{1, 2}, 0, 1, 200)
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.MIMEBundle()
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := b.Data[notebook.MIMEText].(string); !strings.Contains(text, "density of a and b, correlation 0.") || b.Data[notebook.MIMEPNG] == nil {
		t.Errorf("it shows %q", text)
	}
	for _, bad := range [][3]int{{0, 0, 10}, {0, 2, 10}, {-1, 0, 10}, {0, 1, 1}} {
		if _, err := ConditionalDensity(t.Context(), logNormal2{1, 1, 0.5}, []float64{1, 2}, bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("parameters and steps %v are taken", bad)
		}
	}
}
