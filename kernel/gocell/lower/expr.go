package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// value evaluates an expression in its own type.
func (f *fn) value(x ast.Expr) val {
	if v, ok := f.given[x]; ok {
		return v.val
	}
	if tv, ok := f.src.info.Types[x]; ok && tv.Value != nil {
		return f.constant(tv.Value, types.Default(f.subst(tv.Type)))
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return f.value(x.X)
	case *ast.Ident:
		return f.ident(x)
	case *ast.SelectorExpr:
		return f.selector(x)
	case *ast.CallExpr:
		return f.callValue(x)
	case *ast.BinaryExpr:
		return f.binary(x)
	case *ast.UnaryExpr:
		return f.unary(x)
	case *ast.StarExpr:
		p := f.under(x.X)
		p = f.pointer(p, f.typeOf(x.X), x)
		return val{s: "*" + p.operand()}
	case *ast.IndexExpr:
		if fn := f.funcInstance(x.X); fn != nil {
			return f.funcValue(fn.obj, fn.args)
		}
		return f.index(x)
	case *ast.IndexListExpr:
		if fn := f.funcInstance(x.X); fn != nil {
			return f.funcValue(fn.obj, fn.args)
		}
	case *ast.SliceExpr:
		return f.slice(x)
	case *ast.TypeAssertExpr:
		return f.typeAssert(x)
	case *ast.CompositeLit:
		return f.composite(x)
	case *ast.FuncLit:
		return f.funcLit(x)
	}
	panic(fmt.Sprintf("lower: %s: expression %T", f.src.fset.Position(x.Pos()), x))
}

// as evaluates an expression as it is assigned to a type.
func (f *fn) as(x ast.Expr, to types.Type) val {
	x = ast.Unparen(x)
	if v, ok := f.given[x]; ok {
		return f.conv(v.val, v.t, to)
	}
	tv := f.src.info.Types[x]
	if tv.IsNil() {
		return literal(f.zero(to))
	}
	from := f.subst(tv.Type)
	if tv.Value != nil {
		if !isInterface(to) {
			return f.constant(tv.Value, to)
		}
		from = types.Default(from)
		return f.conv(f.constant(tv.Value, from), from, to)
	}
	if b, ok := from.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		from = types.Default(from)
		if b.Kind() == types.UntypedBool && !isInterface(to) {
			from = to
		} else if !isInterface(to) {
			return f.shiftAs(x, to)
		}
	}
	return f.conv(f.value(x), from, to)
}

// under evaluates an expression whose underlying type's operations follow.
func (f *fn) under(x ast.Expr) val {
	return f.unpack(f.value(x), f.typeOf(x))
}

// unpack takes a value of a recursive type out of the interface{} that holds it.
func (f *fn) unpack(v val, t types.Type) val {
	if !f.isRecursive(t) {
		return v
	}
	return val{s: f.unpacked(v.s, f.rep(t.Underlying())), atom: true}
}

// unpackedType is the type of a value that unpack gave.
func (f *fn) unpackedType(t types.Type) types.Type {
	if f.isRecursive(t) {
		return t.Underlying()
	}
	return t
}

// unpacked is the text that takes a representation out of an interface{}, which
// stands for the zero value when it is nil.
func (f *fn) unpacked(text, rep string) string {
	name, ok := f.state.key("unpack:" + rep)
	if !ok {
		name = f.state.fresh("un")
		f.state.keys["unpack:"+rep] = name
		f.funcs = append(f.funcs, fmt.Sprintf("func %s(x interface{}) %s {\nif x == nil {\nvar z %s\nreturn z\n}\nreturn x.(%s)\n}\n", name, rep, rep, rep))
	}
	return name + "(" + text + ")"
}

func (f *fn) ident(x *ast.Ident) val {
	obj := f.src.info.Uses[x]
	if obj == nil {
		obj = f.src.info.Defs[x]
	}
	switch obj := obj.(type) {
	case *types.Var:
		stable := !f.isGlobal(obj) && !f.analysis.shared[obj]
		name := f.varName(obj)
		if stable && !f.analysis.assigned[obj] {
			f.settled[name] = true
		}
		return val{s: name, stable: stable, atom: true}
	case *types.Func:
		if fn := f.funcInstance(x); fn != nil {
			return f.funcValue(fn.obj, fn.args)
		}
		return f.funcValue(obj, nil)
	case *types.Nil:
		return literal("nil")
	}
	panic(fmt.Sprintf("lower: %s: identifier %s", f.src.fset.Position(x.Pos()), x.Name))
}

// funcValue is a declared function as a value.
func (f *fn) funcValue(obj *types.Func, args []types.Type) val {
	name, compiled, sig := f.callee(obj, args)
	if compiled {
		text := f.compiledValue(name, obj.FullName(), sig)
		if text != name && !strings.HasPrefix(text, "rt.") {
			return f.closure(text, sig)
		}
		return val{s: text, stable: true, atom: true}
	}
	return f.closure(passing(f.forward(name, sig), f.pass(obj)), sig)
}

// selector evaluates x.Sel: a package's object, a field, or a method value.
func (f *fn) selector(x *ast.SelectorExpr) val {
	if id, ok := x.X.(*ast.Ident); ok {
		if _, ok := f.src.info.Uses[id].(*types.PkgName); ok {
			switch obj := f.src.info.Uses[x.Sel].(type) {
			case *types.Func:
				if fn := f.funcInstance(x); fn != nil {
					return f.funcValue(fn.obj, fn.args)
				}
				return f.funcValue(obj, nil)
			case *types.Var:
				return val{s: f.compiledName(obj), atom: true}
			}
		}
	}
	sel := f.src.info.Selections[x]
	if sel != nil && sel.Kind() == types.MethodExpr {
		return f.methodExpr(x)
	}
	s := f.lookup(x)
	if fn, ok := s.obj.(*types.Func); ok {
		return f.methodValue(x, s, fn)
	}
	base := f.value(x.X)
	return f.walkPath(base, f.typeOf(x.X), s.index, x)
}

// selection is what a selector finds under the substitution.
type selection struct {
	obj   types.Object
	index []int
}

func (f *fn) lookup(x *ast.SelectorExpr) selection {
	return f.lookupIn(f.typeOf(x.X), x.Sel)
}

func (f *fn) lookupIn(t types.Type, sel *ast.Ident) selection {
	pkg := f.src.pkg
	if obj := f.src.info.Uses[sel]; obj != nil && obj.Pkg() != nil {
		pkg = obj.Pkg()
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, pkg, sel.Name)
	if obj == nil {
		obj, index, _ = types.LookupFieldOrMethod(t, true, f.src.pkg, sel.Name)
	}
	if obj == nil {
		panic(fmt.Sprintf("lower: %s: no %s in %s", f.src.fset.Position(sel.Pos()), sel.Name, t))
	}
	return selection{obj, index}
}

// walkPath selects fields along a path of indices.
func (f *fn) walkPath(base val, t types.Type, path []int, at ast.Node) val {
	for _, i := range path {
		base, t = f.field(base, t, i, at)
	}
	return base
}

// field selects the i-th field of a struct or of what a pointer points to.
func (f *fn) field(base val, t types.Type, i int, at ast.Node) (val, types.Type) {
	stable := base.stable
	if p, ok := core(t).(*types.Pointer); ok {
		base = f.pointer(f.unpack(base, t), t, at)
		t = p.Elem()
		stable = false
	} else if len(base.s) > 0 && base.s[0] == '*' {
		base.s = base.s[1:] // yaegi dereferences
	}
	st := core(t).(*types.Struct)
	ft := st.Field(i).Type()
	name := st.Field(i).Name()
	if f.nativeStruct(t) {
		return val{s: base.operand() + "." + name, stable: stable, fixed: base.fixed && stable, atom: true}, ft
	}
	name = f.fieldName(st, i)
	if f.isBroken(st, i) {
		u := f.unpacked(base.operand()+"."+name, f.rep(ft))
		return val{s: u, atom: true}, ft
	}
	return val{s: base.operand() + "." + name, stable: stable, fixed: base.fixed && stable, atom: true}, ft
}

func (e *emitter) nativeStruct(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && !e.isOwn(n)
}

// pointer makes a pointer ready to be followed: simple text, checked for nil.
func (f *fn) pointer(p val, t types.Type, at ast.Node) val {
	if len(p.s) > 0 && p.s[0] == '&' {
		return p
	}
	if !p.atom {
		p = f.keep(p, t)
	}
	f.nonNil(p.s, at)
	return p
}

// nonNil emits a check that panics as Go does where a pointer is nil.
func (f *fn) nonNil(text string, at ast.Node) {
	for _, k := range f.known {
		if k[text] {
			return
		}
	}
	if f.settled[text] {
		defer f.know(text)
	}
	f.emit("if %s == nil {", text)
	f.emit("rt.PanicNil(%s)", f.where(at))
	f.emit("}")
}

// know remembers that a variable which is never assigned again is not nil.
func (f *fn) know(text string) {
	f.known[len(f.known)-1][text] = true
}

func (f *fn) unary(x *ast.UnaryExpr) val {
	switch x.Op {
	case token.AND:
		return f.address(x.X)
	case token.ARROW:
		ct := f.typeOf(x.X)
		c := f.under(x.X)
		name := f.temp("v")
		elem := core(ct).(*types.Chan).Elem()
		f.emit("var %s %s", name, f.rep(elem))
		f.emit("rt.Receive(%s, &%s)", c.operand(), name)
		f.effects++
		return temp(name)
	case token.NOT:
		v := f.value(x.X)
		return val{s: "!" + v.operand(), stable: v.stable}
	}
	v := f.value(x.X)
	t := f.typeOf(x.X)
	switch x.Op {
	case token.SUB:
		if b, ok := core(t).(*types.Basic); ok && b.Info()&types.IsComplex != 0 {
			return f.complexOp("rt.NegComplex", t, v)
		}
		return val{s: "-" + v.operand(), stable: v.stable}
	case token.ADD:
		return v
	case token.XOR:
		return val{s: "^" + v.operand(), stable: v.stable}
	}
	panic("lower: unary " + x.Op.String())
}

// address evaluates &x.
func (f *fn) address(x ast.Expr) val {
	x = ast.Unparen(x)
	switch y := x.(type) {
	case *ast.CompositeLit:
		t := f.typeOf(y)
		v := f.composite(y)
		if _, ok := core(t).(*types.Struct); ok && !f.isRecursive(t) && len(v.s) > 0 && v.s[len(v.s)-1] == '}' {
			name := f.temp("p")
			f.emit("%s := &%s", name, v.s)
			return temp(name)
		}
		name := f.temp("p")
		f.emit("%s := new(%s)", name, f.rep(t))
		f.emit("*%s = %s", name, v.s)
		return temp(name)
	case *ast.StarExpr:
		p := f.under(y.X)
		p = f.pointer(p, f.typeOf(y.X), y)
		return p
	}
	p := f.place(x, false)
	if p.broken {
		f.unsupported("the address of a field of types that contain each other", "take the address of the struct")
	}
	return val{s: "&" + p.text, stable: true}
}

func (f *fn) binary(x *ast.BinaryExpr) val {
	switch x.Op {
	case token.LAND, token.LOR:
		return f.logical(x)
	case token.SHL, token.SHR:
		return f.shift(x.Op, f.value(x.X), f.typeOf(x.X), x.Y, x)
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return f.comparison(x)
	}
	t := f.typeOf(x)
	vals := f.ordered([]types.Type{t, t}, func() val { return f.as(x.X, t) }, func() val { return f.as(x.Y, t) })
	return f.arith(x.Op, vals[0], vals[1], t, x)
}

// arith is x op y for operands of one type.
func (f *fn) arith(op token.Token, a, b val, t types.Type, at ast.Node) val {
	basic, _ := core(t).(*types.Basic)
	stable := a.stable && b.stable
	if basic != nil {
		switch {
		case basic.Info()&types.IsComplex != 0:
			name := map[token.Token]string{token.ADD: "rt.AddComplex", token.SUB: "rt.SubComplex", token.MUL: "rt.MulComplex", token.QUO: "rt.QuoComplex"}[op]
			return f.complexOp(name, t, a, b)
		case basic.Info()&types.IsInteger != 0 && (op == token.QUO || op == token.REM):
			if _, err := strconv.ParseInt(b.s, 0, 64); err != nil {
				if !b.atom {
					b = f.keep(b, t)
				}
				f.emit("if %s == 0 {", b.s)
				f.emit("rt.PanicDivide(%s)", f.where(at))
				f.emit("}")
			}
		case basic.Info()&types.IsFloat != 0 && strings.Contains(b.s, "0.0") && b.fixed:
			// yaegi refuses a constant divisor of zero, and loses the sign of -0 - 0.
			b = f.variable(b, t)
		}
	}
	if a.fixed && b.fixed && isLiteralText(a.s) && isLiteralText(b.s) {
		a = f.variable(a, t)
	}
	return val{s: a.operand() + " " + op.String() + " " + b.operand(), stable: stable}
}

// variable puts a literal into a variable.
func (f *fn) variable(v val, t types.Type) val {
	name := f.temp("")
	f.emit("%s := %s", name, v.s)
	return temp(name)
}

func isLiteralText(s string) bool {
	return s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '-' || s[0] == '"')
}

func (f *fn) complexOp(name string, t types.Type, operands ...val) val {
	rep := f.rep(t)
	args := ""
	for i, v := range operands {
		if i > 0 {
			args += ", "
		}
		if rep == "complex64" {
			args += "complex128(" + v.s + ")"
		} else {
			args += v.s
		}
	}
	r := f.temp("")
	f.emit("%s := %s(%s)", r, name, args)
	if rep == "complex64" {
		q := f.temp("")
		f.emit("%s := complex64(%s)", q, r)
		return temp(q)
	}
	return temp(r)
}

func (f *fn) logical(x *ast.BinaryExpr) val {
	a := f.value(x.X)
	var b val
	before := f.effects
	lines := f.block(func() { b = f.value(x.Y) })
	if len(lines) == 0 {
		return val{s: a.operand() + " " + x.Op.String() + " " + b.operand(), stable: a.stable && b.stable}
	}
	_ = before
	r := f.temp("b")
	f.emit("%s := %s", r, a.s)
	if x.Op == token.LAND {
		f.emit("if %s {", r)
	} else {
		f.emit("if !%s {", r)
	}
	f.lines = append(f.lines, lines...)
	f.emit("%s = %s", r, b.s)
	f.emit("}")
	return temp(r)
}
