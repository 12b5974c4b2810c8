package complete

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// Inspect describes what stands at cursor, a count of code points: the
// identifier that touches it, or else the function or type in whose call or
// literal it is. With detail 1 it adds the methods of a type, what a package
// exports, and the source of what a cell declared. It says false when nothing
// is known.
func Inspect(state State, code string, cursor, detail int) (d Description, ok bool) {
	read(state, func() { d, ok = inspect(state, code, cursor, detail) })
	return d, ok
}

func inspect(state State, code string, cursor, detail int) (Description, bool) {
	at := byteOffset(code, cursor)
	if m, ok := magicAt(code, at); ok && at >= m.start && !open(code[:m.start]) {
		if at <= m.end {
			text, ok := Magics[m.name]
			return Description{Plain: strings.ReplaceAll(text, "`", ""), Markdown: text}, ok
		}
		if m.name == "%doc" {
			from, to := line(code, at)
			return inspect(state, code[m.rest:to], codePoints(code[m.rest:to], max(at, from)-m.rest), detail)
		}
	}
	code = blankMagics(code)
	s := scan(code[:at])
	if s.comment || s.literal == token.CHAR {
		return Description{}, false
	}
	if s.literal == token.STRING {
		return importedAt(code, at, s, detail)
	}
	start, end := identifierAt(code, at)
	if start == end || token.IsKeyword(code[start:end]) {
		if start, end = callee(s); start == end {
			return Description{}, false
		}
	}
	return inspectRange(state, code, start, end, detail)
}

// Doc describes what a name stands for: a package ("mat" or "math/rand/v2"), a
// member of one ("adex.Params.C"), or a name of the session, with a selector or
// without. A question mark behind it is passed over.
func Doc(state State, name string) (d Description, ok bool) {
	read(state, func() { d, ok = document(state, name) })
	return d, ok
}

func document(state State, name string) (Description, bool) {
	name = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(name), "?"))
	if text, ok := Magics[name]; ok {
		return Description{Plain: strings.ReplaceAll(text, "`", ""), Markdown: text}, true
	}
	if pkg, err := packageOf(name); err == nil && strings.Contains(name, "/") {
		return packageAbout(pkg, 1).description(), true
	}
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		dot := strings.IndexByte(name[slash:], '.')
		if dot < 0 {
			return Description{}, false
		}
		path, member := name[:slash+dot], name[slash+dot+1:]
		pkgName, ok := symbols.Name(path)
		if !ok {
			return Description{}, false
		}
		code := "import \"" + path + "\"\n" + pkgName + "." + member
		return inspectRange(state, code, len(code)-lastName(member), len(code), 1)
	}
	start := len(name) - lastName(name)
	return inspectRange(state, name, start, len(name), 1)
}

// lastName gives the length of what follows the last dot.
func lastName(name string) int { return len(name) - 1 - strings.LastIndexByte(name, '.') }

// packageOf gives the types of a package that cells can import.
func packageOf(path string) (*types.Package, error) {
	return symbols.Importer().Import(path)
}

// importedAt describes the package whose import path the offset is in.
func importedAt(code string, at int, s scanning, detail int) (Description, bool) {
	if !inImport(code[:at]) {
		return Description{}, false
	}
	end := at
	for end < len(code) && !strings.ContainsRune("\"`\n", rune(code[end])) {
		end++
	}
	pkg, err := packageOf(code[s.inside+1 : end])
	if err != nil {
		return Description{}, false
	}
	return packageAbout(pkg, detail).description(), true
}

// callee gives the range of the name of the function or type whose call or
// literal is open at the end of a scanned text, or which the text ends with.
func callee(s scanning) (start, end int) {
	depth := 0
	for i := len(s.tokens) - 1; i >= 0; i-- {
		t := s.tokens[i]
		switch t.tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
			continue
		case token.SEMICOLON:
			if depth == 0 && t.lit == "\n" {
				if s.open == "" {
					return 0, 0
				}
			}
			continue
		case token.LPAREN, token.LBRACE:
			depth--
			ends := depth == 0 && strings.TrimSpace(s.open) == "" // the text ends behind a call
			if depth < 0 || ends {
				if i > 0 && s.tokens[i-1].tok == token.IDENT && !(t.tok == token.LBRACE && isBlock(s.tokens[:i])) {
					return s.tokens[i-1].start, s.tokens[i-1].end
				}
				if ends {
					return 0, 0
				}
				depth = 0
			}
		case token.LBRACK:
			if depth--; depth < 0 {
				depth = 0
			}
		}
	}
	return 0, 0
}

// isBlock says whether a brace behind tokens opens a block rather than a
// literal.
func isBlock(tokens []scanned) bool {
	for i := len(tokens) - 1; i >= 0; i-- {
		switch tokens[i].tok {
		case token.IF, token.FOR, token.SWITCH, token.SELECT, token.FUNC, token.STRUCT, token.INTERFACE:
			return true
		case token.SEMICOLON, token.LPAREN, token.LBRACE, token.COMMA, token.ASSIGN, token.DEFINE, token.COLON:
			return false
		}
	}
	return false
}

// inspectRange describes the identifier [start, end).
func inspectRange(state State, code string, start, end, detail int) (Description, bool) {
	if start >= end {
		return Description{}, false
	}
	name := code[start:end]
	ch := checkMarked(state, code, start, end, true)
	if ch == nil {
		return Description{}, false
	}
	obj, owner := ch.object()
	if unknown(obj) {
		if sel, ok := ch.parent(1).(*ast.SelectorExpr); ok && sel.Sel == ch.ident() {
			return Description{}, false
		}
		path, ok := symbols.Resolve(name)
		if !ok {
			return Description{}, false
		}
		pkg, err := packageOf(path)
		if err != nil {
			return Description{}, false
		}
		return packageAbout(pkg, detail).description(), true
	}
	in := inspector{state: state, own: ch.pkg, detail: detail}
	t := ch.info.TypeOf(ch.ident())
	if instance, ok := ch.info.Instances[ch.ident()]; ok {
		t = instance.Type
	}
	return in.about(obj, owner, t).description(), true
}

// unknown says whether nothing can be told of an object: it is a variable whose
// type has an error, or there is none.
func unknown(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return obj == nil || ok && known(v.Type()) == nil
}

// object gives what the identifier stands for, and of a field or method the type
// that it was selected from.
func (c *checked) object() (obj types.Object, owner types.Type) {
	id := c.ident()
	obj = c.info.Uses[id]
	if obj == nil {
		obj = c.info.Defs[id]
	}
	if obj == nil {
		// The variable of a type switch has an object in each clause.
		for i := len(c.path) - 1; i >= 0 && obj == nil; i-- {
			obj = c.info.Implicits[c.path[i]]
		}
		if obj != nil && obj.Name() != id.Name {
			obj = nil
		}
	}
	switch parent := c.parent(1).(type) {
	case *ast.SelectorExpr:
		if parent.Sel != id {
			break
		}
		if selection := c.info.Selections[parent]; selection != nil {
			return selection.Obj(), declaringType(selection)
		}
		if tv, ok := c.info.Types[parent.X]; ok && tv.IsType() && obj == nil {
			// A field, or a method with a pointer receiver, named with its type:
			// not Go, but the way to ask for its documentation.
			obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(tv.Type), true, c.pkg, id.Name)
			return obj, ownerAt(tv.Type, index)
		}
	case *ast.KeyValueExpr:
		if lit, ok := c.parent(2).(*ast.CompositeLit); ok && parent.Key == id {
			owner = c.info.TypeOf(lit)
		}
	}
	return obj, owner
}

// declaringType gives the type that declares what a selection leads to.
func declaringType(s *types.Selection) types.Type { return ownerAt(s.Recv(), s.Index()) }

// ownerAt gives the type that declares the field or method at the end of an
// index path from t.
func ownerAt(t types.Type, index []int) types.Type {
	for _, i := range index[:max(len(index)-1, 0)] {
		s := structOf(t)
		if s == nil || i >= s.NumFields() {
			return t
		}
		t = s.Field(i).Type()
	}
	return t
}
