package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (f *fn) assign(s *ast.AssignStmt) {
	switch {
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
		f.update(s.Lhs[0], assignOp(s.Tok), s.Rhs[0], s)
	case len(s.Lhs) == len(s.Rhs) && len(s.Lhs) == 1:
		f.assignOne(s.Lhs[0], s.Rhs[0], s.Tok)
	case len(s.Lhs) == len(s.Rhs):
		f.assignMany(s)
	default:
		f.assignTuple(s)
	}
}

func assignOp(tok token.Token) token.Token {
	return tok - token.ADD_ASSIGN + token.ADD
}

// defined is the variable that an identifier on the left of := declares.
func (f *fn) defined(x ast.Expr, tok token.Token) types.Object {
	if id, ok := x.(*ast.Ident); ok && tok == token.DEFINE && id.Name != "_" {
		return f.src.info.Defs[id]
	}
	return nil
}

func isBlank(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && id.Name == "_"
}

func (f *fn) assignOne(lhs, rhs ast.Expr, tok token.Token) {
	if isBlank(lhs) {
		t := f.typeOf(rhs)
		if f.src.info.Types[ast.Unparen(rhs)].IsNil() {
			return
		}
		f.discard(f.as(rhs, types.Default(t)), types.Default(t))
		return
	}
	if obj := f.defined(lhs, tok); obj != nil {
		t := f.subst(obj.Type())
		f.define(obj, f.assigned(rhs, t), t)
		return
	}
	p := f.place(lhs, calls(f.src.info, rhs))
	variable := ""
	if len(p.checks) == 0 && !p.broken && !p.isMap {
		variable = p.text
	}
	v := f.assignedTo(variable, rhs, p.t)
	if variable != "" && v.s == variable {
		return
	}
	if len(p.checks) > 0 || p.broken {
		v = f.keep(v, p.t)
	}
	f.storePlace(p, v)
}

func (f *fn) assignMany(s *ast.AssignStmt) {
	n := len(s.Lhs)
	places := make([]lvalue, n)
	ts := make([]types.Type, n)
	objs := make([]types.Object, n)
	for i, x := range s.Lhs {
		switch obj := f.defined(x, s.Tok); {
		case obj != nil:
			objs[i], ts[i] = obj, f.subst(obj.Type())
		case isBlank(x):
			places[i].blank = true
			ts[i] = types.Default(f.typeOf(s.Rhs[i]))
		default:
			places[i] = f.place(x, true)
			ts[i] = places[i].t
		}
	}
	vals := f.list(s.Rhs, ts)
	for i := range vals {
		if !vals[i].fixed {
			vals[i] = f.keep(vals[i], ts[i])
		}
	}
	for i, v := range vals {
		switch {
		case objs[i] != nil:
			f.define(objs[i], v, ts[i])
		case places[i].blank:
		default:
			f.storePlace(places[i], v)
		}
	}
}

// assignTuple stores the values of a call, or of a comma-ok form.
func (f *fn) assignTuple(s *ast.AssignStmt) {
	places := make([]lvalue, len(s.Lhs))
	for i, x := range s.Lhs {
		if f.defined(x, s.Tok) == nil {
			places[i] = lvalue{blank: true}
			if !isBlank(x) {
				places[i] = f.place(x, true)
			}
		}
	}
	vals, ts := f.tuple(s.Rhs[0], len(s.Lhs))
	for i, x := range s.Lhs {
		if obj := f.defined(x, s.Tok); obj != nil {
			t := f.subst(obj.Type())
			f.define(obj, f.conv(vals[i], ts[i], t), t)
			continue
		}
		if places[i].blank {
			continue
		}
		f.storePlace(places[i], f.conv(vals[i], ts[i], places[i].t))
	}
}

// tuple evaluates an expression that gives n values.
func (f *fn) tuple(x ast.Expr, n int) ([]val, []types.Type) {
	x = ast.Unparen(x)
	boolean := types.Typ[types.Bool]
	switch x := x.(type) {
	case *ast.CallExpr:
		return f.callTuple(x)
	case *ast.IndexExpr:
		t := f.typeOf(x.X)
		m := core(t).(*types.Map)
		vals := f.ordered([]types.Type{f.unpackedType(t), m.Key()}, func() val { return f.under(x.X) }, func() val { return f.as(x.Index, m.Key()) })
		v, ok := f.temp("v"), f.temp("ok")
		f.emit("%s, %s := %s[%s]", v, ok, vals[0].operand(), f.mapKey(vals[1], m.Key()).s)
		return []val{temp(v), temp(ok)}, []types.Type{m.Elem(), boolean}
	case *ast.TypeAssertExpr:
		from, to := f.typeOf(x.X), f.typeOf(x.Type)
		v := f.keep(f.value(x.X), from)
		r, ok := f.assertion(v, from, to)
		return []val{r, temp(ok)}, []types.Type{to, boolean}
	case *ast.UnaryExpr:
		ct := f.typeOf(x.X)
		c := f.under(x.X)
		v, ok := f.temp("v"), f.temp("ok")
		elem := core(ct).(*types.Chan).Elem()
		f.emit("var %s %s", v, f.rep(elem))
		f.emit("%s := rt.Receive(%s, &%s)", ok, c.operand(), v)
		f.effects++
		return []val{temp(v), temp(ok)}, []types.Type{elem, boolean}
	}
	panic("lower: tuple")
}

// update is x op= y; y is nil for ++ and --.
func (f *fn) update(x ast.Expr, op token.Token, y ast.Expr, at ast.Node) {
	hold := y != nil && calls(f.src.info, y)
	_, plain := ast.Unparen(x).(*ast.Ident)
	p := f.place(x, hold)
	b, _ := core(p.t).(*types.Basic)
	checks := p.checks
	p.checks = nil
	if y == nil {
		f.lines = append(f.lines, checks...)
		if plain && b.Info()&types.IsComplex == 0 {
			f.emit("%s%s%s", p.text, op, op)
			return
		}
		f.storePlace(p, f.arith(op, val{s: p.text, atom: true}, f.one(p.t), p.t, at))
		return
	}
	cur := val{s: p.text, atom: len(p.text) > 0 && p.text[0] != '*'}
	if !hold {
		f.lines = append(f.lines, checks...)
	} else {
		p.checks = checks
	}
	if op == token.SHL || op == token.SHR {
		f.storePlace(p, f.shift(op, cur, p.t, y, at))
		return
	}
	v := f.as(y, p.t)
	f.lines = append(f.lines, p.checks...)
	p.checks = nil
	switch {
	case plain && b.Info()&types.IsComplex == 0 && (op == token.ADD || op == token.SUB || op == token.MUL || b.Info()&types.IsFloat != 0 && v.s != "0.0"):
		f.emit("%s %s= %s", p.text, op, v.s)
	default:
		f.storePlace(p, f.arith(op, cur, v, p.t, at))
	}
}

func (f *fn) one(t types.Type) val {
	rep := f.rep(t)
	b := core(t).(*types.Basic)
	switch {
	case b.Info()&types.IsFloat != 0:
		return literal(convText(rep, "float64", "1.0"))
	case b.Info()&types.IsComplex != 0:
		r := f.temp("c")
		f.emit("%s := %s(rt.Complex(1.0, 0.0))", r, rep)
		return temp(r)
	}
	return literal(convText(rep, "int", "1"))
}
