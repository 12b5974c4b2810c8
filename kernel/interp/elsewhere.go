package interp

import (
	"strconv"
	"strings"
	"sync"

	"hillock/kernel/gocell/rt"
)

// elsewhere receives what the interpreter writes on other goroutines than the
// cell's own: mostly the places that a panic goes through.
type elsewhere struct {
	session *Session

	mu   sync.Mutex
	last callee
}

// callee is what a goroutine that panics had called.
type callee struct {
	goroutine int64
	name      string // as its caller's text has it; empty for a literal
}

// Write tells a place on, and hands everything else to the session's Stderr.
func (e *elsewhere) Write(p []byte) (int, error) {
	m := traceLine.FindStringSubmatch(strings.TrimRight(string(p), "\n"))
	if m == nil {
		return e.session.opts.Stderr.Write(p)
	}
	if e.session.opts.Place != nil {
		id := goroutineID()
		e.mu.Lock()
		called := ""
		if e.last.goroutine == id {
			called = e.last.name
		}
		f, next, ok := e.session.place(m[1], m[2], m[3], called)
		e.last = callee{id, next}
		e.mu.Unlock()
		if ok {
			e.session.opts.Place(id, f)
		}
	}
	return len(p), nil
}

// place gives the place in a cell that a line of emitted text comes from, unless
// a cell is being prepared right now: where the panic was raised if that is
// known, else where the function calls called, which the panic came from, else
// the beginning of the named function. next is the name of the function itself.
func (s *Session) place(source, line, function, called string) (f Frame, next string, ok bool) {
	if s.run.goroutine.Load() == 0 { // no cell runs
		select {
		case s.turn <- struct{}{}:
			defer func() { <-s.turn }()
		default:
			return Frame{}, "", false
		}
	}
	name, _, literal := strings.Cut(function, ".")
	if m := emittedName.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if !literal && name != entryName {
		f.Func = strings.Replace(name, "_", ".", 1)
		next = name[strings.LastIndexByte(name, '_')+1:]
	}
	if cell, at, ok := strings.Cut(rt.PanicPlace(), ":"); ok {
		f.Cell, line = cell, at
	}
	number, err := strconv.Atoi(line)
	if err != nil {
		return Frame{}, next, false
	}
	f.Line = number
	if f.Cell == "" {
		source, _, _ = strings.Cut(source, "#")
		if f.Cell, f.Line, ok = s.lower.Position(source, number); !ok {
			return Frame{}, next, false
		}
		at, found := 0, false
		switch {
		case called == "":
		case literal:
			at, found = s.front.LiteralCallLine(f.Cell, f.Line, called)
		default:
			at, found = s.front.CallLine(f.Cell, name, called)
		}
		if found {
			f.Line = at
		} else if f.Func == "" {
			return Frame{}, next, false
		}
	}
	f.Source = s.front.SourceLine(f.Cell, f.Line)
	return f, next, true
}
