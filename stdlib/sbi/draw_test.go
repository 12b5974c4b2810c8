package sbi

import (
	"math"
	"testing"
)

// own is a prior of a user's, with something else for some of its methods.
type own struct {
	Prior
	lower, upper, mean []float64
	names              []string
	density            float64
}

func (o own) Bounds() (lower, upper []float64) { return o.lower, o.upper }
func (o own) Mean() []float64                  { return o.mean }
func (o own) Names() []string                  { return o.names }
func (o own) LogProb([]float64) float64        { return o.density }

// TestPriorsOfOnesOwnAreLookedAt before anything is done with them.
func TestPriorsOfOnesOwnAreLookedAt(t *testing.T) {
	right := func() own {
		low, high := math.Inf(-1), math.Inf(1)
		return own{Normal([]float64{0, 0}, []float64{1, 1}), []float64{low, low}, []float64{high, high}, []float64{0, 0}, []string{"a", "b"}, -1}
	}
	for want, change := range map[string]func(o *own){
		"":                                  func(*own) {},
		"0 lower and 2 upper bounds":        func(o *own) { o.lower = nil },
		"bounds of b are 1 and -1":          func(o *own) { o.lower, o.upper = []float64{0, 1}, []float64{1, -1} },
		"means of 1 and deviations of 2":    func(o *own) { o.mean = o.mean[:1] },
		"2 parameters and 1 names":          func(o *own) { o.names = o.names[:1] },
		"a log-density of NaN there":        func(o *own) { o.density = math.NaN() },
		"a log-density of -Inf there; want": func(o *own) { o.density = math.Inf(-1) },
	} {
		p := right()
		change(&p)
		_, err := NewNPE(p, Options{})
		if want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		says(t, err, want)
		_, err = Restrict(t.Context(), p, nil, nil, RestrictOptions{})
		says(t, err, want)
		_, err = Calibrate(t.Context(), AmortizedFunc(exactly), 10, CalibrationOptions{Prior: p, Simulator: noised})
		says(t, err, want)
	}
	p := right()
	p.upper = nil
	_, err := NewNPE(Independent(p, halfway), Options{})
	says(t, err, "bounds; want one of each")
}
