package complete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"hillock/stdlib/symbols"
)

// session is a state made of a Go file: what it declares and imports is what
// earlier cells did.
type session struct {
	imports []Import
	objects []types.Object
	decls   map[types.Object]*ast.FuncDecl
	fset    *token.FileSet
	values  map[string]string
}

func (s *session) Imports() []Import        { return s.imports }
func (s *session) Objects() []types.Object  { return s.objects }
func (s *session) Importer() types.Importer { return symbols.Importer() }

func (s *session) Value(name string) (string, bool) {
	text, ok := s.values[name]
	return text, ok
}

func (s *session) Document(obj types.Object) (comment, source string) {
	if decl := s.decls[obj]; decl != nil {
		from, to := s.fset.Position(decl.Type.Pos()), s.fset.Position(decl.End())
		return decl.Doc.Text(), earlier[from.Offset:to.Offset]
	}
	return "", ""
}

// earlier are the cells that ran before, in the tests.
const earlier = `package main

import (
	"context"
	"fmt"
	"math"
	"hillock/stdlib/adex"
)

var ctx context.Context

func must[T any](v T, err error) T { return v }

// Neuron is of an earlier cell.
type Neuron struct {
	Rate  float64 // Hz
	label string
	Base
}

type Base struct{ Depth int }

func (b *Base) Reset(to float64) {}

func (n *Neuron) Spike(at float64) bool { return at > n.Rate }

var (
	traces  []float64
	neurons map[string]*Neuron
	first   Neuron
	params  adex.Params
	count   = 3
)

// Mean gives the mean of what xs holds.
func Mean(xs []float64) float64 { return math.NaN() }

var _ = fmt.Sprint
`

// newSession gives a session in which earlier ran.
func newSession(t testing.TB) *session {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "earlier", earlier, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: symbols.Importer()}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	pkg, err := config.Check("main", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{
		fset:   fset,
		decls:  map[types.Object]*ast.FuncDecl{},
		values: map[string]string{"traces": "[-70 -69.5 …] (1000 values)", "count": "3"},
	}
	for _, name := range pkg.Scope().Names() {
		s.objects = append(s.objects, pkg.Scope().Lookup(name))
	}
	for _, im := range pkg.Imports() {
		s.imports = append(s.imports, Import{im.Name(), im.Path()})
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			s.decls[info.Defs[f.Name]] = f
		}
	}
	return s
}
