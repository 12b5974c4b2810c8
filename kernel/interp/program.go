package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"reflect"
	"strconv"

	yaegi "github.com/traefik/yaegi/interp"

	"hillock/kernel/gocell/lower"
	"hillock/kernel/gocell/rt"
	"hillock/stdlib/symbols"
)

// ProgramFile is a file of a Go program.
type ProgramFile struct {
	Name string // as errors name it
	Text string
}

// ProgramOptions say where a program's streams go. Nil stands for the
// process's own.
type ProgramOptions struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Lowered receives the text that the interpreter runs, for who works on the
	// lowering; nil drops it.
	Lowered io.Writer
}

// ExitStatus is the status of a program that panicked: 2.
type ExitStatus int

// Error names the status.
func (e ExitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// RunProgram checks and runs a Go program whose files form package main. Errors
// of the compiler are returned as *CompileError, what can't be run right as
// *lower.UnsupportedError; a panic is printed to Stderr as Go prints it, and
// gives ExitStatus 2. A call of os.Exit ends the process.
func RunProgram(ctx context.Context, files []ProgramFile, opts ProgramOptions) error {
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	unit, err := checkProgram(files)
	if err != nil {
		return err
	}
	world := lower.NewWorld(lower.Config{GenericSource: genericSource, Importer: symbols.Importer()})
	lowered, err := world.Lower(unit)
	if err != nil {
		return err
	}
	if opts.Lowered != nil {
		for _, source := range lowered.Sources {
			if _, err := io.WriteString(opts.Lowered, source.Text); err != nil {
				return err
			}
		}
	}
	p := &program{
		yaegi: yaegi.New(yaegi.Options{
			Stdin: opts.Stdin, Stdout: opts.Stdout, Stderr: io.Discard, Unrestricted: true,
		}),
		runtime: &rt.Runtime{Wrapper: compiledWrapper},
		loaded:  map[string]bool{},
		stderr:  opts.Stderr,
	}
	p.runtime.Interruption = func() (<-chan struct{}, func()) {
		return ctx.Done(), func() { panic(context.Cause(ctx)) }
	}
	p.runtime.OnPanic = func(v any) {
		rt.PrintPanic(p.stderr, v)
		os.Exit(2)
	}
	return p.run(ctx, lowered)
}

// compiledWrapper finds the type that wraps interpreted values as a compiled
// interface.
func compiledWrapper(path, name string) (reflect.Value, bool) {
	table, ok := symbols.Lookup(path)
	if !ok {
		return reflect.Value{}, false
	}
	v, ok := table[name]
	return v, ok
}

// checkProgram parses and checks the files of a program.
func checkProgram(files []ProgramFile) (*lower.Unit, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, file := range files {
		f, err := parser.ParseFile(fset, file.Name, file.Text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	var problems []error
	config := types.Config{
		Importer:  symbols.Importer(),
		GoVersion: "go1.26",
		Error:     func(err error) { problems = append(problems, err) },
	}
	pkg, _ := config.Check("main", fset, parsed, info)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if main, ok := pkg.Scope().Lookup("main").(*types.Func); !ok || pkg.Name() != "main" {
		return nil, fmt.Errorf("%s: not a program: expected package main with a function main, found %v", files[0].Name, main)
	}
	return &lower.Unit{Fset: fset, Files: parsed, Pkg: pkg, Info: info}, nil
}

// program is a Go program while it runs.
type program struct {
	yaegi   *yaegi.Interpreter
	runtime *rt.Runtime
	loaded  map[string]bool
	stderr  io.Writer
}

func (p *program) run(ctx context.Context, lowered *lower.Lowered) (err error) {
	for _, s := range lowered.Sources {
		file, err := parser.ParseFile(p.yaegi.FileSet(), s.Name, s.Text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("emitted text: %w", err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if err := p.use(path); err != nil {
				return err
			}
		}
		compiled, err := p.compile(file)
		if err != nil {
			return fmt.Errorf("unsupported: the interpreter can't run this program: %w", err)
		}
		if _, err := p.yaegi.Execute(compiled); err != nil {
			return err
		}
	}
	_, err = p.yaegi.EvalWithContext(ctx, lowered.Entry)
	var failure yaegi.Panic
	if errors.As(err, &failure) {
		rt.PrintPanic(p.stderr, rt.Explain(failure.Value))
		return ExitStatus(2)
	}
	return err
}

func (p *program) compile(file *ast.File) (compiled *yaegi.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return p.yaegi.CompileAST(file)
}

// use makes the symbols of a package known, and of the packages whose types
// they mention.
func (p *program) use(path string) error {
	if p.loaded[path] {
		return nil
	}
	p.loaded[path] = true
	if path == rt.Path {
		return p.yaegi.Use(p.runtime.Symbols())
	}
	table, ok := symbols.Lookup(path)
	if !ok {
		return nil
	}
	name, _ := symbols.Name(path)
	if err := p.yaegi.Use(yaegi.Exports{path + "/" + name: table}); err != nil {
		return fmt.Errorf("symbols of %s: %w", path, err)
	}
	if pkg, err := symbols.Importer().Import(path); err == nil {
		for _, imported := range pkg.Imports() {
			if err := p.use(imported.Path()); err != nil {
				return err
			}
		}
	}
	return nil
}
