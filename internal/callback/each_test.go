package callback

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

func broken(i int) { panic("broken") }

// TestEachDoesAll: every piece of work is done once, by no more goroutines than asked
// for.
func TestEachDoesAll(t *testing.T) {
	const n, goroutines = 100, 3
	var done [n]atomic.Int64
	var now, most atomic.Int64
	if err := Each(t.Context(), goroutines, n, func(i int) {
		at := now.Add(1)
		for was := most.Load(); at > was && !most.CompareAndSwap(was, at); was = most.Load() {
		}
		done[i].Add(1)
		now.Add(-1)
	}); err != nil {
		t.Fatal(err)
	}
	for i := range done {
		if times := done[i].Load(); times != 1 {
			t.Errorf("%d was done %d times", i, times)
		}
	}
	if most.Load() > goroutines {
		t.Errorf("%d at a time; want %d at most", most.Load(), goroutines)
	}
}

func TestEachNamesWhatPanics(t *testing.T) {
	err := Each(t.Context(), 2, 10, broken)
	var p *Panicked
	if !errors.As(err, &p) || !strings.HasSuffix(p.Function, "callback.broken") || p.Value != "broken" {
		t.Errorf("error %v; want one that names the function that panicked", err)
	}
}

func TestEachEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var done atomic.Int64
	err := Each(ctx, 2, 1000, func(int) {
		switch n := done.Add(1); {
		case n == 10:
			cancel()
			panic(Interrupted{})
		case n > 10: // the other goroutine's, that began before the end
			<-ctx.Done()
		}
	})
	if !errors.Is(err, context.Canceled) || done.Load() > 11 {
		t.Errorf("error %v after %d of 1000; want that the context was cancelled, 10 or 11 done", err, done.Load())
	}
}
