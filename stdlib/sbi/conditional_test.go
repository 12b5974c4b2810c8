package sbi

import (
	"context"
	"errors"
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

func TestConditionalsRefuseWhatDoesNotFit(t *testing.T) {
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0}, 0); err == nil {
		t.Error("a condition of another length is taken")
	}
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0, math.Inf(1)}, 0); err == nil {
		t.Error("a condition without density is taken")
	}
}
