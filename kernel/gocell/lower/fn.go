package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// given is a value that stands for an expression.
type given struct {
	val val
	t   types.Type
}

// give makes expressions that stand for values.
func (f *fn) give(vals []val, ts []types.Type) []ast.Expr {
	if f.given == nil {
		f.given = map[ast.Expr]given{}
	}
	xs := make([]ast.Expr, len(vals))
	for i := range vals {
		xs[i] = &ast.BadExpr{}
		f.given[xs[i]] = given{vals[i], ts[i]}
	}
	return xs
}

// val is emitted text for a value.
type val struct {
	s      string
	stable bool // effects of later operands of the same statement can't change it
	fixed  bool // it never changes: a literal or a temporary
	atom   bool // it binds tighter than any operator
	early  bool // it is read where it stands; Go reads others after all calls
}

func temp(name string) val    { return val{s: name, stable: true, fixed: true, atom: true} }
func literal(text string) val { return val{s: text, stable: true, fixed: true, atom: true} }

func (v val) operand() string {
	if v.atom {
		return v.s
	}
	return "(" + v.s + ")"
}

// fn emits the body of one function or function literal.
type fn struct {
	*emitter
	src      *source
	env      *env
	analysis *analysis
	lines    []string // the block being emitted
	effects  int      // counts statements with effects, to see when order matters
	loops    int      // loops around the current statement

	results  []types.Type
	outs     []string // variables that hold the results; nil if none are needed
	outNamed bool     // the outs are the function's named results
	prologue []string
	hoisted  []string        // variables of loops, declared once at the start
	lasting  int             // temporaries made now are captured by a literal: not hoisted
	settled  map[string]bool // emitted names that are assigned once
	deferrer string          // the list of deferred calls; empty if there is none
	token    string          // what recover asks; empty if the function does not recover
	targets  []*target
	known    []map[string]bool // pointers known not to be nil, by block
	labels   map[types.Object]string
	entry    bool
	given    map[ast.Expr]given
	keepAll  bool // operands of the call being emitted are kept: it is made later
}

func (e *emitter) newFn(src *source, v *env, up *fn, a *analysis) *fn {
	f := &fn{emitter: e, src: src, env: v, analysis: a, labels: map[types.Object]string{}, settled: map[string]bool{}, known: []map[string]bool{{}}}
	if a == nil {
		f.analysis = &analysis{shared: map[types.Object]bool{}, assigned: map[types.Object]bool{}, recovers: map[ast.Node]bool{}, defers: map[ast.Node]bool{}}
	}
	if up != nil {
		f.labels = up.labels
		f.loops = up.loops
	}
	return f
}

func (f *fn) subst(t types.Type) types.Type { return f.emitter.subst(f.env, t) }

// typeOf is the type of an expression under the substitution.
func (f *fn) typeOf(x ast.Expr) types.Type {
	if v, ok := f.given[x]; ok {
		return v.t
	}
	t := f.src.info.TypeOf(x)
	if t == nil {
		panic(fmt.Sprintf("lower: %s: expression without type", f.src.fset.Position(x.Pos())))
	}
	return f.subst(t)
}

func (f *fn) emit(format string, args ...any) {
	f.lines = append(f.lines, fmt.Sprintf(format, args...))
}

// block collects what do emits.
func (f *fn) block(do func()) []string {
	saved := f.lines
	f.lines = nil
	f.known = append(f.known, map[string]bool{})
	do()
	f.known = f.known[:len(f.known)-1]
	lines := f.lines
	f.lines = saved
	return lines
}

func (f *fn) temp(hint string) string { return f.state.fresh("t" + hint) }

// keep puts a value into a temporary.
func (f *fn) keep(v val, t types.Type) val {
	if v.fixed {
		return v
	}
	name := f.temp("")
	if f.hoists() {
		f.hoist(name, f.rep(t))
		f.emit("%s = %s", name, v.s)
		return temp(name)
	}
	f.declare(name, v.s, t)
	return temp(name)
}

// hoists says whether new variables are declared once at the function's start:
// in a loop that saves yaegi an allocation each time round. What a literal
// captures must be new each time.
func (f *fn) hoists() bool { return f.loops > 0 && f.lasting == 0 && !f.keepAll }

func (f *fn) hoist(name, rep string) {
	f.hoisted = append(f.hoisted, "var "+name+" "+rep)
}

// blank declares a variable of the zero value.
func (f *fn) blank(name string, t types.Type) {
	if f.hoists() {
		f.hoist(name, f.rep(t))
		f.emit("%s = %s", name, f.nilOr(t))
		return
	}
	f.emit("var %s %s", name, f.rep(t))
}

// nilOr is the zero value as the right side of an assignment.
func (f *fn) nilOr(t types.Type) string {
	if isInterface(t) || f.isRecursive(t) {
		return "nil"
	}
	return f.zero(t)
}

// declare emits a new variable with a value.
func (f *fn) declare(name, value string, t types.Type) {
	rep := f.rep(t)
	// yaegi builds literals in place, where earlier iterations still see them.
	if rep == "interface{}" || f.compiledInterface(t) || strings.HasPrefix(value, "[") {
		f.emit("var %s %s", name, rep)
		f.emit("%s = %s", name, value)
		return
	}
	f.emit("%s := %s", name, value)
}

// ordered evaluates operands from left to right. As in compiled Go, calls come
// first, in order, and variables are read after them; what is read by a call of
// the runtime, an entry of a map, is kept in a temporary before later calls.
func (f *fn) ordered(ts []types.Type, evals ...func() val) []val {
	vals := make([]val, len(evals))
	for i, eval := range evals {
		mark, before := len(f.lines), f.effects
		vals[i] = eval()
		if f.effects == before {
			continue
		}
		tail := append([]string(nil), f.lines[mark:]...)
		f.lines = f.lines[:mark]
		for j := range i {
			if vals[j].early && !vals[j].stable {
				vals[j] = f.keep(vals[j], ts[j])
			}
		}
		f.lines = append(f.lines, tail...)
	}
	return vals
}

// varName is the emitted name of a variable.
func (f *fn) varName(v types.Object) string {
	if name, ok := f.state.name(v); ok {
		return name
	}
	if name, ok := f.locals[v]; ok {
		return name
	}
	name := f.state.fresh(v.Name())
	f.locals[v] = name
	return name
}

func (f *fn) isGlobal(v types.Object) bool {
	_, ok := f.state.name(v)
	return ok
}

// zero is the zero value of a type.
func (f *fn) zero(t types.Type) string {
	if f.isRecursive(t) {
		return "interface{}(nil)"
	}
	rep := f.rep(t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return convText(rep, "string", `""`)
		case u.Info()&types.IsBoolean != 0:
			return convText(rep, "bool", "false")
		case u.Kind() == types.UntypedNil:
			return "nil"
		case u.Info()&types.IsComplex != 0:
			return rep + "(0)"
		case u.Info()&types.IsFloat != 0:
			return convText(rep, "float64", "0.0")
		}
		return convText(rep, "int", "0")
	case *types.Struct, *types.Array:
		return rep + "{}"
	case *types.Interface:
		return rep + "(nil)"
	}
	return parenthesizeType(rep) + "(nil)"
}

func convText(rep, plain, text string) string {
	if rep == plain {
		return text
	}
	return rep + "(" + text + ")"
}

func parenthesizeType(rep string) string {
	if strings.HasPrefix(rep, "*") || strings.HasPrefix(rep, "func") || strings.HasPrefix(rep, "chan") || strings.HasPrefix(rep, "<-") {
		return "(" + rep + ")"
	}
	return rep
}

// functionText emits a function: its signature after the name, and its body.
func (f *fn) functionText(sig *types.Signature, recv *types.Var, typ *ast.FuncType, recvList *ast.FieldList, body *ast.BlockStmt, redirect string) (header, text string) {
	csig := f.subst(sig).(*types.Signature)
	var params, names []string
	var first []string
	param := func(v *types.Var, rep string) {
		name := f.state.fresh(v.Name())
		if v.Name() != "_" && v.Name() != "" {
			f.locals[v] = name
		}
		params = append(params, name+" "+rep)
		names = append(names, name)
	}
	if recv != nil {
		param(recv, f.rep(f.subst(recv.Type())))
	}
	for i := range csig.Params().Len() {
		param(sig.Params().At(i), f.repParam(csig, i))
		if csig.Variadic() && i == csig.Params().Len()-1 {
			names[len(names)-1] += "..."
		}
	}
	for i := range csig.Results().Len() {
		f.results = append(f.results, csig.Results().At(i).Type())
	}
	named := sig.Results().Len() > 0 && sig.Results().At(0).Name() != ""
	if named {
		f.outNamed = true
		for i := range sig.Results().Len() {
			v := sig.Results().At(i)
			name := f.state.fresh(v.Name())
			if v.Name() != "_" {
				f.locals[v] = name
			}
			f.outs = append(f.outs, name)
			first = append(first, fmt.Sprintf("var %s %s", name, f.rep(f.results[i])))
		}
	}
	header = "(" + strings.Join(params, ", ") + ")" + f.repResults(csig.Results())
	if redirect != "" {
		var leads []types.Type
		if recv != nil {
			leads = []types.Type{f.subst(recv.Type())}
		}
		c := f.invocation(callee{redirect + later, true}, csig, leads, names, f.risky(csig, leads, len(names)))
		// In a literal: all that a function may need has its place in the frame of
		// every call.
		result, back := f.repResults(csig.Results()), ""
		if csig.Results().Len() > 0 {
			back = "return "
		}
		first = append(first, fmt.Sprintf("if %s {", redirect+redirected), "rt.Pass()", back+"func()"+result+" {", "rt.Pass()")
		first = append(first, c.lines(back)...)
		first = append(first, "}()")
		if back == "" {
			first = append(first, "return")
		}
		first = append(first, "}")
	}
	if f.analysis.recovers[body] {
		f.token = f.temp("k")
		first = append(first, fmt.Sprintf("%s := rt.Enter()", f.token))
	}
	if f.analysis.defers[body] {
		f.deferrer = f.temp("d")
		f.needOuts()
	}
	lines := f.block(func() { f.stmts(body.List) })
	lines = append(f.hoisted, lines...)
	first = append(first, f.prologue...)
	if f.deferrer != "" {
		first = append(first, fmt.Sprintf("%s := rt.NewDefers()", f.deferrer))
		first = append(first, fmt.Sprintf("rt.Run(%s, func() {", f.deferrer))
		lines = append(append(first, lines...), "})")
		lines = append(lines, "return "+strings.Join(f.outs, ", "))
	} else {
		lines = append(first, lines...)
		if len(f.results) > 0 && !f.terminates(body) {
			lines = append(lines, `panic("unreachable")`)
		}
	}
	return header, strings.Join(lines, "\n") + "\n"
}

// terminates says whether the emitted body ends in a return that yaegi sees.
func (f *fn) terminates(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// needOuts makes the function hold its results in variables.
func (f *fn) needOuts() {
	if f.outs != nil {
		return
	}
	for _, t := range f.results {
		name := f.temp("r")
		f.outs = append(f.outs, name)
		f.prologue = append(f.prologue, fmt.Sprintf("var %s %s", name, f.rep(t)))
	}
}

// funcLit emits a function literal.
func (f *fn) funcLit(lit *ast.FuncLit) val {
	g := f.newFn(f.src, f.env, f, f.analysis)
	g.loops = 0
	sig := f.src.info.TypeOf(lit).(*types.Signature)
	header, body := g.functionText(sig, nil, lit.Type, nil, lit.Body, "")
	text := "func" + header + " {\n" + f.mark(lit.Body.Pos()) + body + "}"
	return f.closure(text, f.subst(sig))
}

// closure is a function literal as a value. In a loop it is made in a frame of
// its own, because yaegi keeps the closures of one literal in one place of the
// frame, where those that run in goroutines overwrite it.
func (f *fn) closure(text string, t types.Type) val {
	name := f.temp("f")
	if f.loops > 0 || f.analysis.jumps {
		f.emit("%s := func() %s { return %s }()", name, f.rep(t), text)
	} else {
		f.emit("%s := %s", name, text)
	}
	return temp(name)
}

// cellBody emits the statements of a cell.
func (f *fn) cellBody(decl *ast.FuncDecl, show ast.Expr) {
	f.entry = false
	list := decl.Body.List
	body := func() {
		if f.analysis.recovers[decl.Body] {
			f.token = f.temp("k")
			f.emit("%s := rt.Enter()", f.token)
		}
		f.stmts(list)
		if show != nil {
			f.show(show)
		}
	}
	if f.analysis.defers[decl.Body] {
		f.deferrer = f.temp("d")
		f.emit("%s := rt.NewDefers()", f.deferrer)
		lines := f.block(body)
		f.emit("rt.Run(%s, func() {", f.deferrer)
		f.lines = append(f.lines, lines...)
		f.emit("})")
		return
	}
	body()
}

// show hands the values of the trailing expression to the result hook.
func (f *fn) show(x ast.Expr) {
	f.position(x)
	any := types.Universe.Lookup("any").Type()
	if tuple, ok := f.typeOf(x).(*types.Tuple); ok {
		if tuple.Len() == 0 {
			f.stmt(&ast.ExprStmt{X: x})
			return
		}
		vals, ts := f.tuple(x, tuple.Len())
		var args []string
		for i := range vals {
			args = append(args, f.conv(vals[i], ts[i], any).s)
		}
		f.emit("rt.Show(%s)", strings.Join(args, ", "))
		return
	}
	if tv := f.src.info.Types[x]; tv.IsNil() {
		f.emit("rt.Show(nil)")
		return
	}
	f.emit("rt.Show(%s)", f.as(x, any).s)
}
