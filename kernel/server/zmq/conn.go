package zmq

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"
)

// conn is the network connection under a ZMTP connection. It reads and writes
// through buffers, stops frames that are too large before anything is
// allocated for them, and keeps the frames of its two writers apart: messages,
// and the commands with which zmq4 answers commands.
type conn struct {
	net.Conn
	stall time.Duration

	in    *bufio.Reader // used by the reading goroutine only
	guard guard

	mu      sync.Mutex
	out     *bufio.Writer
	command []byte // beginning of a command that zmq4 is writing
	open    bool   // the handshake is over
}

// newConn wraps a connection that was just accepted.
func newConn(c net.Conn, o Options) *conn {
	wrapped := &conn{Conn: c, stall: o.StallTimeout, in: bufio.NewReaderSize(c, 64<<10)}
	wrapped.guard = guard{greeting: greetingSize, limit: uint64(o.MessageLimit)}
	wrapped.out = bufio.NewWriterSize(slices{wrapped}, 64<<10)
	return wrapped
}

// Read reads what the peer sent, as long as its frames are within the limits.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if guardErr := c.guard.pass(p[:n]); guardErr != nil {
		return 0, guardErr
	}
	return n, err
}

// Write writes bytes of the handshake or, later, of a command, which goes out
// when it is complete.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		c.command = append(c.command, p...)
		if len(c.command) < 2 || len(c.command) < 2+int(c.command[1]) {
			return len(p), nil
		}
		p, c.command = c.command, nil
	}
	n, err := c.out.Write(p)
	if err != nil {
		return n, err
	}
	return len(p), c.out.Flush()
}

// ready ends the handshake.
func (c *conn) ready() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = true
}

// The flags of a ZMTP frame.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// writeMessage writes the frames of one message, into the buffer only.
func (c *conn) writeMessage(frames [][]byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, frame := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		var head [9]byte
		size := 2
		if len(frame) > 255 {
			flags |= flagLong
			binary.BigEndian.PutUint64(head[1:], uint64(len(frame)))
			size = 9
		} else {
			head[1] = byte(len(frame))
		}
		head[0] = flags
		if _, err := c.out.Write(head[:size]); err != nil {
			return err
		}
		if _, err := c.out.Write(frame); err != nil {
			return err
		}
	}
	return nil
}

// flush sends what is buffered.
func (c *conn) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Flush()
}

// slices writes to a connection in slices, each of which must be taken within
// the stall timeout. A slow reader is given time as long as it reads at all.
type slices struct{ c *conn }

func (s slices) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		end := min(len(p), written+64<<10)
		if err := s.c.SetWriteDeadline(time.Now().Add(s.c.stall)); err != nil {
			return written, err
		}
		n, err := s.c.Conn.Write(p[written:end])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// greetingSize is the size of what a ZMTP peer sends before its first frame.
const greetingSize = 64

// guard follows the framing of a byte stream and refuses a message that is too
// large as soon as the length of its last frame is known.
type guard struct {
	limit    uint64
	greeting int    // bytes of the greeting still to come
	head     []byte // of the frame being read; complete when body counts
	body     uint64 // bytes of the frame still to come
	message  uint64 // size of the message so far
	frames   int    // in the message so far
}

// pass takes note of bytes that were read.
func (g *guard) pass(p []byte) error {
	skip := min(g.greeting, len(p))
	g.greeting -= skip
	p = p[skip:]
	for len(p) > 0 {
		if g.body > 0 {
			n := min(g.body, uint64(len(p)))
			g.body -= n
			p = p[n:]
			continue
		}
		g.head = append(g.head, p[0])
		p = p[1:]
		var size uint64
		switch long := g.head[0]&flagLong != 0; {
		case long && len(g.head) == 9:
			size = binary.BigEndian.Uint64(g.head[1:])
		case !long && len(g.head) == 2:
			size = uint64(g.head[1])
		default:
			continue
		}
		if err := g.begin(size, g.head[0]&flagMore != 0); err != nil {
			return err
		}
		g.head = g.head[:0]
	}
	return nil
}

// begin counts a frame whose size has become known.
func (g *guard) begin(size uint64, more bool) error {
	g.frames++
	if size > g.limit || g.message+size > g.limit {
		return fmt.Errorf("message of more than %d bytes", g.limit)
	}
	if g.frames > framesLimit {
		return fmt.Errorf("message of more than %d frames", framesLimit)
	}
	g.message += size
	g.body = size
	if !more {
		g.message, g.frames = 0, 0
	}
	return nil
}
