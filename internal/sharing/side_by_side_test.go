package sharing

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"hillock/internal/callback"
)

// TestSideBySide: all are run, and the cores are shared out.
func TestSideBySide(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	for _, n := range []int{0, 1, cores, 3*cores + 1} {
		var runs, wrong atomic.Int64
		which, err := SideBySide(t.Context(), n, func(ctx context.Context, i, goroutines int) error {
			runs.Add(1)
			if goroutines < 1 || goroutines*min(n, cores) > cores {
				wrong.Add(1)
			}
			return nil
		})
		if which != -1 || err != nil || runs.Load() != int64(n) || wrong.Load() != 0 {
			t.Errorf("%d trainings: %d, %v; %d were run, %d with too many or no cores", n, which, err, runs.Load(), wrong.Load())
		}
	}
}

// TestSideBySideStopsForAFailure and gives that one, not those it stopped.
func TestSideBySideStopsForAFailure(t *testing.T) {
	broken := errors.New("broken")
	which, err := SideBySide(t.Context(), 50, func(ctx context.Context, i, _ int) error {
		if i == 1 || runtime.GOMAXPROCS(0) == 1 {
			return broken
		}
		<-ctx.Done() // for ever, were it not stopped
		return ctx.Err()
	})
	if want := min(1, runtime.GOMAXPROCS(0)-1); which != want || !errors.Is(err, broken) {
		t.Errorf("%d, %v; want %d, %v", which, err, want, broken)
	}
}

// TestSideBySideStopsForAPanic, which is of none in particular.
func TestSideBySideStopsForAPanic(t *testing.T) {
	which, err := SideBySide(t.Context(), 50, func(ctx context.Context, i, _ int) error {
		if i == 1 || runtime.GOMAXPROCS(0) == 1 {
			panic("broken")
		}
		<-ctx.Done()
		return ctx.Err()
	})
	var panicked *callback.Panicked
	if which != -1 || !errors.As(err, &panicked) {
		t.Errorf("%d, %v; want -1 and the panic", which, err)
	}
}

// TestSideBySideEnds with its context: as the failure of the one that noticed.
func TestSideBySideEnds(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	which, err := SideBySide(ctx, 50, func(ctx context.Context, i, _ int) error {
		end()
		<-ctx.Done()
		return ctx.Err()
	})
	if which != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v; want 0, %v", which, err, context.Canceled)
	}
	if which, err = SideBySide(ctx, 50, func(context.Context, int, int) error { return nil }); which != -1 || !errors.Is(err, context.Canceled) {
		t.Errorf("of an ended context: %d, %v; want -1, %v", which, err, context.Canceled)
	}
}
