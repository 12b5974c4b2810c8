// Package magic runs what a cell can hold beyond Go: commands such as %time,
// !ls and fmt.Println?, each on a line of its own, among the lines of Go.
package magic

import (
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// Part is a piece of a cell: Go, or a command.
type Part struct {
	Line int // where it begins, from 1
	// Name is the command: "%time", "!", or "?" for a name with a question mark
	// before or after it. It is empty for Go.
	Name string
	// Text is what stands behind the command's name. For Go it is the text with
	// empty lines in front, so that its lines keep their numbers.
	Text string
}

// asked is a name that one can ask about, with a package's path or not.
const asked = `[\pL_][\pL\pN_/]*([.-][\pL_][\pL\pN_/]*)*`

var (
	question = regexp.MustCompile(`^(\?{1,2}` + asked + `|` + asked + `\?{1,2})$`)
	command  = regexp.MustCompile(`^(%%?[^\s%]*)\s*(.*)$`)
)

// Split cuts a cell into its parts. A command stands at the beginning of a line
// where a statement could begin, so never inside a string or a comment; there %
// and ? can't begin or end a line of Go, and what begins with ! is never of use.
func Split(code string) []Part {
	var parts []Part
	rest, line := 0, 1 // of the Go that is not yet in parts
	for {
		from, to := next(code[rest:])
		if from < 0 {
			break
		}
		from, to = rest+from, rest+to
		if text := code[rest:from]; strings.TrimSpace(text) != "" {
			parts = append(parts, Part{Line: line, Text: strings.Repeat("\n", line-1) + text})
		}
		line += strings.Count(code[rest:from], "\n")
		parts = append(parts, parse(strings.TrimSpace(code[from:to]), line))
		rest, line = min(to+1, len(code)), line+1
	}
	if text := code[rest:]; strings.TrimSpace(text) != "" || len(parts) == 0 {
		parts = append(parts, Part{Line: line, Text: strings.Repeat("\n", line-1) + text})
	}
	return parts
}

// next finds the first line of Go that is a command; from is -1 if there is none.
func next(code string) (from, to int) {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), nil, 0)
	begins := true // a statement can begin here
	depth := 0     // of brackets
	lineStart := -1
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			return -1, -1
		}
		at := file.Offset(pos)
		start := strings.LastIndexByte(code[:at], '\n') + 1
		if begins && depth == 0 && start != lineStart && strings.TrimSpace(code[start:at]) == "" {
			end := len(code)
			if i := strings.IndexByte(code[at:], '\n'); i >= 0 {
				end = at + i
			}
			line := strings.TrimSpace(code[at:end])
			if strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") || question.MatchString(line) {
				return start, end
			}
		}
		lineStart = start
		begins = tok == token.SEMICOLON
		switch tok {
		case token.LBRACE, token.LBRACK, token.LPAREN:
			depth++
		case token.RBRACE, token.RBRACK, token.RPAREN:
			depth = max(depth-1, 0)
		}
	}
}

// parse reads a command.
func parse(text string, line int) Part {
	switch {
	case text[0] == '!':
		return Part{Line: line, Name: "!", Text: strings.TrimSpace(text[1:])}
	case text[0] == '%':
		m := command.FindStringSubmatch(text)
		return Part{Line: line, Name: "%" + strings.TrimLeft(m[1], "%"), Text: m[2]}
	default:
		return Part{Line: line, Name: "?", Text: strings.Trim(text, "?")}
	}
}
