package callback

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Panicked is a panic of work that Each did.
type Panicked struct {
	Function string // that panicked
	Value    any    // that it panicked with
}

// Error names the function and says what it panicked with.
func (p *Panicked) Error() string { return fmt.Sprintf("%s panicked: %v", p.Function, p.Value) }

// Each does work for 0 … n−1, which may run functions of cells, on at most so many
// goroutines, until ctx ends, whose error it gives then. A panic comes back as
// *Panicked.
func Each(ctx context.Context, goroutines, n int, work func(i int)) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	var failed atomic.Pointer[Panicked]
	for range min(goroutines, n) {
		wait.Go(func() {
			defer Enter(ctx)()
			defer func() {
				switch p := recover().(type) {
				case nil, Interrupted: // ctx has ended
				default:
					failed.Store(&Panicked{Function: panicking(), Value: p})
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
	if p := failed.Load(); p != nil {
		return p
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
