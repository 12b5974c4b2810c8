package worker

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync"
	"unsafe" // also for go:linkname
)

// A goroutine inherits the profiler labels of the one that starts it, by
// pointer. That tells which cell a goroutine belongs to, for the price of
// reading one word.

//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// owners maps the labels that cells were given to the cells' numbers.
type owners struct {
	cells sync.Map // unsafe.Pointer → uint64
}

// claim makes the running goroutine, and those that it will start, the cell's.
func (o *owners) claim(cell uint64) {
	labels := pprof.Labels("cell", strconv.FormatUint(cell, 10))
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), labels))
	o.cells.Store(goroutineLabels(), cell)
}

// cell gives the cell that the running goroutine belongs to; 0 if it has none.
func (o *owners) cell() uint64 {
	if labels := goroutineLabels(); labels != nil {
		if cell, ok := o.cells.Load(labels); ok {
			return cell.(uint64)
		}
	}
	return 0
}
