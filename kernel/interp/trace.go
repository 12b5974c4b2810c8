package interp

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
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
// panic itself, "cell[9]:3", if it is known: the interpreter knows where its
// functions begin, and the frames of callers are those of their functions.
func (s *Session) frames(raised string) []Frame {
	s.trace.mu.Lock()
	lines := s.trace.lines
	s.trace.mu.Unlock()
	var frames []Frame
	add := func(f Frame) {
		f.Source = s.front.SourceLine(f.Cell, f.Line)
		if n := len(frames); n == 0 || frames[n-1] != f {
			frames = append(frames, f)
		}
	}
	for _, line := range lines {
		m := traceLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		number, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		file, _, _ := strings.Cut(m[1], "#")
		cell, at, ok := s.lower.Position(file, number)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(m[3], ".")
		if n := emittedName.FindStringSubmatch(name); n != nil {
			name = n[1]
		}
		if name == "hillock" {
			name = ""
		}
		add(Frame{Func: name, Cell: cell, Line: at})
	}
	if cell, line, ok := strings.Cut(raised, ":"); ok {
		number, err := strconv.Atoi(line)
		if err == nil && len(frames) > 0 && frames[0].Cell == cell {
			frames[0].Line = number
			frames[0].Source = s.front.SourceLine(cell, number)
		} else if err == nil {
			frames = append([]Frame{{Cell: cell, Line: number, Source: s.front.SourceLine(cell, number)}}, frames...)
		}
	}
	return frames
}
