package server

import (
	"context"
	"sync"
	"time"
)

// queue handles the requests of the main shell, or of a subshell, in the order
// in which they came. Cells go to the executor. The requests after a cell wait
// for it only if it is quick: when it still runs after the grace time they
// overtake it, so that completion, inspection and comms work while a long cell
// runs, and yet see what a quick cell before them did.
type queue struct {
	handle   func(ctx context.Context, r *request)
	executor *executor

	mu      sync.Mutex
	pending []*request
	wake    chan struct{}
	pushed  uint64 // requests so far
	closed  bool   // no more requests come
	abort   abort
}

// abort says which cells are not to run because one before them failed.
type abort struct {
	through uint64 // number of the last request that had come by then
	// Those on their way by then: of a client session, made from a time up to
	// another on that client's clock, and received until a time on ours.
	session         string
	from, to, until time.Time
}

// transit is how long after a failure a request that was sent before it may
// arrive.
const transit = time.Second

// reaction is how long after a failure a person may still not have seen it.
// Notebooks send all cells of "run all" one by one, while the kernel may fail
// on the first in no time.
const reaction = 100 * time.Millisecond

// grace is how long requests wait for a cell that runs before them.
const grace = 100 * time.Millisecond

func newQueue(handle func(context.Context, *request), e *executor) *queue {
	return &queue{handle: handle, executor: e, wake: make(chan struct{}, 1)}
}

// push appends a request.
func (q *queue) push(r *request) {
	q.mu.Lock()
	q.pushed++
	r.number, r.queue = q.pushed, q
	q.pending = append(q.pending, r)
	q.mu.Unlock()
	q.nudge()
}

// next waits for the next request; nil when there is none any more.
func (q *queue) next(ctx context.Context) *request {
	for {
		q.mu.Lock()
		if len(q.pending) > 0 {
			r := q.pending[0]
			q.pending = q.pending[1:]
			q.mu.Unlock()
			return r
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// run handles requests until ctx ends or the queue is closed and empty.
func (q *queue) run(ctx context.Context) {
	var cell *request // the last one
	for {
		r := q.next(ctx)
		switch {
		case r == nil:
			return
		case r.kind() == executeRequest:
			r.isCell()
			cell = r
			q.executor.push(r)
		default:
			if cell != nil {
				q.executor.wait(ctx, cell.done)
			}
			q.handle(ctx, r)
		}
	}
}

// fail makes the cells that wait behind a failed one abort: all that have come
// by now, and those on their way that the same client sent before it could know
// of the failure. By the client's own clock these were made before the failed
// cell's date plus the time that the cell took here and, where a person sends
// the cells, a moment more.
func (q *queue) fail(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abort = abort{through: q.pushed}
	if sent, err := r.message.Time(); err == nil {
		now := time.Now()
		q.abort.session = r.message.Header.Session
		q.abort.from, q.abort.to = sent, sent.Add(now.Sub(r.received))
		q.abort.until = now.Add(transit)
	}
}

// aborted says whether a cell is not to run because one before it failed.
func (q *queue) aborted(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.number <= q.abort.through {
		return true
	}
	if r.message.Header.Session != q.abort.session || r.received.After(q.abort.until) {
		return false
	}
	to := q.abort.to
	if r.fromNotebook() {
		to = to.Add(reaction)
	}
	sent, err := r.message.Time()
	return err == nil && !sent.Before(q.abort.from) && sent.Before(to)
}

// close says that no more requests come. Those that have come are handled.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.nudge()
}

// nudge wakes who waits for the next request.
func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
