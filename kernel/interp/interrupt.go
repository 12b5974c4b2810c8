package interp

import (
	"bytes"
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

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
}

// begin notes a cell's context.
func (r *running) begin(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx = ctx
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

// interrupted gives a channel that is closed when the cell whose own goroutine
// this is is interrupted, and nil on every other goroutine.
func (r *running) interrupted() <-chan struct{} {
	if r.goroutine.Load() != goroutineID() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

// interruption is interrupted with what the goroutine then panics with.
func (r *running) interruption() (done <-chan struct{}, value any) {
	return r.interrupted(), host.Interrupted{}
}

// checkpoint ends the cell's own goroutine. It is called by every loop and
// function while a cell is being interrupted. Deferred functions are spared by
// taking the stop back; watch renews it.
func (r *running) checkpoint() {
	if r.goroutine.Load() == goroutineID() {
		r.setStop(false)
		panic(host.Interrupted{})
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
	r.mu.Lock()
	close(r.done)
	r.mu.Unlock()
	for {
		r.setStop(true)
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
	done := r.interrupted()
	if done == nil || d <= 0 {
		time.Sleep(d)
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
		panic(host.Interrupted{})
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
