package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"hillock/kernel/gocell/lower"
)

// finish makes the unit of an accepted attempt.
func (e *editor) finish(a *attempt) (*Checked, error) {
	w := e.world
	c := &Checked{world: w, parsed: e.parsed, count: e.count, undo: a.undo, names: e.newNames(a), Notes: e.notes()}

	packageNames := map[string]bool{}
	for _, name := range a.pkg.Scope().Names() {
		if o := a.pkg.Scope().Lookup(name); o.Pkg() == a.pkg && !isPackageName(o) && o.Parent() == a.pkg.Scope() {
			packageNames[name] = true
		}
	}
	e.needBody()
	var globals []*types.Var
	for _, v := range e.bodyVars(a) {
		if v.Name() == "_" {
			continue
		}
		globals = append(globals, v)
		if packageNames[v.Name()] && v.Parent() != a.pkg.Scope() {
			a.errs = append(a.errs, types.Error{Fset: w.fset, Pos: v.Pos(), Msg: v.Name() + " redeclared in this cell"})
		}
	}
	if len(a.errs) > 0 {
		a.revert()
		return nil, e.refuse(a)
	}

	for name, object := range c.names {
		entry := w.names[name]
		if entry == nil || entry.object == nil {
			continue
		}
		if canReplace(entry.object, object) {
			a.same[object] = entry.object
			continue
		}
		if v, ok := entry.object.(*types.Var); ok && isOwn(v) {
			c.replaced = append(c.replaced, v)
		}
	}

	for m, old := range a.same {
		if _, ok := m.(*types.Func); ok && !types.Identical(withoutReceiver(m), withoutReceiver(old)) {
			delete(a.same, m)
		}
	}

	if e.show != nil {
		switch t := a.info.Types[e.show].Type.(type) {
		case *types.Tuple:
			for v := range t.Variables() {
				c.Results = append(c.Results, v.Type())
			}
		case nil:
		default:
			c.Results = []types.Type{types.Default(t)}
		}
	}

	if e.show != nil {
		// The emitter hands the values out by itself.
		list := e.body.Body.List
		e.body.Body.List = list[:len(list)-1]
	}
	e.parsed.file.Imports = nil
	c.Unit = &lower.Unit{
		Name:    e.parsed.name,
		Fset:    w.fset,
		Files:   []*ast.File{e.parsed.file},
		Pkg:     a.pkg,
		Info:    a.info,
		Body:    e.body,
		Globals: globals,
		Same:    a.same,
		Show:    e.show,
	}
	for _, d := range e.parsed.file.Decls {
		c.fresh = append(c.fresh, e.record(a, d)...)
	}
	for _, d := range c.fresh {
		for _, carried := range e.carried {
			if d.doc == "" && d.tree != nil && carried.decl.Pos() <= d.tree.Pos() && d.tree.Pos() <= carried.decl.End() {
				d.doc = carried.from.doc
			}
		}
	}
	e.dropHook()
	return c, nil
}

// dropHook removes the import that findForeign's hook needed.
func (e *editor) dropHook() {
	if len(e.foreign) > 0 {
		e.parsed.file.Decls = e.parsed.file.Decls[1:]
	}
}

// imports gives the imports that the cell writes.
func (p *parsed) imports() []Import {
	if p.file == nil {
		return nil
	}
	var list []Import
	for _, d := range p.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			list = append(list, p.importsOf(g)...)
		}
	}
	return list
}

// importsOf gives the imports of a declaration.
func (p *parsed) importsOf(g *ast.GenDecl) []Import {
	var list []Import
	for _, s := range g.Specs {
		s := s.(*ast.ImportSpec)
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil || s.Name != nil && s.Name.Name == hookName {
			continue
		}
		i := Import{Path: path}
		if s.Name != nil {
			i.Name = s.Name.Name
		}
		list = append(list, i)
	}
	return list
}
