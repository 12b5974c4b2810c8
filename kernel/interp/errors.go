package interp

import (
	"errors"
	"fmt"

	"hillock/kernel/gocell"
)

// CompileError is a cell that was refused: it changed nothing.
type CompileError = gocell.CompileError

// ErrInterrupted says that a cell was stopped before its end.
var ErrInterrupted = errors.New("interrupted")

// ErrStillRunning says that an interrupted cell is inside compiled code that
// has not returned. Until it does, the session can't run another cell.
var ErrStillRunning = errors.New("interrupted, but a compiled call that ignores its context is still running")

// Frame is a place in a cell that was being run when it panicked.
type Frame struct {
	Func string // name of the function, empty for the cell's own statements
	Cell string // "cell[9]"
	Line int
	// Source is the text of that line.
	Source string
}

// String gives cell[9]:3, followed by the function's name if there is one.
func (f Frame) String() string {
	s := fmt.Sprintf("%s:%d", f.Cell, f.Line)
	if f.Func != "" {
		s += " in " + f.Func
	}
	return s
}

// PanicError is a cell that panicked. What it had assigned until then is kept.
type PanicError struct {
	Value    any    // what was given to panic
	TypeName string // its type as the person wrote it: "runtime error", "string", "*main.Problem"
	Text     string // the value as the Go runtime would print it
	Frames   []Frame
}

// Error gives the value as the Go runtime prints it.
func (e *PanicError) Error() string { return "panic: " + e.Text }

// ErrorValue is a cell that ended because of an error value: a trailing call
// that returned one, or must.
type ErrorValue struct {
	Err      error
	TypeName string // type of Err as the person knows it: "*fs.PathError"
	Frames   []Frame
}

// Error gives the text of the error.
func (e *ErrorValue) Error() string { return e.Err.Error() }

// Unwrap gives the error value.
func (e *ErrorValue) Unwrap() error { return e.Err }
