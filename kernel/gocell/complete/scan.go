package complete

import (
	"go/scanner"
	"go/token"
	"strings"
)

// scanned is a token and the bytes it stands on.
type scanned struct {
	tok        token.Token
	lit        string
	start, end int
}

// scanning is what the tokens of a text tell.
type scanning struct {
	tokens   []scanned   // without comments
	open     string      // brackets that are not closed, outermost first
	comment  bool        // the end of the text is inside a comment
	literal  token.Token // STRING or CHAR when the end is inside one, else 0
	inside   int         // where that literal begins
	operator bool        // the last token asks for an operand
}

// scan scans a text that may end anywhere.
func scan(code string) scanning {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(code))
	unfinished := map[int]bool{}
	var sc scanner.Scanner
	sc.Init(file, []byte(code), func(pos token.Position, msg string) {
		if strings.HasSuffix(msg, "not terminated") {
			unfinished[pos.Offset] = true
		}
	}, scanner.ScanComments)
	var s scanning
	var open []byte
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			break
		}
		t := scanned{tok: tok, lit: lit, start: file.Offset(pos)}
		t.end = t.start + len(lit)
		if lit == "" {
			t.end = t.start + len(tok.String())
		}
		if tok == token.SEMICOLON && lit == "\n" {
			t.end = t.start
		}
		t.end = min(t.end, len(code))
		if tok == token.SEMICOLON && t.start == len(code) {
			continue // the end of the text is not the end of a statement
		}
		atEnd := t.end == len(code)
		switch tok {
		case token.COMMENT:
			s.comment = atEnd && (strings.HasPrefix(lit, "//") || unfinished[t.start])
			continue
		case token.STRING, token.CHAR:
			if unfinished[t.start] && !strings.Contains(code[t.start:], "\n") || unfinished[t.start] && lit[0] == '`' {
				s.literal, s.inside = tok, t.start
			}
		case token.LPAREN:
			open = append(open, '(')
		case token.LBRACK:
			open = append(open, '[')
		case token.LBRACE:
			open = append(open, '{')
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		s.tokens = append(s.tokens, t)
	}
	s.open = string(open)
	if n := len(s.tokens); n > 0 {
		last := s.tokens[n-1].tok
		s.operator = last.IsOperator() && last != token.SEMICOLON && last != token.INC && last != token.DEC &&
			last != token.RPAREN && last != token.RBRACK && last != token.RBRACE
	}
	return s
}

// last gives the last token but n, or one of kind EOF.
func (s scanning) last(n int) scanned {
	if i := len(s.tokens) - 1 - n; i >= 0 {
		return s.tokens[i]
	}
	return scanned{tok: token.EOF}
}

// frame is the statement that is being written inside a bracket.
type frame struct {
	bracket token.Token // that opened it; ILLEGAL at the top level
	first   token.Token // of the statement; ILLEGAL between statements
}

// lacks gives the block or the colon that the statement is still without.
func (f frame) lacks() string {
	switch f.first {
	case token.IF, token.FOR, token.SWITCH, token.SELECT:
		return " {}"
	case token.CASE, token.DEFAULT:
		return ":"
	}
	return ""
}

// closers gives what closes the open brackets and completes the statements that
// lack their blocks, so that the text in front of it can be parsed.
func (s scanning) closers() string {
	frames := []frame{{}}
	for i, t := range s.tokens {
		f := &frames[len(frames)-1]
		switch t.tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(frames) > 1 {
				frames = frames[:len(frames)-1]
			}
			continue
		case token.SEMICOLON:
			if t.lit == "\n" || f.lacks() != " {}" {
				f.first = token.ILLEGAL
			}
			continue
		case token.COLON:
			if f.lacks() == ":" {
				f.first = token.ILLEGAL
			}
			continue
		case token.ELSE:
			f.first = token.ILLEGAL
			continue
		case token.LBRACE:
			if f.lacks() == " {}" && !literalType(s.tokens[:i]) {
				f.first = token.EOF // it has its block
			}
		}
		if f.first == token.ILLEGAL {
			f.first = t.tok
		}
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			frames = append(frames, frame{bracket: t.tok})
		}
	}
	var b strings.Builder
	for i := len(frames) - 1; ; i-- {
		b.WriteString(frames[i].lacks())
		switch frames[i].bracket {
		case token.LPAREN:
			b.WriteByte(')')
		case token.LBRACK:
			b.WriteByte(']')
		case token.LBRACE:
			b.WriteByte('}')
		}
		if i == 0 {
			return b.String()
		}
	}
}

// literalType says whether tokens end in a type such as []int, so that a brace
// behind them opens a literal.
func literalType(tokens []scanned) bool {
	n := len(tokens)
	return n >= 2 && tokens[n-1].tok == token.IDENT && tokens[n-2].tok == token.RBRACK
}
