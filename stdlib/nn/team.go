package nn

import (
	"sync"
	"sync/atomic"
)

// team runs the pieces of an operation on several goroutines. Its helpers wait
// between operations, so that handing out work allocates nothing.
type team struct {
	size  int
	start []chan struct{}
	wait  sync.WaitGroup

	tape  *Tape
	node  *node
	piece func(t *Tape, n *node, worker, item int)
	items int
	next  atomic.Int64
}

func newTeam(size int) *team {
	t := &team{size: max(size, 1)}
	for me := 1; me < t.size; me++ {
		start := make(chan struct{})
		t.start = append(t.start, start)
		go func() {
			for range start {
				t.work(me)
				t.wait.Done()
			}
		}()
	}
	return t
}

// stop ends the helpers.
func (t *team) stop() {
	for _, start := range t.start {
		close(start)
	}
	t.start = nil
	t.size = 1
}

func (t *team) work(me int) {
	for {
		item := int(t.next.Add(1)) - 1
		if item >= t.items {
			return
		}
		t.piece(t.tape, t.node, me, item)
	}
}

// run does piece for every item, on all goroutines when work, a rough count of
// element operations, is worth it. Which goroutine does an item must not matter
// for the result.
func (t *team) run(tape *Tape, n *node, items, work int, piece func(t *Tape, n *node, worker, item int)) {
	const worth = 20_000
	if len(t.start) == 0 || items < 2 || work < worth {
		for item := range items {
			piece(tape, n, 0, item)
		}
		return
	}
	t.tape, t.node, t.items, t.piece = tape, n, items, piece
	t.next.Store(0)
	t.wait.Add(len(t.start))
	for _, start := range t.start {
		start <- struct{}{}
	}
	t.work(0)
	t.wait.Wait()
	t.tape, t.node, t.piece = nil, nil, nil
}
