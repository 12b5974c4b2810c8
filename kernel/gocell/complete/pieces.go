package complete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// pieceKind says where a piece of a cell belongs.
type pieceKind int

const (
	statement pieceKind = iota // into the body, variable declarations too
	declared                   // a function, method, type or constant
	imported
	clause // a package clause, which is passed over
)

// piece is a declaration or statement at the top level of a cell.
type piece struct {
	kind       pieceKind
	start, end int
	unclosed   bool // a bracket is open at its end
}

// pieces divides a cell at the semicolons, written or automatic, that stand
// outside all brackets and outside the header of a statement.
func pieces(code string) []piece {
	s := scan(code)
	var list []piece
	depth, first, header := 0, 0, false
	finish := func(next int) {
		if first < next {
			tokens := s.tokens[first:next]
			list = append(list, piece{classify(tokens), tokens[0].start, tokens[len(tokens)-1].end, depth > 0})
		}
		first, header = next+1, false
	}
	for i, t := range s.tokens {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0)
		case token.SEMICOLON:
			if depth == 0 && !(header && t.lit == ";") {
				finish(i)
			}
		case token.IF, token.FOR, token.SWITCH:
			header = header || depth == 0
		}
	}
	finish(len(s.tokens))
	return list
}

// classify tells from its tokens what a piece is.
func classify(tokens []scanned) pieceKind {
	switch tokens[0].tok {
	case token.PACKAGE:
		return clause
	case token.IMPORT:
		return imported
	case token.TYPE, token.CONST:
		return declared
	case token.FUNC:
		if isFuncDecl(tokens) {
			return declared
		}
	}
	return statement
}

// isFuncDecl tells the declaration of a function or method from a function
// literal that begins a statement.
func isFuncDecl(tokens []scanned) bool {
	if len(tokens) < 2 || tokens[1].tok == token.IDENT {
		return len(tokens) >= 2
	}
	depth := 0
	for i, t := range tokens[1:] {
		switch t.tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			rest := tokens[i+2:]
			return len(rest) >= 2 && rest[0].tok == token.IDENT && rest[1].tok == token.LPAREN
		}
	}
	return false
}

const bodyName = "hillock_body"

// lay writes the pieces of a cell as a file. text gives the kind and the text of
// a piece; an empty text leaves it out.
func lay(imports string, list []piece, text func(p piece) (pieceKind, string)) string {
	var b strings.Builder
	b.WriteString("package main\n")
	b.WriteString(imports)
	for _, kind := range []pieceKind{imported, declared, statement} {
		if kind == statement {
			b.WriteString("func " + bodyName + "() {\n")
		}
		for _, p := range list {
			if k, text := text(p); k == kind && text != "" {
				b.WriteString(text)
				b.WriteByte('\n')
			}
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// usable gives the text of a piece as far as it can be part of a file: all of
// it, a function without its body if that does not parse, or nothing.
func usable(p piece, text string) string {
	before, after := "package main\n", ""
	if p.kind == statement {
		before, after = "package main\nfunc _() {\n", "\n}"
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", before+text+after, parser.SkipObjectResolution)
	if err == nil && !p.unclosed {
		return text
	}
	if p.kind != declared || file == nil {
		return ""
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		head := text[:fset.Position(f.Body.Lbrace).Offset-len(before)] + "{}"
		if _, err := parser.ParseFile(token.NewFileSet(), "", before+head, parser.SkipObjectResolution); err == nil {
			return head
		}
	}
	return ""
}

// find gives the path to an identifier, from the file inwards, or nil.
func find(file *ast.File, match func(*ast.Ident) bool) []ast.Node {
	var path, found []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return false
		}
		if found != nil {
			return false
		}
		path = append(path, n)
		if id, ok := n.(*ast.Ident); ok && match(id) {
			found = append([]ast.Node(nil), path...)
		}
		return true
	})
	return found
}
