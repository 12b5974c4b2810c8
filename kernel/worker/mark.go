package worker

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// A mark stands in a stream's bytes between what cells print. It names the cell
// that the bytes after it belong to, and may carry the number of an event on the
// control pipe that the streams have to wait for. It begins with a nonce that
// only the two processes know, and is written by one write of fewer bytes than
// PIPE_BUF, so no other write can come between.
type mark struct {
	cell  uint64
	event uint64 // 0 for none
}

const (
	nonceSize   = 16
	markOpening = "\x00\x1b"
	markSize    = len(markOpening) + nonceSize + 8 + 8
	// pipeBuffer is the largest write that every system makes in one piece
	// (POSIX's least PIPE_BUF).
	pipeBuffer = 512
)

// appendMark appends the mark's bytes to b.
func appendMark(b []byte, nonce string, m mark) []byte {
	b = append(b, markOpening...)
	b = append(b, nonce...)
	b = binary.LittleEndian.AppendUint64(b, m.cell)
	return binary.LittleEndian.AppendUint64(b, m.event)
}

// splitter cuts a stream into the text of cells and marks.
type splitter struct {
	opening []byte // of a mark, with the nonce
	cell    uint64 // whose text comes next
	rest    []byte // bytes that may be the beginning of a mark
	rune    []byte // the beginning of a character whose end is still to come
	text    func(cell uint64, text []byte)
	event   func(number uint64)
}

// newSplitter gives a splitter that hands text and events on in their order.
// text must not keep its slice.
func newSplitter(nonce string, text func(cell uint64, text []byte), event func(number uint64)) *splitter {
	return &splitter{opening: []byte(markOpening + nonce), text: text, event: event}
}

// write takes the next bytes of the stream.
func (s *splitter) write(b []byte) {
	if len(s.rest) > 0 {
		b = append(s.rest, b...)
		s.rest = nil
	}
	for len(b) > 0 {
		i := bytes.Index(b, s.opening)
		if i < 0 {
			keep := openingAtEnd(b, s.opening)
			s.emit(b[:len(b)-keep])
			s.rest = bytes.Clone(b[len(b)-keep:])
			return
		}
		s.emit(b[:i])
		if len(b) < i+markSize {
			s.rest = bytes.Clone(b[i:])
			return
		}
		s.cross(b[i+len(s.opening):])
		b = b[i+markSize:]
	}
}

// cross acts on a mark whose cell and event stand at the beginning of b.
func (s *splitter) cross(b []byte) {
	cell, event := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if cell != s.cell {
		s.flush()
		s.cell = cell
	}
	if event != 0 {
		s.flush()
		s.event(event)
	}
}

// close hands on what was kept back.
func (s *splitter) close() {
	rest := s.rest
	s.rest = nil
	if !bytes.HasPrefix(rest, s.opening) {
		s.emit(rest)
	}
	s.flush()
}

// emit hands text on, but for the beginning of a character at its end.
func (s *splitter) emit(b []byte) {
	if len(b) == 0 {
		return
	}
	if len(s.rune) > 0 {
		b = append(s.rune, b...)
		s.rune = nil
	}
	if keep := runeAtEnd(b); keep > 0 {
		s.rune = bytes.Clone(b[len(b)-keep:])
		b = b[:len(b)-keep]
	}
	if len(b) > 0 {
		s.text(s.cell, b)
	}
}

// flush hands on a character that was cut off for good.
func (s *splitter) flush() {
	if len(s.rune) > 0 {
		b := s.rune
		s.rune = nil
		s.text(s.cell, b)
	}
}

// openingAtEnd gives the length of the longest end of b that begins opening.
func openingAtEnd(b, opening []byte) int {
	for n := min(len(b), len(opening)-1); n > 0; n-- {
		if bytes.HasPrefix(opening, b[len(b)-n:]) {
			return n
		}
	}
	return 0
}

// runeAtEnd gives the length of an unfinished character at b's end.
func runeAtEnd(b []byte) int {
	for n := 1; n <= min(len(b), utf8.UTFMax-1); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
