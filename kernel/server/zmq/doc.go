// Package zmq gives a kernel its three kinds of ZeroMQ sockets: [Router] for
// requests and replies, [Publisher] for output that every client sees, and
// [Echo] for the heartbeat.
//
// Handshakes and the reading of frames are those of go-zeromq/zmq4. Its socket
// types are not used: they queue without bound, block every client while one
// shakes hands, don't tell of subscriptions and drop what is queued when they
// close. Here each client has a queue of its own, with a bound; what is queued
// is still delivered on Close; and a client that stops reading is disconnected
// after a while, so that it can't hold up the others for ever.
package zmq

import (
	"log/slog"
	"time"
)

// Options are the limits of a socket. Zero values mean the defaults.
type Options struct {
	// QueueLimit is how many bytes may wait for one client before the
	// Publisher says that there is no room; default 8 MiB. A Router
	// disconnects a client at eight times as many.
	QueueLimit int
	// StallTimeout is how long a client may leave everything unread before it
	// is disconnected; default 30 s.
	StallTimeout time.Duration
	// MessageLimit is the size in bytes of the largest message that is
	// accepted; default 512 MiB.
	MessageLimit int
	// Logger is told of connections that failed; nil discards that.
	Logger *slog.Logger
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	if o.QueueLimit <= 0 {
		o.QueueLimit = 8 << 20
	}
	if o.StallTimeout <= 0 {
		o.StallTimeout = 30 * time.Second
	}
	if o.MessageLimit <= 0 {
		o.MessageLimit = 512 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// handshakeTimeout is how long a client may take to say that it speaks ZMTP.
const handshakeTimeout = 10 * time.Second

// framesLimit is how many frames a message may have.
const framesLimit = 1 << 16
