package complete

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// complete gathers candidates for an offset and gives the range they replace.
func (c *completer) complete(code string, at int) (start, end int) {
	if m, ok := magicAt(code, at); ok && at >= m.start && !open(code[:m.start]) {
		switch {
		case m.name != "" && at <= m.end:
			for name := range Magics {
				c.add(candidate{Match: Match{Text: name, Kind: Magic}})
			}
			return m.start, m.end
		case m.name == "%doc" && at >= m.rest:
			_, to := line(code, at)
			c.doc = true
			start, end = c.complete(code[m.rest:to], at-m.rest)
			return m.rest + start, m.rest + end
		case (m.name == "%cd" || m.name == "") && at >= m.rest:
			word := m.rest + strings.LastIndexAny(code[m.rest:at], " \t") + 1
			return word + c.file(code[word:at]), at
		case m.name != "%time" && m.name != "%timeit":
			return at, at
		}
	}
	code = blankMagics(code)
	s := scan(code[:at])
	if s.comment || s.literal == token.CHAR {
		return at, at
	}
	if s.literal == token.STRING {
		if inImport(code[:at]) {
			return c.importPath(code, at, s)
		}
		return s.inside + 1 + c.file(code[s.inside+1:at]), at
	}
	start, end = identifierAt(code, at)
	switch last := s.last(0); last.tok {
	case token.INT, token.FLOAT, token.IMAG:
		if last.end == at {
			return at, at
		}
	}
	before := scan(code[:start])
	switch before.last(0).tok {
	case token.FUNC, token.VAR, token.CONST, token.TYPE, token.PACKAGE, token.IMPORT:
		return start, end // a new name
	}
	ch := checkMarked(c.state, code, start, end, false)
	if ch == nil {
		ch = checkMarked(c.state, "", 0, 0, false)
	}
	if ch != nil {
		c.node(ch, before, code[start:at])
	}
	return start, end
}

// inImport says whether a text ends in an import declaration.
func inImport(code string) bool {
	list := pieces(code)
	return len(list) > 0 && list[len(list)-1].kind == imported
}

// importPath proposes packages for the import path that is being written.
func (c *completer) importPath(code string, at int, s scanning) (start, end int) {
	start, end = s.inside+1, at
	for end < len(code) && !strings.ContainsRune("\"`\n; )", rune(code[end])) {
		end++
	}
	for _, path := range symbols.Packages() {
		name, _ := symbols.Name(path)
		c.add(candidate{Match: Match{Text: path, Kind: Package, Signature: name}})
	}
	return start, end
}

// node proposes what can stand where the mark is.
func (c *completer) node(ch *checked, before scanning, typed string) {
	id := ch.ident()
	switch parent := ch.parent(1).(type) {
	case *ast.SelectorExpr:
		if parent.Sel == id {
			c.selector(ch, parent)
			return
		}
	case *ast.BranchStmt:
		c.labels(ch)
		return
	case *ast.KeyValueExpr:
		if lit, ok := ch.parent(2).(*ast.CompositeLit); ok && parent.Key == id {
			if s := structOf(ch.info.TypeOf(lit)); s != nil {
				c.fields(s, ch.pkg, given(lit))
				return
			}
		}
	case *ast.CompositeLit:
		if parent.Type != id {
			if s := structOf(ch.info.TypeOf(parent)); s != nil {
				keys := given(parent)
				if len(keys) > 0 || len(parent.Elts) == 1 {
					c.fields(s, ch.pkg, keys)
				}
				if len(keys) > 0 || typed == "" {
					return
				}
			}
		}
	case *ast.AssignStmt:
		if parent.Tok == token.DEFINE && contains(parent.Lhs, id) {
			return // a new name
		}
	case *ast.FuncDecl:
		return // a new name
	}
	_, isStatement := ch.parent(1).(*ast.ExprStmt)
	typesOnly := isType(ch, 0)
	c.names(ch, id.Pos(), expected(ch), typesOnly)
	c.keywords(isStatement, typesOnly, before)
	if typed != "" {
		c.unimported()
	}
}

// selector proposes the members of a package, a type or a value.
func (c *completer) selector(ch *checked, sel *ast.SelectorExpr) {
	if x, ok := sel.X.(*ast.Ident); ok {
		if pkg, ok := ch.info.Uses[x].(*types.PkgName); ok {
			c.packageMembers(pkg.Imported())
			if isType(ch, 1) {
				c.keepTypes()
			}
			return
		}
	}
	tv, ok := ch.info.Types[sel.X]
	if !ok || tv.Type == nil || tv.Type == types.Typ[types.Invalid] {
		return
	}
	if _, ok := tv.Type.(*types.Tuple); ok {
		return
	}
	c.members(tv.Type, ch.pkg, tv.IsType() && !c.doc)
}

// keepTypes drops the candidates that are not types.
func (c *completer) keepTypes() {
	kept := c.list[:0]
	for _, x := range c.list {
		if x.Kind == Type {
			kept = append(kept, x)
		}
	}
	c.list = kept
}

// labels proposes the labels of the function around the mark.
func (c *completer) labels(ch *checked) {
	var f ast.Node
	for _, n := range ch.path {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			f = n
		}
	}
	if f == nil {
		return
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name != mark {
			c.add(candidate{Match: Match{Text: l.Label.Name, Kind: Label}})
		}
		return true
	})
}

// structOf gives the struct that t is, or points to, or nil.
func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	u := t.Underlying()
	if p, ok := u.(*types.Pointer); ok {
		u = p.Elem().Underlying()
	}
	s, _ := u.(*types.Struct)
	return s
}

// given gives the fields that a literal has already.
func given(lit *ast.CompositeLit) map[string]bool {
	names := map[string]bool{}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name != mark {
				names[key.Name] = true
			}
		}
	}
	return names
}

func contains(list []ast.Expr, e ast.Expr) bool {
	for _, x := range list {
		if x == e {
			return true
		}
	}
	return false
}

// isType says whether the nth node around the mark stands where a type must.
func isType(ch *checked, n int) bool {
	node := ch.parent(n)
	switch parent := ch.parent(n + 1).(type) {
	case *ast.Field:
		return parent.Type == node
	case *ast.ValueSpec:
		return parent.Type == node
	case *ast.TypeSpec:
		return parent.Type == node
	case *ast.ArrayType:
		return parent.Elt == node
	case *ast.MapType, *ast.ChanType, *ast.Ellipsis:
		return true
	case *ast.CompositeLit:
		return parent.Type == node
	case *ast.TypeAssertExpr:
		return parent.Type == node
	case *ast.StarExpr:
		return isType(ch, n+1)
	case *ast.CaseClause:
		_, ok := ch.parent(n + 3).(*ast.TypeSwitchStmt)
		return ok && contains(parent.List, node.(ast.Expr))
	}
	return false
}
