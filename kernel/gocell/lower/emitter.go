package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// runtimePath is the import path under which emitted text finds the compiled
// helpers.
const runtimePath = "hillock/kernel/gocell/rt"

// emitter lowers one unit.
type emitter struct {
	world     *World
	state     *state
	unit      *Unit
	src       *source // the unit's own
	imports   map[string]string
	types     []string // struct declarations
	vars      []string // package variables
	funcs     []string // functions
	described []string // statements that make type descriptors
	methods   []string // statements that fill them, after all are made
	queue     []func() // functions still to be emitted
	locals    map[types.Object]string
	recursion map[*types.Named]bool
	canonical map[types.Type]types.Type
	extended  map[string]types.Type // descriptors of earlier units that get methods
	entry     string
	at        token.Position // of the statement being lowered, for errors
}

func (e *emitter) unsupported(what, instead string) {
	panic(&UnsupportedError{Pos: e.at, What: what, Instead: instead})
}

func (e *emitter) sourceName() string {
	return e.entry + ".go"
}

// text puts the unit's text together. Marks of places in it, left by mark, are
// taken out into a table: yaegi knows imports by the file that a position names,
// so line directives can't be used.
func (e *emitter) text() (string, []place) {
	var b strings.Builder
	b.WriteString("package main\n")
	fmt.Fprintf(&b, "import rt %q\n", runtimePath)
	for _, path := range slices.Sorted(maps.Keys(e.imports)) {
		fmt.Fprintf(&b, "import %s %q\n", e.imports[path], path)
	}
	for _, list := range [][]string{e.types, e.vars, e.funcs} {
		for _, s := range list {
			if !strings.HasPrefix(s, markPrefix) {
				b.WriteString(markPrefix + "\n")
			}
			b.WriteString(s)
		}
	}
	lines := strings.Split(b.String(), "\n")
	var places []place
	for i, line := range lines {
		rest, ok := strings.CutPrefix(line, markPrefix)
		if !ok {
			continue
		}
		lines[i] = ""
		colon := strings.LastIndexByte(rest, ':')
		if colon < 0 {
			places = append(places, place{from: i + 1})
			continue
		}
		number, _ := strconv.Atoi(rest[colon+1:])
		places = append(places, place{from: i + 1, name: rest[:colon], line: number})
	}
	return strings.Join(lines, "\n"), places
}

// markPrefix begins a line that says where the text after it comes from.
const markPrefix = "//at "

// place is where the emitted lines from a number on come from.
type place struct {
	from int
	name string // empty for text that stands for nothing in the unit
	line int
}

// lowerUnit emits everything the unit declares, and the function that runs it.
func (e *emitter) lowerUnit() {
	u := e.unit
	e.locals = map[types.Object]string{}
	e.extended = map[string]types.Type{}
	e.canonical = map[types.Type]types.Type{}
	e.state.own[u.Pkg] = true
	e.src = &source{
		fset: u.Fset, info: u.Info, pkg: u.Pkg, cell: u.Body != nil,
		name: func(p token.Position) string {
			// A cell may carry declarations of earlier cells anew.
			if p.Filename != "" {
				return p.Filename
			}
			return u.Name
		},
	}
	e.entry = fmt.Sprintf("hillock_%d", e.state.next())
	globals := map[types.Object]bool{}
	for _, g := range u.Globals {
		globals[g] = true
		e.declareVar(g)
	}
	var redirects []string
	texts := map[*types.Func]string{} // the emitted names of the functions themselves
	var inits []*types.Func
	var mainFunc *types.Func
	var list []*types.Func
	for _, file := range u.Files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					for _, spec := range d.Specs {
						for _, name := range spec.(*ast.ValueSpec).Names {
							if obj, ok := u.Info.Defs[name].(*types.Var); ok && obj.Name() != "_" {
								e.declareVar(obj)
							}
						}
					}
				}
			case *ast.FuncDecl:
				if d == u.Body {
					continue
				}
				fn := u.Info.Defs[d.Name].(*types.Func)
				e.state.funcs[fn] = &function{decl: d, src: e.src}
				switch {
				case fn.Name() == "_":
					continue
				case fn.Name() == "init" && d.Recv == nil:
					inits = append(inits, fn)
				case fn.Name() == "main" && d.Recv == nil && u.Body == nil:
					mainFunc = fn
				}
				if fn.Signature().TypeParams().Len() == 0 && fn.Signature().RecvTypeParams().Len() == 0 {
					name := e.state.fresh(funcName(fn))
					texts[fn] = name
					e.state.names[fn] = name
					list = append(list, fn)
					if old, ok := u.Same[fn].(*types.Func); ok {
						if first, ok := e.state.name(old); ok {
							// All calls go through the function that was declared
							// first, which leads them to the latest.
							e.state.names[fn] = first
							redirects = append(redirects, first+later+" = "+e.funcLiteral(name, fn), first+redirected+" = true")
						}
					}
				}
				if fn.Signature().Recv() != nil && u.Same[fn] == nil {
					e.extend(fn)
				}
			}
		}
	}
	for _, fn := range list {
		e.emitFunction(texts[fn], fn, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(e.extended)) {
		e.describeMethods(name, e.extended[name])
	}
	start := e.newFn(e.src, nil, nil, nil)
	start.lines = append(start.lines, redirects...)
	start.entry = true
	for _, init := range u.Info.InitOrder {
		start.initialize(init)
	}
	for _, fn := range inits {
		start.emit("%s()", e.state.names[fn])
	}
	if mainFunc != nil {
		start.emit("%s()", e.state.names[mainFunc])
	}
	if u.Body != nil {
		roots := []ast.Node{u.Body}
		if u.Show != nil {
			roots = append(roots, u.Show)
		}
		start.analysis = analyze(u.Info, roots...)
		start.cellBody(u.Body, u.Show)
	}
	for len(e.queue) > 0 {
		next := e.queue[0]
		e.queue = e.queue[1:]
		next()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "func %s() {\n", e.entry)
	for _, list := range [][]string{e.described, e.methods, start.hoisted, start.lines} {
		for _, line := range list {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	b.WriteString("}\n")
	e.funcs = append(e.funcs, b.String())
}

func funcName(fn *types.Func) string {
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := types.Unalias(t).(*types.Named); ok {
			return identifier(n.Obj().Name()) + "_" + identifier(fn.Name())
		}
	}
	return identifier(fn.Name())
}

func (e *emitter) declareVar(v *types.Var) {
	if old, ok := e.unit.Same[v]; ok {
		if name, ok := e.state.name(old); ok {
			e.state.names[v] = name
			return
		}
	}
	name := e.state.fresh(v.Name())
	e.state.names[v] = name
	e.vars = append(e.vars, fmt.Sprintf("var %s %s\n", name, e.rep(e.subst(nil, v.Type()))))
}

// initialize runs one step of the initialisation of package variables.
func (f *fn) initialize(init *types.Initializer) {
	f.position(init.Rhs)
	f.analysis = analyze(f.src.info, init.Rhs)
	if len(init.Lhs) > 1 {
		vals, ts := f.tuple(init.Rhs, len(init.Lhs))
		for i, v := range init.Lhs {
			if v.Name() != "_" {
				f.emit("%s = %s", f.varName(v), f.conv(vals[i], ts[i], f.subst(v.Type())).s)
			}
		}
		return
	}
	v := init.Lhs[0]
	x := f.as(init.Rhs, f.subst(v.Type()))
	if v.Name() == "_" {
		f.discard(x, f.subst(v.Type()))
		return
	}
	f.emit("%s = %s", f.varName(v), x.s)
}

// emitFunction emits a declared function or an instance of one.
func (e *emitter) emitFunction(name string, obj *types.Func, v *env) {
	fun, ok := e.state.function(obj)
	if !ok {
		fun = e.world.shared.funcs[obj]
	}
	if fun == nil || fun.decl.Body == nil {
		e.unsupported("the function "+obj.Name()+" without a body", "write its body in Go")
	}
	e.queue = append(e.queue, func() {
		f := e.newFn(fun.src, v, nil, analyze(fun.src.info, fun.decl))
		sig := f.subst(obj.Signature()).(*types.Signature)
		var recv *types.Var
		if obj.Signature().Recv() != nil {
			recv = obj.Signature().Recv()
		}
		redirect := ""
		if fun.src.cell && v == nil && e.state.names[obj] == name {
			redirect = name
			e.vars = append(e.vars, fmt.Sprintf("var %s %s\nvar %s bool\n", name+later, e.rep(withReceiver(obj, sig)), name+redirected))
		}
		f.position(fun.decl)
		header, body := f.functionText(obj.Signature(), recv, fun.decl.Type, fun.decl.Recv, fun.decl.Body, redirect)
		e.funcs = append(e.funcs, f.mark(fun.decl.Pos())+"func "+name+header+" {\n"+body+"}\n")
	})
}

// Endings of names of variables: of the later function that one leads to, and of
// whether there is one. To compare the function variable itself with nil costs the
// interpreter more than the call.
const (
	later      = "_r"
	redirected = "_t"
)

// funcLiteral is a function value that calls the declared function of that name.
func (e *emitter) funcLiteral(name string, obj *types.Func) string {
	sig := e.subst(nil, obj.Signature()).(*types.Signature)
	return passing(e.forward(name, withReceiver(obj, sig)), e.pass(obj))
}

// passing puts a statement at the start of a function literal.
func passing(literal, statement string) string {
	i := strings.Index(literal, "{\n")
	return literal[:i+2] + statement + literal[i+2:]
}

// withReceiver is a function's signature with its receiver, if it has one, as
// the first parameter.
func withReceiver(obj *types.Func, sig *types.Signature) *types.Signature {
	recv := obj.Signature().Recv()
	if recv == nil {
		return sig
	}
	params := []*types.Var{recv}
	for p := range sig.Params().Variables() {
		params = append(params, p)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// extend adds a method to the descriptors, made by earlier units, of the types
// that have it.
func (e *emitter) extend(fn *types.Func) {
	for s := e.state.below; s != nil; s = s.below {
		for name, t := range s.described {
			set := types.NewMethodSet(t)
			for i := range set.Len() {
				if set.At(i).Obj() == types.Object(fn) {
					e.extended[name] = t
				}
			}
		}
	}
}

// forward is a function literal with the signature that calls a declared one,
// with leading arguments that are names.
func (e *emitter) forward(name string, sig *types.Signature, leads ...lead) string {
	var args []string
	var ts []types.Type
	for _, l := range leads {
		args = append(args, l.val.s)
		ts = append(ts, l.t)
	}
	params, rest := e.forwarded(sig)
	args = append(args, rest...)
	return e.forwarding(params, sig, e.invocation(callee{name: name}, sig, ts, args, e.risky(sig, ts, len(args))))
}

// forwardCompiled is forward for a method of a compiled interface.
func (e *emitter) forwardCompiled(name string, sig *types.Signature) string {
	params, args := e.forwarded(sig)
	return e.forwarding(params, sig, made(name, args))
}

// forwarded gives the parameters of a function literal that passes them on, and
// the arguments that it passes.
func (e *emitter) forwarded(sig *types.Signature) (params, args []string) {
	for i := range sig.Params().Len() {
		p := "a_" + strconv.Itoa(i)
		params = append(params, p+" "+e.repParam(sig, i))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			p += "..."
		}
		args = append(args, p)
	}
	return params, args
}

// forwarding is a function literal that makes a call, after the lines before it.
func (e *emitter) forwarding(params []string, sig *types.Signature, c invocation, before ...string) string {
	use := ""
	if sig.Results().Len() > 0 {
		use = "return "
	}
	return fmt.Sprintf("func(%s)%s {\n%s\n}", joinComma(params), e.repResults(sig.Results()), joinLines(append(before, c.lines(use)...)))
}

// mark leads positions in the text that follows back to the unit.
func (f *fn) mark(pos token.Pos) string {
	p := f.src.fset.Position(pos)
	if !p.IsValid() {
		return ""
	}
	return fmt.Sprintf("%s%s:%d\n", markPrefix, f.src.name(p), p.Line)
}

// position notes where the statement being lowered stands.
func (f *fn) position(n ast.Node) {
	p := f.src.fset.Position(n.Pos())
	p.Filename = f.src.name(p)
	f.at = p
}

// where is a position as a string literal for the text that reports panics.
func (f *fn) where(n ast.Node) string {
	p := f.src.fset.Position(n.Pos())
	return strconv.Quote(fmt.Sprintf("%s:%d", f.src.name(p), p.Line))
}

// constantInt gives the value of a constant integer.
func constantInt(v constant.Value) (int64, bool) {
	v = constant.ToInt(v)
	if v.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(v)
}
