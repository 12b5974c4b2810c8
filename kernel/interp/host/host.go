// Package host holds what the text of a cell panics with on the interpreter's
// behalf.
package host

import "hillock/internal/callback"

// Interrupted is what code of a cell panics with when the person stops the cell.
type Interrupted = callback.Interrupted

// Failure is what must panics with: it ends the cell with an ordinary error.
type Failure struct{ Err error }

// Error gives the text of the error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unrecoverable keeps recover from ending it: must ends the cell, not a function.
func (*Failure) Unrecoverable() {}

// Unwrap gives the error.
func (f *Failure) Unwrap() error { return f.Err }
