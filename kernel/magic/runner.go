package magic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"hillock/kernel/gocell/complete"
	"hillock/kernel/interp"
)

// Session is what commands need of an interpreter.
type Session interface {
	// Run runs Go.
	Run(ctx context.Context, cell interp.Cell) interp.Result
	// Vars lists the live variables.
	Vars() []interp.Variable
	// Reset forgets everything.
	Reset() error
}

// Runner runs cells that may hold commands.
type Runner struct {
	Session        Session
	Stdout, Stderr io.Writer
	// Document describes a name, or says that it is not known.
	Document func(name string) (complete.Description, bool)
	// Group, if set, is told of the process group that a ! command runs in, and
	// of its end.
	Group func(group int, ended bool)
}

// Page is a text that a front end shows beside the notebook.
type Page struct {
	Plain, Markdown string
}

// Result is the outcome of a cell with commands.
type Result struct {
	interp.Result
	Pages []Page
}

// commands are the commands by name. Each is given what stands behind its name;
// of those that show a value it is the cell's if they stand last.
var commands = map[string]func(r *Runner, ctx context.Context, call call) Result{
	"!":       (*Runner).shell,
	"?":       (*Runner).doc,
	"%doc":    (*Runner).doc,
	"%time":   (*Runner).time,
	"%timeit": (*Runner).timeit,
	"%vars":   (*Runner).vars,
	"%reset":  (*Runner).reset,
	"%env":    (*Runner).env,
	"%cd":     (*Runner).changeDir,
	"%help":   (*Runner).help,
}

// call is one use of a command.
type call struct {
	cell interp.Cell
	line int
	text string
}

// code gives a cell with Go that stands on the command's line.
func (c call) code(text string) interp.Cell {
	cell := c.cell
	cell.Code = strings.Repeat("\n", c.line-1) + text
	return cell
}

// Run runs the parts of a cell in their order until one fails. The result is
// that of the last part.
func (r *Runner) Run(ctx context.Context, cell interp.Cell) Result {
	parts := Split(cell.Code)
	for _, p := range parts { // nothing runs if one is not known
		if _, ok := commands[p.Name]; !ok && p.Name != "" {
			return failed(fmt.Errorf("%s:%d: unknown magic %s; there are %s", cell.Name, p.Line, p.Name, names()))
		}
	}
	var result Result
	var pages []Page
	for i, p := range parts {
		if ctx.Err() != nil {
			return Result{interp.Result{Hidden: true, Err: interp.ErrInterrupted}, pages}
		}
		c := call{cell: cell, line: p.Line, text: p.Text}
		if p.Name == "" {
			c.cell.Code = p.Text
			result = Result{Result: r.Session.Run(ctx, c.cell)}
		} else if p.Name == "%time" && p.Text == "" {
			result = r.timeRest(ctx, cell, parts[i+1:])
			pages = append(pages, result.Pages...)
			break
		} else {
			result = commands[p.Name](r, ctx, c)
		}
		pages = append(pages, result.Pages...)
		if result.Err != nil {
			break
		}
	}
	result.Pages = pages
	return result
}

// names lists the commands.
func names() string {
	all := slices.Sorted(maps.Keys(complete.Magics))
	return strings.Join(append(all, "!COMMAND", "NAME?"), ", ")
}

// done is the result of a command that shows no value.
func done() Result { return Result{Result: interp.Result{Hidden: true}} }

// failed is the result of a command that failed.
func failed(err error) Result {
	return Result{Result: interp.Result{Hidden: true, Err: err}}
}

// errNoArgument says that a command was given nothing.
func errNoArgument(name, example string) error {
	return errors.New(name + " needs something behind it, such as " + example)
}
