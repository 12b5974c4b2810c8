package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// conv converts a value for assignment from one type to another.
func (f *fn) conv(v val, from, to types.Type) val {
	if to == nil || from == nil || types.Identical(from, to) {
		return v
	}
	if !isInterface(to) {
		return f.convertRecursive(v, from, to)
	}
	if b, ok := from.(*types.Basic); ok {
		if b.Kind() == types.UntypedNil {
			return literal(f.zero(to))
		}
		from = types.Default(from)
	}
	if isInterface(from) {
		return f.convInterface(v, from, to)
	}
	if f.compiledInterface(to) {
		if f.native(from) || f.nativeMethods(from) {
			return v
		}
		return f.adapt(v, from, to)
	}
	return f.box(v, from)
}

// nativeMethods says whether a type's methods are those of its reflect type.
func (f *fn) nativeMethods(t types.Type) bool { return f.native(t) }

// convertRecursive converts between a recursive type and its underlying type.
func (f *fn) convertRecursive(v val, from, to types.Type) val {
	if isInterface(from) || f.isRecursive(from) == f.isRecursive(to) {
		return v
	}
	if f.isRecursive(from) {
		return f.unpack(v, from)
	}
	r := f.temp("x")
	f.blank(r, types.Universe.Lookup("any").Type())
	f.emit("%s = %s", r, v.s)
	return temp(r)
}

// convInterface converts one interface to another that it implements.
func (f *fn) convInterface(v val, from, to types.Type) val {
	if v.s == f.zero(from) {
		return literal(f.zero(to))
	}
	switch fc, tc := f.compiledInterface(from), f.compiledInterface(to); {
	case !fc && !tc:
		return v
	case fc && !tc:
		r := f.temp("x")
		f.blank(r, to)
		v = f.keepName(v, from)
		f.emit("if %s != nil {", v.s)
		if isErrorType(from) {
			f.emit("%s = %s", r, v.s)
		} else {
			f.emit("%s = rt.Plain(%s)", r, v.s)
		}
		f.emit("}")
		return temp(r)
	case fc && tc:
		r := f.temp("x")
		f.blank(r, to)
		v = f.keepName(v, from)
		f.emit("if %s != nil {", v.s)
		f.emit("%s = %s", r, v.s)
		f.emit("}")
		return temp(r)
	}
	r := f.temp("x")
	v = f.keepName(v, from)
	f.blank(r, to)
	f.emit("if %s != nil {", v.s)
	q := f.temp("x")
	f.emit("%s := rt.Adapt(%s, %q)", q, v.s, f.interfaceName(to))
	f.emit("%s = %s.(%s)", r, q, f.rep(to))
	f.emit("}")
	return temp(r)
}

func isErrorType(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

func (f *fn) interfaceName(t types.Type) string {
	obj := types.Unalias(t).(*types.Named).Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// box puts a concrete value into an interface{}.
func (f *fn) box(v val, t types.Type) val {
	v = f.solid(v, t)
	if !v.atom {
		v = f.keep(v, t) // yaegi's operators fail on an interface as destination
	}
	r := f.temp("x")
	f.blank(r, types.Universe.Lookup("any").Type())
	switch {
	case f.native(t):
		if strings.Contains(v.s, "<<") || strings.Contains(v.s, ">>") {
			// yaegi drops a shift whose result goes into an interface, and all
			// that follows.
			v = f.keep(v, t)
		}
		f.emit("%s = %s", r, v.s)
	case f.isError(t):
		f.emit("%s = rt.NewError(%s, %s)", r, f.describe(t), f.keep(v, t).s)
	default:
		v = f.keep(v, t)
		if f.hoists() {
			// yaegi builds a literal in its destination, which must have its type.
			b := f.temp("b")
			f.hoist(b, "rt.Box")
			f.emit("%s = rt.Box{%s, %s}", b, f.describe(t), v.s)
			f.emit("%s = %s", r, b)
			return temp(r)
		}
		f.emit("%s = rt.Box{%s, %s}", r, f.describe(t), v.s)
	}
	return temp(r)
}

// solid puts a nil into a variable: yaegi can't convert it where it stands.
func (f *fn) solid(v val, t types.Type) val {
	if v.s == "nil" || strings.HasSuffix(v.s, "(nil)") {
		name := f.temp("z")
		f.emit("var %s %s", name, f.rep(t))
		return temp(name)
	}
	return v
}

// adapt makes a value of an own type satisfy a compiled interface.
func (f *fn) adapt(v val, from, to types.Type) val {
	r := f.temp("x")
	f.blank(r, to)
	v = f.keep(f.solid(v, from), from)
	if isErrorType(to) {
		f.emit("%s = rt.NewError(%s, %s)", r, f.describe(from), v.s)
		return temp(r)
	}
	q, b := f.temp("x"), f.box(v, from)
	f.emit("%s := rt.Adapt(%s, %q)", q, b.s, f.interfaceName(to))
	f.emit("%s = %s.(%s)", r, q, f.rep(to))
	return temp(r)
}

// isError says whether a type has a method Error() string.
func (e *emitter) isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// conversion is T(x).
func (f *fn) conversion(x *ast.CallExpr) val {
	to := f.typeOf(x.Fun)
	arg := x.Args[0]
	tv := f.src.info.Types[ast.Unparen(arg)]
	if tv.IsNil() {
		return literal(f.zero(to))
	}
	from := f.typeOf(ast.Unparen(arg))
	if isInterface(to) {
		return f.as(arg, to)
	}
	if b, ok := core(to).(*types.Basic); ok && tv.Value != nil {
		text := b.Info()&types.IsString != 0
		if b.Info()&types.IsConstType != 0 && text == (defaultOf(tv.Value) == types.Typ[types.String]) {
			return f.constant(tv.Value, to)
		}
	}
	if isUntyped(from) {
		if tv.Value != nil {
			// A constant of a type parameter's type.
			if b, ok := core(to).(*types.Basic); ok && b.Info()&types.IsConstType != 0 && !(b.Info()&types.IsString != 0 && defaultOf(tv.Value) != types.Typ[types.String]) {
				return f.constant(tv.Value, to)
			}
			from = types.Default(from)
		} else if b, ok := core(to).(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
			return f.value(arg)
		} else if _, ok := core(to).(*types.Basic); ok {
			return f.shiftAs(arg, to)
		}
	}
	v := f.as(arg, types.Default(from))
	return f.convert(v, types.Default(from), to, x)
}

// convert is an explicit conversion between concrete types.
func (f *fn) convert(v val, from, to types.Type, at ast.Node) val {
	fr, tr := f.rep(from), f.rep(to)
	fb, _ := core(from).(*types.Basic)
	tb, _ := core(to).(*types.Basic)
	switch {
	case f.isRecursive(from) || f.isRecursive(to):
		return f.convertRecursive(v, from, to)
	case fr == tr:
		return v
	case fb != nil && tb != nil:
		v = f.keepLiteral(v, from)
		if fb.Info()&types.IsComplex != 0 {
			v = f.keepName(v, from)
		}
		switch {
		case tb.Info()&types.IsString != 0 && fb.Info()&types.IsInteger != 0:
			r := f.temp("")
			if fb.Info()&types.IsUnsigned != 0 {
				f.emit("%s := rt.RuneString(rt.Clamp(uint64(%s)))", r, v.s)
			} else {
				f.emit("%s := rt.RuneString(int64(%s))", r, v.s)
			}
			return temp(r)
		case fb.Info()&types.IsFloat != 0 && tb.Info()&types.IsInteger != 0:
			if tb.Info()&types.IsUnsigned != 0 || tr != "int" && tr != "int64" {
				return val{s: tr + "(" + v.s + ")", stable: v.stable, atom: true}
			}
		}
		return val{s: tr + "(" + v.s + ")", stable: v.stable, atom: true}
	case tb != nil && tb.Info()&types.IsString != 0:
		v = f.keepName(v, from)
		return val{s: tr + "(" + v.s + ")", atom: true}
	case fb != nil && fb.Info()&types.IsString != 0:
		v = f.keepLiteral(v, from)
		return val{s: parenthesizeType(tr) + "(" + v.s + ")", atom: true, stable: v.stable}
	}
	if s, ok := core(from).(*types.Slice); ok {
		switch u := core(to).(type) {
		case *types.Array:
			v = f.keepName(v, from)
			f.emit("if len(%s) < %d {", v.s, u.Len())
			f.emit("rt.PanicArray(len(%s), %d, %s)", v.s, u.Len(), f.where(at))
			f.emit("}")
			r := f.temp("a")
			f.emit("var %s %s", r, tr)
			f.emit("copy(%s[:], %s)", r, v.s)
			return temp(r)
		case *types.Pointer:
			n := core(u.Elem()).(*types.Array).Len()
			v = f.keepName(v, from)
			r, q := f.temp("p"), f.temp("p")
			f.emit("if len(%s) < %d {", v.s, n)
			f.emit("rt.PanicArray(len(%s), %d, %s)", v.s, n, f.where(at))
			f.emit("}")
			f.emit("%s := (%s)(nil)", r, tr)
			f.emit("%s := rt.ArrayPointer(%s, %s)", q, v.s, r)
			f.emit("%s = %s.(%s)", r, q, tr)
			_ = s
			return temp(r)
		}
	}
	if fs, ok := core(from).(*types.Struct); ok && !f.nativeStruct(to) && !f.nativeStruct(from) {
		// The same fields with other tags: field by field.
		ts := core(to).(*types.Struct)
		v = f.keep(v, from)
		parts := make([]string, fs.NumFields())
		for i := range parts {
			fv := val{s: v.s + "." + f.fieldName(fs, i), atom: true, stable: true}
			parts[i] = f.fieldName(ts, i) + ": " + f.convert(fv, fs.Field(i).Type(), ts.Field(i).Type(), at).s
		}
		return val{s: tr + "{" + joinComma(parts) + "}", atom: true, stable: true}
	}
	if _, ok := core(from).(*types.Chan); ok {
		return f.viaVariable(v, to)
	}
	if fp, ok := core(from).(*types.Pointer); ok {
		if _, ok := core(fp.Elem()).(*types.Struct); ok && fr != tr && (!f.native(from) || !f.native(to)) {
			f.unsupported(fmt.Sprintf("the conversion of %s to %s", f.displayName(from), f.displayName(to)), "convert the value, not its pointer")
		}
	}
	return val{s: parenthesizeType(tr) + "(" + v.s + ")", stable: v.stable, atom: true}
}

// viaVariable stores a value in a variable of the type.
func (f *fn) viaVariable(v val, to types.Type) val {
	r := f.temp("c")
	f.blank(r, to)
	f.emit("%s = %s", r, v.s)
	return temp(r)
}
