package interp

import (
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"hillock/kernel/gocell/rt"
)

// trace collects the places that a panic goes through. The interpreter writes a
// line for each of its frames as the panic unwinds them.
type trace struct {
	run       *running
	elsewhere io.Writer // for other goroutines
	mu        sync.Mutex
	lines     []string // innermost first
}

// Write takes a line of the interpreter.
func (t *trace) Write(p []byte) (int, error) {
	if t.run.goroutine.Load() != goroutineID() {
		return t.elsewhere.Write(p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// clear forgets what was collected.
func (t *trace) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = nil
}

var (
	traceLine   = regexp.MustCompile(`^(.*?):(\d+):\d+: panic: main\.(.*)\(\.\.\.\)$`)
	emittedName = regexp.MustCompile(`^(.*)_\d+$`)
)

// frames gives the places in cells, innermost first. raised is the place of the
// panic itself, "cell[9]:3", if it is known. called is the compiled function
// that panicked, if one did. The interpreter knows where functions begin; where
// in them a call stands is found by what is called next, if that is called on
// one line only.
func (s *Session) frames(raised, called string) []Frame {
	s.trace.mu.Lock()
	lines := s.trace.lines
	s.trace.mu.Unlock()
	var frames []Frame
	for _, line := range lines {
		m := traceLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		number, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		name, _, literal := strings.Cut(m[3], ".")
		if n := emittedName.FindStringSubmatch(name); n != nil {
			name = n[1]
		}
		file, _, _ := strings.Cut(m[1], "#")
		f := Frame{Func: name}
		var ok bool
		if f.Cell, f.Line, ok = s.lower.Position(file, number); !ok {
			if name != entryName || literal {
				continue
			}
			f.Cell, f.Line = s.cell, s.line
		}
		var at int
		switch {
		case literal:
			at, ok = s.front.LiteralCallLine(f.Cell, f.Line, called)
		case name == entryName:
			at, ok = s.front.StatementCallLine(f.Cell, f.Line, called)
		default:
			at, ok = s.front.CallLine(f.Cell, name, called)
		}
		if ok && called != "" {
			f.Line = at
		}
		if name == entryName {
			f.Func = ""
		}
		if !literal {
			// The name by which a caller's text knows it.
			called = name[strings.LastIndexByte(name, '_')+1:]
		} else {
			called = ""
		}
		f.Func = strings.Replace(f.Func, "_", ".", 1)
		if n := len(frames); n == 0 || frames[n-1] != f {
			frames = append(frames, f)
		}
	}
	if cell, line, ok := strings.Cut(raised, ":"); ok {
		if number, err := strconv.Atoi(line); err == nil && len(frames) > 0 && frames[0].Cell == cell {
			frames[0].Line = number
		} else if err == nil {
			frames = append([]Frame{{Cell: cell, Line: number}}, frames...)
		}
	}
	for i := range frames {
		frames[i].Source = s.front.SourceLine(frames[i].Cell, frames[i].Line)
	}
	return frames
}

// entryName is the name of the function that a cell's own statements are.
const entryName = "hillock_entry"

// compiledCallee gives the name, without its package, of the compiled function
// that interpreted code called when the panic was raised that is being
// recovered, or "".
func compiledCallee() string {
	var counters [256]uintptr
	n := runtime.Callers(1, counters[:])
	list := runtime.CallersFrames(counters[:n])
	last := ""
	for {
		frame, more := list.Next()
		name := frame.Function
		if strings.HasPrefix(name, "github.com/traefik/yaegi/interp.callBin") {
			if strings.HasPrefix(last, rt.Path+".") || strings.HasPrefix(last, "github.com/traefik/") {
				return ""
			}
			return last[strings.LastIndexByte(last, '.')+1:]
		}
		if !strings.HasPrefix(name, "reflect.") {
			last = name
		}
		if !more {
			return ""
		}
	}
}
