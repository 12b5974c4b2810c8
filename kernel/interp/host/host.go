// Package host holds what the text of a cell panics with on the interpreter's
// behalf.
package host

// Interrupted is what a cell's own goroutine panics with when the person stops
// the cell. Deferred functions run; recover must not end it.
type Interrupted struct{}

// Unrecoverable keeps recover from ending it.
func (Interrupted) Unrecoverable() {}

// Failure is what must panics with: it ends the cell with an ordinary error.
type Failure struct{ Err error }

// Error gives the text of the error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unrecoverable keeps recover from ending it: must ends the cell, not a function.
func (*Failure) Unrecoverable() {}

// Unwrap gives the error.
func (f *Failure) Unwrap() error { return f.Err }
