package lower

import (
	"go/ast"
	"go/types"
)

func (f *fn) goStmt(s *ast.GoStmt) {
	f.emit("rt.Go(%s)", f.delayed(s.Call))
	f.effects++
}

// deferStmt adds a call to the function's list. The number says how many
// interpreted calls lie between the list and the function that may recover: 0
// where it is known not to.
func (f *fn) deferStmt(s *ast.DeferStmt) {
	depth := 2 // the literal that makes the call, and the function
	switch fun := ast.Unparen(s.Call.Fun).(type) {
	case *ast.FuncLit:
		if !f.analysis.recovers[fun.Body] {
			depth = 0
		} else if len(s.Call.Args) == 0 && fun.Type.Results.NumFields() == 0 {
			depth = 1
		}
	case *ast.Ident:
		if b, ok := f.src.info.Uses[fun].(*types.Builtin); ok {
			depth = 0
			if b.Name() == "recover" {
				depth = 1
			}
		}
		if fn, ok := f.src.info.Uses[fun].(*types.Func); ok && !f.recovers(fn) && !f.replaceable(fn) {
			depth = 0
		}
	case *ast.SelectorExpr:
		if sel := f.src.info.Selections[fun]; sel != nil && sel.Kind() == types.MethodVal {
			if s := f.lookup(fun); len(s.index) > 0 {
				if m, ok := s.obj.(*types.Func); ok && isInterface(m.Signature().Recv().Type()) {
					depth = 3 // and the dispatcher
				}
			}
		}
	}
	f.emit("rt.Defer(%s, %d, %s)", f.deferrer, depth, f.delayed(s.Call))
	f.effects++
}

// replaceable says whether a later cell may declare the function anew.
func (e *emitter) replaceable(obj *types.Func) bool {
	fun, ok := e.state.function(obj.Origin())
	return ok && fun.src.cell
}

// recovers says whether a declared function calls recover.
func (e *emitter) recovers(obj *types.Func) bool {
	fun, ok := e.state.function(obj.Origin())
	if !ok {
		fun = e.world.shared.funcs[obj.Origin()]
	}
	if fun == nil || fun.decl.Body == nil {
		return false
	}
	found := false
	ast.Inspect(fun.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			b, ok := fun.src.info.Uses[n].(*types.Builtin)
			found = found || ok && b.Name() == "recover"
		}
		return !found
	})
	return found
}

// pass is emitted in functions that stand between a deferred call and a function
// that recovers, which Go does not have.
func (e *emitter) pass(obj *types.Func) string {
	if e.recovers(obj) {
		return "rt.Pass(); "
	}
	return ""
}

// delayed evaluates the function and the arguments of a call now and gives a
// literal that makes the call.
func (f *fn) delayed(x *ast.CallExpr) string {
	f.lasting++
	defer func() { f.lasting-- }()
	fun := ast.Unparen(x.Fun)
	if lit, ok := fun.(*ast.FuncLit); ok && len(x.Args) == 0 && lit.Type.Results.NumFields() == 0 {
		return f.loopClosure(func() val { return f.funcLit(lit) }).s
	}
	if b := f.builtin(x); b != "" {
		return f.delayedBuiltin(b, x)
	}
	if tv := f.src.info.Types[x.Fun]; tv.IsType() {
		f.callStmt(x)
		return f.closure("func() {}", emptySignature).s
	}
	// What call emits before the call itself is evaluated now; all operands of
	// the call's text are kept.
	g := f
	g.keepAll = true
	c, _ := g.call(x)
	g.keepAll = false
	return f.loopClosure(func() val { return f.closure("func() {\n"+joinLines(c.lines(""))+"\n}", emptySignature) }).s
}

var emptySignature = types.NewSignatureType(nil, nil, nil, nil, nil, false)

// loopClosure makes a closure in a frame of its own even outside loops: it may
// run while the function that made it goes on.
func (f *fn) loopClosure(do func() val) val {
	f.loops++
	v := do()
	f.loops--
	return v
}

func (f *fn) delayedBuiltin(b string, x *ast.CallExpr) string {
	switch b {
	case "recover":
		return f.closure("func() { rt.Recover(rt.Enter()) }", emptySignature).s
	}
	// Arguments now, the effect later.
	g := f.newFn(f.src, f.env, f, f.analysis)
	g.loops = 0
	g.lines = nil
	call := *x
	call.Args = nil
	var keeps []val
	var ts []types.Type
	for i, a := range x.Args {
		if tv := f.src.info.Types[a]; tv.IsType() {
			keeps = append(keeps, val{})
			ts = append(ts, nil)
			continue
		}
		t := types.Default(f.typeOf(a))
		if b == "panic" || b == "delete" && i == 1 {
			t = f.builtinParam(b, x, i)
		}
		v := f.keep(f.as(a, t), t)
		keeps = append(keeps, v)
		ts = append(ts, t)
	}
	g.builtinOn(b, x, keeps, ts)
	return f.closure("func() {\n"+joinLines(g.lines)+"\n}", emptySignature).s
}
