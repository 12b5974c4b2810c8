package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// target is a statement that break or continue may name, or the border of a
// body that runs as a function literal.
type target struct {
	obj    types.Object // its label in the source
	loop   bool
	label  string   // emitted label, once one is needed
	used   bool     // the emitted label is needed
	before []string // emitted before every continue
	yield  string   // variable that carries the way out of a body run as a literal
	codes  []string
	jumps  []func()
	fall   string // what fallthrough becomes in the clause being emitted
}

// pend notes what to do after a loop over a function ended for a jump out of
// its body.
func (t *target) pend(do func(), key string) int {
	for i, k := range t.codes {
		if k == key {
			return i + 1
		}
	}
	t.codes = append(t.codes, key)
	t.jumps = append(t.jumps, do)
	return len(t.codes)
}

func (f *fn) branch(s *ast.BranchStmt) {
	var label types.Object
	if s.Label != nil {
		label = f.src.info.Uses[s.Label]
	}
	switch s.Tok {
	case token.GOTO:
		for i := len(f.targets) - 1; i >= 0; i-- {
			if f.targets[i].yield != "" {
				f.unsupported("goto out of the body of a loop over a function", "use a labelled break")
			}
		}
		f.emit("goto %s", f.labelName(label))
	case token.BREAK, token.CONTINUE:
		f.jump(s.Tok, label)
	case token.FALLTHROUGH:
		f.emit("%s", f.targets[len(f.targets)-1].fall)
	}
}

// jump leaves or continues the target with the label, or the innermost one.
func (f *fn) jump(tok token.Token, label types.Object) {
	for i := len(f.targets) - 1; i >= 0; i-- {
		t := f.targets[i]
		if label != nil && t.obj != label || label == nil && tok == token.CONTINUE && !t.loop {
			continue
		}
		f.jumpTo(tok, t, i)
		return
	}
	panic("lower: jump without target")
}

func (f *fn) jumpTo(tok token.Token, t *target, at int) {
	for i := len(f.targets) - 1; i >= at; i-- {
		b := f.targets[i]
		if b.yield == "" {
			continue
		}
		if i == at { // the loop over a function itself
			if tok == token.CONTINUE {
				f.emit("return true")
			} else {
				f.emit("%s = -1", b.yield)
				f.emit("return false")
			}
			return
		}
		code := b.pend(func() { f.jumpTo(tok, t, at) }, fmt.Sprintf("%s %p", tok, t))
		f.emit("%s = %d", b.yield, code)
		f.emit("return false")
		return
	}
	if tok == token.CONTINUE {
		f.lines = append(f.lines, t.before...)
	}
	innermost := at == len(f.targets)-1
	if tok == token.CONTINUE && !innermost {
		innermost = true
		for _, o := range f.targets[at+1:] {
			innermost = innermost && !o.loop && o.label == ""
		}
	}
	if innermost {
		f.emit("%s", tok)
		return
	}
	if t.label == "" {
		t.label = f.state.fresh("L")
	}
	t.used = true
	f.emit("%s %s", tok, t.label)
}

// loop emits a loop around what header and body give.
func (f *fn) loop(t *target, body func() (header string)) {
	t.loop = true
	f.targets = append(f.targets, t)
	f.loops++
	var header string
	lines := f.block(func() { header = body() })
	f.loops--
	f.targets = f.targets[:len(f.targets)-1]
	if t.used {
		f.emit("%s:", t.label)
	}
	f.emit("%s {", header)
	f.lines = append(f.lines, lines...)
	f.emit("}")
}

// blockTarget emits a block that a labelled break may leave.
func (f *fn) blockTarget(obj types.Object, body func()) {
	t := &target{obj: obj}
	t.label = f.state.fresh("L")
	f.targets = append(f.targets, t)
	lines := f.block(body)
	f.targets = f.targets[:len(f.targets)-1]
	if !t.used {
		f.lines = append(f.lines, lines...)
		return
	}
	f.emit("%s:", t.label)
	f.emit("for {")
	f.lines = append(f.lines, lines...)
	f.emit("break")
	f.emit("}")
}

func (f *fn) forStmt(s *ast.ForStmt, label types.Object) {
	// Each iteration has its own copy of a variable that a literal captures.
	var copies []types.Object
	if init, ok := s.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
		for _, x := range init.Lhs {
			if obj := f.src.info.Defs[x.(*ast.Ident)]; obj != nil && f.analysis.shared[obj] && !f.isGlobal(obj) {
				copies = append(copies, obj)
			}
		}
	}
	if s.Init != nil {
		f.stmt(s.Init)
	}
	t := &target{obj: label}
	var outer []string
	for _, obj := range copies {
		o := f.temp("o")
		f.emit("%s := %s", o, f.varName(obj))
		outer = append(outer, o)
		delete(f.locals, obj)
		t.before = append(t.before, fmt.Sprintf("%s = %s", o, f.varName(obj)))
	}
	cond, post := "", ""
	var condLines, postLines []string
	if s.Cond != nil {
		f.loops++
		condLines = f.block(func() { cond = f.condition(s.Cond).s })
		f.loops--
	}
	if s.Post != nil {
		f.loops++
		postLines = f.block(func() { f.stmt(s.Post) })
		f.loops--
	}
	simple := len(copies) == 0 && len(condLines) == 0 && len(postLines) <= 1
	if len(postLines) == 1 {
		post = postLines[0]
	}
	if simple {
		f.loop(t, func() string {
			f.stmts(s.Body.List)
			if cond == "" && post == "" {
				return "for"
			}
			return fmt.Sprintf("for ; %s; %s", cond, post)
		})
		return
	}
	first := ""
	if len(postLines) > 0 {
		first = f.temp("first")
		f.emit("%s := true", first)
	}
	f.loop(t, func() string {
		for i, obj := range copies {
			f.emit("%s := %s", f.varName(obj), outer[i])
		}
		if first != "" {
			f.emit("if %s {", first)
			f.emit("%s = false", first)
			f.emit("} else {")
			f.lines = append(f.lines, postLines...)
			f.emit("}")
		}
		f.lines = append(f.lines, condLines...)
		if cond != "" {
			f.emit("if !(%s) {", cond)
			f.emit("break")
			f.emit("}")
		}
		f.stmts(s.Body.List)
		f.lines = append(f.lines, t.before...)
		return "for"
	})
}
