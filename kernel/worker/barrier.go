package worker

import "sync"

// barrier keeps the two streams and the control pipe of a process in step. An
// event has a number, counting up, and stands as a mark in both streams and as a
// frame on the control pipe. The frame's event happens when both streams have
// come to the mark; text after the mark waits until it has happened.
type barrier struct {
	mu      sync.Mutex
	changed sync.Cond
	streams [2]uint64 // the last mark each stream has come to
	ended   [2]bool   // streams that have come to their end
	done    uint64    // the last event that has happened
	over    bool      // no further events will come
}

// newBarrier gives a barrier before its first event.
func newBarrier() *barrier {
	b := &barrier{}
	b.changed.L = &b.mu
	return b
}

// arrive says that a stream has come to event's mark, and waits until the event
// has happened or never will.
func (b *barrier) arrive(stream int, event uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.streams[stream] = max(b.streams[stream], event)
	b.changed.Broadcast()
	for b.done < event && !b.over {
		b.changed.Wait()
	}
}

// end says that a stream has come to its end: no event waits for it any more.
func (b *barrier) end(stream int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended[stream] = true
	b.changed.Broadcast()
}

// await waits until both streams have come to event's mark.
func (b *barrier) await(event uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.streams {
		for b.streams[i] < event && !b.ended[i] {
			b.changed.Wait()
		}
	}
}

// pass says that event has happened.
func (b *barrier) pass(event uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = max(b.done, event)
	b.changed.Broadcast()
}

// close says that no further event will happen.
func (b *barrier) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	b.changed.Broadcast()
}
