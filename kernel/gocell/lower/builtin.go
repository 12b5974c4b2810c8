package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// builtinCall is a call of a builtin that gives a value.
func (f *fn) builtinCall(b string, x *ast.CallExpr) val {
	if len(x.Args) == 1 && !f.src.info.Types[x.Args[0]].IsType() {
		if tuple, ok := f.typeOf(x.Args[0]).(*types.Tuple); ok {
			call := *x
			call.Args = f.give(f.tuple(x.Args[0], tuple.Len()))
			f.src.info.Types[&call] = f.src.info.Types[x]
			return f.builtinCall(b, &call)
		}
	}
	switch b {
	case "len", "cap":
		t := f.typeOf(x.Args[0])
		if p, ok := core(t).(*types.Pointer); ok {
			f.discard(f.value(x.Args[0]), t)
			return literal(fmt.Sprint(core(p.Elem()).(*types.Array).Len()))
		}
		if a, ok := core(t).(*types.Array); ok {
			f.discard(f.value(x.Args[0]), t)
			return literal(fmt.Sprint(a.Len()))
		}
		v := f.under(x.Args[0])
		return val{s: b + "(" + f.keepLiteral(v, t).s + ")", stable: false, atom: true}
	case "append":
		return f.appendCall(x)
	case "copy":
		return f.copyCall(x)
	case "make":
		return f.makeCall(x)
	case "new":
		if tv := f.src.info.Types[x.Args[0]]; !tv.IsType() {
			t := types.Default(f.typeOf(x.Args[0]))
			if p, ok := core(f.typeOf(x)).(*types.Pointer); ok {
				t = p.Elem()
			}
			v := f.as(x.Args[0], t)
			p := f.temp("p")
			f.emit("%s := new(%s)", p, f.rep(t))
			f.emit("*%s = %s", p, v.s)
			return temp(p)
		}
		p := f.temp("p")
		f.emit("%s := new(%s)", p, f.rep(f.typeOf(x.Args[0])))
		return temp(p)
	case "min", "max":
		return f.minMax(b, x)
	case "complex":
		t := f.typeOf(x)
		part := types.Typ[types.Float64]
		if f.rep(t) == "complex64" {
			part = types.Typ[types.Float32]
		}
		vals := f.list(x.Args[:2], []types.Type{part, part})
		r := f.temp("c")
		f.emit("%s := rt.Complex(float64(%s), float64(%s))", r, vals[0].s, vals[1].s)
		if f.rep(t) == "complex64" {
			q := f.temp("c")
			f.emit("%s := complex64(%s)", q, r)
			r = q
		}
		return temp(r)
	case "real", "imag":
		t := f.typeOf(x.Args[0])
		if isUntyped(t) {
			t = types.Typ[types.Complex128]
		}
		v := f.keep(f.as(x.Args[0], t), t)
		name := map[string]string{"real": "rt.Real", "imag": "rt.Imag"}[b]
		r := f.temp("")
		f.emit("%s := %s(complex128(%s))", r, name, v.s)
		if f.rep(f.typeOf(x)) == "float32" {
			return val{s: "float32(" + r + ")", stable: true, atom: true}
		}
		return temp(r)
	case "recover":
		if f.token == "" {
			return literal("interface{}(nil)")
		}
		r := f.temp("")
		f.emit("%s := rt.Recover(%s)", r, f.token)
		f.effects++
		return temp(r)
	}
	f.builtinStmt(b, x)
	return literal("nil")
}

func (f *fn) keepLiteral(v val, t types.Type) val {
	if isLiteralText(v.s) {
		return f.variable(v, t)
	}
	return v
}

// builtinParam is the type that an argument of a builtin is converted to.
func (f *fn) builtinParam(b string, x *ast.CallExpr, i int) types.Type {
	switch b {
	case "panic":
		return types.Universe.Lookup("any").Type()
	case "delete":
		if i == 1 {
			return core(f.typeOf(x.Args[0])).(*types.Map).Key()
		}
	}
	return types.Default(f.typeOf(x.Args[i]))
}

func (f *fn) builtinStmt(b string, x *ast.CallExpr) {
	switch b {
	case "append", "len", "cap", "make", "new", "min", "max", "complex", "real", "imag", "copy", "recover":
		f.discard(f.builtinCall(b, x), f.typeOf(x))
		return
	}
	var evals []func() val
	var ts []types.Type
	if len(x.Args) == 1 {
		if tuple, ok := f.typeOf(x.Args[0]).(*types.Tuple); ok {
			vals, ts := f.tuple(x.Args[0], tuple.Len())
			f.builtinOn(b, x, vals, ts)
			return
		}
	}
	for i, a := range x.Args {
		t := f.builtinParam(b, x, i)
		ts = append(ts, t)
		evals = append(evals, func() val { return f.as(a, t) })
	}
	f.builtinOn(b, x, f.ordered(ts, evals...), ts)
}

// builtinOn emits a builtin without a value on operands.
func (f *fn) builtinOn(b string, x *ast.CallExpr, vals []val, ts []types.Type) {
	f.effects++
	switch b {
	case "panic":
		f.emit("rt.Panic(%s, %s)", f.keep(vals[0], ts[0]).s, f.where(x))
		if f.results != nil {
			// yaegi wants to see that the function ends here.
			f.emit(`panic("unreachable")`)
		}
	case "print", "println":
		var args []string
		anyType := types.Universe.Lookup("any").Type()
		for i, v := range vals {
			v = f.keep(v, ts[i])
			if isInterface(ts[i]) {
				args = append(args, fmt.Sprintf("rt.Eface(%s)", f.conv(v, ts[i], anyType).s))
				continue
			}
			args = append(args, v.s)
		}
		name := map[string]string{"print": "rt.Print", "println": "rt.Println"}[b]
		f.emit("%s([]interface{}{%s}...)", name, joinComma(args))
	case "close":
		c := f.unpack(vals[0], ts[0])
		f.emit("close(%s)", f.keepName(c, ts[0].Underlying()).s)
	case "delete":
		m := f.unpack(vals[0], ts[0])
		f.emit("delete(%s, %s)", f.keepName(m, ts[0].Underlying()).s, f.keep(vals[1], ts[1]).s)
	case "clear":
		v := f.keepName(f.unpack(vals[0], ts[0]), ts[0].Underlying())
		f.emit("rt.Clear(%s)", v.s)
	case "copy":
		f.emit("copy(%s, %s)", vals[0].s, vals[1].s)
	default:
		panic("lower: builtin " + b)
	}
}

func (f *fn) appendCall(x *ast.CallExpr) val {
	t := f.typeOf(x)
	if isUntyped(t) {
		t = f.typeOf(x.Args[0])
	}
	slice := core(t).(*types.Slice)
	if x.Ellipsis.IsValid() {
		st := f.typeOf(x.Args[1])
		if tv := f.src.info.Types[x.Args[1]]; tv.IsNil() {
			return f.as(x.Args[0], t)
		}
		st = types.Default(st)
		vals := f.ordered([]types.Type{t, st}, func() val { return f.unpack(f.as(x.Args[0], t), t) }, func() val { return f.unpack(f.as(x.Args[1], st), st) })
		if b, ok := core(st).(*types.Basic); ok && b.Info()&types.IsString != 0 {
			s := f.temp("")
			f.emit("%s := []byte(%s)", s, f.keepLiteral(vals[1], st).s)
			vals[1] = temp(s)
		}
		rest := f.keepName(vals[1], st.Underlying())
		return val{s: "append(" + vals[0].s + ", " + rest.s + "...)", atom: true}
	}
	ts := []types.Type{t}
	evals := []func() val{func() val { return f.unpack(f.as(x.Args[0], t), t) }}
	for _, a := range x.Args[1:] {
		ts = append(ts, slice.Elem())
		evals = append(evals, func() val { return f.as(a, slice.Elem()) })
	}
	vals := f.ordered(ts, evals...)
	if len(vals) == 1 {
		return vals[0]
	}
	text := "append(" + vals[0].s
	for _, v := range vals[1:] {
		if !(v.atom && v.stable) || isInterface(slice.Elem()) {
			v = f.keep(v, slice.Elem())
		}
		text += ", " + v.s
	}
	return val{s: text + ")", atom: true}
}

func (f *fn) copyCall(x *ast.CallExpr) val {
	dt, st := f.typeOf(x.Args[0]), types.Default(f.typeOf(x.Args[1]))
	vals := f.ordered([]types.Type{dt, st}, func() val { return f.under(x.Args[0]) }, func() val { return f.unpack(f.as(x.Args[1], st), st) })
	if b, ok := core(st).(*types.Basic); ok && b.Info()&types.IsString != 0 {
		s := f.temp("")
		f.emit("%s := []byte(%s)", s, f.keepLiteral(vals[1], st).s)
		vals[1] = temp(s)
	}
	n := f.temp("n")
	f.emit("%s := copy(%s, %s)", n, f.keepName(vals[0], dt.Underlying()).s, f.keepName(vals[1], st.Underlying()).s)
	f.effects++
	return temp(n)
}

func (f *fn) makeCall(x *ast.CallExpr) val {
	t := f.typeOf(x.Args[0])
	rep := f.rep(t.Underlying())
	var evals []func() val
	var ts []types.Type
	for _, a := range x.Args[1:] {
		it := f.indexType(a)
		ts = append(ts, it)
		evals = append(evals, func() val { return f.as(a, it) })
	}
	vals := f.ordered(ts, evals...)
	texts := []string{}
	for i, v := range vals {
		if f.rep(ts[i]) != "int" {
			v = f.keepName(v, ts[i])
			n := f.temp("n")
			f.emit("%s := rt.Size(%s)", n, v.s)
			v = temp(n)
		} else if !isLiteralText(v.s) {
			v = f.keepName(v, ts[i])
		}
		texts = append(texts, v.s)
	}
	switch core(t).(type) {
	case *types.Slice:
		limit := texts[0]
		if len(texts) == 2 {
			limit = texts[1]
		}
		if !isLiteralText(texts[0]) || !isLiteralText(limit) {
			f.emit("if %s < 0 || %s < %s || %s > 1<<40 {", texts[0], limit, texts[0], limit)
			f.emit("rt.PanicMake(\"slice\", %s, %s, %s)", texts[0], limit, f.where(x))
			f.emit("}")
		}
	case *types.Chan:
		if len(texts) == 1 && !isLiteralText(texts[0]) {
			f.emit("if %s < 0 {", texts[0])
			f.emit("rt.PanicMake(\"chan\", %s, %s, %s)", texts[0], texts[0], f.where(x))
			f.emit("}")
		}
		rep = "chan " + parenthesizeChan(f.rep(core(t).(*types.Chan).Elem()))
	case *types.Map:
		texts = nil
	}
	text := "make(" + joinComma(append([]string{rep}, texts...)) + ")"
	if c, ok := core(t).(*types.Chan); ok && c.Dir() != types.SendRecv {
		return f.viaVariable(val{s: text}, t)
	}
	return val{s: text, atom: true, stable: true}
}

func (f *fn) minMax(b string, x *ast.CallExpr) val {
	t := f.typeOf(x)
	if isUntyped(t) {
		t = types.Default(t)
	}
	ts := make([]types.Type, len(x.Args))
	for i := range ts {
		ts[i] = t
	}
	vals := f.list(x.Args, ts)
	r := f.temp("m")
	f.emit("%s := %s", r, vals[0].s)
	basic := core(t).(*types.Basic)
	for _, v := range vals[1:] {
		v = f.keepName(v, t)
		if basic.Info()&types.IsFloat != 0 {
			name := map[string]string{"min": "rt.Min", "max": "rt.Max"}[b]
			q := f.temp("m")
			f.emit("%s := %s(float64(%s), float64(%s))", q, name, r, v.s)
			f.emit("%s = %s", r, convText(f.rep(t), "float64", q))
			continue
		}
		op := map[string]token.Token{"min": token.LSS, "max": token.GTR}[b]
		f.emit("if %s %s %s {", v.s, op, r)
		f.emit("%s = %s", r, v.s)
		f.emit("}")
	}
	return temp(r)
}
