package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Calls are kept in temporaries, which makes order plain but costs yaegi a
// variable for each. Where an expression is made of calls of functions, local
// variables that nothing else can change, and arithmetic, it is emitted whole.

// assigned evaluates the right side of an assignment or return.
func (f *fn) assigned(x ast.Expr, to types.Type) val { return f.assignedTo("", x, to) }

// assignedTo is assigned where the value goes into a variable of just the type.
// The value is the variable itself when that has got it already.
func (f *fn) assignedTo(variable string, x ast.Expr, to types.Type) val {
	x = ast.Unparen(x)
	if text, ok := f.inline(x, to); ok {
		if calls(f.src.info, x) {
			f.effects++
		}
		return val{s: text}
	}
	if call, ok := x.(*ast.CallExpr); ok && f.plainCall(call, to) {
		c, results := f.call(call)
		f.effects++
		switch {
		case c.zero == "":
		case token.IsIdentifier(variable):
			f.lines = append(f.lines, c.lines(variable+" = ")...)
			return literal(variable)
		default:
			return f.keepCall(c, results.At(0).Type())
		}
		return val{s: c.text()}
	}
	return f.as(x, to)
}

// condition evaluates the condition of a statement.
func (f *fn) condition(x ast.Expr) val {
	if text, ok := f.inline(x, types.Typ[types.Bool]); ok {
		return val{s: text}
	}
	return f.value(x)
}

// plainCall says whether a call gives a value of just the type.
func (f *fn) plainCall(x *ast.CallExpr, to types.Type) bool {
	if f.src.info.Types[x.Fun].IsType() || f.builtin(x) != "" || f.src.info.Types[x].Value != nil {
		return false
	}
	t, ok := f.typeOf(x).(*types.Tuple)
	return !ok && t == nil && types.Identical(f.typeOf(x), to)
}

// inline gives an expression as a single text, if it can be one.
func (f *fn) inline(x ast.Expr, to types.Type) (string, bool) {
	if _, ok := x.(*ast.BinaryExpr); !ok {
		if c, ok := x.(*ast.CallExpr); !ok || !f.plainCall(c, to) {
			return "", false
		}
	}
	if !calls(f.src.info, x) || !types.Identical(f.typeOf(x), to) {
		if b, ok := f.typeOf(x).(*types.Basic); !ok || b.Kind() != types.UntypedBool || !calls(f.src.info, x) {
			return "", false
		}
	}
	return f.inlined(x)
}

func (f *fn) inlined(x ast.Expr) (string, bool) {
	if _, ok := f.given[x]; ok {
		return "", false
	}
	tv := f.src.info.Types[x]
	if tv.Value != nil {
		b, ok := core(f.typeOf(x)).(*types.Basic)
		if !ok || b.Info()&(types.IsComplex|types.IsUntyped) != 0 {
			return "", false
		}
		return f.constant(tv.Value, f.typeOf(x)).operand(), true
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return f.inlined(x.X)
	case *ast.Ident:
		obj, ok := f.src.info.Uses[x].(*types.Var)
		if !ok || f.isGlobal(obj) || f.analysis.shared[obj] {
			return "", false
		}
		return f.varName(obj), true
	case *ast.UnaryExpr:
		b, ok := core(f.typeOf(x)).(*types.Basic)
		if x.Op != token.SUB || !ok || b.Info()&(types.IsInteger|types.IsFloat) == 0 {
			return "", false
		}
		text, ok := f.inlined(x.X)
		return "(-" + text + ")", ok
	case *ast.BinaryExpr:
		return f.inlinedBinary(x)
	case *ast.CallExpr:
		return f.inlinedCall(x)
	}
	return "", false
}

func (f *fn) inlinedBinary(x *ast.BinaryExpr) (string, bool) {
	t := f.typeOf(x.X)
	b, ok := core(t).(*types.Basic)
	if !ok || b.Info()&(types.IsInteger|types.IsFloat|types.IsString) == 0 || !types.Identical(t, f.typeOf(x.Y)) {
		return "", false
	}
	switch x.Op {
	case token.ADD, token.SUB, token.MUL, token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
	case token.QUO:
		if b.Info()&types.IsFloat == 0 {
			return "", false
		}
	default:
		return "", false
	}
	left, ok := f.inlined(x.X)
	if !ok {
		return "", false
	}
	right, ok := f.inlined(x.Y)
	if !ok || strings.Contains(right, "0.0)") || right == "0.0" || isLiteralText(left) && isLiteralText(right) {
		return "", false
	}
	return "(" + left + " " + x.Op.String() + " " + right + ")", true
}

func (f *fn) inlinedCall(x *ast.CallExpr) (string, bool) {
	if f.src.info.Types[x.Fun].IsType() {
		to, from := f.typeOf(x.Fun), f.typeOf(x.Args[0])
		tb, ok1 := core(to).(*types.Basic)
		fb, ok2 := core(from).(*types.Basic)
		const numeric = types.IsInteger | types.IsFloat
		if !ok1 || !ok2 || tb.Info()&numeric == 0 || fb.Info()&numeric == 0 || fb.Info()&types.IsUntyped != 0 {
			return "", false
		}
		text, ok := f.inlined(x.Args[0])
		if f.rep(to) == f.rep(from) {
			return text, ok
		}
		return f.rep(to) + "(" + text + ")", ok && !isLiteralText(text)
	}
	var obj *types.Func
	switch fun := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		obj, _ = f.src.info.Uses[fun].(*types.Func)
	case *ast.SelectorExpr:
		if id, ok := fun.X.(*ast.Ident); ok {
			if _, ok := f.src.info.Uses[id].(*types.PkgName); ok {
				obj, _ = f.src.info.Uses[fun.Sel].(*types.Func)
			}
		}
	}
	own := obj != nil && f.state.isOwn(obj.Pkg())
	if obj == nil || obj.Signature().Variadic() || obj.Signature().TypeParams().Len() > 0 || obj.Signature().Results().Len() != 1 ||
		obj.Signature().Params().Len() != len(x.Args) || !own && obj.Pkg().Path() != "math" {
		return "", false
	}
	name, _, sig := f.callee(obj, nil)
	args := make([]string, len(x.Args))
	for i, a := range x.Args {
		p := sig.Params().At(i).Type()
		if _, ok := core(p).(*types.Basic); !ok || !types.Identical(p, f.typeOf(a)) {
			return "", false
		}
		if own && f.holdsFloats(p) && f.mayBeNegativeZero(a) {
			return "", false
		}
		text, ok := f.inlined(a)
		if !ok {
			return "", false
		}
		args[i] = text
	}
	return name + "(" + joinComma(args) + ")", true
}
