package interp

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"hillock/kernel/gocell/rt"
	"hillock/kernel/interp/host"
)

// errExited says that a cell ended its own goroutine.
var errExited = errors.New("the cell called runtime.Goexit")

// call runs a cell's entry on a goroutine of its own and waits for its end.
func (s *Session) call(ctx context.Context, entry func()) error {
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	s.run.begin(ctx)
	s.trace.clear()
	s.shown, s.line = nil, 0
	ended := make(chan struct{})
	watched := make(chan struct{})
	var value any
	var place, callee string
	panicked, returned := false, false
	go func() {
		defer close(ended)
		defer s.run.goroutine.Store(0)
		s.run.goroutine.Store(goroutineID())
		defer func() {
			if !returned {
				if value = recover(); value != nil {
					panicked = true
					place = rt.PanicPlace()
					callee = compiledCallee()
				}
			}
		}()
		if s.setContext != nil {
			s.setContext()
		}
		entry()
		returned = true
	}()
	go func() {
		defer close(watched)
		s.run.watch(ctx, ended)
	}()
	<-ended
	<-watched
	if returned {
		return nil
	}
	if !panicked {
		return errExited
	}
	return s.failure(ctx, value, s.frames(place, callee))
}

// interrupted is ErrInterrupted with what a call that was stopped says of it: how much
// it had done, and how to go on.
func interrupted(err, ended error) error {
	said := strings.TrimSuffix(err.Error(), ended.Error())
	if said = strings.TrimSuffix(said, ": "); said == "" {
		return ErrInterrupted
	}
	return fmt.Errorf("%w: %s", ErrInterrupted, said)
}

// failure turns what a cell panicked with into an error.
func (s *Session) failure(ctx context.Context, value any, frames []Frame) error {
	value = rt.Explain(unwrapPanic(value))
	switch v := value.(type) {
	case host.Interrupted:
		return ErrInterrupted
	case *host.Failure:
		if ctx.Err() != nil {
			return interrupted(v.Err, ctx.Err())
		}
		return &ErrorValue{Err: v.Err, TypeName: typeName(v.Err), Frames: frames}
	}
	p := &PanicError{Value: value, TypeName: typeName(value), Text: rt.PanicText(value), Frames: frames}
	if _, ok := value.(runtime.Error); ok {
		p.TypeName = "runtime error"
	}
	return p
}
