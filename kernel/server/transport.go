package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hillock/kernel/server/zmq"
)

// channel is one of the channels on which clients send messages.
type channel int

// The channels. A reply goes back on the channel that its request came on.
const (
	shell channel = iota
	control
	stdin
	channels // how many there are
)

func (c channel) String() string { return [...]string{"shell", "control", "stdin"}[c] }

// transport carries multipart messages between the kernel and its clients. The
// server uses sockets only through it. All methods may be called from several
// goroutines.
type transport interface {
	// receive gives the next message from a channel, with its sender's
	// identity as the first frame.
	receive(ctx context.Context, from channel) ([][]byte, error)
	// send queues a message for the client that its first frame names.
	send(to channel, frames [][]byte) error
	// await waits until a client with the identity is connected to a channel.
	await(ctx context.Context, to channel, identity []byte) error
	// publish queues a message for all clients that want its topic, the first
	// frame. It doesn't block.
	publish(frames [][]byte)
	// room gives nil while publish may be used freely, and otherwise a channel
	// that is closed when that is so again.
	room() <-chan struct{}
	// close delivers what is queued, within linger, and closes everything.
	close(linger time.Duration)
}

// sockets is the transport over ZeroMQ.
type sockets struct {
	routers   [channels]*zmq.Router
	iopub     *zmq.Publisher
	heartbeat *zmq.Echo
}

// openSockets opens a connection's sockets. welcome gives the messages that a
// new subscriber of iopub gets first.
func openSockets(c Connection, welcome func(topic string) [][][]byte, log *slog.Logger) (_ *sockets, err error) {
	s := &sockets{}
	defer func() {
		if err != nil {
			s.close(0)
		}
	}()
	o := zmq.Options{Logger: log}
	for i, port := range [channels]int{shell: c.ShellPort, control: c.ControlPort, stdin: c.StdinPort} {
		if s.routers[i], err = zmq.ListenRouter(c.endpoint(port), o); err != nil {
			return nil, fmt.Errorf("%s socket: %w", channel(i), err)
		}
	}
	if s.iopub, err = zmq.ListenPublisher(c.endpoint(c.IOPubPort), welcome, o); err != nil {
		return nil, fmt.Errorf("iopub socket: %w", err)
	}
	if s.heartbeat, err = zmq.ListenEcho(c.endpoint(c.HBPort), o); err != nil {
		return nil, fmt.Errorf("heartbeat socket: %w", err)
	}
	return s, nil
}

func (s *sockets) receive(ctx context.Context, from channel) ([][]byte, error) {
	return s.routers[from].Receive(ctx)
}

func (s *sockets) send(to channel, frames [][]byte) error { return s.routers[to].Send(frames) }

func (s *sockets) await(ctx context.Context, to channel, identity []byte) error {
	return s.routers[to].Await(ctx, string(identity))
}

func (s *sockets) publish(frames [][]byte) { s.iopub.Publish(frames) }

func (s *sockets) room() <-chan struct{} { return s.iopub.Room() }

// close closes all sockets at the same time, so that together they take no
// longer than linger.
func (s *sockets) close(linger time.Duration) {
	var wait sync.WaitGroup
	for _, r := range s.routers {
		if r != nil {
			wait.Go(func() { r.Close(linger) })
		}
	}
	if s.iopub != nil {
		wait.Go(func() { s.iopub.Close(linger) })
	}
	if s.heartbeat != nil {
		wait.Go(func() { s.heartbeat.Close(0) })
	}
	wait.Wait()
}
