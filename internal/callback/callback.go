// Package callback lets an interrupt end functions written in a cell that compiled
// code calls on goroutines of its own. The interpreter leaves goroutines alone
// that are not the cell's: they may be meant to outlive it, and nothing may be
// there to recover a panic, which would end the process.
package callback

import "context"

// Interrupted is what code of a cell panics with when the person stops the cell.
// Deferred functions run; the cell's recover must not end it.
type Interrupted struct{}

// Unrecoverable keeps a cell's recover from ending it.
func (Interrupted) Unrecoverable() {}

// Host runs the code of cells.
type Host interface {
	// Enter makes functions of cells that the calling goroutine runs panic with
	// Interrupted when the person stops a cell and ctx has ended, until leave is
	// called on the same goroutine.
	Enter(ctx context.Context) (leave func())
}

type key struct{}

// WithHost gives the context of a cell that the host runs.
func WithHost(ctx context.Context, h Host) context.Context { return context.WithValue(ctx, key{}, h) }

// Enter says that the calling goroutine works for ctx until leave is called on it,
// and recovers what functions given to it panic with: Interrupted too, which is no
// failure of theirs. Outside of cells it does nothing.
func Enter(ctx context.Context) (leave func()) {
	if h, ok := ctx.Value(key{}).(Host); ok {
		return h.Enter(ctx)
	}
	return func() {}
}
