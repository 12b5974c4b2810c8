package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// settle checks the cell until nothing is left to change.
func (e *editor) settle() (*attempt, error) {
	// Each round changes something for good: a statement, a call of must, a
	// variable that moves, a declaration that joins or is dropped.
	fits := false // the cell checks without what joins it
	for {
		a := e.run()
		if a.failed != nil {
			return nil, e.refuse(a)
		}
		if e.mend(a) {
			a.revert()
			continue
		}
		if len(e.extra) > 0 {
			a.errs = append(a.errs, e.extra...)
		}
		// A cell that fails may do so because functions of earlier cells have
		// not followed yet: they join first.
		if e.carry(a) {
			fits = fits || len(a.errs) == 0
			a.revert()
			continue
		}
		if len(a.errs) > 0 {
			if e.dropCarried(a, fits) {
				continue
			}
			return nil, e.refuse(a)
		}
		return a, nil
	}
}

// mend changes the cell where the checker has told something that was not known
// before, and says whether it did.
func (e *editor) mend(a *attempt) bool {
	changed := false
	for _, err := range a.errs {
		changed = e.mendShow(err) || e.mendUnused(err) || changed
	}
	changed = e.mendMust(a) || changed
	return changed || e.promote(a)
}

// mendShow turns a trailing call without a value into a statement.
func (e *editor) mendShow(err types.Error) bool {
	if e.show == nil || err.Pos < e.show.Pos() || err.Pos > e.show.End() {
		return false
	}
	noValue := strings.Contains(err.Msg, "(no value) used as value") && err.Pos == e.show.Pos()
	if !noValue {
		return false
	}
	list := e.body.Body.List
	list[len(list)-1] = &ast.ExprStmt{X: e.show}
	e.show = nil
	return true
}

// mendUnused lets the value of a statement be unused.
func (e *editor) mendUnused(err types.Error) bool {
	if e.body == nil || !strings.HasSuffix(err.Msg, "is not used") {
		return false
	}
	for i, s := range e.body.Body.List {
		if s, ok := s.(*ast.ExprStmt); ok && !isHostCall(s.X) && s.X.Pos() <= err.Pos && err.Pos < s.X.End() {
			e.body.Body.List[i] = discard(s.X)
			return true
		}
	}
	return false
}

// mendMust gives calls of must the form for their number of values.
func (e *editor) mendMust(a *attempt) bool {
	if !e.used["must"] || e.world.predeclared("must") == nil {
		return false
	}
	changed := false
	visit := func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || e.checked[call] {
			return true
		}
		id, ok := call.Fun.(*ast.Ident)
		if !ok || id.Name != "must" || a.info.Uses[id] != nil && !isPrelude(a.info.Uses[id]) {
			return true
		}
		count := 1
		switch t := a.info.Types[call.Args[0]].Type.(type) {
		case nil:
			return true
		case *types.Tuple:
			count = t.Len()
		}
		if count == 1 || count == 3 || count == 4 {
			e.checked[call] = true
			id.Name = "hillock_must" + string(rune('0'+count))
			e.used[id.Name] = true
			changed = true
		}
		return true
	}
	for _, d := range e.decls {
		ast.Inspect(d, visit)
	}
	if e.body != nil {
		ast.Inspect(e.body, visit)
	}
	return changed
}

// isPrelude says whether an object is predeclared in cells.
func isPrelude(o types.Object) bool {
	return o.Pkg() != nil && o.Pkg().Path() == ownPath && o.Pkg().Name() == cellPackage(0)
}

// bodyVars gives the variables that the statements declare at their top level.
func (e *editor) bodyVars(a *attempt) []*types.Var {
	if e.body == nil {
		return nil
	}
	scope := a.info.Scopes[e.body.Type]
	if scope == nil {
		return nil
	}
	var vars []*types.Var
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok {
			vars = append(vars, v)
		}
	}
	slices.SortFunc(vars, func(a, b *types.Var) int { return int(a.Pos() - b.Pos()) })
	return vars
}

// promote moves variables of the statements that functions of the cell use to
// package level, where functions can see them.
func (e *editor) promote(a *attempt) bool {
	vars := map[string]*types.Var{}
	for _, v := range e.bodyVars(a) {
		if v.Name() != "ctx" {
			vars[v.Name()] = v
		}
	}
	if len(vars) == 0 {
		return false
	}
	wanted := map[string]bool{}
	for _, d := range e.decls {
		e.wants(a, d, vars, wanted)
	}
	for _, c := range e.carried {
		names := map[string]bool{}
		e.wants(a, c.decl, vars, names)
		for name := range names {
			if len(e.readsOld(a, name, vars[name])) > 0 && !wanted[name] {
				e.drop(c, "the cell uses the earlier "+name+", too")
				return true
			}
		}
		maps.Copy(wanted, names)
	}
	if len(wanted) == 0 {
		return false
	}
	// Errors in functions may come from the names that are about to move.
	outside := slices.DeleteFunc(slices.Clone(a.errs), func(err types.Error) bool {
		return slices.ContainsFunc(append(carriedDecls(e.carried), e.decls...), func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Pos() <= err.Pos && err.Pos <= f.End()
		})
	})
	if len(outside) > 0 {
		a.errs = outside
		return false
	}
	var list []ast.Stmt
	for _, s := range e.body.Body.List {
		list = append(list, e.promoteStatement(a, s, vars, wanted)...)
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		for _, at := range e.readsOld(a, name, vars[name]) {
			e.extra = append(e.extra, types.Error{Fset: e.world.fset, Pos: at,
				Msg: "unsupported: the earlier " + name + " is used in a cell that declares " + name +
					" again and uses it in a function; give the new variable another name, or declare the function in a cell of its own"})
		}
	}
	if len(e.extra) > 0 {
		a.errs = nil
		return false
	}
	e.body.Body.List = list
	return true
}

func isPackageName(o types.Object) bool {
	_, ok := o.(*types.PkgName)
	return ok
}

// wants notes the variables of the statements that a function uses.
func (e *editor) wants(a *attempt, d ast.Decl, vars map[string]*types.Var, wanted map[string]bool) {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return
	}
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || vars[id.Name] == nil || a.info.Defs[id] != nil {
			return true
		}
		object := a.info.Uses[id]
		if object == nil {
			// Only what is undefined counts: a checker that goes astray leaves
			// other names without an object.
			undefined := slices.ContainsFunc(a.errs, func(err types.Error) bool {
				return err.Pos == id.Pos() && strings.HasPrefix(err.Msg, "undefined: ")
			})
			if undefined {
				wanted[id.Name] = true
			}
			return true
		}
		if entry := e.world.names[id.Name]; entry != nil && entry.object == object ||
			object.Parent() == types.Universe || isPackageName(object) || isPrelude(object) {
			wanted[id.Name] = true
		}
		return true
	})
}

// readsOld gives the places where statements use the earlier variable of a name
// that is to move to package level: there they would see the new one.
func (e *editor) readsOld(a *attempt, name string, v *types.Var) []token.Pos {
	var places []token.Pos
	entry := e.world.names[name]
	if entry == nil || entry.object == nil {
		return nil
	}
	ast.Inspect(e.body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && a.info.Uses[id] == entry.object && entry.object != types.Object(v) {
			places = append(places, id.Pos())
		}
		return true
	})
	return places
}

// promoteStatement gives what a statement that declares wanted variables
// becomes: an assignment, with the declaration moved to package level.
func (e *editor) promoteStatement(a *attempt, s ast.Stmt, vars map[string]*types.Var, wanted map[string]bool) []ast.Stmt {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE || !declares(a, s.Lhs, vars, wanted) {
			return []ast.Stmt{s}
		}
		for _, l := range s.Lhs {
			id, ok := l.(*ast.Ident)
			if v := vars[identName(l)]; ok && v != nil && a.info.Defs[id] == v {
				e.moveVar(id, nil, v)
				wanted[id.Name] = true
			}
		}
		return []ast.Stmt{&ast.AssignStmt{Lhs: s.Lhs, TokPos: s.TokPos, Tok: token.ASSIGN, Rhs: s.Rhs}}
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			return []ast.Stmt{s}
		}
		found := false
		for _, spec := range g.Specs {
			for _, n := range spec.(*ast.ValueSpec).Names {
				found = found || wanted[n.Name]
			}
		}
		if !found {
			return []ast.Stmt{s}
		}
		var list []ast.Stmt
		for _, spec := range g.Specs {
			spec := spec.(*ast.ValueSpec)
			var lhs []ast.Expr
			rhs := spec.Values
			for _, n := range spec.Names {
				lhs = append(lhs, &ast.Ident{NamePos: n.Pos(), Name: n.Name})
				if v := vars[n.Name]; v != nil {
					e.moveVar(n, spec.Type, v)
					wanted[n.Name] = true
				}
				if len(spec.Values) == 0 {
					rhs = append(rhs, zeroOf(spec.Type))
				}
			}
			list = append(list, &ast.AssignStmt{Lhs: lhs, TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: rhs})
		}
		return list
	}
	return []ast.Stmt{s}
}

func identName(x ast.Expr) string {
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// declares says whether the left side of a definition declares a wanted variable.
func declares(a *attempt, lhs []ast.Expr, vars map[string]*types.Var, wanted map[string]bool) bool {
	return slices.ContainsFunc(lhs, func(l ast.Expr) bool {
		id, ok := l.(*ast.Ident)
		return ok && wanted[id.Name] && a.info.Defs[id] == types.Object(vars[id.Name])
	})
}

// zeroOf gives *new(T).
func zeroOf(t ast.Expr) ast.Expr {
	at := t.Pos()
	return &ast.StarExpr{Star: at, X: &ast.CallExpr{
		Fun: &ast.Ident{NamePos: at, Name: "new"}, Lparen: at, Args: []ast.Expr{t}, Rparen: t.End()}}
}

// moveVar declares a variable of the statements at package level.
func (e *editor) moveVar(name *ast.Ident, written ast.Expr, v *types.Var) {
	if e.promoted[name.Name] {
		return
	}
	e.promoted[name.Name] = true
	if written == nil {
		written = e.typeExpr(v.Type(), name.Pos())
	}
	e.decls = append(e.decls, &ast.GenDecl{TokPos: name.Pos(), Tok: token.VAR, Specs: []ast.Spec{
		&ast.ValueSpec{Names: []*ast.Ident{{NamePos: name.Pos(), Name: name.Name}}, Type: written},
	}})
}
