// Package sharing runs trainings side by side, and finds networks that two of them use.
package sharing

import (
	"context"
	"errors"
	"runtime"

	"hillock/internal/callback"
	"hillock/stdlib/nn"
)

// SideBySide calls run for each of n trainings, as many at a time as there are cores,
// and tells it how many of the cores it has. The first failure stops the others. It
// gives the first failure that is not of one that was stopped for another, and whose it
// is: -1 for a panic, or for an end of ctx that none noticed.
func SideBySide(ctx context.Context, n int, run func(ctx context.Context, i, goroutines int) error) (which int, err error) {
	cores := runtime.GOMAXPROCS(0)
	beside := min(cores, max(n, 1))
	within, stop := context.WithCancel(ctx)
	defer stop()
	failed := make([]error, n)
	err = callback.Each(within, beside, n, func(i int) {
		done := false
		defer func() {
			if !done { // it may have panicked
				stop()
			}
		}()
		failed[i] = run(within, i, cores/beside)
		done = failed[i] == nil
	})
	var panicked *callback.Panicked
	if errors.As(err, &panicked) {
		return -1, err
	}
	for i, failure := range failed {
		if failure != nil && (ctx.Err() != nil || !errors.Is(failure, context.Canceled)) {
			return i, failure
		}
	}
	return -1, err
}

// Retrained finds two of n trainings that share a tensor of their embeddings (nil for
// none) which at least one of them changes. A frozen embedding may be shared.
func Retrained(n int, embedding func(i int) (m nn.Module, retrained bool)) (first, second int, found bool) {
	type use struct {
		by        int
		retrained bool
	}
	used := map[*nn.Tensor]use{}
	for i := range n {
		m, retrained := embedding(i)
		if m == nil {
			continue
		}
		for _, p := range m.Parameters() {
			before, twice := used[p.Tensor]
			if twice && before.by != i && (before.retrained || retrained) {
				return before.by, i, true
			}
			used[p.Tensor] = use{i, retrained}
		}
	}
	return 0, 0, false
}
