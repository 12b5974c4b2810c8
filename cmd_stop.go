package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopRequest is the cause of a context that a signal ended.
type stopRequest struct{ signal os.Signal }

// Error names the signal.
func (r *stopRequest) Error() string { return "stopped by a signal: " + r.signal.String() }

// Is says that the context was cancelled.
func (r *stopRequest) Is(target error) bool { return target == context.Canceled }

// status is how a shell says that the signal ended a program.
func (r *stopRequest) status() exitError {
	if r.signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}

// stopStatus gives the exit status for a context that a signal ended, and whether one
// did.
func stopStatus(ctx context.Context) (status exitError, stopped bool) {
	var by *stopRequest
	if !errors.As(context.Cause(ctx), &by) {
		return 0, false
	}
	return by.status(), true
}

// oneRequest is how long signals count as one: timeout(1) sends one to a program and
// another to its process group.
const oneRequest = 500 * time.Millisecond

// untilStopped gives a context that Ctrl-C ends, and SIGTERM, with which a cluster's
// scheduler says that the time is over. A later second one ends the command at once.
func untilStopped() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			cancel(&stopRequest{s})
			time.Sleep(oneRequest)
			signal.Stop(signals)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}
