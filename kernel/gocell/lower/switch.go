package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func joinComma(list []string) string { return strings.Join(list, ", ") }
func joinLines(list []string) string { return strings.Join(list, "\n") }

// clause is a case of a switch while it is emitted.
type clause struct {
	body    []ast.Stmt
	prepare func() // emitted at the start of the body
	conds   []func() val
	first   bool // is the default
}

func (f *fn) switchStmt(s *ast.SwitchStmt, label types.Object) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var tag val
	var tagType types.Type
	if s.Tag != nil {
		tagType = types.Default(f.typeOf(s.Tag))
		tag = f.as(s.Tag, tagType)
		if !tag.fixed {
			tag = f.keep(tag, tagType)
		}
	}
	var clauses []*clause
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		cl := &clause{body: c.Body, first: c.List == nil}
		for _, x := range c.List {
			cl.conds = append(cl.conds, func() val {
				f.position(x)
				if s.Tag == nil {
					if t := f.typeOf(x); isInterface(t) {
						return f.compare(token.EQL, f.value(x), t, literal("true"), types.Typ[types.Bool])
					}
					return f.value(x)
				}
				if f.src.info.Types[x].IsNil() {
					return f.isNil(tag, tagType)
				}
				xt := f.typeOf(x)
				if f.src.info.Types[x].Value != nil && !isInterface(tagType) {
					xt = tagType
				}
				return f.compare(token.EQL, tag, tagType, f.as(x, xt), xt)
			})
		}
		clauses = append(clauses, cl)
	}
	f.clauses(clauses, label)
}

// clauses emits the choice among clauses and their bodies.
func (f *fn) clauses(clauses []*clause, label types.Object) {
	falls := false
	for _, c := range clauses {
		if n := len(c.body); n > 0 {
			if b, ok := c.body[n-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				falls = true
			}
		}
	}
	// Conditions first: texts, and whether some need statements before them.
	type cond struct {
		lines []string
		text  string
	}
	plain := !falls
	conds := make([][]cond, len(clauses))
	for i, c := range clauses {
		for _, eval := range c.conds {
			var cd cond
			cd.lines = f.block(func() { cd.text = eval().operand() })
			if len(cd.lines) > 0 {
				plain = false
			}
			conds[i] = append(conds[i], cd)
		}
	}
	chosen := make([]string, len(clauses))
	if !plain {
		k := f.temp("k")
		f.emit("%s := -1", k)
		for i := range clauses {
			for _, cd := range conds[i] {
				f.emit("if %s < 0 {", k)
				f.lines = append(f.lines, cd.lines...)
				f.emit("if %s {", cd.text)
				f.emit("%s = %d", k, i)
				f.emit("}")
				f.emit("}")
			}
			chosen[i] = fmt.Sprintf("%s == %d", k, i)
		}
		for i, c := range clauses {
			if c.first {
				f.emit("if %s < 0 {", k)
				f.emit("%s = %d", k, i)
				f.emit("}")
			}
		}
		if falls {
			f.fallClauses(clauses, chosen, k, label)
			return
		}
	} else {
		for i := range clauses {
			var texts []string
			for _, cd := range conds[i] {
				texts = append(texts, cd.text)
			}
			chosen[i] = strings.Join(texts, " || ")
		}
	}
	t := &target{obj: label}
	f.targets = append(f.targets, t)
	var lines []string
	var last *clause
	emitBody := func(c *clause) {
		if c.prepare != nil {
			c.prepare()
		}
		f.stmts(c.body)
	}
	for i, c := range clauses {
		if c.first && plain {
			last = c
			continue
		}
		lines = append(lines, "case "+chosen[i]+":")
		lines = append(lines, f.block(func() { emitBody(c) })...)
	}
	if last != nil {
		lines = append(lines, "default:")
		lines = append(lines, f.block(func() { emitBody(last) })...)
	}
	f.targets = f.targets[:len(f.targets)-1]
	if len(lines) == 0 {
		return
	}
	if t.used {
		f.emit("%s:", t.label)
		f.emit("for {")
	}
	f.emit("switch {")
	f.lines = append(f.lines, lines...)
	f.emit("}")
	if t.used {
		f.emit("break")
		f.emit("}")
	}
}

// fallClauses emits bodies that may fall through into the next.
func (f *fn) fallClauses(clauses []*clause, chosen []string, k string, label types.Object) {
	f.blockTarget(label, func() {
		t := f.targets[len(f.targets)-1]
		for i, c := range clauses {
			t.fall = fmt.Sprintf("%s = %d", k, i+1)
			f.emit("if %s {", chosen[i])
			f.lines = append(f.lines, f.block(func() {
				if c.prepare != nil {
					c.prepare()
				}
				f.stmts(c.body)
			})...)
			f.emit("}")
		}
	})
}

func (f *fn) typeSwitch(s *ast.TypeSwitchStmt, label types.Object) {
	if s.Init != nil {
		f.stmt(s.Init)
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	}
	x = ast.Unparen(x)
	from := f.typeOf(x)
	v := f.as(x, from)
	name := f.temp("x")
	f.declare(name, v.s, from)
	v = temp(name)
	k := f.temp("k")
	f.emit("%s := -1", k)
	var clauses []*clause
	deflt := -1
	for i, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		cl := &clause{body: c.Body}
		obj := f.src.info.Implicits[c]
		if c.List == nil {
			deflt = i
		}
		single := ""
		for _, tx := range c.List {
			f.emit("if %s < 0 {", k)
			if f.src.info.Types[tx].IsNil() {
				f.emit("if %s {", f.isNil(v, from).s)
			} else {
				to := f.typeOf(tx)
				if len(c.List) == 1 && obj != nil {
					single = f.temp("v")
				}
				lines := f.block(func() {
					r, ok := f.assertion(v, from, to)
					f.emit("if %s {", ok)
					if single != "" {
						f.emit("%s = %s", single, r.s)
					}
				})
				if single != "" {
					// Declared outside, set inside.
					f.lines[len(f.lines)-1] = fmt.Sprintf("var %s %s\n%s", single, f.rep(to), f.lines[len(f.lines)-1])
				}
				f.lines = append(f.lines, lines...)
			}
			f.emit("%s = %d", k, i)
			f.emit("}")
			f.emit("}")
		}
		if obj != nil {
			t := f.subst(obj.Type())
			cl.prepare = func() {
				if single != "" {
					f.define(obj, temp(single), t)
					return
				}
				f.define(obj, f.conv(v, from, t), t)
			}
		}
		at := i
		cl.conds = []func() val{func() val { return val{s: fmt.Sprintf("%s == %d", k, at)} }}
		clauses = append(clauses, cl)
	}
	if deflt >= 0 {
		f.emit("if %s < 0 {", k)
		f.emit("%s = %d", k, deflt)
		f.emit("}")
	}
	f.clauses(clauses, label)
}

func (f *fn) selectStmt(s *ast.SelectStmt, label types.Object) {
	if len(s.Body.List) == 0 {
		f.emit("rt.Block()")
		return
	}
	var args []string
	blocking := true
	var clauses []*clause
	k, v, ok := f.temp("k"), f.temp("v"), f.temp("ok")
	n := 0
	var operands []func() val
	var operandTypes []types.Type
	kinds := []string{}
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		cl := &clause{body: c.Body}
		if c.Comm == nil {
			blocking = false
			cl.conds = []func() val{func() val { return val{s: k + " == -1"} }}
			clauses = append(clauses, cl)
			continue
		}
		at := n
		n++
		cl.conds = []func() val{func() val { return val{s: fmt.Sprintf("%s == %d", k, at)} }}
		switch comm := c.Comm.(type) {
		case *ast.SendStmt:
			ct := f.typeOf(comm.Chan)
			elem := core(ct).(*types.Chan).Elem()
			operands = append(operands, func() val { return f.under(comm.Chan) }, func() val { return f.as(comm.Value, elem) })
			operandTypes = append(operandTypes, ct, elem)
			kinds = append(kinds, "send")
		default:
			var rx *ast.UnaryExpr
			var lhs []ast.Expr
			tok := token.ASSIGN
			switch comm := comm.(type) {
			case *ast.ExprStmt:
				rx = ast.Unparen(comm.X).(*ast.UnaryExpr)
			case *ast.AssignStmt:
				rx = ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr)
				lhs, tok = comm.Lhs, comm.Tok
			}
			ct := f.typeOf(rx.X)
			elem := core(ct).(*types.Chan).Elem()
			operands = append(operands, func() val { return f.under(rx.X) })
			operandTypes = append(operandTypes, ct)
			kinds = append(kinds, "recv")
			cl.prepare = func() {
				if len(lhs) == 0 {
					return
				}
				got := f.temp("g")
				f.emit("var %s %s", got, f.rep(elem))
				f.emit("if %s != nil {", v)
				f.emit("%s = %s", got, f.fromAny(v, elem))
				f.emit("}")
				vals := []val{temp(got), temp(ok)}
				ts := []types.Type{elem, types.Typ[types.Bool]}
				for i, l := range lhs {
					if id, isIdent := l.(*ast.Ident); isIdent {
						if id.Name == "_" {
							continue
						}
						if obj := f.src.info.Defs[id]; tok == token.DEFINE && obj != nil {
							f.define(obj, f.conv(vals[i], ts[i], f.subst(obj.Type())), f.subst(obj.Type()))
							continue
						}
					}
					f.store(l, func(to types.Type) val { return f.conv(vals[i], ts[i], to) })
				}
			}
		}
		clauses = append(clauses, cl)
	}
	// All operands are read before the statement waits, in order.
	for i, eval := range operands {
		operands[i] = func() val { return f.keep(eval(), f.unpackedType(operandTypes[i])) }
	}
	got := f.ordered(operandTypes, operands...)
	at := 0
	for _, kind := range kinds {
		if kind == "send" {
			args = append(args, "1", f.raw(got[at], operandTypes[at]).s, f.raw(got[at+1], operandTypes[at+1]).s)
			at += 2
		} else {
			args = append(args, "0", f.raw(got[at], operandTypes[at]).s, "nil")
			at++
		}
	}
	list := "[]interface{}{" + joinComma(args) + "}"
	f.emit("%s, %s, %s := rt.Select(%v, %s)", k, v, ok, blocking, list)
	f.effects++
	f.clauses(clauses, label)
}

// fromAny takes a value of a type's representation out of an interface{} that
// holds just that.
func (f *fn) fromAny(text string, t types.Type) string {
	rep := f.rep(t)
	if rep == "interface{}" {
		return text
	}
	if rep == "struct{}" {
		return "struct{}{}" // yaegi fails to assert it
	}
	return text + ".(" + rep + ")"
}

// raw keeps a value so that it enters an interface{} as its representation.
func (f *fn) raw(v val, t types.Type) val {
	return f.keep(v, t)
}
