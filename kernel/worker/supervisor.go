package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hillock/kernel/server"
)

// patience is how long an interrupted cell may go on before its reader is told
// that it does not stop.
const patience = 5 * time.Second

// Supervisor is Go as a language for the server. It keeps an interpreter
// running in a process of its own.
type Supervisor struct {
	options Options
	number  atomic.Uint64 // of the last cell or request
	turn    sync.Mutex    // held by the cell that runs

	mu      sync.Mutex
	process *process // nil when none could be started
	closed  bool

	last   server.Output // of the last cell; for the one who has the turn
	notice string        // what the next cell's reader has to know; likewise
}

var _ server.Language = (*Supervisor)(nil)

// errClosed says that the supervisor has been closed.
var errClosed = errors.New("the kernel is shutting down")

// New starts an interpreter and returns without waiting until it is ready.
func New(options Options) (*Supervisor, error) {
	s := &Supervisor{options: options}
	if _, err := s.current(); err != nil {
		return nil, err
	}
	return s, nil
}

// current gives the running process, and starts one if there is none.
func (s *Supervisor) current() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.process == nil {
		p, err := startProcess(s.options)
		if err != nil {
			return nil, err
		}
		s.process = p
		go s.watch(p)
	}
	return s.process, nil
}

// watch waits for a process's end and starts the next one.
func (s *Supervisor) watch(p *process) {
	<-p.done
	s.forget(p)
	if p.lastCell() != 0 { // one that dies by itself would only die again
		_, _ = s.current() // a failure is told to the next cell, which tries again
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mourn(p)
}

// mourn tells the readers of the last cell and the next one that a process has
// died, if no cell has failed by it. It is called by the one who has the turn.
func (s *Supervisor) mourn(p *process) {
	if p.mourned || p.killed.Load() || s.last == nil {
		return
	}
	p.mourned = true
	s.notice = p.death.notice()
	s.last.Stream(server.Stderr, s.notice)
}

// Close ends the interpreter.
func (s *Supervisor) Close() error {
	s.mu.Lock()
	p := s.process
	s.closed, s.process = true, nil
	s.mu.Unlock()
	if p != nil {
		p.kill()
		<-p.done
	}
	return nil
}

// execution is a cell that is being run.
type execution struct {
	interrupts <-chan struct{}
	result     chan frame
	out        server.Output
}

// Execute runs a cell. If the interpreter dies, the result says why. When the
// cell has not stopped after an interrupt and its reader has been told so,
// another interrupt ends the interpreter.
func (s *Supervisor) Execute(ctx context.Context, cell server.Cell, out server.Output) server.Result {
	s.turn.Lock()
	defer s.turn.Unlock()
	defer func() { s.last = out }()
	e := &execution{interrupts: cell.Interrupts, result: make(chan frame, 1), out: out}
	for range 2 { // a process that died just now is replaced once
		p, err := s.current()
		if err == nil {
			err = s.await(ctx, p, e)
		}
		switch {
		case errors.Is(err, errInterrupted):
			return server.Result{Failure: interruptedFailure("the cell was stopped before it began")}
		case err != nil:
			return server.Result{Failure: startFailure(err)}
		}
		select {
		case <-p.done:
			s.mourn(p)
			s.forget(p)
			continue
		default:
		}
		if s.notice != "" {
			out.Stream(server.Stderr, s.notice)
			s.notice = ""
		}
		return s.execute(ctx, p, cell, e)
	}
	return server.Result{Failure: startFailure(errors.New("it ends as soon as it has started"))}
}

// errInterrupted says that a cell was interrupted while the interpreter was
// starting.
var errInterrupted = errors.New("interrupted while the interpreter was starting")

// startFailure says that no interpreter could be started.
func startFailure(err error) *server.Failure {
	name := "no interpreter"
	return &server.Failure{Name: name, Value: err.Error(), Traceback: []string{red(name) + ": " + err.Error()}}
}

// await waits until the process is ready.
func (s *Supervisor) await(ctx context.Context, p *process, e *execution) error {
	select {
	case <-p.ready:
		return nil
	case <-p.done:
		s.forget(p)
		select {
		case <-p.ready: // it could, and has died since
			return nil
		default:
		}
		return fmt.Errorf("the interpreter could not be started: %s: %s", p.death.name, p.death.detail)
	case <-e.interrupts:
		return errInterrupted
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forget makes the next use start a new process if p is still the one in use.
func (s *Supervisor) forget(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == p {
		s.process = nil
	}
}

// execute runs a cell in a process that is ready.
func (s *Supervisor) execute(ctx context.Context, p *process, cell server.Cell, e *execution) server.Result {
	inputs, stopInputs := context.WithCancel(ctx)
	defer stopInputs()
	number := s.number.Add(1)
	p.begin(inputs, number, e.out)
	forget := p.expect(number, func(f frame) { e.result <- f })
	defer forget()
	if err := p.requests.send(kindExecute, number, cell); err != nil {
		_ = p.cmd.Process.Kill() // most likely it has died just now, of its own
	}

	var stuck <-chan time.Time // when patience ends
	told := false              // that it does not stop
	ended := ctx.Done()
	interrupt := func() {
		_ = p.requests.send(kindInterrupt, number, nil) // before its questions end
		stopInputs()
		if stuck == nil {
			stuck = time.After(patience)
		}
	}
	for {
		select {
		case f := <-e.result:
			return conclude(f)
		case <-p.done:
			select {
			case f := <-e.result:
				return conclude(f)
			default:
			}
			p.mourned = true
			return server.Result{Failure: p.death.failure()}
		case <-e.interrupts:
			if told {
				p.kill()
			} else {
				interrupt()
			}
		case <-ended:
			ended = nil
			interrupt()
		case <-stuck:
			told = true
			if ctx.Err() != nil { // no one is left to interrupt it again
				p.kill()
				break
			}
			e.out.Stream(server.Stderr, "hillock: the cell has not stopped: compiled code, or a function of the cell that compiled code has called, "+
				"does not look at its context; wait for its end, or press interrupt again to restart the interpreter (variables will be lost)\n")
		}
	}
}

// conclude reads the result of a cell that has come to its end.
func conclude(f frame) server.Result {
	var m resultMessage
	if err := f.decode(&m); err != nil {
		return server.Result{Failure: &server.Failure{Name: "unreadable result", Value: err.Error(), Traceback: []string{err.Error()}}}
	}
	result := server.Result{Failure: m.Failure, Payload: m.Payload}
	if m.Value != nil {
		value := m.Value.server()
		result.Value = &value
	}
	if len(m.Expressions) > 0 {
		result.Expressions = make(map[string]server.Expression, len(m.Expressions))
		for name, x := range m.Expressions {
			result.Expressions[name] = server.Expression{Value: x.Value.server(), Failure: x.Failure}
		}
	}
	return result
}
