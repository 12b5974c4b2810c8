package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"hillock/internal/callback"
	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// Simulator turns parameters into observations.
type Simulator interface {
	// Simulate runs all parameter vectors. What it draws comes from the seed, so
	// that the same call gives the same observations. Observation i is nil where the
	// simulation failed; an error is for what concerns all of them, and for ctx. What
	// was finished before an error comes with it, nil for the rest: a round keeps it.
	Simulate(ctx context.Context, thetas [][]float64, seed uint64) (xs [][]float64, err error)
}

// SimulatorFunc is a simulator given as a function of one parameter vector,
// compiled or written in a cell. It is called on all cores at once, so that every call
// makes the slice that it returns. A run that returns an error or a value that is not
// finite, or panics, counts as failed.
type SimulatorFunc func(theta []float64, rng *rand.Rand) ([]float64, error)

// Simulate calls the function for every parameter vector, each with random
// numbers of its own. It fails when calls write their results into the same slice.
func (f SimulatorFunc) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	return f.simulate(ctx, thetas, seed, expected{})
}

// simulate is Simulate; it stops as soon as the first usable observation is not what
// is expected.
func (f SimulatorFunc) simulate(ctx context.Context, thetas [][]float64, seed uint64, want expected) ([][]float64, error) {
	c := &collected{thetas: thetas, xs: make([][]float64, len(thetas)), ended: make([]bool, len(thetas)), owner: map[*float64]int{}, want: want}
	failed, _ := ctx.Value(failures{}).(*failures)
	var bar *notebook.Progress
	if ctx.Value(quiet{}) == nil {
		bar = notebook.NewProgress(notebook.ProgressOptions{Total: len(thetas), Label: "simulating", Unit: "runs", After: progressAfter})
		defer bar.Done()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err := parallel(ctx, len(thetas), func(i int) {
		x, err := f.run(slices.Clone(thetas[i]), rand.New(rand.NewPCG(seed, uint64(i))))
		switch {
		case err != nil:
			failed.note(i, err.Error())
			x = nil
		case !finite(x):
			failed.note(i, fmt.Sprintf("it gave %s for the parameters %s", brief(x), brief(thetas[i])))
			x = nil
		}
		if !c.take(i, x) {
			stop()
		}
		bar.Add(1)
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	return c.xs, err
}

// collected is what runs gave so far.
type collected struct {
	lock   sync.Mutex
	thetas [][]float64
	xs     [][]float64      // copies
	ended  []bool           // the runs
	owner  map[*float64]int // of every slice that came back, which it keeps from being used again
	judged int              // runs before this one have ended without a usable observation
	want   expected
	wrong  error // why none of them can be used
}

// take keeps a copy of what run i gave, nil where it failed, and says whether to go on.
func (c *collected) take(i int, x []float64) bool {
	own := slices.Clone(x) // before another run may write over it
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.wrong != nil {
		return false
	}
	c.xs[i], c.ended[i] = own, true
	if len(x) > 0 {
		// The same slice with the same values may be a constant of the simulator's.
		if k, known := c.owner[&x[0]]; known && !slices.Equal(c.xs[k], own) {
			c.wrong = fmt.Errorf("sbi: the simulator returned the same slice for the parameters %s and %s, with the values of one run written over those of the other; make a new slice in every call", brief(c.thetas[k]), brief(c.thetas[i]))
			return false
		}
		c.owner[&x[0]] = i
	}
	for c.judged < len(c.ended) && c.ended[c.judged] {
		k := c.judged
		if c.judged++; c.xs[k] != nil {
			c.judged, c.wrong = len(c.ended), c.want.check(c.thetas[k], c.xs[k])
		}
	}
	return c.wrong == nil
}

// expected is what observations must be like, as far as that is known before they
// are simulated.
type expected struct {
	width     int       // their number of values; 0 when any will do
	of        string    // what has so many, and the verb
	embedding nn.Module // that has to take them; nil for none
}

// check says what is wrong with a finite observation of some parameters.
func (e expected) check(theta, x []float64) error {
	if e.width > 0 && len(x) != e.width {
		return fmt.Errorf("sbi: simulations have %d values, %s %d: the parameters %s gave %s; make the simulator return as many", len(x), e.of, e.width, brief(theta), brief(x))
	}
	if e.embedding != nil {
		if err := takes(e.embedding, x); err != nil {
			return fmt.Errorf("sbi: the embedding can't take what the parameters %s gave: %w", brief(theta), err)
		}
	}
	return nil
}

// observed runs a simulator for an inference or a check of one. Observations that
// differ in length from what is expected, or else from most, count as failed; it
// fails when they all do, or most have no length in common. reason gives why the first
// run failed.
func observed(ctx context.Context, simulator Simulator, thetas [][]float64, seed uint64, want expected) (xs [][]float64, reason func() string, err error) {
	noted, reason := noteFailures(ctx)
	if f, ok := simulator.(SimulatorFunc); ok {
		xs, err = f.simulate(noted, thetas, seed, want)
	} else {
		xs, err = simulator.Simulate(noted, thetas, seed)
	}
	if err == nil && len(xs) != len(thetas) {
		return nil, reason, fmt.Errorf("sbi: the simulator gave %d observations of %d parameter vectors; want one of each, nil where it failed", len(xs), len(thetas))
	}
	xs = slices.Clone(xs[:min(len(xs), len(thetas))])
	width, whose := want.width, "want"
	if width == 0 {
		width, whose = usualWidth(xs), "most have"
	}
	failed, _ := noted.Value(failures{}).(*failures)
	var odd error
	usable, others := 0, 0
	for i, x := range xs {
		switch {
		case !finite(x):
		case len(x) == width:
			usable++
		default:
			if others++; odd == nil {
				odd = want.check(thetas[i], x)
			}
			if odd == nil {
				odd = fmt.Errorf("sbi: the parameters %s gave %d values, others have %d, and no length is that of most simulations; make the simulator return as many for all", brief(thetas[i]), len(x), width)
			}
			failed.note(i, fmt.Sprintf("it gave %d values, %s, for the parameters %s; %s %d", len(x), brief(x), brief(thetas[i]), whose, width))
			xs[i] = nil
		}
	}
	if err == nil && odd != nil && (usable == 0 || want.width == 0 && usable <= others) {
		return nil, reason, odd
	}
	return xs, reason, err
}

// usualWidth is the number of values that most finite observations have, of the
// earliest where two are as common.
func usualWidth(xs [][]float64) int {
	count := map[int]int{}
	for _, x := range xs {
		if finite(x) {
			count[len(x)]++
		}
	}
	best := 0
	for _, x := range xs {
		if finite(x) && count[len(x)] > count[best] {
			best = len(x)
		}
	}
	return best
}

// run calls the function; a panic comes back as an error.
func (f SimulatorFunc) run(theta []float64, rng *rand.Rand) (x []float64, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case callback.Interrupted:
			panic(p) // no failed simulation: it was stopped
		default:
			x, err = nil, fmt.Errorf("it panicked: %v", p)
		}
	}()
	return f(theta, rng)
}

// failures keeps what the first of the runs said that failed.
type failures struct {
	lock sync.Mutex
	at   int // below 0 for none
	text string
}

// noteFailures gives a context in which simulators note why runs failed, and what
// gives the first reason then.
func noteFailures(ctx context.Context) (noted context.Context, reason func() string) {
	f := &failures{at: -1}
	return context.WithValue(ctx, failures{}, f), func() string {
		f.lock.Lock()
		defer f.lock.Unlock()
		return f.text
	}
}

// note keeps the reason of run i if it is the first; f may be nil.
func (f *failures) note(i int, text string) {
	if f == nil {
		return
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.at < 0 || i < f.at {
		f.at, f.text = i, text
	}
}

// because is a reason to be put after something that failed.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", the first because: " + reason
}

// finite says whether there are values and all of them are finite.
func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return len(x) > 0
}

// parallel does work for 0 … n−1 on all cores until ctx ends. A panic in one of
// them comes back as an error.
func parallel(ctx context.Context, n int, work func(i int)) error {
	err := callback.Each(ctx, runtime.GOMAXPROCS(0), n, work)
	var p *callback.Panicked
	if errors.As(err, &p) {
		return fmt.Errorf("sbi: %w", err)
	}
	return err
}
