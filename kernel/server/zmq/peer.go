package zmq

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// peer is one connected client of a socket, with the messages that wait for it.
type peer struct {
	conn     *conn
	zmtp     *zmq4.Conn
	identity string

	mu      sync.Mutex
	wake    *sync.Cond
	queue   [][][]byte
	queued  int  // bytes in queue and being written
	closing bool // no more is accepted; what is queued still goes out
	done    chan struct{}
	onSent  func() // called when queued has become less
}

// handshake makes a ZMTP connection of a network connection.
func handshake(c net.Conn, kind zmq4.SocketType, o Options) (p *peer, err error) {
	defer func() {
		// zmq4 indexes into the peer's metadata without looking at its length.
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("malformed handshake: %v", r)
		}
	}()
	if err := c.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	wrapped := newConn(c, o)
	zmtp, err := zmq4.Open(wrapped, null.Security(), kind, nil, true, nil)
	if err != nil {
		return nil, err
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	wrapped.ready()
	p = &peer{conn: wrapped, zmtp: zmtp, identity: zmtp.Peer.Meta["Identity"], done: make(chan struct{})}
	p.wake = sync.NewCond(&p.mu)
	return p, nil
}

// receive gives the frames of the next message.
func (p *peer) receive() (frames [][]byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			frames, err = nil, fmt.Errorf("malformed frame: %v", r)
		}
	}()
	for {
		m, err := p.zmtp.RecvMsg()
		if err != nil {
			return nil, err
		}
		if m.Type != zmq4.CmdMsg {
			return m.Frames, nil
		}
	}
}

// size is what a message takes in a queue.
func size(frames [][]byte) int {
	n := 64
	for _, frame := range frames {
		n += len(frame) + 32
	}
	return n
}

// errClosed says that a peer takes no more messages.
var errClosed = errors.New("connection is closed")

// send queues a message; limit 0 is no limit.
func (p *peer) send(frames [][]byte, limit int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return errClosed
	}
	n := size(frames)
	if limit > 0 && p.queued > 0 && p.queued+n > limit {
		return fmt.Errorf("client left %d bytes unread", p.queued)
	}
	p.queue = append(p.queue, frames)
	p.queued += n
	p.wake.Signal()
	return nil
}

// waiting is how many bytes the client has not been sent yet.
func (p *peer) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queued
}

// write sends what is queued until the peer is closed and its queue is empty.
func (p *peer) write() error {
	defer close(p.done)
	defer p.conn.Close()
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.closing {
			p.wake.Wait()
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		for i, frames := range batch {
			err := p.conn.writeMessage(frames)
			if err == nil && i == len(batch)-1 {
				err = p.conn.flush()
			}
			if err != nil {
				p.close()
				return err
			}
			p.mu.Lock()
			p.queued -= size(frames)
			sent := p.onSent
			p.mu.Unlock()
			if sent != nil {
				sent()
			}
		}
	}
}

// close lets the queue run empty and ends the connection then.
func (p *peer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	p.wake.Signal()
}

// abandon ends the connection at once.
func (p *peer) abandon() {
	p.close()
	p.conn.Close()
}

// anonymous gives a name to the n-th peer that has none. As in libzmq, such
// names begin with a zero byte, which peers may not use.
func anonymous(n uint64) string { return "\x00" + strconv.FormatUint(n, 36) }
