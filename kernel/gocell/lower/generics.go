package lower

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
)

// generics holds the checked sources of standard packages whose generic
// functions are lowered like a unit's own.
type generics struct {
	config   Config
	context  *types.Context
	packages map[string]*source // nil where a package has no source
	funcs    map[*types.Func]*function
}

func newGenerics(config Config) *generics {
	return &generics{
		config:   config,
		context:  types.NewContext(),
		packages: map[string]*source{},
		funcs:    map[*types.Func]*function{},
	}
}

// source checks the generic source of a package, or returns nil if it has none.
func (g *generics) source(path string) *source {
	if src, ok := g.packages[path]; ok {
		return src
	}
	g.packages[path] = nil
	if g.config.GenericSource == nil {
		return nil
	}
	files, ok := g.config.GenericSource(path)
	if !ok {
		return nil
	}
	src := &source{
		fset: token.NewFileSet(),
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
			Instances: map[*ast.Ident]types.Instance{},
		},
		name: func(p token.Position) string { return path + "/" + p.Filename },
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	var parsed []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(src.fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			panic(fmt.Sprintf("lower: generic source of %s: %v", path, err))
		}
		parsed = append(parsed, f)
	}
	check := types.Config{Importer: g.config.Importer, Error: func(error) {}}
	pkg, err := check.Check(path, src.fset, parsed, src.info)
	if err != nil {
		panic(fmt.Sprintf("lower: generic source of %s: %v", path, err))
	}
	src.pkg = pkg
	g.packages[path] = src
	for _, f := range parsed {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				if fn, ok := src.info.Defs[fd.Name].(*types.Func); ok {
					g.funcs[fn] = &function{decl: fd, src: src}
				}
			}
		}
	}
	return src
}

// typeOf gives the source's own declaration of a generic type of a compiled
// package, or nil.
func (g *generics) typeOf(e *emitter, origin *types.Named) *types.Named {
	obj := origin.Obj()
	if obj.Pkg() == nil || e.state.isOwn(obj.Pkg()) {
		return nil
	}
	src := g.source(obj.Pkg().Path())
	if src == nil {
		return nil
	}
	e.state.own[src.pkg] = true
	found, ok := src.pkg.Scope().Lookup(obj.Name()).(*types.TypeName)
	if !ok {
		return nil
	}
	named, _ := types.Unalias(found.Type()).(*types.Named)
	return named
}

// function gives the source's own declaration of a function of a compiled package.
func (g *generics) function(e *emitter, fn *types.Func) *types.Func {
	if fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return nil
	}
	src := g.source(fn.Pkg().Path())
	if src == nil {
		return nil
	}
	e.state.own[src.pkg] = true
	found, _ := src.pkg.Scope().Lookup(fn.Name()).(*types.Func)
	return found
}
