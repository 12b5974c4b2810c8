package zmq

import (
	"context"
	"errors"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Router is a ROUTER socket: it knows its clients by their identities.
type Router struct {
	*listener
	incoming chan [][]byte
}

// ErrNoPeer says that no client with the identity is connected.
var ErrNoPeer = errors.New("no such client is connected")

// ErrClosed says that the socket was closed.
var ErrClosed = errors.New("socket is closed")

// ListenRouter opens a ROUTER socket at an endpoint such as
// tcp://127.0.0.1:5555; port 0 picks a free one.
func ListenRouter(endpoint string, o Options) (*Router, error) {
	l, err := listen(endpoint, zmq4.Router, o)
	if err != nil {
		return nil, err
	}
	r := &Router{listener: l, incoming: make(chan [][]byte, 64)}
	l.start(r.read)
	return r, nil
}

// read passes on what a peer sends. A client that connects again under the
// same identity takes the place of its old connection.
func (r *Router) read(p *peer) {
	r.mu.Lock()
	for other := range r.peers {
		if other != p && other.identity == p.identity {
			other.abandon()
		}
	}
	r.mu.Unlock()
	for {
		frames, err := p.receive()
		if err != nil {
			return
		}
		message := append([][]byte{[]byte(p.identity)}, frames...)
		select {
		case r.incoming <- message:
		case <-p.done:
			return
		}
	}
}

// Receive gives the next message; its first frame is the sender's identity.
func (r *Router) Receive(ctx context.Context) ([][]byte, error) {
	select {
	case m := <-r.incoming:
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// find gives the peer with an identity and a channel that is closed at the
// next change of peers.
func (r *Router) find(identity string) (*peer, <-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, nil, ErrClosed
	}
	for p := range r.peers {
		if p.identity == identity && !p.gone() {
			return p, r.change, nil
		}
	}
	return nil, r.change, nil
}

// gone says whether the peer takes no more messages.
func (p *peer) gone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

// Send queues a message for the client that its first frame names. It doesn't
// block; a client that leaves too much unread is disconnected.
func (r *Router) Send(frames [][]byte) error {
	if len(frames) == 0 {
		return errors.New("message without an identity")
	}
	p, _, err := r.find(string(frames[0]))
	if err != nil {
		return err
	}
	if p == nil {
		return ErrNoPeer
	}
	if err := p.send(frames[1:], 8*r.options.QueueLimit); err != nil {
		p.abandon()
		return err
	}
	return nil
}

// Await waits until a client with the identity is connected.
func (r *Router) Await(ctx context.Context, identity string) error {
	for {
		p, change, err := r.find(identity)
		if p != nil || err != nil {
			return err
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ErrNoPeer
		}
	}
}

// Port is the TCP port of the socket; 0 when it has none.
func (r *Router) Port() int { return r.port() }

// Close delivers what is queued within linger and closes the socket.
func (r *Router) Close(linger time.Duration) { r.close(linger) }
