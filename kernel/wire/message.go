package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Header identifies a message.
type Header struct {
	ID       string `json:"msg_id"`
	Type     string `json:"msg_type"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601, on the sender's clock
	Version  string `json:"version"`
	// Subshell names the subshell that a shell request is for; empty for the
	// main shell.
	Subshell string `json:"subshell_id,omitempty"`
}

// Message is a message on its way to or from a client.
type Message struct {
	// Identities are the routing frames before the delimiter: the client that
	// sent the message, or that a reply goes to; on iopub the topic.
	Identities [][]byte
	Header     Header
	// Raw is the header as the sender wrote it. A reply carries it back
	// unchanged as its parent, with fields that this package doesn't know.
	Raw json.RawMessage
	// Parent is the header of the message that caused this one, or {}.
	Parent   json.RawMessage
	Metadata json.RawMessage
	Content  json.RawMessage
	// Buffers are binary frames after the content. They are not signed.
	Buffers [][]byte
}

// Delimiter is the frame between a message's identities and its signature.
const Delimiter = "<IDS|MSG>"

// Sentinel errors of reading a message from frames. Errors of [Reader.Read]
// wrap one of them.
var (
	ErrNoDelimiter = errors.New("no " + Delimiter + " frame")
	ErrTooShort    = errors.New("too few frames after the delimiter")
	ErrSignature   = errors.New("signature does not match")
	ErrReplayed    = errors.New("message was received before")
	ErrMalformed   = errors.New("malformed message")
)

// The frames that follow the delimiter, before the buffers.
const (
	signatureFrame = iota
	headerFrame
	parentFrame
	metadataFrame
	contentFrame
	fixedFrames
)

// split separates the routing frames from those of the message.
func split(frames [][]byte) (identities, rest [][]byte, err error) {
	for i, frame := range frames {
		if string(frame) != Delimiter {
			continue
		}
		rest = frames[i+1:]
		if len(rest) < fixedFrames {
			return nil, nil, fmt.Errorf("%w: got %d, want at least %d", ErrTooShort, len(rest), fixedFrames)
		}
		return frames[:i], rest, nil
	}
	return nil, nil, fmt.Errorf("%w among %d frames", ErrNoDelimiter, len(frames))
}

// parse reads the JSON of a message whose signature has been checked.
func parse(identities, rest [][]byte) (*Message, error) {
	m := &Message{Identities: identities, Buffers: rest[fixedFrames:]}
	for _, part := range []struct {
		name string
		to   *json.RawMessage
		from []byte
	}{
		{"header", &m.Raw, rest[headerFrame]},
		{"parent header", &m.Parent, rest[parentFrame]},
		{"metadata", &m.Metadata, rest[metadataFrame]},
		{"content", &m.Content, rest[contentFrame]},
	} {
		object, err := jsonObject(part.from)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, part.name, err)
		}
		*part.to = object
	}
	if err := json.Unmarshal(m.Raw, &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	if m.Header.ID == "" || m.Header.Type == "" {
		return nil, fmt.Errorf("%w: header without msg_id or msg_type", ErrMalformed)
	}
	return m, nil
}

// jsonObject checks that a frame holds a JSON object. Null counts as an empty one.
func jsonObject(frame []byte) (json.RawMessage, error) {
	text := bytes.TrimSpace(frame)
	if string(text) == "null" {
		return json.RawMessage("{}"), nil
	}
	if len(text) == 0 || text[0] != '{' {
		return nil, errors.New("is not a JSON object")
	}
	if !json.Valid(text) {
		return nil, errors.New("is not valid JSON")
	}
	return json.RawMessage(text), nil
}

// Decode reads the message's content into the struct of its type.
func (m *Message) Decode(content any) error {
	if err := json.Unmarshal(m.Content, content); err != nil {
		return fmt.Errorf("content of %s: %w", m.Header.Type, err)
	}
	return nil
}

// Time is when the sender made the message, on the sender's clock.
func (m *Message) Time() (time.Time, error) { return ParseTime(m.Header.Date) }
