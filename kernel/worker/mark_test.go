package worker

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

const testNonce = "0123456789ABCDEF"

// split feeds a stream in pieces of a size and gives what comes out.
func split(stream []byte, size int) (texts map[uint64]string, events []string) {
	texts = map[uint64]string{}
	s := newSplitter(testNonce,
		func(cell uint64, text []byte) { texts[cell] += string(text) },
		func(n uint64) { events = append(events, fmt.Sprintf("%d:%d", n, len(texts[1])+len(texts[2]))) })
	for len(stream) > 0 {
		n := min(size, len(stream))
		s.write(stream[:n:n])
		stream = stream[n:]
	}
	s.close()
	return texts, events
}

func TestMarksAreTakenOutWhereverTheStreamIsCut(t *testing.T) {
	var b []byte
	b = appendMark(b, testNonce, mark{cell: 1})
	b = append(b, "first 日本🎉"...)
	b = appendMark(b, testNonce, mark{cell: 1, event: 9})
	b = append(b, "\x00\x1b012 not a mark \x00"...)
	b = appendMark(b, testNonce, mark{cell: 2})
	b = append(b, "second\x00"...)
	for size := 1; size <= len(b); size++ {
		texts, events := split(b, size)
		if texts[1] != "first 日本🎉\x00\x1b012 not a mark \x00" || texts[2] != "second\x00" {
			t.Errorf("pieces of %d: got %v", size, texts)
		}
		if len(events) != 1 || events[0] != fmt.Sprintf("9:%d", len("first 日本🎉")) {
			t.Errorf("pieces of %d: events %q", size, events)
		}
	}
}

func TestCharactersAreNotCut(t *testing.T) {
	s := newSplitter(testNonce, func(_ uint64, text []byte) {
		if !utf8.Valid(text) {
			t.Errorf("cut: %q", text)
		}
	}, func(uint64) {})
	for _, c := range []byte(strings.Repeat("日本🎉é", 10)) {
		s.write([]byte{c})
	}
	s.close()
}

func FuzzSplitter(f *testing.F) {
	f.Add(appendMark([]byte("a"), testNonce, mark{1, 2}), 3)
	f.Add([]byte("\x00\x1b0123456789ABCDEF"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, 100))
		whole, wholeEvents := split(stream, len(stream)+1)
		cut, cutEvents := split(stream, size)
		if fmt.Sprint(whole) != fmt.Sprint(cut) || len(wholeEvents) != len(cutEvents) {
			t.Errorf("in one piece %v %q, in pieces %v %q", whole, wholeEvents, cut, cutEvents)
		}
	})
}
