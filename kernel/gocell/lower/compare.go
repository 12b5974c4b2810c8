package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

func (f *fn) comparison(x *ast.BinaryExpr) val {
	xt, yt := f.src.info.Types[x.X], f.src.info.Types[x.Y]
	if xt.IsNil() || yt.IsNil() {
		other := x.X
		if xt.IsNil() {
			other = x.Y
		}
		v := f.isNil(f.value(other), f.typeOf(other))
		if x.Op == token.NEQ {
			return f.not(v)
		}
		return v
	}
	lt, rt := f.typeOf(x.X), f.typeOf(x.Y)
	// An untyped operand takes the other's type.
	switch {
	case isUntyped(lt) && !isUntyped(rt):
		lt = rt
		if isInterface(rt) {
			lt = types.Default(f.typeOf(x.X))
		}
	case isUntyped(rt) && !isUntyped(lt):
		rt = lt
		if isInterface(lt) {
			rt = types.Default(f.typeOf(x.Y))
		}
	case isUntyped(lt) && isUntyped(rt):
		lt, rt = types.Default(lt), types.Default(rt)
		if lt != rt {
			lt = types.Default(widest(lt, rt))
			rt = lt
		}
	}
	vals := f.ordered([]types.Type{lt, rt}, func() val { return f.as(x.X, lt) }, func() val { return f.as(x.Y, rt) })
	return f.compare(x.Op, vals[0], lt, vals[1], rt)
}

func widest(a, b types.Type) types.Type {
	if a.(*types.Basic).Kind() > b.(*types.Basic).Kind() {
		return a
	}
	return b
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

func (f *fn) not(v val) val {
	if rest, ok := strings.CutSuffix(v.s, " == nil"); ok && !strings.ContainsAny(rest, " ") {
		return val{s: rest + " != nil", stable: v.stable}
	}
	return val{s: "!" + v.operand(), stable: v.stable}
}

// isNil compares a value with nil.
func (f *fn) isNil(v val, t types.Type) val {
	if isInterface(t) {
		// yaegi takes an interface that holds a nil pointer for nil where the
		// operand is an expression: a variable is compared right.
		v = f.keepName(v, t)
		return val{s: v.s + " == nil", stable: v.stable}
	}
	v = f.unpack(v, t)
	v = f.keepName(v, t.Underlying())
	return val{s: v.s + " == nil", stable: v.stable}
}

// keepName keeps a value unless it is the name of a variable.
func (f *fn) keepName(v val, t types.Type) val {
	if v.atom && !strings.ContainsAny(v.s, ".([{ ") {
		return v
	}
	return f.keep(val{s: v.s}, t)
}

// compare is x op y, for operands of comparable types that may be interfaces.
func (f *fn) compare(op token.Token, a val, at types.Type, b val, bt types.Type) val {
	ai, bi := isInterface(at), isInterface(bt)
	stable := a.stable && b.stable
	if ai || bi {
		anyType := types.Universe.Lookup("any").Type()
		a, b = f.keep(f.conv(a, at, anyType), anyType), f.keep(f.conv(b, bt, anyType), anyType)
		return f.equalCall(op, a, b)
	}
	switch u := core(at).(type) {
	case *types.Struct, *types.Array:
		a, b = f.keep(a, at), f.keep(b, bt)
		if f.hasBlank(at) {
			return f.compareFields(op, a, b, at)
		}
		return f.equalCall(op, a, b)
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 {
			return f.equalCall(op, f.keep(a, at), f.keep(b, bt))
		}
		if a.fixed && b.fixed && isLiteralText(a.s) && isLiteralText(b.s) {
			a = f.variable(a, at)
		}
		if isBoolText(a.s) {
			a, b = b, a
		}
		if isBoolText(b.s) {
			if (b.s == "true") == (op == token.EQL) {
				return a
			}
			return f.not(a)
		}
	case *types.Chan, *types.Pointer:
		// Types that differ only in a channel's direction or a name.
		if f.rep(at) != f.rep(bt) {
			return f.equalCall(op, f.keep(a, at), f.keep(b, bt))
		}
	}
	return val{s: a.operand() + " " + op.String() + " " + b.operand(), stable: stable}
}

func isBoolText(s string) bool { return s == "true" || s == "false" }

// equalCall compares two values held as interface{}.
func (f *fn) equalCall(op token.Token, a, b val) val {
	r := f.temp("eq")
	if a.s == "interface{}(nil)" {
		a.s = "nil"
	}
	if b.s == "interface{}(nil)" {
		b.s = "nil"
	}
	f.emit("%s := rt.Equal(%s, %s)", r, a.s, b.s)
	if op == token.NEQ {
		return val{s: "!" + r, stable: true}
	}
	return temp(r)
}

// hasBlank says whether a type has fields that comparison leaves out.
func (f *fn) hasBlank(t types.Type) bool {
	switch u := core(t).(type) {
	case *types.Struct:
		if f.nativeStruct(t) {
			return false
		}
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" || f.hasBlank(u.Field(i).Type()) {
				return true
			}
		}
	case *types.Array:
		return f.hasBlank(u.Elem())
	}
	return false
}

func (f *fn) compareFields(op token.Token, a, b val, t types.Type) val {
	r := f.temp("eq")
	f.emit("%s := true", r)
	both := func(x, y val, t types.Type) {
		f.emit("if %s {", r)
		f.lines = append(f.lines, f.block(func() { f.emit("%s = %s", r, f.compare(token.EQL, x, t, y, t).s) })...)
		f.emit("}")
	}
	switch u := core(t).(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" {
				continue
			}
			name := "." + f.fieldName(u, i)
			both(val{s: a.s + name, atom: true}, val{s: b.s + name, atom: true}, u.Field(i).Type())
		}
	case *types.Array:
		for i := range u.Len() {
			at := "[" + strconv.FormatInt(i, 10) + "]"
			both(val{s: a.s + at, atom: true}, val{s: b.s + at, atom: true}, u.Elem())
		}
	}
	if op == token.NEQ {
		return val{s: "!" + r, stable: true}
	}
	return temp(r)
}

// shift is x << y or x >> y in the type of x.
func (f *fn) shift(op token.Token, a val, t types.Type, y ast.Expr, at ast.Node) val {
	yt := f.typeOf(y)
	if isUntyped(yt) {
		yt = types.Typ[types.Uint]
	}
	mark, before := len(f.lines), f.effects
	c := f.as(y, yt)
	if f.effects != before && !a.stable {
		tail := append([]string(nil), f.lines[mark:]...)
		f.lines = f.lines[:mark]
		a = f.keep(a, t)
		f.lines = append(f.lines, tail...)
	}
	if isUntyped(t) {
		t = types.Default(t)
	}
	if isLiteralText(a.s) || strings.HasSuffix(a.s, ")") {
		a = f.variable(a, t)
	}
	if tv := f.src.info.Types[y]; tv.Value != nil {
		n, _ := constantInt(tv.Value)
		if n < 0 || n > 1<<20 {
			n = 1 << 20
		}
		return val{s: a.operand() + " " + op.String() + " uint(" + strconv.FormatInt(n, 10) + ")", stable: a.stable}
	}
	if core(yt).(*types.Basic).Info()&types.IsUnsigned == 0 {
		c = f.keepName(c, yt)
		f.emit("if %s < 0 {", c.s)
		f.emit("rt.PanicShift(%s)", f.where(at))
		f.emit("}")
	}
	return val{s: a.operand() + " " + op.String() + " uint(" + c.s + ")", stable: a.stable && c.stable}
}

// shiftAs evaluates an untyped expression that is not constant, a shift with a
// variable count, as the type that its context gives it.
func (f *fn) shiftAs(x ast.Expr, to types.Type) val {
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.SHL || x.Op == token.SHR {
			return f.shift(x.Op, f.as(x.X, to), to, x.Y, x)
		}
		vals := f.ordered([]types.Type{to, to}, func() val { return f.as(x.X, to) }, func() val { return f.as(x.Y, to) })
		return f.arith(x.Op, vals[0], vals[1], to, x)
	case *ast.UnaryExpr:
		v := f.as(x.X, to)
		return val{s: x.Op.String() + v.operand(), stable: v.stable}
	}
	return f.value(x)
}
