// Package interp runs cells: it owns the interpreter and the state that lives
// from cell to cell. It is the only package that knows which interpreter that is.
package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"io"
	"os"
	"reflect"
	"sync"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/lower"
	"hillock/kernel/gocell/rt"
	"hillock/stdlib/symbols"
)

// Options say where a session's streams go. The zero value uses the process's
// own.
type Options struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Note receives remarks about a cell that are not errors, such as which
	// functions of earlier cells keep using an older declaration. Nil drops them.
	Note func(text string)
	// Place is told of the places, innermost first, that a panic goes through on
	// a goroutine other than the cell's own, which is about to end the process
	// unless the goroutine recovers. Nil drops them.
	Place func(goroutine int64, f Frame)
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

// Session is a running interpreter with its variables, functions, types,
// imports and goroutines. Run, Eval, Vars and Reset wait for each other; the
// other methods may be called at any time.
type Session struct {
	opts   Options
	turn   chan struct{} // held by who uses the interpreter
	front  *gocell.World
	lower  *lower.World
	engine *engine
	run    *running
	rt     *rt.Runtime
	trace  *trace
	shown  []any
	notes  sync.Mutex
	noted  map[string]bool          // what was noted of the cell that runs
	cell   string                   // the cell that runs
	line   int                      // of its statement
	places map[string]reflect.Value // pointers to variables by emitted name
	// setContext is the interpreted function that renews ctx; nil until a cell
	// mentions it.
	setContext func()
}

// New starts a session.
func New(opts Options) (*Session, error) {
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	s := &Session{opts: opts, turn: make(chan struct{}, 1), front: gocell.NewWorld(gocell.Config{Importer: symbols.Importer()})}
	s.start()
	return s, nil
}

// start gives the session a fresh interpreter.
func (s *Session) start() {
	s.lower = lower.NewWorld(lower.Config{GenericSource: genericSource, Importer: symbols.Importer()})
	s.run = &running{}
	s.trace = &trace{run: s.run, elsewhere: &elsewhere{session: s}}
	s.rt = &rt.Runtime{OnShow: func(values []any) { s.shown = values }, Wrapper: compiledWrapper, OnUnseen: s.unseen, Interruption: s.run.interruption}
	s.setContext = nil
	s.places = map[string]reflect.Value{}
	s.engine = newEngine(s.trace, s.ownSymbols(), s.replacedSymbols())
}

// unseen notes an error that the cell does not look at, once for each call.
func (s *Session) unseen(call string, err error) {
	note := fmt.Sprintf("%s failed, and nothing looks at its error: %v (must(%s(…)) would end the cell)", call, err, call)
	s.notes.Lock()
	defer s.notes.Unlock()
	if s.opts.Note != nil && s.run.context().Err() == nil && !s.noted[note] {
		s.noted[note] = true
		s.opts.Note(note)
	}
}

// Run checks a cell, runs it and waits for its end. A cell that is refused
// changes nothing; one that panics or is interrupted keeps what ran. When ctx
// ends, the cell is stopped and the error is ErrInterrupted; a compiled call
// that ignores its context delays that.
func (s *Session) Run(ctx context.Context, c Cell) Result {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	checked, err := s.front.Check(c.Name, c.Count, c.Code)
	if err != nil {
		return Result{Hidden: true, Err: err}
	}
	entry, err := s.prepare(checked, c.Name)
	if err != nil {
		checked.Rollback()
		return Result{Hidden: true, Err: err}
	}
	checked.Commit()
	for _, note := range checked.Notes {
		if s.opts.Note != nil {
			s.opts.Note(note)
		}
	}
	s.cell = c.Name
	s.notes.Lock()
	s.noted = map[string]bool{}
	s.notes.Unlock()
	err = s.call(ctx, entry)
	s.release(checked)
	shown := s.shown
	s.shown = nil
	if err != nil {
		return Result{Hidden: true, Err: err}
	}
	r := s.result(checked, shown)
	if ctx.Err() != nil {
		// It ended because it was told to.
		return Result{Hidden: true, Err: ErrInterrupted}
	}
	return r
}

// prepare lowers a checked cell and gives it to the interpreter.
func (s *Session) prepare(checked *gocell.Checked, name string) (entry func(), err error) {
	if checked.Prelude != nil {
		if err := s.loadPrelude(checked.Prelude); err != nil {
			return nil, s.refusal(name, err)
		}
	}
	lowered, err := s.lowerUnit(checked.Unit)
	if err != nil {
		return nil, s.refusal(name, err)
	}
	entry, err = s.engine.load(lowered)
	if err != nil {
		return nil, s.refusal(name, err)
	}
	lowered.Commit()
	return entry, nil
}

// lowerUnit lowers a unit and makes an error of what the emitter did not expect.
func (s *Session) lowerUnit(u *lower.Unit) (lowered *lower.Lowered, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return s.lower.Lower(u)
}

// loadPrelude makes ctx and must known to the interpreter.
func (s *Session) loadPrelude(u *lower.Unit) error {
	lowered, err := s.lowerUnit(u)
	if err != nil {
		return err
	}
	entry, err := s.engine.load(lowered)
	if err != nil {
		return err
	}
	lowered.Commit()
	entry()
	name, ok := s.lower.NameOf(u.Pkg.Scope().Lookup(gocell.SetContextName))
	if !ok {
		return errors.New("the function that sets ctx has no name")
	}
	value, err := s.engine.value(name)
	if err != nil {
		return fmt.Errorf("find the function that sets ctx: %w", err)
	}
	s.setContext, ok = value.Interface().(func())
	if !ok {
		return fmt.Errorf("the function that sets ctx is a %s", value.Type())
	}
	return nil
}

// refusal makes a diagnostic of what the emitter or the interpreter refuse.
func (s *Session) refusal(name string, err error) error {
	var unsupported *lower.UnsupportedError
	if errors.As(err, &unsupported) {
		return s.front.Refuse(unsupported.Pos, name, unsupported.Error())
	}
	return &CompileError{Diagnostics: []gocell.Diagnostic{{Cell: name,
		Message: "unsupported: the interpreter can't run this cell: " + err.Error()}}}
}

// result sorts out what a cell shows.
func (s *Session) result(checked *gocell.Checked, shown []any) Result {
	results := checked.Results
	if len(results) == 0 || len(shown) != len(results) {
		return Result{Hidden: true}
	}
	last := len(results) - 1
	if gocell.IsError(results[last]) {
		err, ok := asError(shown[last])
		if failed := ok && err != nil; failed && last == 0 && !isCall(checked.Unit.Show) {
			return Result{Shown: shown} // a person looks at an error
		} else if failed {
			return Result{Hidden: true, Err: &ErrorValue{Err: err, TypeName: typeName(shown[last])}}
		}
		shown = shown[:last]
	}
	return Result{Shown: shown, Hidden: len(shown) == 0}
}

// isCall says whether an expression is a call.
func isCall(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok
}

// Eval evaluates an expression in the session without changing what is
// declared there.
func (s *Session) Eval(ctx context.Context, expr string) (any, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	const name = "expression"
	checked, err := s.front.Check(name, 0, expr)
	if err != nil {
		return nil, err
	}
	defer checked.Rollback()
	if len(checked.Results) == 0 || !checked.Expression() {
		return nil, &CompileError{Diagnostics: []gocell.Diagnostic{{Cell: name, Message: "expected an expression with a value"}}}
	}
	entry, err := s.prepare(checked, name)
	if err != nil {
		return nil, err
	}
	err = s.call(ctx, entry)
	shown := s.shown
	s.shown = nil
	if err != nil {
		return nil, err
	}
	r := s.result(checked, shown)
	switch {
	case r.Err != nil:
		return nil, r.Err
	case len(r.Shown) == 0:
		return nil, nil
	case len(r.Shown) == 1:
		return r.Shown[0], nil
	}
	return r.Shown, nil
}

// IsComplete says whether code can run as it stands, and how to indent the next
// line if it can't yet.
func (s *Session) IsComplete(code string) (gocell.Completeness, string) {
	return gocell.IsComplete(code)
}

// State gives what completion and inspection look at. It changes with Reset.
func (s *Session) State() *gocell.World { return s.front }

// Reset forgets everything: variables, functions, types, imports. Goroutines
// that cells have started go on with what they know.
func (s *Session) Reset() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.front.Reset()
	s.start()
	return nil
}

// release drops the values of variables that nothing can reach any more.
func (s *Session) release(checked *gocell.Checked) {
	for _, v := range checked.Unreachable() {
		if place, ok := s.valueOf(v); ok {
			place.SetZero()
			name, _ := s.lower.NameOf(v)
			delete(s.places, name)
		}
	}
}

// genericSource gives the source of a package's generic functions by file name.
func genericSource(path string) (map[string]string, bool) {
	text, ok := symbols.GenericSource(path)
	if !ok {
		return nil, false
	}
	return map[string]string{path + ".go": text}, true
}
