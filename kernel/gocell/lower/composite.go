package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// composite evaluates a composite literal.
func (f *fn) composite(x *ast.CompositeLit) val {
	t := f.typeOf(x)
	if p, ok := core(t).(*types.Pointer); ok { // elided &T in a literal
		inner := *x
		return f.pointerTo(f.compositeOf(&inner, p.Elem()), p.Elem())
	}
	return f.compositeOf(x, t)
}

func (f *fn) pointerTo(v val, t types.Type) val {
	name := f.temp("p")
	if _, ok := core(t).(*types.Struct); ok && strings.HasSuffix(v.s, "}") {
		f.emit("%s := &%s", name, v.s)
		return temp(name)
	}
	f.emit("%s := new(%s)", name, f.rep(t))
	f.emit("*%s = %s", name, v.s)
	return temp(name)
}

func (f *fn) compositeOf(x *ast.CompositeLit, t types.Type) val {
	rep := f.rep(t)
	if f.isRecursive(t) {
		rep = f.rep(t.Underlying())
	}
	switch u := core(t).(type) {
	case *types.Struct:
		return f.structLit(x, t, u, rep)
	case *types.Map:
		return f.mapLit(x, u, rep)
	case *types.Array:
		return f.listLit(x, u.Elem(), rep, int(u.Len()))
	case *types.Slice:
		return f.listLit(x, u.Elem(), rep, -1)
	}
	panic(fmt.Sprintf("lower: literal of %s", t))
}

func (f *fn) structLit(x *ast.CompositeLit, t types.Type, u *types.Struct, rep string) val {
	var exprs []ast.Expr
	var ts []types.Type
	var names []string
	var broken []bool
	for i, el := range x.Elts {
		at := i
		value := el
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			value = kv.Value
			for j := range u.NumFields() {
				if u.Field(j).Name() == kv.Key.(*ast.Ident).Name {
					at = j
				}
			}
		}
		name := u.Field(at).Name()
		if !f.nativeStruct(t) {
			name = f.fieldName(u, at)
		}
		names = append(names, name)
		broken = append(broken, !f.nativeStruct(t) && f.isBroken(u, at))
		exprs = append(exprs, value)
		ts = append(ts, u.Field(at).Type())
	}
	vals := f.list(exprs, ts)
	parts := make([]string, len(vals))
	for i, v := range vals {
		if broken[i] && v.s == f.zero(ts[i]) {
			v = literal("nil")
		}
		parts[i] = names[i] + ": " + f.enter(v, ts[i]).s
	}
	return val{s: rep + "{" + joinComma(parts) + "}", atom: true, stable: true}
}

// enter makes a value ready to stand in a literal or an argument list: yaegi
// wants a variable where an interface is to be stored.
func (f *fn) enter(v val, t types.Type) val {
	if isInterface(t) && !v.fixed {
		return f.keep(v, t)
	}
	return v
}

func (f *fn) mapLit(x *ast.CompositeLit, u *types.Map, rep string) val {
	var exprs []ast.Expr
	var ts []types.Type
	for _, el := range x.Elts {
		kv := el.(*ast.KeyValueExpr)
		exprs = append(exprs, kv.Key, kv.Value)
		ts = append(ts, u.Key(), u.Elem())
	}
	vals := f.list(exprs, ts)
	name := f.temp("m")
	f.emit("%s := %s{}", name, rep)
	for i := 0; i < len(vals); i += 2 {
		f.emit("%s[%s] = %s", name, f.mapKey(vals[i], u.Key()).s, vals[i+1].s)
	}
	return temp(name)
}

func (f *fn) listLit(x *ast.CompositeLit, elem types.Type, rep string, n int) val {
	var exprs []ast.Expr
	var at []int
	next, top := 0, 0
	keyed := false
	for _, el := range x.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			i, _ := constantInt(f.src.info.Types[kv.Key].Value)
			if int(i) != next {
				keyed = true
			}
			next = int(i)
			el = kv.Value
		}
		exprs = append(exprs, el)
		at = append(at, next)
		next++
		top = max(top, next)
	}
	ts := make([]types.Type, len(exprs))
	for i := range ts {
		ts[i] = elem
	}
	vals := f.list(exprs, ts)
	if !keyed {
		parts := make([]string, len(vals))
		for i, v := range vals {
			parts[i] = f.enter(v, elem).s
		}
		return val{s: rep + "{" + joinComma(parts) + "}", atom: true, stable: true}
	}
	name := f.temp("l")
	if n >= 0 {
		f.emit("var %s %s", name, rep)
	} else {
		f.emit("%s := make(%s, %d)", name, rep, top)
	}
	for i, v := range vals {
		f.emit("%s[%d] = %s", name, at[i], v.s)
	}
	return temp(name)
}
