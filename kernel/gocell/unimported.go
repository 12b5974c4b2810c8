package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
)

// resolver is an importer that knows which package a name stands for when
// nothing imports it, given the members that are used of it.
type resolver interface {
	Resolve(name string, members ...string) (path string, ok bool)
}

// importUsed adds to a parsed cell the imports of packages that it uses without
// importing them, and that no earlier cell imported: strings.ToUpper is enough
// to have strings. A name that means anything else in the cell is left alone.
func (w *World) importUsed(p *parsed) {
	r, ok := w.importer.Importer.(resolver)
	if !ok || p.file == nil {
		return
	}
	used, declared := map[string][]string{}, map[string]bool{}
	selections(p.file, used, declared)
	if p.body != nil {
		selections(p.body, used, declared)
	}
	for _, spec := range p.imports() {
		name := spec.Name
		if pkg, err := w.importer.Import(spec.Path); err == nil && name == "" {
			name = pkg.Name()
		}
		declared[name] = true
	}
	nowhere := types.NewPackage(ownPath, "")
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if declared[name] {
			continue
		}
		if object, err := w.lookup(nowhere, name); err != nil || object != nil {
			continue
		}
		path, ok := r.Resolve(name, used[name]...)
		if !ok {
			continue
		}
		at := p.file.Name.Pos()
		p.file.Decls = append([]ast.Decl{&ast.GenDecl{TokPos: at, Tok: token.IMPORT, Specs: []ast.Spec{&ast.ImportSpec{
			Name: &ast.Ident{NamePos: at, Name: name},
			Path: &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(path)},
		}}}}, p.file.Decls...)
	}
}

// selections notes which exported members are selected from which names, and
// which names are declared, in whatever scope.
func selections(root ast.Node, used map[string][]string, declared map[string]bool) {
	declare := func(names ...*ast.Ident) {
		for _, id := range names {
			declared[id.Name] = true
		}
	}
	define := func(tok token.Token, list ...ast.Expr) {
		for _, e := range list {
			if id, ok := e.(*ast.Ident); ok && tok == token.DEFINE {
				declare(id)
			}
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && n.Sel.IsExported() {
				used[x.Name] = append(used[x.Name], n.Sel.Name)
			}
		case *ast.AssignStmt:
			define(n.Tok, n.Lhs...)
		case *ast.RangeStmt:
			define(n.Tok, n.Key, n.Value)
		case *ast.ValueSpec:
			declare(n.Names...)
		case *ast.TypeSpec:
			declare(n.Name)
		case *ast.Field:
			declare(n.Names...)
		case *ast.FuncDecl:
			if n.Recv == nil {
				declare(n.Name)
			}
		}
		return true
	})
}
