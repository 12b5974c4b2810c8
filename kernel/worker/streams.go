package worker

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// streams are the ends of standard output, standard error and the control pipe
// in the interpreter's process, kept in step.
type streams struct {
	owners  owners
	nonce   string
	out     stream
	err     stream
	control frameWriter
	current atomic.Uint64 // the cell that text without a mark belongs to

	mu     sync.Mutex // held while an event is written to all three
	events uint64     // number of the last event
}

// stream is standard output or standard error.
type stream struct {
	all  *streams
	mu   sync.Mutex // held while something is written
	file *os.File   // a second file on the pipe: a cell may close the first
}

// begin makes text without a mark belong to cell from now on.
func (s *streams) begin(cell uint64) error {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	s.err.mu.Lock()
	defer s.err.mu.Unlock()
	s.current.Store(cell)
	m := appendMark(nil, s.nonce, mark{cell: cell})
	for _, f := range []*os.File{s.out.file, s.err.file} {
		if _, err := f.Write(m); err != nil {
			return fmt.Errorf("mark a cell's beginning: %w", err)
		}
	}
	return nil
}

// owner gives the cell that the running goroutine belongs to; the current cell
// if it has none.
func (s *streams) owner() uint64 {
	if cell := s.owners.cell(); cell != 0 {
		return cell
	}
	return s.current.Load()
}

// event sends a message that keeps its place among the text of both streams.
// body makes the message, given the event's number.
func (s *streams) event(k kind, id uint64, body func(number uint64) any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := encodeFrame(k, id, body(s.events+1))
	if err != nil {
		return err
	}
	s.events++
	m := appendMark(nil, s.nonce, mark{cell: s.current.Load(), event: s.events})
	for _, f := range []*os.File{s.out.file, s.err.file} {
		if _, err := f.Write(m); err != nil {
			return fmt.Errorf("mark an event: %w", err)
		}
	}
	return s.control.write(b)
}

// chunkSize is how much text fits between two marks in one write.
const chunkSize = pipeBuffer - 2*markSize

// Write writes text of the running goroutine's cell.
func (s *stream) Write(text []byte) (int, error) {
	cell := s.all.owner()
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.all.current.Load()
	if cell == current {
		return s.file.Write(text)
	}
	written := 0
	for written < len(text) {
		chunk := text[written:]
		if len(chunk) > chunkSize {
			chunk = chunk[:wholeRunes(chunk[:chunkSize])]
		}
		b := appendMark(make([]byte, 0, pipeBuffer), s.all.nonce, mark{cell: cell})
		b = append(b, chunk...)
		b = appendMark(b, s.all.nonce, mark{cell: current})
		if _, err := s.file.Write(b); err != nil {
			return written, err
		}
		written += len(chunk)
	}
	return written, nil
}

// wholeRunes gives the length of b without an unfinished character at its end.
func wholeRunes(b []byte) int {
	if n := len(b) - runeAtEnd(b); n > 0 && len(b) >= utf8.UTFMax {
		return n
	}
	return len(b)
}
