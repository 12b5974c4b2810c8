package server

import (
	"context"
	"sync"
	"time"
)

// executor runs cells, one at a time, in the order in which they come from the
// main shell and the subshells.
type executor struct {
	execute func(ctx context.Context, r *request)

	mu      sync.Mutex
	pending []*request
	wake    chan struct{}
	running *request
	since   time.Time // when the running cell began; zero when none runs
}

func newExecutor(execute func(context.Context, *request)) *executor {
	return &executor{execute: execute, wake: make(chan struct{}, 1)}
}

// push appends a cell.
func (e *executor) push(r *request) {
	e.mu.Lock()
	e.pending = append(e.pending, r)
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// run executes cells until ctx has ended and none is left; the execute function
// refuses those that come after that.
func (e *executor) run(ctx context.Context) {
	for {
		e.mu.Lock()
		var r *request
		if len(e.pending) > 0 {
			r = e.pending[0]
			e.pending = e.pending[1:]
			e.running, e.since = r, time.Now()
		}
		e.mu.Unlock()
		if r != nil {
			e.execute(ctx, r)
			e.mu.Lock()
			e.running, e.since = nil, time.Time{}
			e.mu.Unlock()
			close(r.done)
			continue
		}
		select {
		case <-e.wake:
		case <-ctx.Done():
			return
		}
	}
}

// hold gives act the cell that runs, nil for none. Until act returns no other
// cell begins.
func (e *executor) hold(act func(running *request)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	act(e.running)
}

// wait waits until the cell that done belongs to has ended, or the cell that
// runs has done so for the grace time.
func (e *executor) wait(ctx context.Context, done <-chan struct{}) {
	for {
		e.mu.Lock()
		ran := time.Duration(0)
		if !e.since.IsZero() {
			ran = time.Since(e.since)
		}
		e.mu.Unlock()
		if ran >= grace {
			return
		}
		timer := time.NewTimer(grace - ran)
		select {
		case <-done:
			timer.Stop()
			return
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}
