package lower

import (
	"fmt"
	"go/types"
	"strings"
)

// describe gives the variable that holds a type's descriptor, making one when
// the type is first met.
func (e *emitter) describe(t types.Type) string {
	t = types.Unalias(t)
	key := "type:" + e.key(t)
	if name, ok := e.state.key(key); ok {
		return name
	}
	name := e.state.fresh("y")
	e.state.keys[key] = name
	e.vars = append(e.vars, fmt.Sprintf("var %s *rt.Type\n", name))
	rep := e.rep(t)
	if e.native(t) {
		e.described = append(e.described, fmt.Sprintf("%s = rt.NativeType((*%s)(nil), %q)", name, rep, e.displayName(t)))
		return name
	}
	named, _ := t.(*types.Named)
	e.described = append(e.described, fmt.Sprintf("%s = rt.NewType(%q, %d, %v, (*%s)(nil))", name, e.displayName(t), kindOf(t), named != nil, rep))
	add := func(format string, args ...any) { e.methods = append(e.methods, fmt.Sprintf(format, args...)) }
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		add("rt.SetElem(%s, %s)", name, e.describe(u.Elem()))
	case *types.Slice:
		add("rt.SetElem(%s, %s)", name, e.describe(u.Elem()))
	case *types.Array:
		add("rt.SetElem(%s, %s)", name, e.describe(u.Elem()))
	case *types.Chan:
		add("rt.SetElem(%s, %s)", name, e.describe(u.Elem()))
	case *types.Map:
		add("rt.SetElem(%s, %s)", name, e.describe(u.Elem()))
		add("rt.SetKey(%s, %s)", name, e.describe(u.Key()))
	case *types.Struct:
		for i := range u.NumFields() {
			f := u.Field(i)
			add("rt.AddField(%s, %q, %q, %q, %v, %v, %s)", name, f.Name(), e.fieldName(u, i), u.Tag(i), f.Embedded(), f.Exported(), e.describe(f.Type()))
		}
	case *types.Interface:
		for m := range u.Methods() {
			sig := types.NewSignatureType(nil, nil, nil, m.Signature().Params(), m.Signature().Results(), m.Signature().Variadic())
			sample := "nil"
			if e.native(sig) {
				sample = "(func" + e.repSignature(sig) + ")(nil)"
			}
			add("rt.AddInterfaceMethod(%s, %q, %q, %d, %s)", name, m.Name(), e.methodID(m)+e.key(sig), e.methodSlot(m, sig), sample)
		}
		return name
	}
	e.state.described[name] = t
	e.describeMethods(name, t)
	if named != nil && named.NumMethods() > 0 {
		e.describe(types.NewPointer(t)) // for what asks an addressable value
	}
	return name
}

func (e *emitter) methodSlot(m *types.Func, sig *types.Signature) int {
	return e.state.slot(e.methodID(m) + e.key(sig))
}

// describeMethods adds the methods of a type to its descriptor: functions that
// take the receiver as an interface{} first.
func (e *emitter) describeMethods(name string, t types.Type) {
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		sel := set.At(i)
		m := sel.Obj().(*types.Func)
		path := sel.Index()
		if !m.Exported() && !e.state.isOwn(m.Pkg()) {
			continue // nothing but its own package can call it
		}
		e.queue = append(e.queue, func() {
			f := e.newFn(e.src, nil, nil, nil)
			base, bt := temp("v"), t
			if rep := e.rep(t); rep != "interface{}" {
				base = temp("w")
				f.emit("w := %s", f.fromAny("v", t))
			}
			if p, ok := t.(*types.Pointer); ok && len(path) == 1 && e.rep(t) != "interface{}" {
				if _, ok := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer); !ok {
					f.emit("if w == nil {")
					f.emit("rt.PanicWrap(%q, %q)", e.displayName(p.Elem()), m.Name())
					f.emit("}")
				}
			}
			for _, i := range path[:len(path)-1] {
				base, bt = f.field(base, bt, i, position(m))
			}
			sig := f.methodSignature(m, bt)
			var params, args []string
			for i := range sig.Params().Len() {
				p := f.temp("a")
				params = append(params, p+" "+e.repParam(sig, i))
				if sig.Variadic() && i == sig.Params().Len()-1 {
					p += "..."
				}
				args = append(args, p)
			}
			if e.recovers(m) {
				f.emit("rt.Pass()")
			}
			use := ""
			if sig.Results().Len() > 0 {
				use = "return "
			}
			f.lines = append(f.lines, f.callOn(base, bt, m, args, position(m)).lines(use)...)
			w := e.state.fresh("w_" + m.Name())
			all := append([]string{"v interface{}"}, params...)
			e.funcs = append(e.funcs, fmt.Sprintf("func %s(%s)%s {\n%s\n}\n", w, joinComma(all), e.repResults(sig.Results()), joinLines(f.lines)))
			full := types.NewVar(0, nil, "v", types.Universe.Lookup("any").Type())
			vars := []*types.Var{full}
			for p := range sig.Params().Variables() {
				vars = append(vars, p)
			}
			wide := types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), sig.Results(), sig.Variadic())
			e.methods = append(e.methods, fmt.Sprintf("rt.AddMethod(%s, %q, %q, %d, %v, %s)", name, m.Name(), e.methodID(m)+e.key(sig), e.methodSlot(m, sig), m.Exported(), passing(e.forward(w, wide), e.pass(m))))
		})
	}
}

// dispatcher is the function that calls a method through an interface that is
// held as interface{}.
func (e *emitter) dispatcher(m *types.Func, sig *types.Signature) string {
	id := e.methodID(m) + e.key(sig)
	key := "dispatch:" + id
	if name, ok := e.state.key(key); ok {
		return name
	}
	name := e.state.fresh("i_" + m.Name())
	e.state.keys[key] = name
	slot := e.methodSlot(m, sig)
	var params, args []string
	for i := range sig.Params().Len() {
		p := fmt.Sprintf("a_%d", i)
		params = append(params, p+" "+e.repParam(sig, i))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			p += "..."
		}
		args = append(args, p)
	}
	results := e.repResults(sig.Results())
	var types_ []string
	for i := range sig.Params().Len() {
		types_ = append(types_, e.repParam(sig, i))
	}
	boxed := "func(" + joinComma(append([]string{"interface{}"}, types_...)) + ")" + results
	ret, end := "return ", ""
	if sig.Results().Len() == 0 {
		ret, end = "", "\nreturn"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "func %s(%s)%s {\n", name, joinComma(append([]string{"x interface{}"}, params...)), results)
	fmt.Fprintf(&b, "b, ok := x.(rt.Box)\nif !ok {\nb, ok = rt.BoxOf(x)\n}\n")
	fmt.Fprintf(&b, "if ok {\ns := b.T.Slots[%d]\ng := s.(%s)\n%sg(%s)%s\n}\n", slot, boxed, ret, joinComma(append([]string{"b.V"}, args...)), end)
	if e.native(sig) {
		fmt.Fprintf(&b, "if x == nil {\nrt.PanicNil(\"\")\n}\n")
		fmt.Fprintf(&b, "n := rt.NativeMethod(x, %q)\nh := n.(func%s)\n%sh(%s)\n", m.Name(), e.repSignature(sig), ret, joinComma(args))
	} else {
		fmt.Fprintf(&b, "rt.PanicNil(\"\")\npanic(\"unreachable\")\n")
	}
	b.WriteString("}\n")
	e.funcs = append(e.funcs, b.String())
	return name
}
