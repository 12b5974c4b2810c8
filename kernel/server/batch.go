package server

import "unicode/utf8"

// batch collects what requests print, in order. Text that follows text of the
// same stream and request joins it.
type batch struct {
	chunks []chunk
	size   int
}

// chunk is text of one stream of one request.
type chunk struct {
	request *request
	name    StreamName
	text    []byte
	waited  bool // has been held back once as the beginning of a character
}

// exactChunks is how many chunks keep their order among each other. A program
// that switches between streams faster than that has its text joined by
// stream, so that it can't cause any number of messages.
const exactChunks = 32

// add appends text to a stream.
func (b *batch) add(r *request, name StreamName, text string) {
	b.size += len(text)
	c := b.chunkFor(r, name)
	c.text = append(c.text, text...)
}

// chunkFor gives the chunk that text of a stream is to join.
func (b *batch) chunkFor(r *request, name StreamName) *chunk {
	oldest := len(b.chunks) - 1
	if len(b.chunks) >= exactChunks {
		oldest = 0
	}
	for i := len(b.chunks) - 1; i >= 0 && i >= oldest; i-- {
		if c := &b.chunks[i]; c.request == r && c.name == name {
			return c
		}
	}
	return b.open(r, name)
}

// open begins a new chunk, with the beginning of a character that an earlier
// one of the same stream ends with.
func (b *batch) open(r *request, name StreamName) *chunk {
	c := chunk{request: r, name: name}
	for i := len(b.chunks) - 1; i >= 0; i-- {
		if earlier := &b.chunks[i]; earlier.request == r && earlier.name == name {
			cut := len(earlier.text) - incomplete(earlier.text)
			c.text = append(c.text, earlier.text[cut:]...)
			earlier.text = earlier.text[:cut]
			break
		}
	}
	b.chunks = append(b.chunks, c)
	return &b.chunks[len(b.chunks)-1]
}

// take removes what can be published. The beginning of a character at the end
// of a stream is held back once, unless it belongs to the ended request.
func (b *batch) take(ended *request) []chunk {
	out := b.chunks
	b.chunks, b.size = nil, 0
	full := out[:0]
	for _, c := range out {
		if n := incomplete(c.text); n > 0 && c.request != ended && !(c.waited && n == len(c.text)) {
			cut := len(c.text) - n
			b.chunks = append(b.chunks, chunk{c.request, c.name, append([]byte(nil), c.text[cut:]...), true})
			b.size += n
			c.text = c.text[:cut]
		}
		if len(c.text) > 0 {
			full = append(full, c)
		}
	}
	return full
}

// empty says whether nothing is collected.
func (b *batch) empty() bool { return len(b.chunks) == 0 }

// incomplete counts the bytes at the end of text that begin a character
// without ending it.
func incomplete(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		tail := text[len(text)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
