// Package interp runs cells: it owns the interpreter and the state that lives
// from cell to cell. It is the only package that knows which interpreter that is.
package interp

import (
	"context"
	"io"

	"hillock/kernel/gocell"
)

// Options say where a session's streams go. The zero value uses the process's
// own.
type Options struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Note receives remarks about a cell that are not errors, such as which
	// functions of earlier cells keep using an older declaration. Nil drops them.
	Note func(text string)
}

// Cell is a piece of Go to run in a session.
type Cell struct {
	Name  string // how positions name it: "cell[9]"
	Count int    // the number in T (of cell 9)
	Code  string
}

// Result is the outcome of a cell.
type Result struct {
	// Shown holds the values of the trailing expression. Values whose type was
	// declared in a cell are wrapped as notebook.Dynamic.
	Shown []any
	// Hidden says that there is nothing to show: no trailing expression, one
	// that ends in a semicolon or has no value, or a nil error alone.
	Hidden bool
	// Err is a *CompileError, *PanicError, *ErrorValue or ErrInterrupted.
	Err error
}

// Variable is a live variable, as %vars lists it.
type Variable struct {
	Name  string
	Type  string // as written in a cell: "[]float64", "Point", "Point (of cell 3)"
	Value string // one short line
	Size  int64  // bytes held by the value, counting slices, maps and strings once; approximate
	Cell  int    // count of the cell that declared it last
}

// Session is a running interpreter with its variables, functions, types,
// imports and goroutines. Run, Eval and Reset must not be called at the same
// time; the other methods may be called at any time.
type Session struct {
	opts  Options
	front *gocell.World
}

// New starts a session.
func New(opts Options) (*Session, error) {
	return &Session{opts: opts, front: gocell.NewWorld(gocell.Config{})}, nil
}

// Run checks a cell, runs it and waits for its end. A cell that is refused
// changes nothing; one that panics or is interrupted keeps what ran. When ctx
// ends, the cell is stopped and the error is ErrInterrupted.
func (s *Session) Run(ctx context.Context, c Cell) Result {
	return Result{Hidden: true}
}

// Eval evaluates an expression in the session without changing what is
// declared there.
func (s *Session) Eval(ctx context.Context, expr string) (any, error) {
	return nil, nil
}

// IsComplete says whether code can run as it stands, and how to indent the next
// line if it can't yet.
func (s *Session) IsComplete(code string) (gocell.Completeness, string) {
	return gocell.IsComplete(code)
}

// Vars lists the live variables by name.
func (s *Session) Vars() []Variable { return nil }

// State gives what completion and inspection look at.
func (s *Session) State() *gocell.World { return s.front }

// Reset forgets everything: variables, functions, types, imports. Goroutines
// are stopped.
func (s *Session) Reset() error { return nil }
