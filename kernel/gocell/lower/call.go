package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// instance is a generic function with its type arguments.
type instance struct {
	obj  *types.Func
	args []types.Type
}

// funcInstance finds what a mention of a generic function stands for.
func (f *fn) funcInstance(x ast.Expr) *instance {
	var id *ast.Ident
	switch y := ast.Unparen(x).(type) {
	case *ast.Ident:
		id = y
	case *ast.SelectorExpr:
		id = y.Sel
	case *ast.IndexExpr:
		return f.funcInstance(y.X)
	case *ast.IndexListExpr:
		return f.funcInstance(y.X)
	default:
		return nil
	}
	inst, ok := f.src.info.Instances[id]
	if !ok {
		return nil
	}
	obj, ok := f.src.info.Uses[id].(*types.Func)
	if !ok {
		return nil
	}
	in := &instance{obj: obj}
	for t := range inst.TypeArgs.Types() {
		in.args = append(in.args, f.subst(t))
	}
	return in
}

// callee gives the emitted name of a declared function, emitting an instance
// of it where it is generic, and its signature.
func (f *fn) callee(obj *types.Func, args []types.Type) (name string, compiled bool, sig *types.Signature) {
	if obj.Pkg() != nil && !f.state.isOwn(obj.Pkg()) {
		if obj.Signature().TypeParams().Len() == 0 {
			return f.compiledName(obj), true, obj.Signature()
		}
		from := f.world.shared.function(f.emitter, obj)
		if from == nil {
			f.unsupported(fmt.Sprintf("the generic function %s.%s", obj.Pkg().Name(), obj.Name()), "write the function in the cell")
		}
		obj = from
	}
	obj = obj.Origin()
	if len(args) == 0 {
		sig = f.emitter.subst(nil, obj.Signature()).(*types.Signature)
		if name, ok := f.state.name(obj); ok {
			return name, false, sig
		}
		// A function of a generic source that is not generic itself.
		name = f.state.fresh(funcName(obj))
		f.state.names[obj] = name
		f.emitFunction(name, obj, nil)
		return name, false, sig
	}
	v := newEnv(obj.Signature().TypeParams(), args)
	sig = f.emitter.subst(v, types.NewSignatureType(nil, nil, nil, obj.Signature().Params(), obj.Signature().Results(), obj.Signature().Variadic())).(*types.Signature)
	return f.instantiate(obj, args, v), false, sig
}

func (e *emitter) instantiate(obj *types.Func, args []types.Type, v *env) string {
	key := fmt.Sprintf("func:%s.%s@%d", obj.Pkg().Path(), obj.Name(), obj.Pos())
	if e.state.isOwn(obj.Pkg()) {
		key = fmt.Sprintf("func:%p", obj)
	}
	for _, a := range args {
		key += "," + e.key(a)
	}
	if name, ok := e.state.key(key); ok {
		return name
	}
	name := e.state.fresh(funcName(obj))
	e.state.keys[key] = name
	e.emitFunction(name, obj, v)
	return name
}

// method gives the emitted function for a method of an own type.
func (e *emitter) method(obj *types.Func, recv types.Type) string {
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = p.Elem()
	}
	named := types.Unalias(recv).(*types.Named)
	origin := obj.Origin()
	if named.TypeArgs().Len() == 0 {
		if name, ok := e.state.name(origin); ok {
			return name
		}
		name := e.state.fresh(funcName(origin))
		e.state.names[origin] = name
		e.emitFunction(name, origin, nil)
		return name
	}
	var args []types.Type
	for t := range named.TypeArgs().Types() {
		args = append(args, t)
	}
	return e.instantiate(origin, args, newEnv(origin.Signature().RecvTypeParams(), args))
}

// callValue is a call that gives one value.
func (f *fn) callValue(x *ast.CallExpr) val {
	if tv := f.src.info.Types[x.Fun]; tv.IsType() {
		return f.conversion(x)
	}
	if b := f.builtin(x); b != "" {
		return f.builtinCall(b, x)
	}
	c, results := f.call(x)
	if results.Len() != 1 {
		panic("lower: call without a single value")
	}
	v := f.keepCall(c, results.At(0).Type())
	f.effects++
	return v
}

// keepCall makes a call that gives one value and keeps it in a temporary.
func (f *fn) keepCall(c invocation, t types.Type) val {
	if c.zero == "" {
		return f.keep(val{s: c.text()}, t)
	}
	name := f.temp("")
	if f.hoists() {
		f.hoist(name, f.rep(t))
	} else {
		f.emit("var %s %s", name, f.rep(t))
	}
	f.lines = append(f.lines, c.lines(name+" = ")...)
	return temp(name)
}

func (f *fn) builtin(x *ast.CallExpr) string {
	switch id := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		if b, ok := f.src.info.Uses[id].(*types.Builtin); ok {
			return b.Name()
		}
	case *ast.SelectorExpr:
		if b, ok := f.src.info.Uses[id.Sel].(*types.Builtin); ok {
			return b.Name()
		}
	}
	return ""
}

func (f *fn) callStmt(x *ast.CallExpr) {
	if tv := f.src.info.Types[x.Fun]; tv.IsType() {
		t := f.typeOf(x)
		f.discard(f.conversion(x), t)
		return
	}
	if b := f.builtin(x); b != "" {
		f.builtinStmt(b, x)
		return
	}
	if f.failsUnseen(x) {
		vals, ts := f.callTuple(x)
		last := len(vals) - 1
		for i, v := range vals[:last] {
			f.discard(v, ts[i])
		}
		f.emit("rt.Unseen(%q, %s)", types.ExprString(x.Fun), vals[last].s)
		return
	}
	c, _ := f.call(x)
	f.lines = append(f.lines, c.lines("")...)
	f.effects++
}

// failsUnseen says whether a statement drops an error of one of the project's own
// packages: in a notebook a forgotten look at it would leave no trace of what did
// not happen.
func (f *fn) failsUnseen(x *ast.CallExpr) bool {
	selector, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj, ok := f.src.info.Uses[selector.Sel].(*types.Func)
	if !ok || obj.Pkg() == nil || !strings.HasPrefix(obj.Pkg().Path(), "hillock/stdlib/") {
		return false
	}
	results := obj.Signature().Results()
	if results.Len() == 0 || obj.Signature().TypeParams().Len() > 0 {
		return false
	}
	return types.Identical(results.At(results.Len()-1).Type(), types.Universe.Lookup("error").Type())
}

// callTuple is a call that gives several values.
func (f *fn) callTuple(x *ast.CallExpr) ([]val, []types.Type) {
	c, results := f.call(x)
	var names []string
	var vals []val
	var ts []types.Type
	for v := range results.Variables() {
		name := f.temp("")
		names = append(names, name)
		vals = append(vals, temp(name))
		ts = append(ts, v.Type())
		if c.zero != "" {
			f.emit("var %s %s", name, f.rep(v.Type()))
		}
	}
	if c.zero != "" {
		f.lines = append(f.lines, c.lines(joinComma(names)+" = ")...)
	} else {
		f.emit("%s := %s", joinComma(names), c.text())
	}
	f.effects++
	return vals, ts
}

// call evaluates the operands of a call.
func (f *fn) call(x *ast.CallExpr) (c invocation, results *types.Tuple) {
	fun := ast.Unparen(x.Fun)
	if in := f.funcInstance(fun); in != nil {
		name, _, sig := f.callee(in.obj, in.args)
		return f.invoke(callee{name: name}, sig, nil, x), sig.Results()
	}
	switch y := fun.(type) {
	case *ast.Ident:
		if obj, ok := f.src.info.Uses[y].(*types.Func); ok {
			name, _, sig := f.callee(obj, nil)
			return f.invoke(callee{name: name}, sig, nil, x), sig.Results()
		}
	case *ast.SelectorExpr:
		if id, ok := y.X.(*ast.Ident); ok {
			if _, ok := f.src.info.Uses[id].(*types.PkgName); ok {
				if obj, ok := f.src.info.Uses[y.Sel].(*types.Func); ok {
					name, compiled, sig := f.callee(obj, nil)
					if compiled {
						return f.special(obj, x), sig.Results()
					}
					return f.invoke(callee{name: name}, sig, nil, x), sig.Results()
				}
			}
		}
		if sel := f.src.info.Selections[y]; sel == nil || sel.Kind() != types.MethodExpr {
			if _, isType := f.src.info.Types[y.X]; isType || sel != nil {
				s := f.lookup(y)
				if m, ok := s.obj.(*types.Func); ok {
					return f.methodCall(y, s, m, x)
				}
			}
		}
	}
	t := f.typeOf(fun)
	sig := core(t).(*types.Signature)
	fv := f.under(fun)
	if _, isLit := fun.(*ast.FuncLit); !isLit {
		if f.keepAll {
			fv = f.keep(fv, t.Underlying())
			return f.invoke(callee{fv.s, true}, sig, nil, x), sig.Results()
		}
		fv = f.keepName(fv, t.Underlying())
		c = f.invoke(callee{fv.s, true}, sig, nil, x)
		f.nonNil(fv.s, x)
		return c, sig.Results()
	}
	return f.invoke(callee{fv.operand(), true}, sig, nil, x), sig.Results()
}

// lead is an argument before those of a call, such as a receiver.
type lead struct {
	val val
	t   types.Type
}

// invoke evaluates the arguments of a call of an interpreted function; those of
// leads come before them.
func (f *fn) invoke(callee callee, sig *types.Signature, leads []lead, x *ast.CallExpr) invocation {
	operands := f.arguments(sig, x.Args, x.Ellipsis.IsValid())
	var args []string
	var ts []types.Type
	for _, l := range leads {
		args = append(args, l.val.s)
		ts = append(ts, l.t)
	}
	args = append(args, operands...)
	risky := f.risky(sig, ts, len(args))
	for i, t := range risky {
		switch j := i - len(leads); {
		case t == nil:
		case j >= 0 && j < len(x.Args) && !f.mayBeNegativeZero(x.Args[j]):
			risky[i] = nil
		case !token.IsIdentifier(args[i]):
			args[i] = f.keep(val{s: args[i]}, t).s
		}
	}
	return f.invocation(callee, sig, ts, args, risky)
}

// arguments evaluates the arguments of a call for a signature.
func (f *fn) arguments(sig *types.Signature, args []ast.Expr, ellipsis bool) []string {
	n := sig.Params().Len()
	var vals []val
	var ts []types.Type
	paramType := func(i int) types.Type {
		if sig.Variadic() && i >= n-1 && !ellipsis {
			return sig.Params().At(n - 1).Type().Underlying().(*types.Slice).Elem()
		}
		return sig.Params().At(i).Type()
	}
	if len(args) == 1 && n != 1 || len(args) == 1 && n == 1 && sig.Variadic() && !ellipsis {
		if tuple, ok := f.typeOf(args[0]).(*types.Tuple); ok {
			got, from := f.tuple(args[0], tuple.Len())
			for i := range got {
				t := paramType(i)
				vals = append(vals, f.conv(got[i], from[i], t))
				ts = append(ts, t)
			}
			return f.pack(sig, vals, ts, ellipsis)
		}
	}
	for i := range args {
		ts = append(ts, paramType(i))
	}
	vals = f.list(args, ts)
	return f.pack(sig, vals, ts, ellipsis)
}

// pack gives argument texts; those of a variadic parameter become a slice.
func (f *fn) pack(sig *types.Signature, vals []val, ts []types.Type, ellipsis bool) []string {
	n := sig.Params().Len()
	if f.keepAll {
		for i := range vals {
			vals[i] = f.keep(vals[i], ts[i])
		}
	}
	var texts []string
	for i, v := range vals {
		if sig.Variadic() && i >= n-1 && !ellipsis {
			break
		}
		texts = append(texts, f.enter(v, ts[i]).s)
	}
	if !sig.Variadic() {
		return texts
	}
	if ellipsis {
		texts[len(texts)-1] = f.keepName(vals[len(vals)-1], ts[len(ts)-1]).s + "..."
		return texts
	}
	slice := sig.Params().At(n - 1).Type()
	rep := "[]" + f.rep(slice.Underlying().(*types.Slice).Elem())
	if len(vals) < n {
		return append(texts, rep+"(nil)...")
	}
	var rest []string
	for i := n - 1; i < len(vals); i++ {
		rest = append(rest, f.enter(vals[i], ts[i]).s)
	}
	name := f.temp("")
	if f.hoists() {
		f.hoist(name, rep)
	} else {
		f.emit("var %s %s", name, rep)
	}
	f.emit("%s = %s{%s}", name, rep, joinComma(rest))
	return append(texts, name+"...")
}

// methodCall is x.m(args).
func (f *fn) methodCall(y *ast.SelectorExpr, s selection, m *types.Func, x *ast.CallExpr) (invocation, *types.Tuple) {
	if c, ok := f.typeQuestion(y); ok {
		return c, m.Signature().Results()
	}
	recv, t := f.receiver(y, s)
	sig := f.methodSignature(m, t)
	if isInterface(t) {
		recv = f.keep(recv, t)
		if f.compiledInterface(t) {
			c := made(recv.s+"."+m.Name(), f.arguments(sig, x.Args, x.Ellipsis.IsValid()))
			f.nonNil(recv.s, x)
			return c, sig.Results()
		}
		d := f.dispatcher(m, sig)
		if f.keepAll {
			f.nonNil(recv.s, x)
		}
		return f.invoke(callee{name: d}, sig, []lead{{recv, emptyInterface}}, x), sig.Results()
	}
	if f.compiledMethod(t) {
		base := f.compiledReceiver(recv, t, m, y)
		if f.keepAll {
			base = f.temp("x")
			f.emit("%s := %s", base, f.compiledReceiver(recv, t, m, y))
		}
		if helper, ok := methodHelpers[m.FullName()]; ok {
			return made(helper, append([]string{base}, f.arguments(sig, x.Args, x.Ellipsis.IsValid())...)), sig.Results()
		}
		return f.guarded(base+"."+m.Name(), m.FullName(), sig, x), sig.Results()
	}
	recv = f.adjustReceiver(recv, t, m, y)
	if !recv.stable || f.keepAll {
		recv = f.keepReceiver(recv, m, t)
	}
	return f.invoke(callee{name: f.method(m, t)}, sig, []lead{{recv, f.subst(receiverType(m, t))}}, x), sig.Results()
}

func (f *fn) keepReceiver(recv val, m *types.Func, t types.Type) val {
	return f.keep(recv, f.subst(receiverType(m, t)))
}

// receiverType is the type of the receiver parameter for a receiver of type t.
func receiverType(m *types.Func, t types.Type) types.Type {
	base := t
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		base = p.Elem()
	}
	if _, ok := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer); ok {
		return types.NewPointer(base)
	}
	return base
}

// methodSignature is the signature of a method of an instantiated type.
func (f *fn) methodSignature(m *types.Func, t types.Type) *types.Signature {
	sig := m.Signature()
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if sig.RecvTypeParams().Len() > 0 && m.Origin() == m {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		var args []types.Type
		for a := range types.Unalias(t).(*types.Named).TypeArgs().Types() {
			args = append(args, a)
		}
		return f.emitter.subst(newEnv(sig.RecvTypeParams(), args), plain).(*types.Signature)
	}
	return f.subst(plain).(*types.Signature)
}

// receiver evaluates what a method is called on: x and the embedded fields on
// the way. A place is left a place, so that its address can be taken.
func (f *fn) receiver(y *ast.SelectorExpr, s selection) (val, types.Type) {
	t := f.typeOf(y.X)
	var base val
	if _, ok := core(t).(*types.Pointer); ok || isInterface(t) {
		base = f.value(y.X)
	} else if tv := f.src.info.Types[y.X]; tv.Addressable() {
		base = f.placeOrValue(y.X, false)
	} else {
		base = f.value(y.X)
	}
	for _, i := range s.index[:len(s.index)-1] {
		base, t = f.field(base, t, i, y)
	}
	return base, t
}

func (f *fn) compiledMethod(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && !f.isOwn(n)
}

func (f *fn) compiledReceiver(recv val, t types.Type, m *types.Func, at ast.Node) string {
	_, pointerRecv := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	_, isPointer := types.Unalias(t).(*types.Pointer)
	switch {
	case pointerRecv && !isPointer:
		name := f.temp("p")
		if strings.HasPrefix(recv.s, "*") {
			f.emit("%s := %s", name, recv.s[1:])
		} else {
			f.emit("%s := &%s", name, recv.s)
		}
		return name
	case isPointer:
		recv = f.keepName(recv, t)
		if !pointerRecv {
			f.nonNil(recv.s, at)
		}
		return recv.s
	}
	return f.keepName(recv, t).s
}

// adjustReceiver takes the address of a receiver, or follows a pointer to it.
func (f *fn) adjustReceiver(recv val, t types.Type, m *types.Func, at ast.Node) val {
	_, pointerRecv := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	_, isPointer := types.Unalias(t).(*types.Pointer)
	switch {
	case pointerRecv && !isPointer:
		if strings.HasPrefix(recv.s, "*") {
			return val{s: recv.s[1:], stable: recv.stable, atom: true}
		}
		return val{s: "&" + recv.s, stable: true}
	case !pointerRecv && isPointer:
		recv = f.pointer(recv, t, at)
		return val{s: "*" + recv.operand()}
	}
	return recv
}

// methodValue is x.m without a call: a literal that holds the receiver.
func (f *fn) methodValue(y *ast.SelectorExpr, s selection, m *types.Func) val {
	f.lasting++
	defer func() { f.lasting-- }()
	recv, t := f.receiver(y, s)
	sig := f.methodSignature(m, t)
	switch {
	case isInterface(t):
		recv = f.keep(recv, t)
		f.nonNil(recv.s, y)
		if f.compiledInterface(t) {
			return f.closure(f.forwardCompiled(recv.s+"."+m.Name(), sig), sig)
		}
		return f.closure(f.forward(f.dispatcher(m, sig), sig, lead{recv, emptyInterface}), sig)
	case f.compiledMethod(t):
		base := f.compiledReceiver(recv, t, m, y)
		if _, pointerRecv := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer); !pointerRecv {
			if p, ok := types.Unalias(t).(*types.Pointer); ok {
				base = f.keep(val{s: "*" + base}, p.Elem()).s
			} else {
				base = f.keep(val{s: base}, t).s
			}
		}
		return f.closure(f.compiledValue(base+"."+m.Name(), m.FullName(), sig, base), sig)
	}
	recv = f.keepReceiver(f.adjustReceiver(recv, t, m, y), m, t)
	return f.closure(passing(f.forward(f.method(m, t), sig, lead{recv, f.subst(receiverType(m, t))}), f.pass(m)), sig)
}

// methodExpr is T.m: a function that takes the receiver first.
func (f *fn) methodExpr(y *ast.SelectorExpr) val {
	sig := f.typeOf(y).(*types.Signature)
	recvType := sig.Params().At(0).Type()
	s := f.lookupIn(recvType, y.Sel)
	m := s.obj.(*types.Func)
	g := f.newFn(f.src, f.env, f, f.analysis)
	g.loops = 0
	var params, args []string
	for i := range sig.Params().Len() {
		name := f.temp("a")
		params = append(params, name+" "+f.repParam(sig, i))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			name += "..."
		}
		args = append(args, name)
	}
	base, t := temp(args[0]), recvType
	for _, i := range s.index[:len(s.index)-1] {
		base, t = g.field(base, t, i, y)
	}
	if !isInterface(t) && f.recovers(m) {
		g.emit("rt.Pass()")
	}
	use := ""
	if sig.Results().Len() > 0 {
		use = "return "
	}
	g.lines = append(g.lines, g.callOn(base, t, m, args[1:], y).lines(use)...)
	return f.closure(fmt.Sprintf("func(%s)%s {\n%s\n}", joinComma(params), f.repResults(sig.Results()), joinLines(g.lines)), sig)
}

// callOn is a call of a method with arguments that are texts.
func (f *fn) callOn(base val, t types.Type, m *types.Func, args []string, at ast.Node) invocation {
	sig := f.methodSignature(m, t)
	name, recv := "", lead{base, emptyInterface}
	switch {
	case isInterface(t):
		if f.compiledInterface(t) {
			f.nonNil(base.s, at)
			return made(base.s+"."+m.Name(), args)
		}
		name = f.dispatcher(m, sig)
	case f.compiledMethod(t):
		return made(f.compiledReceiver(base, t, m, at)+"."+m.Name(), args)
	default:
		recv = lead{f.adjustReceiver(base, t, m, at), f.subst(receiverType(m, t))}
		name = f.method(m, t)
	}
	leads := []types.Type{recv.t}
	risky := f.risky(sig, leads, 1+len(args))
	if risky[0] != nil && !token.IsIdentifier(recv.val.s) {
		recv.val = f.keep(val{s: recv.val.s}, recv.t)
	}
	return f.invocation(callee{name: name}, sig, leads, append([]string{recv.val.s}, args...), risky)
}
