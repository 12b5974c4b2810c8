package nb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hillock/kernel/server"
)

// Tags that change how a cell is run, as in Jupyter's own runner.
const (
	tagSkip   = "skip-execution"   // the cell is not run
	tagRaises = "raises-exception" // the cell may fail
)

// CellError is a run that a cell ended. The notebook holds what was run and the
// failure.
type CellError struct {
	Number  int // of the cell among the code cells, from 1
	Cell    *Cell
	Failure *server.Failure
	cause   error
}

// Error names the cell and what happened.
func (e *CellError) Error() string {
	return fmt.Sprintf("cell %d failed: %s", e.Number, strings.TrimSpace(e.Failure.Error()))
}

// Unwrap gives context.Canceled or context.DeadlineExceeded when the run was
// stopped from outside.
func (e *CellError) Unwrap() error { return e.cause }

// Run runs the code cells of a notebook in order and writes their outputs into
// it, in place of those that it had. It stops at the first cell that fails, with
// a *CellError, and at the end of ctx. The notebook is then as far as the run
// came, and can be written.
func Run(ctx context.Context, n *Notebook, language server.Language, console *Console) error {
	cells := n.CodeCells()
	for _, c := range cells {
		c.Outputs, c.Count = nil, 0
	}
	n.SetLanguage(language.Info().Version)
	recorder := newRecorder()
	defer recorder.close()
	defer console.finish()
	count := 0
	for i, c := range cells {
		if strings.TrimSpace(c.Source) == "" || c.HasTag(tagSkip) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("the run was stopped before cell %d: %w", i+1, context.Cause(ctx))
		}
		count++
		c.Count = count
		console.begin(i+1, len(cells), c)
		out := &cellOutput{recorder: recorder, cell: c, console: console}
		result := language.Execute(ctx, server.Cell{Count: count, Code: c.Source}, out)
		cause := stopped(ctx, &result)
		out.conclude(result)
		console.end(c, result.Failure)
		if result.Failure != nil && (cause != nil || !c.HasTag(tagRaises)) {
			return &CellError{Number: i + 1, Cell: c, Failure: result.Failure, cause: cause}
		}
	}
	return nil
}

// stopped gives the reason why ctx ended, and makes a failure that is due to a
// time limit say so.
func stopped(ctx context.Context, result *server.Result) error {
	if ctx.Err() == nil || result.Failure == nil {
		return nil
	}
	cause := context.Cause(ctx)
	var limit *TimeoutError
	if errors.As(cause, &limit) {
		f := *result.Failure
		f.Name, f.Value = "timeout", limit.Error()
		f.Traceback = append(append([]string(nil), f.Traceback...), limit.Error())
		result.Failure = &f
	}
	return cause
}

// TimeoutError is the cause of a context that ended because a run took too long.
type TimeoutError struct{ Limit string }

// Error says how long the run was allowed to take.
func (e *TimeoutError) Error() string { return "the run took longer than " + e.Limit }
