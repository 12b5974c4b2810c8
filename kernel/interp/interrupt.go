package interp

import (
	"bytes"
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"hillock/internal/callback"
	"hillock/kernel/interp/host"
)

// running is what is known of the cell that runs.
type running struct {
	goroutine atomic.Int64 // the cell's own; 0 when none runs
	stop      bool         // what checkpoints read
	stopping  atomic.Bool  // the same for compiled code
	mu        sync.Mutex
	ctx       context.Context
	done      chan struct{} // closed when the cell is interrupted
	calls     sync.Map      // by goroutine: *call
}

// call is a goroutine of compiled code that calls functions of cells and recovers
// what they panic with.
type call struct {
	ctx     context.Context
	stopped time.Time // when it was last interrupted; for itself alone
}

// Enter implements callback.Host.
func (r *running) Enter(ctx context.Context) (leave func()) {
	id := goroutineID()
	before, nested := r.calls.Swap(id, &call{ctx: ctx})
	return func() {
		if nested {
			r.calls.Store(id, before)
		} else {
			r.calls.Delete(id)
		}
	}
}

// begin notes a cell's context.
func (r *running) begin(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx = callback.WithHost(ctx, r)
	r.done = make(chan struct{})
}

// context gives the context of the running cell, or of the last one.
func (r *running) context() context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx == nil {
		return context.Background()
	}
	return r.ctx
}

// interruption gives a channel that is closed when what the calling goroutine does
// is interrupted, and what the goroutine then calls, which panics: the cell's own
// with the cell, one of compiled code that calls functions of cells with its
// context. It gives nil on every other goroutine.
func (r *running) interruption() (done <-chan struct{}, stop func()) {
	id := goroutineID()
	if r.goroutine.Load() == id {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.done, r.end
	}
	if c, ok := r.calls.Load(id); ok {
		return c.(*call).ctx.Done(), c.(*call).end
	}
	return nil, nil
}

// end ends the cell's own goroutine. Deferred functions are spared by taking the
// stop back; watch renews it.
func (r *running) end() {
	r.setStop(false)
	panic(host.Interrupted{})
}

// end ends what compiled code has called on its goroutine. Deferred functions are
// spared by the time, since other goroutines have to see the stop too.
func (c *call) end() {
	c.stopped = time.Now()
	panic(host.Interrupted{})
}

// checkpoint ends the cell's own goroutine, and what compiled code has called on a
// goroutine of its own for a context that has ended. It is called by every loop and
// function while a cell is being interrupted.
func (r *running) checkpoint() {
	id := goroutineID()
	if r.goroutine.Load() == id {
		r.end()
	}
	if c, ok := r.calls.Load(id); ok {
		if c := c.(*call); c.ctx.Err() != nil && time.Since(c.stopped) > patience {
			c.end()
		}
	}
}

// label is a checkpoint that stands behind labels, for loops made of goto.
func (r *running) label() {
	if r.stopping.Load() {
		r.checkpoint()
	}
}

// setStop tells checkpoints whether to stop.
func (r *running) setStop(value bool) {
	r.stopping.Store(value)
	writeStop(&r.stop, value)
}

// patience is how long deferred functions of an interrupted cell may run until
// they are interrupted too.
const patience = 500 * time.Millisecond

// watch interrupts the running cell when ctx ends. It returns when ended is
// closed.
func (r *running) watch(ctx context.Context, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	r.setStop(true) // before a wait that ends takes it back
	r.mu.Lock()
	close(r.done)
	r.mu.Unlock()
	for ; ; r.setStop(true) {
		select {
		case <-ended:
			r.setStop(false)
			return
		case <-time.After(patience):
		}
	}
}

// sleep is time.Sleep for cells.
func (r *running) sleep(d time.Duration) {
	done, stop := r.interruption()
	if done == nil || d <= 0 {
		time.Sleep(d)
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
		stop()
	}
}

// writeStop writes the variable that checkpoints read. They read it without
// synchronisation, since it stands in every loop: a late look at it does no harm.
//
//go:norace
func writeStop(stop *bool, value bool) { *stop = value }

// goroutineID gives the number of the current goroutine.
func goroutineID() int64 {
	var buffer [64]byte
	text := buffer[:runtime.Stack(buffer[:], false)]
	text = bytes.TrimPrefix(text, []byte("goroutine "))
	if i := bytes.IndexByte(text, ' '); i > 0 {
		if id, err := strconv.ParseInt(string(text[:i]), 10, 64); err == nil {
			return id
		}
	}
	return -1
}
