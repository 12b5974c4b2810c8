// Package gocell is the front end for a notebook cell: it parses a cell,
// type-checks it in the world of the earlier cells, and prepares it for
// lowering. What follows is the language of cells.
//
// # What a cell is
//
// A cell is Go 1.26: imports, declarations and statements, mixed in any order.
// Types, constants and functions can be used before they are declared, as in a
// file; variables can't, as in a function. Statements run from top to bottom.
// Labels, goto and defer work as in a function; return ends the cell, and
// deferred calls run when the cell ends. A package clause is tolerated. Unused
// variables, imports and values are allowed. A package that cells can import
// need not be imported if its name stands for nothing else and leaves no doubt:
// strings.ToUpper("a") is a cell.
//
// A cell that declares func main and does not mention main otherwise runs it at
// its end, so a program pasted into a cell runs. Functions named init run when
// their cell runs.
//
// # What is shown
//
// If a cell ends in an expression, its value is shown; a semicolon after it
// hides it. Of a call that returns a value and an error the value is shown, and
// an error that is not nil fails the cell. A lone error that is nil shows
// nothing. Calls without a value and fmt's printing functions show nothing.
//
// # ctx and must
//
// Every cell knows ctx, the context of the running cell: interrupting the cell
// ends it. A ctx that a cell declares itself is its own affair; the next cell
// has a fresh one. must(f()) gives f's values without the error, or ends the
// cell with that error. It takes calls with up to three values before the error.
//
// # State
//
// Variables, functions, types, constants and imports live on in later cells.
// Goroutines go on when their cell has ended. A cell that is refused, because it
// does not parse, does not type-check or can't be run right, changes nothing. A
// cell that panics or is interrupted keeps what ran: variables have the values
// that they had by then.
//
// # Declaring again
//
// Any name can be declared again with any meaning; the latest one counts.
//
// A variable declared again with the same type is the same variable: functions
// of earlier cells that use it see the new value. With another type it is a new
// variable, and its declaration can still use the old one: x := float64(x).
//
// A function declared again with the same signature takes the place of the old
// one everywhere, also for callers in earlier cells. When a function has got
// another signature, or a variable, a constant or a type another meaning, the
// functions and types of earlier cells that use it are checked anew: those that
// still fit use the new declaration; the others go on using the old one, and a
// note says so.
//
// A type declared again word for word, as when a cell is run a second time, is
// the same type: values keep it, and its methods are replaced. Declared again
// differently it is a new type: values that exist keep the old one, which
// messages call T (of cell 3). Generic types are always new.
//
// Methods can be declared in a later cell than their type. For a generic type
// this declares the type again with its methods.
//
// # Limits
//
// In a cell whose functions use one of the cell's own variables, that variable
// can't be declared from an earlier one of its name.
//
// Interrupting a cell stops the cell's own goroutine in any loop, call, sleep or
// channel operation and runs its deferred calls. Other goroutines go on. A call
// into compiled code is waited for unless it takes ctx.
package gocell
