package zmq

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// listener accepts the clients of one socket.
type listener struct {
	net     net.Listener
	kind    zmq4.SocketType
	options Options
	serve   func(*peer) // takes care of a peer until it is gone

	mu     sync.Mutex
	peers  map[*peer]bool
	closed bool
	joined uint64        // peers so far
	change chan struct{} // closed at the next change of peers
}

// listen opens a socket at an endpoint: tcp://host:port, or ipc://path where
// the system has Unix sockets.
func listen(endpoint string, kind zmq4.SocketType, o Options) (*listener, error) {
	network, address, ok := strings.Cut(endpoint, "://")
	if !ok {
		return nil, fmt.Errorf("endpoint %q: want tcp://host:port or ipc://path", endpoint)
	}
	switch network {
	case "tcp":
	case "ipc":
		network = "unix"
		if err := os.Remove(address); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("remove old socket: %w", err)
		}
	default:
		return nil, fmt.Errorf("endpoint %q: transport %s is not supported, want tcp or ipc", endpoint, network)
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", endpoint, err)
	}
	return &listener{
		net: l, kind: kind, options: o.withDefaults(),
		peers: make(map[*peer]bool), change: make(chan struct{}),
	}, nil
}

// start begins to accept clients; serve has each in a goroutine of its own.
func (l *listener) start(serve func(*peer)) {
	l.serve = serve
	go func() {
		for {
			c, err := l.net.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				l.options.Logger.Warn("accept connection", "address", l.net.Addr(), "error", err)
				time.Sleep(10 * time.Millisecond) // out of file descriptors: wait for some
				continue
			}
			go l.handle(c)
		}
	}()
}

// handle has one connection, from handshake to end.
func (l *listener) handle(c net.Conn) {
	defer c.Close()
	p, err := handshake(c, l.kind, l.options)
	if err != nil {
		l.options.Logger.Debug("handshake", "address", l.net.Addr(), "error", err)
		return
	}
	if !l.add(p) {
		return
	}
	defer l.remove(p)
	go func() {
		switch err := p.write(); {
		case errors.Is(err, os.ErrDeadlineExceeded):
			l.options.Logger.Warn("client that reads nothing was disconnected", "address", l.net.Addr(), "after", l.options.StallTimeout)
		case err != nil:
			l.options.Logger.Debug("client is gone", "address", l.net.Addr(), "error", err)
		}
	}()
	l.serve(p)
	p.abandon()
}

// add takes a peer in, unless the socket was closed.
func (l *listener) add(p *peer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.joined++
	if p.identity == "" {
		p.identity = anonymous(l.joined)
	}
	l.peers[p] = true
	l.changed()
	return true
}

// remove forgets a peer.
func (l *listener) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.peers, p)
	l.changed()
}

// changed wakes who waits for a change of peers. The caller holds mu.
func (l *listener) changed() {
	close(l.change)
	l.change = make(chan struct{})
}

// close stops to accept clients, delivers what is queued for them within
// linger, and disconnects them.
func (l *listener) close(linger time.Duration) {
	l.net.Close()
	l.mu.Lock()
	l.closed = true
	peers := make([]*peer, 0, len(l.peers))
	for p := range l.peers {
		peers = append(peers, p)
	}
	l.changed()
	l.mu.Unlock()
	timer := time.NewTimer(linger)
	defer timer.Stop()
	for _, p := range peers {
		p.close()
	}
	for _, p := range peers {
		select {
		case <-p.done:
		case <-timer.C:
			timer.Reset(0)
			p.abandon()
		}
	}
}

// port is the TCP port of the socket; 0 when it has none.
func (l *listener) port() int {
	if a, ok := l.net.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}
