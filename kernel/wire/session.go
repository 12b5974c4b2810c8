package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

// Content is the content of a message: one of the structs of this package.
type Content interface {
	// MessageType is the msg_type of the messages that carry it.
	MessageType() string
}

// Session makes the messages of one process. A kernel has one session for its
// whole life: clients ignore messages whose session changes.
type Session struct {
	ID       string
	Username string
	signer   Signer
	count    atomic.Uint64
}

// NewSession makes a session with a random id.
func NewSession(username string, signer Signer) *Session {
	return &Session{ID: NewUUID(), Username: username, signer: signer}
}

// NewUUID gives a random (version 4) UUID.
func NewUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, by its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Message makes a message with the given content. parent is the raw header of
// the message that caused it; nil when none did.
func (s *Session) Message(parent json.RawMessage, content Content) (*Message, error) {
	body, err := Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("content of %s: %w", content.MessageType(), err)
	}
	m := &Message{
		Header: Header{
			ID:       s.ID + "_" + strconv.FormatUint(s.count.Add(1), 10),
			Type:     content.MessageType(),
			Session:  s.ID,
			Username: s.Username,
			Date:     FormatTime(time.Now()),
			Version:  ProtocolVersion,
		},
		Parent:   parent,
		Metadata: json.RawMessage("{}"),
		Content:  body,
	}
	if parent == nil {
		m.Parent = json.RawMessage("{}")
	}
	if m.Raw, err = Marshal(m.Header); err != nil {
		return nil, fmt.Errorf("header of %s: %w", content.MessageType(), err)
	}
	return m, nil
}

// Frames gives the message as the frames of one multipart message, signed.
func (s *Session) Frames(m *Message) [][]byte {
	frames := make([][]byte, 0, len(m.Identities)+1+fixedFrames+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(Delimiter),
		s.signer.Sign(m.Raw, m.Parent, m.Metadata, m.Content),
		m.Raw, m.Parent, m.Metadata, m.Content)
	return append(frames, m.Buffers...)
}

// FormatTime writes a time as message headers carry it.
func FormatTime(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// ParseTime reads the date of a message header.
func ParseTime(date string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, date)
	if err != nil {
		return time.Time{}, fmt.Errorf("date %q: want ISO 8601: %w", date, err)
	}
	return t, nil
}

// Marshal encodes a value as compact JSON, leaving <, > and & as they are.
func Marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return json.RawMessage(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
