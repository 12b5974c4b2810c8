package zmq

import (
	"time"

	"github.com/go-zeromq/zmq4"
)

// Echo is a REP socket that sends every message back as it came.
type Echo struct{ *listener }

// ListenEcho opens an echoing REP socket at an endpoint such as
// tcp://127.0.0.1:5557; port 0 picks a free one.
func ListenEcho(endpoint string, o Options) (*Echo, error) {
	l, err := listen(endpoint, zmq4.Rep, o)
	if err != nil {
		return nil, err
	}
	e := &Echo{listener: l}
	l.start(e.echo)
	return e, nil
}

// echo answers one client. The envelope of a request (the frames up to an
// empty one) is part of what goes back.
func (e *Echo) echo(p *peer) {
	for {
		frames, err := p.receive()
		if err != nil {
			return
		}
		if p.send(frames, e.options.QueueLimit) != nil {
			return
		}
	}
}

// Close closes the socket.
func (e *Echo) Close(linger time.Duration) { e.close(linger) }
