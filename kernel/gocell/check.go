package gocell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"hillock/kernel/gocell/lower"
)

// Checked is a cell that passed the checker and has not run yet. Exactly one of
// Commit and Rollback must be called before the next cell is checked.
type Checked struct {
	// Unit is what to lower.
	Unit *lower.Unit
	// Prelude is a unit that must be lowered and loaded before Unit, or nil.
	Prelude *lower.Unit
	// Results are the static types of the trailing expression's values; empty
	// when nothing is shown.
	Results []types.Type
	// Notes are remarks for the person, such as which functions keep using an
	// older declaration.
	Notes  []string
	world  *World
	parsed *parsed
	count  int
	undo   []func()
	fresh  []*declaration
	names  map[string]types.Object
	// preludeBefore is the world's prelude before the cell.
	preludeBefore *lower.Unit
	// replaced are variables whose name means something else now.
	replaced []*types.Var
}

// attempt is one run of the checker over a cell.
type attempt struct {
	file   *ast.File
	pkg    *types.Package
	info   *types.Info
	errs   []types.Error
	undo   []func()
	same   map[types.Object]types.Object
	failed error // of something that is not in the cell's text
}

// Check parses and checks a cell. count is the number in T (of cell 9). A cell
// that is refused, with a *CompileError, changes nothing.
func (w *World) Check(name string, count int, code string) (*Checked, error) {
	w.methods.Lock()
	defer w.methods.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	p, errs := parseCell(w.fset, name, code)
	if len(errs) > 0 {
		return nil, &CompileError{Diagnostics: errs}
	}
	before := w.sources[name]
	w.sources[name] = code
	preludeBefore := w.prelude
	c, err := w.check(p, count)
	if err != nil {
		w.sources[name] = before
		w.prelude = preludeBefore
		return nil, err
	}
	if w.prelude != preludeBefore {
		c.Prelude = w.prelude
	}
	c.preludeBefore = preludeBefore
	return c, nil
}

func (w *World) check(p *parsed, count int) (*Checked, error) {
	w.importUsed(p)
	used := identifiers(p.file)
	if p.body != nil {
		for name := range identifiers(p.body) {
			used[name] = true
		}
	}
	if used["ctx"] || used["must"] {
		if err := w.loadPrelude(); err != nil {
			return nil, err
		}
	}
	e := &editor{world: w, parsed: p, count: count, used: used}
	if err := e.prepare(); err != nil {
		return nil, err
	}
	a, err := e.settle()
	if err != nil {
		return nil, err
	}
	return e.finish(a)
}

// run checks the cell as it is now.
func (e *editor) run() *attempt {
	w := e.world
	a := &attempt{
		pkg:  types.NewPackage(ownPath, cellPackage(e.count)),
		info: newInfo(),
		same: map[types.Object]types.Object{},
	}
	e.pkg = a.pkg
	file := e.assemble()
	a.file = file
	file.Name.Name = a.pkg.Name()
	declared := e.declaredNames()
	for name := range e.used {
		if declared[name] {
			continue
		}
		object, err := w.lookup(a.pkg, name)
		if err != nil {
			a.failed = err
			return a
		}
		if object != nil {
			a.pkg.Scope().Insert(object)
		}
	}
	for _, alias := range e.aliases {
		a.pkg.Scope().Insert(alias)
	}
	host, err := w.importer.Import(HostPath)
	if err != nil {
		a.failed = err
		return a
	}
	a.pkg.Scope().Insert(types.NewPkgName(token.NoPos, a.pkg, hostName, host))
	if len(e.foreign) > 0 {
		a.pkg.Scope().Insert(types.NewVar(token.NoPos, a.pkg, hookName, types.Typ[types.Int]))
		a.pkg.Scope().Insert(types.NewPkgName(token.NoPos, a.pkg, receiversName, e.receivers))
	}

	conf := types.Config{
		Importer:  w.importer,
		GoVersion: goVersion,
		Error: func(err error) {
			if te, ok := err.(types.Error); ok {
				if more, ok := strings.CutPrefix(te.Msg, "\t"); ok {
					// A second place that belongs to the error before.
					if n := len(a.errs); n > 0 && !strings.Contains(more, hookName) {
						a.errs[n-1].Msg += fmt.Sprintf("\n\t%s: %s", w.fset.Position(te.Pos), more)
					}
					return
				}
				if len(e.foreign) > 0 && strings.HasPrefix(te.Msg, hookName+" already declared") {
					e.attachMethods(a)
					return
				}
				a.errs = append(a.errs, te)
			}
		},
	}
	func() {
		defer func() {
			if r := recover(); r != nil {
				a.failed = fmt.Errorf("the type checker failed on this cell: %v", r)
			}
		}()
		types.NewChecker(&conf, w.fset, a.pkg, a.info).Files([]*ast.File{file})
	}()
	a.errs = slices.DeleteFunc(a.errs, e.tolerated)
	e.restoreReceivers(a)
	if a.failed != nil || len(a.errs) > 0 {
		a.revert()
	}
	return a
}

// revert takes back what an attempt did to types of earlier cells.
func (a *attempt) revert() {
	for _, undo := range slices.Backward(a.undo) {
		undo()
	}
	a.undo = nil
}

// tolerated says that an error of the compiler is none in a cell.
func (e *editor) tolerated(err types.Error) bool {
	switch {
	case strings.HasPrefix(err.Msg, "declared and not used"), strings.HasSuffix(err.Msg, " declared and not used"):
		return true
	case strings.HasSuffix(err.Msg, "imported and not used"), strings.Contains(err.Msg, " imported as ") && strings.HasSuffix(err.Msg, "and not used"):
		return true
	case strings.HasPrefix(err.Msg, "cannot define new methods on non-local type"):
		return slices.ContainsFunc(e.foreign, func(f foreignMethod) bool {
			return f.field.Pos() <= err.Pos && err.Pos <= f.field.End()
		})
	case strings.HasPrefix(err.Msg, "implicit assignment to unexported field"):
		return strings.Contains(err.Msg, "cell·")
	}
	return false
}

// refuse turns what an attempt found into an error.
func (e *editor) refuse(a *attempt) error {
	if a.failed != nil {
		return &CompileError{Diagnostics: []Diagnostic{{Cell: e.parsed.name, Message: a.failed.Error()}}}
	}
	declared := e.declaredNames()
	list := make([]Diagnostic, len(a.errs))
	for i, err := range a.errs {
		list[i] = e.world.diagnose(e.world.fset, err, func(name string) bool { return declared[name] })
		list[i].Hint = e.hint(a, err)
	}
	return &CompileError{Diagnostics: sortDiagnostics(list)}
}

// Unreachable gives the variables that nothing can reach any more once the
// committed cell has run: their values can be dropped.
func (c *Checked) Unreachable() []*types.Var {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.replaced), func(v *types.Var) bool { return c.world.captured[v] })
}

// Expression says whether the cell is an expression and nothing else.
func (c *Checked) Expression() bool {
	return len(c.parsed.pieces) == 1 && c.parsed.pieces[0].Kind == ExpressionPiece
}

// Rollback takes back what checking changed.
func (c *Checked) Rollback() {
	c.world.methods.Lock()
	defer c.world.methods.Unlock()
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	for _, undo := range slices.Backward(c.undo) {
		undo()
	}
	c.undo = nil
	c.world.prelude = c.preludeBefore
}

// Commit makes the world remember what the cell declared.
func (c *Checked) Commit() {
	w := c.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.undo = nil
	for _, spec := range c.parsed.imports() {
		switch spec.Name {
		case "_":
		case ".":
			w.dots = slices.DeleteFunc(w.dots, func(d Import) bool { return d.Path == spec.Path })
			w.dots = append(w.dots, spec)
		default:
			name := spec.Name
			if name == "" {
				if pkg, err := w.importer.Import(spec.Path); err == nil {
					name = pkg.Name()
				}
			}
			w.names[name] = &entry{path: spec.Path, cell: c.count}
		}
	}
	for name, object := range c.names {
		w.names[name] = &entry{object: object, cell: c.count}
	}
	for _, d := range c.fresh {
		w.declarations[d.object] = d
	}
	w.noteCaptures(c.Unit)
}
