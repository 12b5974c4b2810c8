package gocell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// carry is a declaration of an earlier cell that joins this one because
// something that it uses is declared again here.
type carry struct {
	from *declaration
	decl ast.Decl
}

// changed gives the objects of earlier cells whose place is taken by something
// of another type, so that what was compiled with them can't simply go on.
func (e *editor) changed(a *attempt) map[types.Object]bool {
	changed := map[types.Object]bool{}
	for name, object := range e.newNames(a) {
		entry := e.world.names[name]
		if entry != nil && entry.object != nil && object.Type() != types.Typ[types.Invalid] && !canReplace(entry.object, object) {
			changed[entry.object] = true
		}
	}
	for m, old := range a.same {
		if !types.Identical(withoutReceiver(m), withoutReceiver(old)) {
			changed[old] = true
		}
	}
	return changed
}

func withoutReceiver(o types.Object) types.Type {
	s := o.Type().(*types.Signature)
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// canReplace says whether an object takes the place of an earlier one in code
// that was compiled with it: a variable of the same type, a function of the same
// signature. Generic functions have no code of their own to replace.
func canReplace(old, object types.Object) bool {
	switch object := object.(type) {
	case *types.Var:
		_, ok := old.(*types.Var)
		return ok && types.Identical(old.Type(), object.Type())
	case *types.Func:
		_, ok := old.(*types.Func)
		return ok && isOwn(old) && object.Signature().TypeParams() == nil && types.Identical(old.Type(), object.Type())
	}
	return false
}

// newNames gives what the cell declares by name, for the cells after it.
func (e *editor) newNames(a *attempt) map[string]types.Object {
	names := map[string]types.Object{}
	scope := a.pkg.Scope()
	for _, name := range scope.Names() {
		o := scope.Lookup(name)
		if o.Pkg() != a.pkg || isPackageName(o) || name == hookName || name == bodyName || name == "_" || name == "ctx" {
			continue
		}
		if v, ok := o.(*types.Var); ok && v.Parent() != scope {
			continue
		}
		names[name] = o
	}
	for _, v := range e.bodyVars(a) {
		if v.Name() != "ctx" && v.Name() != "_" {
			names[v.Name()] = v
		}
	}
	return names
}

// carry adds the declarations of earlier cells that use something that changes,
// and says whether there were any that are not here yet.
func (e *editor) carry(a *attempt) bool {
	changed := e.changed(a)
	if len(changed) == 0 {
		return false
	}
	here := map[string]bool{}
	for _, d := range append(slices.Clone(e.decls), carriedDecls(e.carried)...) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			here[joined(receiver(d), d.Name.Name)] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok {
					here[s.Name.Name] = true
				}
			}
		}
	}
	names := e.newNames(a)
	added := false
	for _, d := range e.world.liveDeclarations() {
		base := ""
		if d.base != nil {
			base = d.base.Name()
		} else if names[d.object.Name()] != nil && !here[d.object.Name()] {
			continue // a variable of this cell has the name now
		}
		if e.dropped[d] != "" || here[joined(base, d.object.Name())] {
			continue
		}
		if d.base != nil && changed[d.base] && e.declaredTogether(d) && here[base] && !e.isCarried(base) {
			continue // the type's own cell has been run again without the method
		}
		uses := false
		for o := range d.uses {
			uses = uses || changed[o]
		}
		if !uses {
			continue
		}
		added = e.join(d) || added
	}
	return added
}

// join adds a declaration of an earlier cell to this one.
func (e *editor) join(d *declaration) bool {
	decl := d.parse(e.world.fset)
	if decl == nil {
		return false
	}
	for name := range identifiers(decl) {
		e.used[name] = true
	}
	e.carried = append(e.carried, &carry{d, decl})
	return true
}

// declaredTogether says whether a method comes from the cell of its type.
func (e *editor) declaredTogether(d *declaration) bool {
	t := e.world.declarations[d.base]
	return t != nil && t.cell == d.cell
}

func (e *editor) isCarried(name string) bool {
	return slices.ContainsFunc(e.carried, func(c *carry) bool { return c.from.base == nil && c.from.object.Name() == name })
}

func joined(base, name string) string {
	if base == "" {
		return name
	}
	return base + "." + name
}

func carriedDecls(list []*carry) []ast.Decl {
	decls := make([]ast.Decl, len(list))
	for i, c := range list {
		decls[i] = c.decl
	}
	return decls
}

// liveDeclarations gives the declarations that a new cell can reach by name, in
// the order of their cells.
func (w *World) liveDeclarations() []*declaration {
	var list []*declaration
	for object, d := range w.declarations {
		reach := object
		if d.base != nil {
			reach = d.base
		}
		if e := w.names[reach.Name()]; e != nil && e.object == reach {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *declaration) int {
		return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	return list
}

// dropCarried drops the carried declarations that don't check any more, so that
// they keep using what they used, and says whether there were any. fits says
// that the cell would do without them.
func (e *editor) dropCarried(a *attempt, fits bool) bool {
	if len(e.carried) == 0 {
		return false
	}
	reason := map[*carry]string{}
	within := func(c *carry, pos token.Pos) bool { return c.decl.Pos() <= pos && pos <= c.decl.End() }
	for _, err := range a.errs {
		for _, c := range e.carried {
			if within(c, err.Pos) && reason[c] == "" {
				first, _, _ := strings.Cut(err.Msg, "\n")
				reason[c] = e.world.plainNames(rewordings.Replace(first), func(name string) bool { return e.declaredNames()[name] })
			}
		}
	}
	if len(reason) == 0 {
		if !fits {
			return false
		}
		// The cell itself fails with what joined it.
		for _, c := range e.carried {
			reason[c] = "it does not fit this cell"
		}
	}
	var kept []*carry
	for _, c := range e.carried {
		if r := reason[c]; r != "" {
			e.dropped[c.from] = r
			continue
		}
		kept = append(kept, c)
	}
	e.carried = kept
	return true
}

// drop takes one declaration out.
func (e *editor) drop(c *carry, reason string) {
	e.dropped[c.from] = reason
	e.carried = slices.DeleteFunc(e.carried, func(have *carry) bool { return have == c })
}

// notes tells about declarations that keep using what has been declared again.
func (e *editor) notes() []string {
	var list []string
	for d, reason := range e.dropped {
		list = append(list, fmt.Sprintf("%s of %s keeps using the earlier declaration: %s", d.name(), d.cell, reason))
	}
	slices.Sort(list)
	return list
}
