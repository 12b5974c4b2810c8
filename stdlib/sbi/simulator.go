package sbi

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"hillock/internal/callback"
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
// compiled or written in a cell. It is called on all cores at once. A run that
// returns an error or a value that is not finite, or panics, counts as failed.
type SimulatorFunc func(theta []float64, rng *rand.Rand) ([]float64, error)

// Simulate calls the function for every parameter vector, each with random
// numbers of its own.
func (f SimulatorFunc) Simulate(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
	xs := make([][]float64, len(thetas))
	failed, _ := ctx.Value(failures{}).(*failures)
	var bar *notebook.Progress
	if ctx.Value(quiet{}) == nil {
		bar = notebook.NewProgress(notebook.ProgressOptions{Total: len(thetas), Label: "simulating", Unit: "runs", After: progressAfter})
		defer bar.Done()
	}
	err := parallel(ctx, len(thetas), func(i int) {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		switch x, err := f.run(append([]float64(nil), thetas[i]...), rng); {
		case err != nil:
			failed.note(i, err.Error())
		case !finite(x):
			failed.note(i, fmt.Sprintf("it gave %s for the parameters %s", brief(x), brief(thetas[i])))
		default:
			xs[i] = x
		}
		bar.Add(1)
	})
	return xs, err
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
	var next atomic.Int64
	var wait sync.WaitGroup
	var failed atomic.Pointer[error]
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			defer callback.Enter(ctx)()
			defer func() {
				switch p := recover().(type) {
				case nil, callback.Interrupted: // ctx has ended
				default:
					err := fmt.Errorf("sbi: %s panicked: %v", panicking(), p)
					failed.Store(&err)
				}
			}()
			for ctx.Err() == nil && failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// panicking is the name of the function that panicked, for a deferred function that
// recovers.
func panicking() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for began := false; ; {
		f, more := frames.Next()
		if began && !strings.HasPrefix(f.Function, "runtime.") {
			return f.Function
		}
		began = began || f.Function == "runtime.gopanic"
		if !more {
			return "a function"
		}
	}
}
