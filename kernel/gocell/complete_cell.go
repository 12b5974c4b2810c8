package gocell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Completeness says whether a text can be run as a cell.
type Completeness int

// The outcomes of IsComplete.
const (
	Complete   Completeness = iota // runs, or fails for another reason than its syntax
	Incomplete                     // more lines are needed
	Invalid                        // no continuation can mend it
)

// IsComplete says whether code can run as it stands. For incomplete code it
// also gives the indentation of the next line.
func IsComplete(code string) (Completeness, string) {
	fset := token.NewFileSet()
	_, errs := parseCell(fset, "cell", code)
	depth, open := openBrackets(code)
	if len(errs) == 0 {
		return Complete, ""
	}
	if _, stray := cut(code); stray >= 0 {
		return Invalid, ""
	}
	if open || depth > 0 || endsOpen(code) {
		// An error before the end stays one whatever follows.
		lines := strings.Count(strings.TrimRight(code, " \t\n"), "\n") + 1
		for _, d := range errs {
			if d.Line < lines && !strings.Contains(d.Message, "end of cell") && !open {
				return Invalid, ""
			}
		}
		if open {
			return Incomplete, ""
		}
		return Incomplete, strings.Repeat("\t", depth)
	}
	return Invalid, ""
}

// openBrackets counts the brackets that are not closed at the end of code; open
// says that a raw string or a comment is not closed.
func openBrackets(code string) (depth int, open bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(_ token.Position, message string) {
		if message == "raw string literal not terminated" || message == "comment not terminated" {
			open = true
		}
	}, 0)
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return max(depth, 0), open
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
	}
}

// openComment gives the line of a comment that is not closed: it hides what
// follows from everything else.
func openComment(code string) (line int, open bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(at token.Position, message string) {
		if message == "comment not terminated" {
			line, open = at.Line, true
		}
	}, 0)
	for {
		if _, tok, _ := s.Scan(); tok == token.EOF {
			return line, open
		}
	}
}

// endsOpen says whether code ends where Go needs something more: after a binary
// operator, a comma, an assignment, or a keyword.
func endsOpen(code string) bool {
	tokens := scanTokens(code)
	for len(tokens) > 0 && tokens[len(tokens)-1].tok == token.SEMICOLON && tokens[len(tokens)-1].lit == "\n" {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) == 0 {
		return false
	}
	last := tokens[len(tokens)-1].tok
	switch last {
	case token.IDENT, token.INC, token.DEC, token.RPAREN, token.RBRACK, token.RBRACE, token.SEMICOLON,
		token.BREAK, token.CONTINUE, token.FALLTHROUGH, token.RETURN, token.ILLEGAL:
		// A func declaration without its body is continued by convention.
		return false
	}
	return last.IsOperator() || last.IsKeyword()
}
