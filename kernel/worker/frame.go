package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// frame is a message on a control pipe: a kind, the number of the cell or
// request that it belongs to, and a body in JSON.
//
// On the pipe it is a length of four bytes (of what follows), the kind in one
// byte, the number in eight, and the body; integers are little-endian.
type frame struct {
	kind kind
	id   uint64
	body []byte
}

const (
	frameHead  = 1 + 8   // bytes of kind and number
	frameLimit = 1 << 28 // bytes of a frame, without the length
)

// errFrameSize says that a frame is too short or too long to be one.
var errFrameSize = errors.New("frame of a wrong size")

// readFrame reads one frame. It gives io.EOF only between frames, and never
// allocates much more than it has read.
func readFrame(r io.Reader) (frame, error) {
	var head [4 + frameHead]byte
	if _, err := io.ReadFull(r, head[:4]); err != nil {
		return frame{}, err
	}
	size := binary.LittleEndian.Uint32(head[:4])
	if size < frameHead || size > frameLimit {
		return frame{}, fmt.Errorf("%w: %d bytes, expected %d to %d", errFrameSize, size, frameHead, frameLimit)
	}
	if _, err := io.ReadFull(r, head[4:]); err != nil {
		return frame{}, cutShort(err)
	}
	f := frame{kind: kind(head[4]), id: binary.LittleEndian.Uint64(head[5:])}
	var err error
	if f.body, err = readBody(r, int(size)-frameHead); err != nil {
		return frame{}, cutShort(err)
	}
	return f, nil
}

// readBody reads n bytes. Only a large body is read in growing steps: its
// length is believed as far as it is kept.
func readBody(r io.Reader, n int) ([]byte, error) {
	const believed = 1 << 16
	if n <= believed {
		body := make([]byte, n)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var body bytes.Buffer
	_, err := io.CopyN(&body, r, int64(n))
	return body.Bytes(), err
}

// cutShort turns the end of input inside a frame into an error of its own.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendFrame appends the frame's bytes to b.
func appendFrame(b []byte, f frame) ([]byte, error) {
	size := frameHead + len(f.body)
	if size > frameLimit {
		return b, fmt.Errorf("%w: %d MB, expected at most %d MB", errFrameSize, size>>20, frameLimit>>20)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = append(b, byte(f.kind))
	b = binary.LittleEndian.AppendUint64(b, f.id)
	return append(b, f.body...), nil
}

// encodeFrame gives the bytes of a frame with body as JSON; a nil body is none.
func encodeFrame(k kind, id uint64, body any) ([]byte, error) {
	f := frame{kind: k, id: id}
	if body != nil {
		var err error
		if f.body, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("encode a message: %w", err)
		}
	}
	return appendFrame(nil, f)
}

// decode reads the frame's body into v.
func (f frame) decode(v any) error {
	if err := json.Unmarshal(f.body, v); err != nil {
		return fmt.Errorf("decode message %d: %w", f.kind, err)
	}
	return nil
}

// frameWriter writes frames to a pipe, one at a time, from any goroutine.
type frameWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// send encodes and writes a frame.
func (w *frameWriter) send(k kind, id uint64, body any) error {
	b, err := encodeFrame(k, id, body)
	if err != nil {
		return err
	}
	return w.write(b)
}

// write writes the bytes of a frame.
func (w *frameWriter) write(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.w.Write(b)
	return err
}
