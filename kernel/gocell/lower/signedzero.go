package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// The interpreter does not pass arguments that equal the zero value, and so
// takes the sign from a negative zero. Through reflection it passes all, but
// that is several times as slow. So a call is emitted twice where an argument
// may be a negative zero, and the slow one is made when it is a zero.

// invocation is a call that is ready to be emitted.
type invocation struct {
	callee string
	value  string // the callee as a value that is called through reflection
	ftype  string // the emitted type of callee
	args   []string
	zero   string    // says that an argument is a negative zero; empty if none can be
	names  [2]string // of the slow call's variables
}

// made is a call with nothing to look at.
func made(callee string, args []string) invocation { return invocation{callee: callee, args: args} }

func (c invocation) text() string { return c.callee + "(" + joinComma(c.args) + ")" }

// lines emits the call after a text that does something with its results:
// "return ", "x = ", or nothing.
func (c invocation) lines(use string) []string {
	if c.zero == "" {
		return []string{use + c.text()}
	}
	list := []string{
		"if " + c.zero + " {",
		c.names[0] + " := " + c.value,
		c.names[1] + " := " + c.names[0] + ".(" + c.ftype + ")",
		use + c.names[1] + "(" + joinComma(c.args) + ")",
	}
	if use == "return " {
		return append(list, "}", use+c.text())
	}
	return append(list, "} else {", use+c.text(), "}")
}

// risky gives the types of the arguments that can be negative zeros, nil for the
// others. leads are the types of the arguments before those of the signature.
func (e *emitter) risky(sig *types.Signature, leads []types.Type, n int) []types.Type {
	ts := make([]types.Type, n)
	for i := range ts {
		t := types.Type(emptyInterface)
		switch j := i - len(leads); {
		case j < 0:
			t = leads[i]
		case !(sig.Variadic() && j >= sig.Params().Len()-1):
			t = sig.Params().At(j).Type()
		}
		if e.holdsFloats(t) {
			ts[i] = t
		}
	}
	return ts
}

var emptyInterface = types.Universe.Lookup("any").Type()

// callee is the name of an interpreted function.
type callee struct {
	name     string
	variable bool // it is a variable that holds a function
}

// invocation is a call of an interpreted function with the signature. Arguments
// that are risky are the names of variables.
func (e *emitter) invocation(callee callee, sig *types.Signature, leads []types.Type, args []string, risky []types.Type) invocation {
	c := made(callee.name, args)
	var zeros []string
	for i, t := range risky {
		if t != nil {
			zeros = append(zeros, e.zeroSaid(args[i], t))
		}
	}
	if len(zeros) == 0 {
		return c
	}
	c.zero = strings.Join(zeros, " || ")
	c.value = e.reflected(callee)
	c.names = [2]string{e.state.fresh("tq"), e.state.fresh("tf")}
	reps := make([]string, 0, len(args))
	for _, t := range leads {
		reps = append(reps, e.rep(t))
	}
	for i := range sig.Params().Len() {
		reps = append(reps, e.repParam(sig, i))
	}
	c.ftype = "func(" + joinComma(reps) + ")" + e.repResults(sig.Results())
	return c
}

// reflected is the text of a function that is to be called through reflection.
// In a literal the interpreter can't make a value of a declared function that
// it has not come to yet: a declared function does so.
func (e *emitter) reflected(callee callee) string {
	value := "rt.Reflected(" + callee.name + ")"
	if callee.variable {
		return value
	}
	name, ok := e.state.key("reflected:" + callee.name)
	if !ok {
		name = e.state.fresh("v_" + callee.name)
		e.state.keys["reflected:"+callee.name] = name
		e.funcs = append(e.funcs, "func "+name+"() interface{} {\nx := "+value+"\nreturn x\n}\n")
	}
	return name + "()"
}

// zeroSaid is a condition that is true when a variable of the type equals the
// zero value and holds a negative zero.
func (e *emitter) zeroSaid(name string, t types.Type) string {
	leaf := e.floatIn(name, t)
	switch {
	case leaf == name:
		return name + " == 0 && 1/" + name + " < 0"
	case leaf != "":
		return leaf + " == 0 && rt.NegativeZero(" + name + ")"
	}
	return "rt.NegativeZero(" + name + ")"
}

// holdsFloats says whether values of a type, as the interpreter has them, hold
// floating-point numbers that no pointer leads to.
func (e *emitter) holdsFloats(t types.Type) bool {
	if e.isRecursive(t) {
		return false
	}
	switch u := core(t).(type) {
	case *types.Basic:
		return u.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Array:
		return u.Len() > 0 && e.holdsFloats(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if e.holdsFloats(u.Field(i).Type()) && (e.nativeStruct(t) || !e.isBroken(u, i)) {
				return true
			}
		}
	}
	return false
}

// floatIn is the text of a real number in a variable; empty if the text of a
// cell can name none.
func (e *emitter) floatIn(name string, t types.Type) string {
	switch u := core(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsFloat != 0 {
			return name
		}
	case *types.Array:
		if e.holdsFloats(u) {
			return e.floatIn(name+"[0]", u.Elem())
		}
	case *types.Struct:
		for i := range u.NumFields() {
			field, native := u.Field(i), e.nativeStruct(t)
			if field.Name() == "_" || native && !field.Exported() || !native && e.isBroken(u, i) || !e.holdsFloats(field.Type()) {
				continue
			}
			fieldName := field.Name()
			if !native {
				fieldName = e.fieldName(u, i)
			}
			if leaf := e.floatIn(name+"."+fieldName, field.Type()); leaf != "" {
				return leaf
			}
		}
	}
	return ""
}

// mayBeNegativeZero says whether the value of an expression can be a negative
// zero.
func (f *fn) mayBeNegativeZero(x ast.Expr) bool {
	x = ast.Unparen(x)
	if _, ok := f.given[x]; ok {
		return true
	}
	if f.src.info.Types[x].Value != nil {
		return false
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		// A sum with a number that is not zero is never a negative zero.
		if x.Op == token.ADD || x.Op == token.SUB {
			return !f.isNonZero(x.X) && !f.isNonZero(x.Y)
		}
	case *ast.CallExpr:
		if tv := f.src.info.Types[x.Fun]; tv.IsType() {
			from, ok := core(f.typeOf(x.Args[0])).(*types.Basic)
			if ok && from.Info()&types.IsInteger != 0 {
				return false
			}
			return f.mayBeNegativeZero(x.Args[0])
		}
	}
	return true
}

// isNonZero says whether an expression is a constant number other than zero.
func (f *fn) isNonZero(x ast.Expr) bool {
	v := f.src.info.Types[x].Value
	return v != nil && constant.Sign(v) != 0
}
