package interp

import (
	"strconv"
	"strings"

	"hillock/kernel/gocell/rt"
)

// elsewhere receives what the interpreter writes on other goroutines than the
// cell's own: mostly the places that a panic goes through.
type elsewhere struct{ session *Session }

// Write tells a place on, and hands everything else to the session's Stderr.
func (e elsewhere) Write(p []byte) (int, error) {
	m := traceLine.FindStringSubmatch(strings.TrimRight(string(p), "\n"))
	if m == nil {
		return e.session.opts.Stderr.Write(p)
	}
	if e.session.opts.Place != nil {
		if f, ok := e.session.place(m[1], m[2], m[3]); ok {
			e.session.opts.Place(goroutineID(), f)
		}
	}
	return len(p), nil
}

// place gives the place in a cell that a line of emitted text comes from, unless
// a cell is being prepared right now: where the panic was raised if that is
// known, else the beginning of the named function that it goes through.
func (s *Session) place(source, line, function string) (Frame, bool) {
	if s.run.goroutine.Load() == 0 { // no cell runs
		select {
		case s.turn <- struct{}{}:
			defer func() { <-s.turn }()
		default:
			return Frame{}, false
		}
	}
	var f Frame
	name, _, literal := strings.Cut(function, ".")
	if m := emittedName.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if !literal && name != entryName {
		f.Func = strings.Replace(name, "_", ".", 1)
	}
	if cell, at, ok := strings.Cut(rt.PanicPlace(), ":"); ok {
		f.Cell, line = cell, at
	}
	number, err := strconv.Atoi(line)
	if err != nil {
		return Frame{}, false
	}
	f.Line = number
	if f.Cell == "" {
		if f.Func == "" {
			return Frame{}, false
		}
		source, _, _ = strings.Cut(source, "#")
		var ok bool
		if f.Cell, f.Line, ok = s.lower.Position(source, number); !ok {
			return Frame{}, false
		}
	}
	f.Source = s.front.SourceLine(f.Cell, f.Line)
	return f, true
}
