package lower

import (
	"go/ast"
	"go/types"
)

// typeAssert is x.(T) with one result.
func (f *fn) typeAssert(x *ast.TypeAssertExpr) val {
	from, to := f.typeOf(x.X), f.typeOf(x.Type)
	v := f.keep(f.value(x.X), from)
	r, ok := f.assertion(v, from, to)
	f.emit("if !%s {", ok)
	anyType := types.Universe.Lookup("any").Type()
	f.lines = append(f.lines, f.block(func() {
		f.emit("rt.PanicAssert(%s, %q, %s, %s)", f.conv(v, from, anyType).s, f.displayName(interfaceOf(from)), f.describe(to), f.where(x))
	})...)
	f.emit("}")
	return r
}

func interfaceOf(t types.Type) types.Type { return t }

// assertion emits the test whether an interface holds a type: the value (zero
// if not) and the name of a variable that says whether.
func (f *fn) assertion(v val, from, to types.Type) (val, string) {
	ok := f.temp("ok")
	anyType := types.Universe.Lookup("any").Type()
	if isInterface(to) {
		x := f.conv(v, from, anyType)
		r := f.temp("v")
		f.blank(r, to)
		if f.compiledInterface(to) {
			q := f.temp("x")
			f.emit("%s, %s := rt.AssertAdapt(%s, %s, %q)", q, ok, x.s, f.describe(to), f.interfaceName(to))
			f.emit("if %s {", ok)
			f.emit("%s = %s.(%s)", r, q, f.rep(to))
			f.emit("}")
			return temp(r), ok
		}
		if i := core(to).(*types.Interface); i.NumMethods() == 0 {
			f.emit("%s := %s != nil", ok, f.keepName(x, anyType).s)
			f.emit("%s = %s", r, x.s)
			return temp(r), ok
		}
		f.emit("%s := rt.Implements(%s, %s)", ok, x.s, f.describe(to))
		f.emit("if %s {", ok)
		f.emit("%s = %s", r, x.s)
		f.emit("}")
		return temp(r), ok
	}
	if f.native(to) {
		r := f.temp("v")
		rep := f.rep(to)
		if f.compiledInterface(from) && !isErrorType(from) {
			v = f.conv(v, from, anyType)
		}
		if rep == "struct{}" {
			f.emit("%s := rt.IsEmpty(%s)", ok, v.s)
			f.emit("var %s struct{}", r)
			return temp(r), ok
		}
		f.emit("%s, %s := %s.(%s)", r, ok, v.s, rep)
		return temp(r), ok
	}
	x := f.conv(v, from, anyType)
	b := f.temp("b")
	if f.isError(to) {
		f.emit("%s, %s := rt.BoxOf(%s)", b, ok, x.s)
	} else {
		f.emit("%s, %s := %s.(rt.Box)", b, ok, x.s)
	}
	r := f.temp("v")
	f.blank(r, to)
	f.emit("if %s {", ok)
	f.emit("%s = %s.T == %s", ok, b, f.describe(to))
	f.emit("}")
	f.emit("if %s {", ok)
	f.emit("%s = %s", r, f.fromBox(b, to))
	f.emit("}")
	return temp(r), ok
}

// fromBox is the value that a box holds, in the type's representation.
func (f *fn) fromBox(b string, t types.Type) string {
	rep := f.rep(t)
	if rep == "interface{}" {
		return b + ".V"
	}
	return f.fromAny(b+".V", t)
}
