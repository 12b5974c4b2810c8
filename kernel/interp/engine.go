package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
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

// load gives the interpreter the text of a unit. New variables make the
// interpreter copy the table of all variables' places, which goroutines of
// earlier cells may be reading: they find the same places in either copy, but
// the race detector would mind.
func (e *engine) load(sources []lower.Source) error {
	for _, s := range sources {
		if _, err := e.run(s.Name, s.Text); err != nil {
			return fmt.Errorf("load %s: %w", s.Name, err)
		}
	}
	return nil
}

// run parses, instruments, compiles and executes a piece of emitted text.
func (e *engine) run(name, text string) (value reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the interpreter failed: %v\n%s", r, debug.Stack())
		}
	}()
	text = strings.Replace(text, "package main\n", "package main; import hillock_host "+strconv.Quote(gocell.HostPath)+"\n", 1)
	// The interpreter keys imports by file name.
	e.files++
	file, err := parser.ParseFile(e.yaegi.FileSet(), fmt.Sprintf("%s#%d", name, e.files), text, parser.SkipObjectResolution)
	if err != nil {
		return reflect.Value{}, err
	}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return reflect.Value{}, err
		}
		if err := e.use(importPath); err != nil {
			return reflect.Value{}, err
		}
	}
	instrument(file)
	program, err := e.yaegi.CompileAST(file)
	if err != nil {
		return reflect.Value{}, err
	}
	return e.yaegi.Execute(program)
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
// that a cell can be interrupted anywhere.
func instrument(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			addCheckpoint(n.Body)
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

// function gives the interpreted function that a call such as "hillock_9()" runs.
func (e *engine) function(call string) (func(), error) {
	name := strings.TrimSuffix(call, "()")
	value, err := e.value(name)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", name, err)
	}
	fn, ok := value.Interface().(func())
	if !ok {
		return nil, fmt.Errorf("%s is a %s, expected a func()", name, value.Type())
	}
	return fn, nil
}
