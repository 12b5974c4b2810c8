package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hillock/kernel/wire"
)

// questions asks clients for input, one question at a time.
type questions struct {
	session   *wire.Session
	transport transport
	log       *slog.Logger
	turn      chan struct{} // holds a value while a question is open

	mu          sync.Mutex
	open        *question
	interrupted chan struct{} // closed at the next interrupt
}

// question is an input request that waits for its answer.
type question struct {
	client []byte
	id     string
	answer chan string
}

// ErrInterrupted is what Input returns when the cell was interrupted.
var ErrInterrupted = errors.New("input was interrupted")

// connectTimeout is how long a question waits for the client that is to be
// asked to connect to the stdin channel.
const connectTimeout = 5 * time.Second

func newQuestions(session *wire.Session, log *slog.Logger) *questions {
	return &questions{session: session, log: log, turn: make(chan struct{}, 1), interrupted: make(chan struct{})}
}

// ask sends an input request to the client that sent r, and waits for the
// answer.
func (q *questions) ask(ctx context.Context, r *request, content wire.InputRequest) (string, error) {
	q.mu.Lock()
	interrupted := q.interrupted
	q.mu.Unlock()
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	case <-interrupted:
		return "", ErrInterrupted
	}
	client := r.message.Identities[0]
	if err := q.connected(ctx, client, interrupted); err != nil {
		return "", err
	}
	m, err := q.session.Message(r.message.Raw, content)
	if err != nil {
		return "", err
	}
	m.Identities = r.message.Identities
	open := &question{client: client, id: m.Header.ID, answer: make(chan string, 1)}
	q.set(open)
	defer q.set(nil)
	if err := q.transport.send(stdin, q.session.Frames(m)); err != nil {
		return "", fmt.Errorf("ask for input: %w", err)
	}
	select {
	case line := <-open.answer:
		return line, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-interrupted:
		return "", ErrInterrupted
	}
}

// connected waits for a client's stdin channel.
func (q *questions) connected(ctx context.Context, client []byte, interrupted <-chan struct{}) error {
	wait, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	go func() {
		select {
		case <-interrupted:
			cancel()
		case <-wait.Done():
		}
	}()
	err := q.transport.await(wait, stdin, client)
	select {
	case <-interrupted:
		return ErrInterrupted
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("the front end that ran the cell can't be asked for input: %w on the stdin channel", err)
	}
	return nil
}

func (q *questions) set(open *question) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = open
}

// receive takes a message from the stdin channel.
func (q *questions) receive(m *wire.Message) {
	var reply wire.InputReply
	if m.Header.Type != reply.MessageType() {
		q.log.Warn("message on stdin was dropped", "type", m.Header.Type, "want", reply.MessageType())
		return
	}
	if err := m.Decode(&reply); err != nil {
		q.log.Warn("message on stdin was dropped", "error", err)
		return
	}
	var parent wire.Header
	// The parent is optional: some clients leave it empty.
	_ = json.Unmarshal(m.Parent, &parent)
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.open == nil || !bytes.Equal(q.open.client, m.Identities[0]):
		q.log.Warn("input that was not asked for was dropped")
	case parent.ID != "" && parent.ID != q.open.id:
		q.log.Warn("input that answers an earlier question was dropped")
	default:
		q.open.answer <- reply.Value
		q.open = nil
	}
}

// interrupt ends the open question and those that wait for their turn.
func (q *questions) interrupt() {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.interrupted)
	q.interrupted = make(chan struct{})
}
