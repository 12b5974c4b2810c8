package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"io"
	"path"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"

	yaegi "github.com/traefik/yaegi/interp"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/lower"
	"hillock/stdlib/symbols"
)

// engine is the interpreter with the symbols that have been asked for so far.
type engine struct {
	yaegi    *yaegi.Interpreter
	own      map[string]map[string]reflect.Value // symbols of packages that only emitted text imports
	replaced map[string]map[string]reflect.Value
	loaded   map[string]bool
	files    int
	entry    func() // of the unit that was loaded last
}

// newEngine starts an interpreter. replaced are symbols to use instead of the
// compiled ones.
func newEngine(stderr io.Writer, own, replaced map[string]map[string]reflect.Value) *engine {
	return &engine{
		yaegi:    yaegi.New(yaegi.Options{Stdout: stderr, Stderr: stderr, Unrestricted: true}),
		own:      own,
		replaced: replaced,
		loaded:   map[string]bool{},
	}
}

// load gives the interpreter the text of a unit and gives the function that
// runs the unit. New variables make the interpreter copy the table of all
// variables' places, which goroutines of earlier cells may be reading: they find
// the same places in either copy, but the race detector would mind.
func (e *engine) load(lowered *lower.Lowered) (entry func(), err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the interpreter failed: %v\n%s", r, debug.Stack())
		}
	}()
	e.entry = nil
	for _, s := range lowered.Sources {
		if err := e.run(s, strings.TrimSuffix(lowered.Entry, "()")); err != nil {
			return nil, fmt.Errorf("load %s: %w", s.Name, err)
		}
	}
	if e.entry == nil {
		return nil, fmt.Errorf("%s is not declared", lowered.Entry)
	}
	return e.entry, nil
}

// run parses, instruments, compiles and executes a piece of emitted text. If it
// declares the entry, it hands it over.
func (e *engine) run(s lower.Source, entry string) error {
	text := strings.Replace(s.Text, "package main\n", "package main; import hillock_host "+strconv.Quote(gocell.HostPath)+"\n", 1)
	// The interpreter keys imports by file name.
	e.files++
	file, err := parser.ParseFile(e.yaegi.FileSet(), fmt.Sprintf("%s#%d", s.Name, e.files), text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if err := e.use(importPath); err != nil {
			return err
		}
	}
	instrument(file)
	giveEntry(file, entry)
	program, err := e.yaegi.CompileAST(file)
	if err != nil {
		return err
	}
	_, err = e.yaegi.Execute(program)
	forgetTrees(e.yaegi)
	return err
}

// value evaluates an expression of emitted names.
func (e *engine) value(expr string) (value reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the interpreter failed on %s: %v", expr, r)
		}
	}()
	return e.yaegi.Eval(expr)
}

// use makes the symbols of a package known.
func (e *engine) use(importPath string) error {
	if e.loaded[importPath] {
		return nil
	}
	e.loaded[importPath] = true
	name, ok := symbols.Name(importPath)
	if !ok {
		name = path.Base(importPath)
	}
	table, ok := e.own[importPath]
	if !ok {
		if table, ok = symbols.Lookup(importPath); !ok {
			return nil
		}
	}
	for name, value := range e.replaced[importPath] {
		table[name] = value
	}
	// Two slashes keep the interpreter from replacing symbols on its own, which
	// it does for a key that it knows.
	if err := e.yaegi.Use(yaegi.Exports{importPath + "//" + name: table}); err != nil {
		return fmt.Errorf("symbols of %s: %w", importPath, err)
	}
	return nil
}

// instrument puts a checkpoint at the start of every function and loop body, so
// that a cell can be interrupted anywhere. Declared functions that call no other are
// left out: they end by themselves, and the checkpoint would take a third of the time
// of a short one. As values they go about in literals, which have one.
func instrument(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if callsOther(n) {
				addCheckpoint(n.Body)
			}
		case *ast.FuncLit:
			addCheckpoint(n.Body)
		case *ast.ForStmt:
			addCheckpoint(n.Body)
		case *ast.RangeStmt:
			addCheckpoint(n.Body)
		}
		return true
	})
}

// callsOther says whether a function may call a declared one: emitted text does so by
// the name alone. What packages have is selected, and function literals have
// checkpoints of their own.
func callsOther(f *ast.FuncDecl) bool {
	found := false
	if f.Body == nil {
		return false
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt, *ast.DeferStmt:
			found = true
		case *ast.CallExpr:
			switch fun := ast.Unparen(n.Fun).(type) {
			case *ast.Ident:
				found = found || types.Universe.Lookup(fun.Name) == nil
			case *ast.SelectorExpr, *ast.FuncLit, *ast.ArrayType, *ast.MapType, *ast.StarExpr, *ast.InterfaceType:
			default:
				found = true
			}
		}
		return !found
	})
	return found
}

// addCheckpoint begins a block with
//
//	if *hillock_host.Stop { hillock_host.Checkpoint() }
//
// A variable of the interpreter would be read a little faster, but its place
// moves when a later cell declares something, while goroutines look at it.
func addCheckpoint(block *ast.BlockStmt) {
	if block == nil {
		return
	}
	at := block.Lbrace
	check := &ast.IfStmt{
		If: at,
		Cond: &ast.StarExpr{Star: at, X: &ast.SelectorExpr{
			X:   &ast.Ident{NamePos: at, Name: "hillock_host"},
			Sel: &ast.Ident{NamePos: at, Name: "Stop"},
		}},
		Body: &ast.BlockStmt{Lbrace: at, Rbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
			Fun: &ast.SelectorExpr{
				X:   &ast.Ident{NamePos: at, Name: "hillock_host"},
				Sel: &ast.Ident{NamePos: at, Name: "Checkpoint"},
			},
			Lparen: at, Rparen: at,
		}}}},
	}
	block.List = append([]ast.Stmt{check}, block.List...)
}

// giveEntry gives the unit's entry the name that all entries have, so that the
// interpreter forgets the one before, and hands it over when the text is
// executed.
func giveEntry(file *ast.File, entry string) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != entry {
			continue
		}
		f.Name.Name = entryName
		at := f.Pos()
		file.Decls = append(file.Decls, &ast.FuncDecl{
			Name: &ast.Ident{NamePos: at, Name: "init"},
			Type: &ast.FuncType{Func: at, Params: &ast.FieldList{Opening: at, Closing: at}},
			Body: &ast.BlockStmt{Lbrace: at, Rbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
				Fun: &ast.SelectorExpr{
					X:   &ast.Ident{NamePos: at, Name: "hillock_host"},
					Sel: &ast.Ident{NamePos: at, Name: "Entry"},
				},
				Lparen: at,
				Args:   []ast.Expr{&ast.Ident{NamePos: at, Name: entryName}},
				Rparen: at,
			}}}},
		})
		return
	}
}
