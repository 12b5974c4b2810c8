package sbi

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// small is an inference of two parameters that trains for no time.
func small(t *testing.T, o Options) *Inference {
	t.Helper()
	o.Density, o.MaxEpochs, o.Quiet, o.Seed = MDN{Components: 1, Hidden: 4, Layers: 1}, 2, true, max(o.Seed, 1)
	inf, err := NewSNPE(BoxUniform([]float64{0, 0}, []float64{1, 1}, "a", "b"), o)
	if err != nil {
		t.Fatal(err)
	}
	return inf
}

// three gives three values of two parameters.
var three = SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
	return []float64{theta[0] + 0.1*rng.NormFloat64(), theta[1] + 0.1*rng.NormFloat64(), theta[0] + theta[1]}, nil
})

// says checks an error's text.
func says(t *testing.T, err error, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// TestASharedSliceIsRefused: runs would write over each other's values.
func TestASharedSliceIsRefused(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the race itself is not what is tested
	buf := make([]float64, 3)
	shared := SimulatorFunc(func(theta []float64, _ *rand.Rand) ([]float64, error) {
		buf[0], buf[1], buf[2] = theta[0], theta[1], 1
		return buf, nil
	})
	inf := small(t, Options{})
	_, err := inf.Round(t.Context(), shared, 200)
	says(t, err, "returned the same slice", "make a new slice in every call")
	if len(inf.xs) != 0 {
		t.Errorf("%d simulations are kept", len(inf.xs))
	}
	if _, err := inf.Round(t.Context(), three, 50); err != nil {
		t.Fatal(err)
	}
	_, err = Calibrate(t.Context(), inf, 20, CalibrationOptions{Simulator: shared})
	says(t, err, "returned the same slice")
	p, err := inf.Posterior([]float64{0.5, 0.5, 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = PosteriorPredictive(t.Context(), p, []float64{0.5, 0.5, 1}, shared, 20, 1)
	says(t, err, "returned the same slice")
}

// TestAConstantMayBeShared: a table of the simulator's is not written over.
func TestAConstantMayBeShared(t *testing.T) {
	silent := []float64{0, 0, 0}
	inf := small(t, Options{})
	r, err := inf.Round(t.Context(), SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		if theta[0] < 0.3 {
			return silent, nil
		}
		return three(theta, rng)
	}), 100)
	if err != nil || r.Failed > 0 || len(inf.xs) != 100 {
		t.Errorf("%v, %v", r, err)
	}
}

// TestAWrongLengthStopsARoundAtOnce, of a function whose length is known.
func TestAWrongLengthStopsARoundAtOnce(t *testing.T) {
	synctest.Test(t, wrongLength)
}

// wrongLength is in a bubble's time, where runs that take as long end together: the
// first one's observation, which is the one that is judged, is not late.
func wrongLength(t *testing.T) {
	var runs atomic.Int64
	counted := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		runs.Add(1)
		time.Sleep(time.Millisecond)
		return three(theta, rng)
	})
	inf := small(t, Options{Observation: []float64{1, 2}})
	_, err := inf.Round(t.Context(), counted, 300)
	says(t, err, "simulations have 3 values, Options.Observation has 2", "the parameters [", "gave [")
	most := int64(2 * runtime.GOMAXPROCS(0)) // another of each goroutine may begin before the first is judged
	if n := runs.Load(); n > most {
		t.Errorf("%d of 300 were run; want %d at most", n, most)
	}
	_, err = inf.Round(t.Context(), backend{three}, 300)
	says(t, err, "simulations have 3 values, Options.Observation has 2")
	if len(inf.xs) != 0 {
		t.Errorf("%d simulations are kept", len(inf.xs))
	}
	two := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) { return theta, nil })
	if _, err := inf.Round(t.Context(), two, 50); err != nil {
		t.Fatal(err)
	}
	runs.Store(0)
	_, err = inf.Round(t.Context(), counted, 300)
	says(t, err, "simulations have 3 values, those before have 2")
	_, err = Calibrate(t.Context(), inf, 300, CalibrationOptions{Simulator: counted})
	says(t, err, "simulations have 3 values, the estimator takes 2")
	if n := runs.Load(); n > 2*most || len(inf.xs) != 50 {
		t.Errorf("%d of 600 were run, want %d at most; %d are kept, want 50", n, 2*most, len(inf.xs))
	}
	time.Sleep(time.Minute) // until the progress bar's goroutine has ended
}

// backend is a simulator that is no function.
type backend struct{ f SimulatorFunc }

func (b backend) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	return b.f.Simulate(ctx, thetas, seed)
}

// TestAnOddLengthIsAFailedRun, also the first one's, and says of which parameters.
func TestAnOddLengthIsAFailedRun(t *testing.T) {
	odd := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		x, err := three(theta, rng)
		if theta[0] < 0.05 {
			x = x[:1]
		}
		return x, err
	})
	for name, simulator := range map[string]Simulator{"function": odd, "backend": backend{odd}} {
		inf := small(t, Options{})
		r, err := inf.Round(t.Context(), simulator, 400)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Failed == 0 || r.Failed > 40 || len(inf.xs) != 400-r.Failed || !strings.Contains(r.Reason, "it gave 1 values") || !strings.Contains(r.Reason, "for the parameters [0.0") || !strings.Contains(r.Reason, "most have 3") {
			t.Errorf("%s: %v with %d simulations", name, r, len(inf.xs))
		}
	}
	xs := [][]float64{{1}, nil, {1, 2}, {3, 4}}
	if got := usualWidth(xs); got != 2 {
		t.Errorf("the usual width is %d; want that of most, 2", got)
	}
}

// TestAnEmbeddingOfAnotherSizeStopsARoundAtOnce.
func TestAnEmbeddingOfAnotherSizeStopsARoundAtOnce(t *testing.T) {
	const want = "it takes 50 values, observations have 3"
	var runs atomic.Int64
	net := fcnn(t, 50, []int{10}, 4, 1)
	inf := small(t, Options{Embedding: net, Retrain: true})
	_, err := inf.Round(t.Context(), SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		runs.Add(1)
		return three(theta, rng)
	}), 300)
	says(t, err, want)
	if n := runs.Load(); n > 100 {
		t.Errorf("%d of 300 were run", n)
	}
	_, err = inf.Round(t.Context(), backend{three}, 30)
	says(t, err, want)
	if len(inf.xs) != 30 {
		t.Errorf("%d simulations of a backend are kept; want 30", len(inf.xs))
	}
	_, err = NewNPE(BoxUniform([]float64{0}, []float64{1}), Options{Embedding: net, Observation: []float64{1, 2, 3}})
	says(t, err, want)
}

// TestTheReasonIsThatOfTheLastCall, not of a simulator before.
func TestTheReasonIsThatOfTheLastCall(t *testing.T) {
	fails := func(text string) SimulatorFunc {
		return func([]float64, *rand.Rand) ([]float64, error) { return nil, errors.New(text) }
	}
	inf := small(t, Options{})
	for _, text := range []string{"FIRST", "SECOND"} {
		_, err := inf.Round(t.Context(), fails(text), 20)
		says(t, err, "because: "+text)
	}
	r, err := inf.Round(t.Context(), three, 50)
	if err != nil || r.Failed != 40 || r.Reason != "" {
		t.Errorf("after the simulator was mended: %v, %v", r, err)
	}
}
