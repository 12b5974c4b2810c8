package zmq

import (
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Publisher is an XPUB socket: every client gets the messages whose topic, the
// first frame, begins with one of its subscriptions.
type Publisher struct {
	*listener
	// welcome gives the messages with which a new subscription begins.
	welcome func(topic string) [][][]byte

	topics sync.Mutex
	wants  map[*peer]map[string]bool

	roomMu sync.Mutex
	room   chan struct{} // closed when there is room again; nil when there is
}

// ListenPublisher opens an XPUB socket at an endpoint such as
// tcp://127.0.0.1:5556; port 0 picks a free one. welcome is asked for the
// messages that a new subscriber to a topic, and no other client, gets first;
// it may be nil.
func ListenPublisher(endpoint string, welcome func(topic string) [][][]byte, o Options) (*Publisher, error) {
	l, err := listen(endpoint, zmq4.XPub, o)
	if err != nil {
		return nil, err
	}
	p := &Publisher{listener: l, welcome: welcome, wants: make(map[*peer]map[string]bool)}
	l.start(p.read)
	return p, nil
}

// read follows the subscriptions of one client.
func (p *Publisher) read(client *peer) {
	client.mu.Lock()
	client.onSent = p.checkRoom
	client.mu.Unlock()
	defer p.forget(client)
	for {
		frames, err := client.receive()
		if err != nil {
			return
		}
		if len(frames) != 1 || len(frames[0]) == 0 {
			continue // not a subscription; XPUB has no use for other messages
		}
		topic := string(frames[0][1:])
		switch frames[0][0] {
		case 1:
			p.subscribe(client, topic)
		case 0:
			p.topics.Lock()
			delete(p.wants[client], topic)
			p.topics.Unlock()
		}
	}
}

// subscribe adds a subscription of a client.
func (p *Publisher) subscribe(client *peer, topic string) {
	p.topics.Lock()
	known := p.wants[client][topic]
	p.topics.Unlock()
	if known {
		return
	}
	var greetings [][][]byte
	if p.welcome != nil {
		greetings = p.welcome(topic)
	}
	p.topics.Lock()
	defer p.topics.Unlock()
	for _, frames := range greetings {
		// A client that is gone gets nothing.
		_ = client.send(frames, 0)
	}
	if p.wants[client] == nil {
		p.wants[client] = make(map[string]bool)
	}
	p.wants[client][topic] = true
}

// forget removes a client that is gone. What waited for it counts no more.
func (p *Publisher) forget(client *peer) {
	client.abandon()
	p.topics.Lock()
	delete(p.wants, client)
	p.topics.Unlock()
	p.checkRoom()
}

// Publish queues a message for every client that wants it. It doesn't block:
// who publishes much waits for Room first.
func (p *Publisher) Publish(frames [][]byte) {
	topic := string(frames[0])
	p.topics.Lock()
	defer p.topics.Unlock()
	for client, topics := range p.wants {
		for prefix := range topics {
			if strings.HasPrefix(topic, prefix) {
				// A client that is gone gets nothing.
				_ = client.send(frames, 0)
				break
			}
		}
	}
}

// Room gives nil while every client's queue is within the limit, and otherwise
// a channel that is closed as soon as that is so again.
func (p *Publisher) Room() <-chan struct{} {
	p.roomMu.Lock()
	defer p.roomMu.Unlock()
	if !p.full() {
		return nil
	}
	if p.room == nil {
		p.room = make(chan struct{})
	}
	return p.room
}

// full says whether a client's queue is beyond the limit.
func (p *Publisher) full() bool {
	p.topics.Lock()
	defer p.topics.Unlock()
	for client := range p.wants {
		if client.waiting() > p.options.QueueLimit {
			return true
		}
	}
	return false
}

// checkRoom wakes who waits for room, if there is some.
func (p *Publisher) checkRoom() {
	p.roomMu.Lock()
	defer p.roomMu.Unlock()
	if p.room != nil && !p.full() {
		close(p.room)
		p.room = nil
	}
}

// Port is the TCP port of the socket; 0 when it has none.
func (p *Publisher) Port() int { return p.port() }

// Close delivers what is queued within linger and closes the socket.
func (p *Publisher) Close(linger time.Duration) {
	p.close(linger)
	p.checkRoom()
}
