package gocell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sync"

	"hillock/kernel/gocell/lower"
)

// preludeName names the unit that declares ctx and must in positions.
const preludeName = "prelude"

// SetContextName is the name of the prelude's function that gives ctx the
// context of the running cell.
const SetContextName = "hillock_set_context"

// The forms of must: Go has no overloading, so a call with another number of
// values than two is renamed once the checker has told how many there are.
const preludeSource = `package main

import (
	"context"
	hillock_host "` + HostPath + `"
)

var ctx context.Context

func ` + SetContextName + `() {
	ctx = hillock_host.Context()
}

func must[T any](value T, err error) T {
	if err != nil {
		hillock_host.Fail(err)
	}
	return value
}

func hillock_must1(err error) {
	if err != nil {
		hillock_host.Fail(err)
	}
}

func hillock_must3[A, B any](a A, b B, err error) (A, B) {
	if err != nil {
		hillock_host.Fail(err)
	}
	return a, b
}

func hillock_must4[A, B, C any](a A, b B, c C, err error) (A, B, C) {
	if err != nil {
		hillock_host.Fail(err)
	}
	return a, b, c
}
`

// hostSource declares what the interpreter's host package offers to the text of
// a cell.
const hostSource = `package host

import "context"

func Show(values ...any)
func Line(number int)
func Fail(err error)
func Context() context.Context
`

// importer gives the packages that cells may import, and the host package.
type hostImporter struct {
	types.Importer
	once sync.Once
	host *types.Package
	err  error
}

func (h *hostImporter) Import(path string) (*types.Package, error) {
	if path != HostPath {
		if h.Importer == nil {
			return nil, fmt.Errorf("package %s is not available in notebooks", path)
		}
		return h.Importer.Import(path)
	}
	h.once.Do(func() {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "host.go", hostSource, parser.SkipObjectResolution)
		if err != nil {
			h.err = err
			return
		}
		conf := types.Config{Importer: h.Importer, IgnoreFuncBodies: true}
		h.host, h.err = conf.Check(HostPath, fset, []*ast.File{file}, nil)
	})
	return h.host, h.err
}

// newInfo gives an Info with every map.
func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
}

// checkPrelude gives the unit that declares what every cell can use.
func checkPrelude(fset *token.FileSet, importer types.Importer) (*lower.Unit, error) {
	file, err := parser.ParseFile(fset, preludeName, preludeSource, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	pkg := types.NewPackage(ownPath, "cell·0")
	file.Name.Name = pkg.Name()
	info := newInfo()
	conf := types.Config{Importer: importer, GoVersion: goVersion}
	if err := types.NewChecker(&conf, fset, pkg, info).Files([]*ast.File{file}); err != nil {
		return nil, fmt.Errorf("declaring ctx and must: %w", err)
	}
	return &lower.Unit{Name: preludeName, Fset: fset, Files: []*ast.File{file}, Pkg: pkg, Info: info}, nil
}
