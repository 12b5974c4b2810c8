package gocell

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"
)

// PieceKind says what a piece of a cell is.
type PieceKind int

// The kinds of pieces. Only the last piece of a cell can be an expression that
// is shown.
const (
	ImportPiece     PieceKind = iota // import declaration
	TypePiece                        // type declaration
	ConstPiece                       // constant declaration
	VarPiece                         // variable declaration
	FuncPiece                        // function or method declaration
	StatementPiece                   // statement, or an expression that is not shown
	ExpressionPiece                  // trailing expression
	packagePiece                     // package clause, which is tolerated
)

// Piece is one import, declaration or statement of a cell.
type Piece struct {
	Kind PieceKind
	// Text is the source with the comments before it and behind it.
	Text string
	// Names are the names that the piece declares at the cell's top level: of
	// types, constants, variables and functions, and of imports where they are
	// written. Methods are named "T.Method".
	Names []string
	// Imports are the packages that an ImportPiece names. Name is empty when the
	// import has the package's own name.
	Imports []Import
	// Line is the line of the piece's first token, from 1.
	Line int

	start, end int  // offsets of the first token and of the end of the last one
	closed     bool // an explicit semicolon follows, at end
}

// token and text of a scanned token.
type scanned struct {
	tok    token.Token
	lit    string
	offset int
	end    int
}

// scanTokens gives the tokens of code with automatic semicolons, without
// comments. Scanning errors are left to the parser.
func scanTokens(code string) []scanned {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	var tokens []scanned
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return tokens
		}
		offset := file.Offset(pos)
		length := len(lit)
		switch {
		case tok == token.SEMICOLON && lit == "\n":
			length = 0
		case lit == "":
			length = len(tok.String())
		case tok == token.ILLEGAL: // what is no UTF-8 has become U+FFFD
			_, length = utf8.DecodeRuneInString(code[offset:])
		case tok == token.STRING && lit[0] == '`': // without its carriage returns
			if closing := strings.IndexByte(code[offset+1:], '`'); closing >= 0 {
				length = closing + 2
			}
		}
		tokens = append(tokens, scanned{tok, lit, offset, min(offset+length, len(code))})
	}
}

// cut divides a cell at the semicolons, written or automatic, that stand
// outside all brackets. stray is the offset of a closing bracket that nothing
// opened, or -1.
func cut(code string) (pieces []Piece, stray int) {
	stray = -1
	depth := 0
	var current []scanned
	finish := func(closed bool) {
		if len(current) == 0 {
			return
		}
		first, last := current[0], current[len(current)-1]
		pieces = append(pieces, Piece{
			Kind:   classify(current),
			Line:   1 + strings.Count(code[:first.offset], "\n"),
			start:  first.offset,
			end:    last.end,
			closed: closed,
		})
		current = nil
	}
	for _, t := range scanTokens(code) {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
			if depth < 0 {
				if stray < 0 {
					stray = t.offset
				}
				depth = 0
			}
		case token.SEMICOLON:
			if last := len(pieces) - 1; depth == 0 && len(current) == 0 && t.lit == ";" &&
				last >= 0 && pieces[last].closed && pieces[last].Kind == StatementPiece {
				// The empty condition of a for statement: its semicolon is not lost.
				pieces[last].end = t.offset
				continue
			}
			if depth == 0 {
				finish(t.lit == ";")
				continue
			}
		}
		current = append(current, t)
	}
	finish(false)
	return pieces, stray
}

// classify tells from its first tokens what a piece is. Statements and
// expressions are not told apart here.
func classify(tokens []scanned) PieceKind {
	switch tokens[0].tok {
	case token.PACKAGE:
		return packagePiece
	case token.IMPORT:
		return ImportPiece
	case token.TYPE:
		return TypePiece
	case token.CONST:
		return ConstPiece
	case token.VAR:
		return VarPiece
	case token.FUNC:
		if startsFuncDecl(tokens) {
			return FuncPiece
		}
	}
	return StatementPiece
}

// startsFuncDecl tells a function or method declaration from a function literal
// at the start of a statement.
func startsFuncDecl(tokens []scanned) bool {
	at := func(i int) token.Token {
		if i < len(tokens) {
			return tokens[i].tok
		}
		return token.EOF
	}
	if at(1) == token.IDENT {
		return true
	}
	if at(1) != token.LPAREN {
		return false
	}
	depth := 0
	for i := 1; i < len(tokens); i++ {
		switch tokens[i].tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			return at(i+1) == token.IDENT && (at(i+2) == token.LPAREN || at(i+2) == token.LBRACK && !bodyFollows(tokens[i+2:]))
		}
	}
	return false
}

// bodyFollows says whether tokens, from an opening bracket on, are type
// arguments followed by a body: func(x T) List[int] { … } is a literal.
func bodyFollows(tokens []scanned) bool {
	depth := 0
	for i, t := range tokens {
		switch t.tok {
		case token.LBRACK:
			depth++
		case token.RBRACK:
			depth--
		}
		if depth == 0 {
			return i+1 < len(tokens) && tokens[i+1].tok == token.LBRACE
		}
	}
	return false
}

// mask gives code with everything outside the pieces that keep chooses, and the
// comments above them, replaced by spaces. Offsets and lines stay what they were.
func mask(code string, pieces []Piece, keep func(Piece) bool) string {
	out := []byte(code)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	at := 0
	for i, p := range pieces {
		if !keep(p) {
			continue
		}
		// Between two pieces there are only comments. Those above a piece are
		// its own, what is on the line of the piece before is not.
		comments := 0
		if i > 0 {
			comments = pieces[i-1].end
			if n := strings.IndexByte(code[comments:p.start], '\n'); n >= 0 {
				comments += n
			} else {
				comments = p.start
			}
		}
		if comments > at {
			blank(at, comments)
		}
		at = p.end
		if p.closed {
			// The semicolon may stand after spaces.
			at += strings.IndexByte(code[at:], ';') + 1
		}
	}
	blank(at, len(code))
	return string(out)
}

// withComments gives the offsets of a piece's text with the comments that
// belong to it: those between the piece before and its first token, and those
// behind it on its last line.
func withComments(code string, pieces []Piece) [][2]int {
	spans := make([][2]int, len(pieces))
	at := 0
	for i, p := range pieces {
		end := p.end
		if p.closed {
			end += strings.IndexByte(code[end:], ';') + 1
		}
		limit := len(code)
		if i+1 < len(pieces) {
			limit = pieces[i+1].start
		}
		line := strings.IndexByte(code[end:limit], '\n')
		if i+1 == len(pieces) {
			end = limit
		} else if line >= 0 {
			end += line
		}
		spans[i] = [2]int{at, end}
		at = end
	}
	return spans
}
