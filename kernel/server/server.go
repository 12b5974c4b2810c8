// Package server speaks the Jupyter protocol for a [Language]: it has the
// sockets, the order of messages, the queue of cells, subshells, comms, input
// and the history, and knows nothing of what a cell means.
//
// What front ends may rely on:
//   - For every request on shell and control, also those of unknown types:
//     status busy, then execute_input, then all output, then the reply on the
//     channel of the request, then status idle.
//   - Cells run one at a time, in the order in which they come. Other requests
//     wait for a cell before them for at most 100 ms; when it runs longer they
//     overtake it.
//   - Subshells have queues of their own, but share the one language: a cell
//     sent to a subshell waits for the running cell.
//   - An interrupt stops the cell that runs when it comes, unless the same
//     client sent the cell after the interrupt.
//   - Output of a goroutine goes to the cell that started it, also after that
//     cell has ended.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"hillock/kernel/wire"
)

// Options say how a kernel behaves. The zero value is what a front end expects.
type Options struct {
	// HistoryDir is the folder that keeps the cells of all sessions. Empty
	// keeps those of this session only, in memory.
	HistoryDir string
	// Orphan keeps the kernel running when the process that started it has
	// ended. Otherwise it ends with the process that the environment variable
	// JPY_PARENT_PID names, as front ends set it.
	Orphan bool
	// Logger is told of what goes wrong outside of cells: dropped messages,
	// lost connections. Nil logs warnings to standard error.
	Logger *slog.Logger
}

// Run is a kernel: it opens the sockets that a connection file names and serves
// clients until one of them asks for a shutdown, ctx ends, the process gets a
// SIGTERM, or its parent ends. All of these are a nil error. It closes the
// language before it returns, also with an error.
func Run(ctx context.Context, connectionFile string, language Language, o Options) error {
	c, err := ReadConnectionFile(connectionFile)
	if err != nil {
		return errors.Join(err, language.Close())
	}
	s, err := newServer(c, language, o)
	if err != nil {
		return errors.Join(err, language.Close())
	}
	return s.serve(ctx)
}

// Server is a kernel that serves its clients.
type Server struct {
	connection Connection
	language   Language
	orphan     bool
	log        *slog.Logger

	session   *wire.Session
	reader    *wire.Reader
	transport transport
	iopub     *iopub
	stdin     *questions
	comms     comms
	history   *history
	count     int // of cells that ran; the executor's alone

	executor  *executor
	main      *queue
	aside     *queue // requests on control that may take a moment
	subshells subshells
	handlers  [channels]map[string]handler

	stop     chan struct{} // closed by a shutdown request
	stopOnce sync.Once
}

// newServer opens the sockets of a kernel.
func newServer(c Connection, language Language, o Options) (*Server, error) {
	signer, err := wire.NewSigner(c.SignatureScheme, c.Key)
	if err != nil {
		return nil, err
	}
	s := &Server{
		connection: c,
		language:   language,
		orphan:     o.Orphan,
		log:        o.Logger,
		session:    wire.NewSession("kernel", signer),
		reader:     wire.NewReader(signer),
		history:    newHistory(o.HistoryDir),
		stop:       make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	s.iopub = newIOPub(s.session, s.log)
	s.stdin = newQuestions(s.session, s.log)
	s.executor = newExecutor(s.execute)
	s.main = newQueue(s.handle, s.executor)
	s.aside = newQueue(s.handle, s.executor)
	s.handlers = s.dispatchTable()
	if s.transport, err = openSockets(c, s.iopub.welcome, s.log); err != nil {
		return nil, err
	}
	s.iopub.transport, s.stdin.transport = s.transport, s.transport
	return s, nil
}

// How long ending may take.
const (
	cellLimit  = 2 * time.Second // for the running cell to notice
	closeLimit = 5 * time.Second // for the language to close
	linger     = time.Second     // for clients to take what is queued for them
)

// serve has the kernel's life.
func (s *Server) serve(ctx context.Context) error {
	cells, endCells := context.WithCancel(context.Background())
	defer endCells()
	reading, endReading := context.WithCancel(context.Background())
	defer endReading()
	signals := notifySignals()
	defer signals.stop()

	executed := make(chan struct{})
	go func() {
		defer close(executed)
		s.executor.run(cells)
	}()
	s.subshells.open = func() *queue {
		q := newQueue(s.handle, s.executor)
		go q.run(cells)
		return q
	}
	go s.main.run(cells)
	go s.aside.run(cells)
	for from, take := range [channels]func(context.Context, *wire.Message){
		shell: s.takeShell, control: s.takeControl, stdin: s.takeStdin,
	} {
		go s.receive(reading, channel(from), func(m *wire.Message) { take(cells, m) })
	}

	s.wait(ctx, signals)

	s.iopub.drain()
	endCells()
	s.stdin.interrupt()
	awaitFor(executed, cellLimit)
	err := s.closeLanguage()
	awaitFor(executed, cellLimit)
	endReading()
	s.iopub.close()
	s.transport.close(linger)
	return errors.Join(err, s.history.close())
}

// wait returns when the kernel is to end.
func (s *Server) wait(ctx context.Context, signals signals) {
	var orphaned <-chan struct{}
	if !s.orphan {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		orphaned = watchParent(watching, os.Getenv("JPY_PARENT_PID"))
	}
	for {
		select {
		case <-s.stop:
			return
		case <-ctx.Done():
			return
		case <-orphaned:
			s.log.Warn("the process that started the kernel has ended: the kernel ends too")
			return
		case <-signals.terminate:
			return
		case <-signals.interrupt:
			s.interruptCell(func(*request) bool { return true })
		}
	}
}

// closeLanguage closes the language, but doesn't wait for it for ever.
func (s *Server) closeLanguage() error {
	closed := make(chan error, 1)
	go func() { closed <- s.language.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			return fmt.Errorf("close the language: %w", err)
		}
		return nil
	case <-time.After(closeLimit):
		return fmt.Errorf("close the language: not done after %v", closeLimit)
	}
}

// awaitFor waits for a channel to be closed, up to a limit.
func awaitFor(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// interruptCell stops the running cell if it is meant, and lets go of output
// and input that it waits in. A cell that begins later is never touched.
func (s *Server) interruptCell(meant func(running *request) bool) {
	s.executor.hold(func(running *request) {
		if running != nil && !meant(running) {
			return
		}
		s.iopub.drain()
		s.stdin.interrupt()
		if running != nil {
			running.stop()
		}
	})
}
