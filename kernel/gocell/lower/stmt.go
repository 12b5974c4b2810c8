package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (f *fn) stmts(list []ast.Stmt) {
	for _, s := range list {
		f.stmt(s)
	}
}

func (f *fn) stmt(s ast.Stmt) {
	f.position(s)
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.ExprStmt:
		f.exprStmt(s.X)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		f.update(s.X, op, nil, s)
	case *ast.DeclStmt:
		f.decl(s.Decl.(*ast.GenDecl))
	case *ast.BlockStmt:
		f.stmts(s.List)
	case *ast.ReturnStmt:
		f.returnStmt(s)
	case *ast.IfStmt:
		f.ifStmt(s)
	case *ast.ForStmt:
		f.forStmt(s, nil)
	case *ast.RangeStmt:
		f.rangeStmt(s, nil)
	case *ast.SwitchStmt:
		f.switchStmt(s, nil)
	case *ast.TypeSwitchStmt:
		f.typeSwitch(s, nil)
	case *ast.SelectStmt:
		f.selectStmt(s, nil)
	case *ast.LabeledStmt:
		f.labeled(s)
	case *ast.BranchStmt:
		f.branch(s)
	case *ast.SendStmt:
		f.send(s)
	case *ast.GoStmt:
		f.goStmt(s)
	case *ast.DeferStmt:
		f.deferStmt(s)
	default:
		panic(fmt.Sprintf("lower: statement %T", s))
	}
}

func (f *fn) exprStmt(x ast.Expr) {
	x = ast.Unparen(x)
	switch x := x.(type) {
	case *ast.CallExpr:
		f.callStmt(x)
	default:
		f.discard(f.value(x), f.typeOf(x))
	}
}

// discard evaluates a value for its effects.
func (f *fn) discard(v val, t types.Type) {
	if v.fixed || v.atom && v.stable {
		return
	}
	f.keep(v, t)
}

func (f *fn) decl(d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		f.position(s)
		switch {
		case len(s.Values) == 0:
			for _, name := range s.Names {
				if name.Name == "_" {
					continue
				}
				f.declareZero(f.src.info.Defs[name])
			}
		case len(s.Values) == len(s.Names):
			var targets []func(val)
			var ts []types.Type
			for _, name := range s.Names {
				obj := f.src.info.Defs[name]
				if name.Name == "_" || obj == nil {
					t := f.specType(s, name)
					ts = append(ts, t)
					targets = append(targets, func(v val) { f.discard(v, t) })
					continue
				}
				t := f.subst(obj.Type())
				ts = append(ts, t)
				targets = append(targets, func(v val) { f.define(obj, v, t) })
			}
			f.multi(s.Values, ts, targets)
		default:
			vals, ts := f.tuple(s.Values[0], len(s.Names))
			for i, name := range s.Names {
				if name.Name == "_" {
					continue
				}
				obj := f.src.info.Defs[name]
				t := f.subst(obj.Type())
				f.define(obj, f.conv(vals[i], ts[i], t), t)
			}
		}
	}
}

func (f *fn) specType(s *ast.ValueSpec, name *ast.Ident) types.Type {
	if s.Type != nil {
		return f.typeOf(s.Type)
	}
	for i, n := range s.Names {
		if n == name {
			return types.Default(f.typeOf(s.Values[i]))
		}
	}
	return nil
}

func (f *fn) declareZero(obj types.Object) {
	t := f.subst(obj.Type())
	if f.isGlobal(obj) {
		f.emit("%s = %s", f.varName(obj), f.zero(t))
		return
	}
	if f.analysis.shared[obj] {
		f.emit("var %s %s", f.varName(obj), f.rep(t))
		return
	}
	f.blank(f.varName(obj), t)
}

// define declares a variable with a value of its own type.
func (f *fn) define(obj types.Object, v val, t types.Type) {
	name := f.varName(obj)
	if f.isGlobal(obj) {
		f.emit("%s = %s", name, v.s)
		return
	}
	if !f.analysis.shared[obj] && f.hoists() {
		f.hoist(name, f.rep(t))
		f.emit("%s = %s", name, v.s)
		return
	}
	f.declare(name, v.s, t)
}

// multi evaluates several values from left to right, then stores them.
func (f *fn) multi(values []ast.Expr, ts []types.Type, store []func(val)) {
	if len(values) == 1 {
		store[0](f.assigned(values[0], ts[0]))
		return
	}
	vals := f.list(values, ts)
	for i := range vals {
		vals[i] = f.keep(vals[i], ts[i])
	}
	for i, v := range vals {
		store[i](v)
	}
}

// list evaluates expressions from left to right, each as its type.
func (f *fn) list(xs []ast.Expr, ts []types.Type) []val {
	evals := make([]func() val, len(xs))
	for i, x := range xs {
		evals[i] = func() val { return f.as(x, ts[i]) }
	}
	return f.ordered(ts, evals...)
}

func (f *fn) returnStmt(s *ast.ReturnStmt) {
	if len(s.Results) > 0 {
		var vals []val
		if len(s.Results) == 1 && len(f.results) > 1 {
			got, ts := f.tuple(s.Results[0], len(f.results))
			for i := range got {
				vals = append(vals, f.conv(got[i], ts[i], f.results[i]))
			}
		} else if len(s.Results) == 1 {
			vals = []val{f.assigned(s.Results[0], f.results[0])}
		} else {
			vals = f.list(s.Results, f.results)
		}
		if f.outs == nil || f.outNamed && f.deferrer == "" && !f.yielding() {
			texts := make([]string, len(vals))
			for i, v := range vals {
				texts[i] = v.s
				if f.outNamed && len(vals) > 1 {
					texts[i] = f.keep(v, f.results[i]).s
				}
			}
			if f.yielding() {
				f.needOuts()
			} else {
				f.emit("return %s", strings.Join(texts, ", "))
				return
			}
		}
		if len(vals) > 1 {
			for i := range vals {
				vals[i] = f.keep(vals[i], f.results[i])
			}
		}
		for i, v := range vals {
			f.emit("%s = %s", f.outs[i], v.s)
		}
	}
	f.leave()
}

func (f *fn) yielding() bool {
	for _, t := range f.targets {
		if t.yield != "" {
			return true
		}
	}
	return false
}

// leave returns from the function with the results in their variables.
func (f *fn) leave() {
	for i := len(f.targets) - 1; i >= 0; i-- {
		if t := f.targets[i]; t.yield != "" {
			f.emit("%s = %d", t.yield, t.pend(func() { f.leave() }, "return"))
			f.emit("return false")
			return
		}
	}
	if f.deferrer != "" || len(f.outs) == 0 {
		f.emit("return")
		return
	}
	f.emit("return %s", strings.Join(f.outs, ", "))
}

func (f *fn) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	cond := f.condition(s.Cond)
	f.emit("if %s {", cond.s)
	f.lines = append(f.lines, f.block(func() { f.stmts(s.Body.List) })...)
	if s.Else != nil {
		f.emit("} else {")
		f.lines = append(f.lines, f.block(func() { f.stmt(s.Else) })...)
	}
	f.emit("}")
}

func (f *fn) send(s *ast.SendStmt) {
	ct := f.typeOf(s.Chan)
	elem := core(ct).(*types.Chan).Elem()
	vals := f.ordered([]types.Type{ct, elem}, func() val { return f.under(s.Chan) }, func() val { return f.as(s.Value, elem) })
	v := f.keep(vals[1], elem)
	f.emit("rt.Send(%s, %s)", vals[0].operand(), v.s)
	f.effects++
}

func (f *fn) labeled(s *ast.LabeledStmt) {
	obj := f.src.info.Defs[s.Label]
	label := f.labelName(obj)
	if f.analysis.jumps {
		f.emit("%s:", label)
		f.emit("rt.Nop()")
	}
	switch inner := s.Stmt.(type) {
	case *ast.ForStmt:
		f.forStmt(inner, obj)
	case *ast.RangeStmt:
		f.rangeStmt(inner, obj)
	case *ast.SwitchStmt:
		f.switchStmt(inner, obj)
	case *ast.TypeSwitchStmt:
		f.typeSwitch(inner, obj)
	case *ast.SelectStmt:
		f.selectStmt(inner, obj)
	case *ast.BlockStmt:
		f.blockTarget(obj, func() { f.stmts(inner.List) })
	default:
		f.stmt(inner)
	}
}

func (f *fn) labelName(obj types.Object) string {
	if name, ok := f.labels[obj]; ok {
		return name
	}
	f.labels[obj] = f.state.fresh("G_" + obj.Name())
	return f.labels[obj]
}
