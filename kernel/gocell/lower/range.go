package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// core is the type whose operations a value has.
func core(t types.Type) types.Type { return t.Underlying() }

// loopVar is a variable that a range statement sets.
type loopVar struct {
	expr ast.Expr
	obj  types.Object // when the statement declares it
	t    types.Type
}

func (f *fn) loopVar(s *ast.RangeStmt, x ast.Expr) *loopVar {
	if x == nil {
		return nil
	}
	if id, ok := x.(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		if s.Tok == token.DEFINE {
			if obj := f.src.info.Defs[id]; obj != nil {
				return &loopVar{obj: obj, t: f.subst(obj.Type())}
			}
		}
	}
	return &loopVar{expr: x, t: f.typeOf(x)}
}

// set stores a value into a range variable at the start of an iteration.
func (f *fn) setLoopVar(v *loopVar, text string, t types.Type) {
	if v == nil {
		return
	}
	x := f.conv(val{s: text, atom: true}, t, v.t)
	if v.obj != nil {
		f.define(v.obj, x, v.t)
		return
	}
	f.store(v.expr, func(types.Type) val { return x })
}

// setLoopVars stores the key and the value of an iteration: at once, where the
// statement assigns to places.
func (f *fn) setLoopVars(key *loopVar, k string, kt types.Type, value *loopVar, v string, vt types.Type) {
	if key == nil || value == nil || key.obj != nil || value.obj != nil {
		f.setLoopVar(key, k, kt)
		f.setLoopVar(value, v, vt)
		return
	}
	kp, vp := f.place(key.expr, true), f.place(value.expr, true)
	kv := f.keep(f.conv(val{s: k, atom: true}, kt, key.t), key.t)
	vv := f.keep(f.conv(val{s: v, atom: true}, vt, value.t), value.t)
	f.storePlace(kp, kv)
	f.storePlace(vp, vv)
}

func (f *fn) rangeStmt(s *ast.RangeStmt, label types.Object) {
	t := f.typeOf(s.X)
	key, value := f.loopVar(s, s.Key), f.loopVar(s, s.Value)
	target := &target{obj: label}
	switch u := core(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			f.rangeString(s, target, key, value)
		} else {
			f.rangeInt(s, target, key)
		}
	case *types.Slice:
		x := f.keep(f.hold(f.under(s.X)), t)
		f.rangeIndex(s, target, key, value, x.s, u.Elem())
	case *types.Array:
		f.rangeArray(s, target, key, value, u)
	case *types.Pointer:
		arr := u.Elem().Underlying().(*types.Array)
		x := f.keep(f.value(s.X), t)
		if value != nil {
			f.nonNil(x.s, s.X)
		}
		f.rangeLen(s, target, key, value, fmt.Sprint(arr.Len()), "(*"+x.s+")", arr.Elem())
	case *types.Map:
		f.rangeMap(s, target, key, value, u)
	case *types.Chan:
		x := f.keep(f.under(s.X), t)
		f.loop(target, func() string {
			v, ok := f.temp("v"), f.temp("ok")
			f.emit("var %s %s", v, f.rep(u.Elem()))
			f.emit("%s := rt.Receive(%s, &%s)", ok, x.s, v)
			f.effects++
			f.emit("if !%s {", ok)
			f.emit("break")
			f.emit("}")
			f.setLoopVar(key, v, u.Elem())
			f.stmts(s.Body.List)
			return "for"
		})
	case *types.Signature:
		f.rangeFunc(s, target, key, value, u)
	default:
		panic(fmt.Sprintf("lower: range over %s", t))
	}
}

// hold makes a value one that later statements can't change, if it is a
// variable; other texts are kept by the caller.
func (f *fn) hold(v val) val {
	v.fixed = v.fixed && v.stable
	return v
}

func (f *fn) rangeInt(s *ast.RangeStmt, t *target, key *loopVar) {
	xt := types.Default(f.typeOf(s.X))
	if key != nil {
		xt = key.t
	}
	n := f.keep(f.as(s.X, xt), xt)
	i, own := f.counter(key)
	rep := f.rep(xt)
	f.loop(t, func() string {
		if !own {
			f.setLoopVar(key, i, xt)
		}
		f.stmts(s.Body.List)
		return fmt.Sprintf("for %s := %s; %s < %s; %s++", i, convText(rep, "int", "0"), i, n.s, i)
	})
}

func (f *fn) rangeIndex(s *ast.RangeStmt, t *target, key, value *loopVar, x string, elem types.Type) {
	n := f.temp("n")
	f.emit("%s := len(%s)", n, x)
	f.rangeLen(s, t, key, value, n, x, elem)
}

// counter is the variable that counts a loop: the statement's own where its
// iterations can share it.
func (f *fn) counter(key *loopVar) (name string, own bool) {
	if key == nil || key.obj == nil || f.isGlobal(key.obj) || f.analysis.shared[key.obj] || f.analysis.assigned[key.obj] {
		return f.temp("i"), false
	}
	return f.varName(key.obj), true
}

// rangeLen loops over the indices below n of x.
func (f *fn) rangeLen(s *ast.RangeStmt, t *target, key, value *loopVar, n, x string, elem types.Type) {
	i, own := f.counter(key)
	f.loop(t, func() string {
		if own {
			f.setLoopVar(value, x+"["+i+"]", elem)
		} else {
			f.setLoopVars(key, i, types.Typ[types.Int], value, x+"["+i+"]", elem)
		}
		f.stmts(s.Body.List)
		return fmt.Sprintf("for %s := 0; %s < %s; %s++", i, i, n, i)
	})
}

func (f *fn) rangeArray(s *ast.RangeStmt, t *target, key, value *loopVar, u *types.Array) {
	n := fmt.Sprint(u.Len())
	if value == nil {
		if calls(f.src.info, s.X) {
			f.discard(f.value(s.X), f.typeOf(s.X))
		}
		f.rangeLen(s, t, key, nil, n, "", nil)
		return
	}
	x := f.keep(f.value(s.X), f.typeOf(s.X)) // a copy
	f.rangeLen(s, t, key, value, n, x.s, u.Elem())
}

func (f *fn) rangeString(s *ast.RangeStmt, t *target, key, value *loopVar) {
	x := f.keep(f.value(s.X), f.typeOf(s.X))
	i, w, r := f.temp("i"), f.temp("w"), f.temp("c")
	f.emit("%s := 0", w)
	f.loop(t, func() string {
		f.emit("%s := rune(%s[%s])", r, x.s, i)
		f.emit("%s = 1", w)
		f.emit("if %s >= rune(128) {", r)
		f.emit("%s, %s = rt.DecodeRune(%s, %s)", r, w, x.s, i)
		f.emit("}")
		f.setLoopVars(key, i, types.Typ[types.Int], value, r, types.Typ[types.Rune])
		f.stmts(s.Body.List)
		return fmt.Sprintf("for %s := 0; %s < len(%s); %s += %s", i, i, x.s, i, w)
	})
}

func (f *fn) rangeMap(s *ast.RangeStmt, t *target, key, value *loopVar, u *types.Map) {
	x := f.keep(f.under(s.X), f.typeOf(s.X))
	k, v := f.temp("k"), f.temp("v")
	f.loop(t, func() string {
		f.setLoopVars(key, k, u.Key(), value, v, u.Elem())
		f.stmts(s.Body.List)
		switch {
		case value != nil:
			return fmt.Sprintf("for %s, %s := range %s", k, v, x.s)
		case key != nil:
			return fmt.Sprintf("for %s := range %s", k, x.s)
		}
		return fmt.Sprintf("for %s := range %s", k, x.s)
	})
}

// rangeFunc runs the body as the function that the iterator calls. The ways
// out of the body go through a variable: 0 goes on, -1 ended, and a number for
// each jump that leaves further.
func (f *fn) rangeFunc(s *ast.RangeStmt, t *target, key, value *loopVar, u *types.Signature) {
	fun := f.keep(f.under(s.X), f.typeOf(s.X))
	yield := u.Params().At(0).Type().Underlying().(*types.Signature)
	state := f.temp("s")
	done := f.temp("done")
	f.emit("%s := 0", state)
	f.emit("%s := 0", done)
	t.loop, t.yield = true, state
	var params []string
	vars := []*loopVar{key, value}
	f.targets = append(f.targets, t)
	loops := f.loops
	f.loops = 0
	f.analysisRangeReturn(s)
	body := f.block(func() {
		f.emit("if %s != 0 {", done)
		f.emit("rt.PanicYield(%s, %s)", done, f.where(s))
		f.emit("}")
		f.emit("%s = 1", done)
		for i := range yield.Params().Len() {
			p := f.temp("y")
			pt := yield.Params().At(i).Type()
			params = append(params, p+" "+f.rep(pt))
			f.setLoopVar(vars[i], p, pt)
		}
		f.stmts(s.Body.List)
		f.emit("return true")
	})
	f.loops = loops
	f.targets = f.targets[:len(f.targets)-1]
	for i, line := range body {
		// The body may run again only after it asked for more.
		if line == "return true" {
			body[i] = done + " = 0\nreturn true"
		}
	}
	lit := fmt.Sprintf("func(%s) bool {\n%s\n}", joinComma(params), joinLines(body))
	c := f.closure(lit, types.NewSignatureType(nil, nil, nil, yield.Params(), yield.Results(), false))
	f.nonNil(fun.s, s.X)
	f.emit("%s(%s)", fun.s, c.s)
	f.effects++
	f.emit("if %s == 1 && %s == 0 {", done, state)
	f.emit("rt.PanicYield(3, %s)", f.where(s))
	f.emit("}")
	f.emit("%s = 2", done)
	for i, jump := range t.jumps {
		f.emit("if %s == %d {", state, i+1)
		f.lines = append(f.lines, f.block(jump)...)
		f.emit("}")
	}
}

// analysisRangeReturn gives the function variables for its results when the
// body of a loop over a function may return from it.
func (f *fn) analysisRangeReturn(s *ast.RangeStmt) {
	found := false
	ast.Inspect(s.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	if found {
		f.needOuts()
	}
}
