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

func TestConditionalsRefuseWhatDoesNotFit(t *testing.T) {
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0}, 0); err == nil {
		t.Error("a condition of another length is taken")
	}
	if _, err := ConditionalPairs(t.Context(), normal3{}, []float64{0, 0, math.Inf(1)}, 0); err == nil {
		t.Error("a condition without density is taken")
	}
}
