package rt

import (
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Defers is the list of deferred calls of a function that runs.
type Defers struct {
	calls []deferred
}

type deferred struct {
	depth int
	call  func()
}

// Panicking is a panic on its way up.
type Panicking struct {
	value     any
	recovered bool
}

// NewDefers makes an empty list.
func NewDefers() *Defers { return &Defers{} }

// Defer adds a call. depth says how many interpreted calls deep the function
// lies that may recover, 0 if none does.
func Defer(d *Defers, depth int, call func()) {
	d.calls = append(d.calls, deferred{depth, call})
}

// Run runs a function's body and then its deferred calls, as Go does: also when
// the body panics, and each with the panic in force.
func Run(d *Defers, body func()) {
	normal := false
	defer func() {
		var p *Panicking
		if !normal {
			if v := recover(); v != nil {
				p = &Panicking{value: Explain(v)}
			}
			// Otherwise the goroutine exits, and goes on exiting.
		}
		for len(d.calls) > 0 {
			c := d.calls[len(d.calls)-1]
			d.calls = d.calls[:len(d.calls)-1]
			if next := protect(c, p); next != nil {
				p = next
			} else if p != nil && p.recovered {
				p = nil
			}
		}
		if p != nil {
			panic(p.value)
		}
	}()
	body()
	normal = true
}

// protect makes a deferred call and gives the panic that it raised, if any.
func protect(c deferred, p *Panicking) (raised *Panicking) {
	done := false
	defer func() {
		if done {
			return
		}
		if v := recover(); v != nil {
			raised = &Panicking{value: Explain(v)}
		}
	}()
	if c.depth > 0 && p != nil {
		id := goroutine()
		tokens.Store(id, &token{p, c.depth})
		pending.Add(1)
		defer func() {
			if _, ok := tokens.LoadAndDelete(id); ok {
				pending.Add(-1)
			}
		}()
	}
	c.call()
	done = true
	return nil
}

// token is the right to recover from a panic, for the function that is called at
// a depth.
type token struct {
	panicking *Panicking
	depth     int
}

// tokens holds, by goroutine, the panic that the deferred function which is
// about to start may recover from. It belongs to the goroutines of the process,
// like the panics themselves.
var (
	tokens  sync.Map
	pending atomic.Int64
)

// Enter is called at the start of functions that recover: it gives the panic if
// the function was called by the deferring function itself.
func Enter() *Panicking {
	if pending.Load() == 0 {
		return nil
	}
	id := goroutine()
	v, ok := tokens.Load(id)
	if !ok || interpretedCalls() != v.(*token).depth {
		return nil
	}
	tokens.Delete(id)
	pending.Add(-1)
	return v.(*token).panicking
}

// Pass is called by functions of the lowering's own that stand between a
// deferred call and the function that it means.
func Pass() {
	if pending.Load() == 0 {
		return
	}
	if v, ok := tokens.Load(goroutine()); ok {
		if t := v.(*token); interpretedCalls() == t.depth {
			t.depth++
		}
	}
}

// interpretedCalls counts the functions that the interpreter runs between the
// innermost deferred call and the caller.
func interpretedCalls() int {
	var counters [512]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	n := 0
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "/interp.runCfg"):
			n++
		case strings.HasSuffix(frame.Function, "/rt.protect"):
			return n
		}
		if !more {
			return n
		}
	}
}

// Recover is the builtin recover.
func Recover(p *Panicking) any {
	if p == nil || p.recovered {
		return nil
	}
	if _, ok := p.value.(Unrecoverable); ok {
		return nil
	}
	p.recovered = true
	trace.clear()
	return p.value
}

// goroutine is the number of the running goroutine.
func goroutine() int64 {
	var buf [64]byte
	text := strings.TrimPrefix(string(buf[:runtime.Stack(buf[:], false)]), "goroutine ")
	n, _, _ := strings.Cut(text, " ")
	id, _ := strconv.ParseInt(n, 10, 64)
	return id
}

// tracer remembers where the last panic of a goroutine was raised.
type tracer struct{ places sync.Map }

var trace tracer

func (t *tracer) at(where string) {
	if where != "" {
		t.places.Store(goroutine(), where)
	}
}

func (t *tracer) clear() { t.places.Delete(goroutine()) }

// PanicPlace gives the place in the user's source, "cell[9]:3", where the
// panic that the calling goroutine has just caught was raised, if it is known,
// and forgets it.
func PanicPlace() string {
	v, ok := trace.places.LoadAndDelete(goroutine())
	if !ok {
		return ""
	}
	return v.(string)
}
