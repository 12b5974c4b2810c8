package server

import (
	"regexp"
	"strings"
)

// glob gives a test for a pattern in which * stands for any text, ? for any
// character, and [abc], [a-z] and [^a-z] for one of a set.
func glob(pattern string) func(string) bool {
	var expression strings.Builder
	expression.WriteString(`(?s)\A`)
	for rest := pattern; rest != ""; {
		switch rest[0] {
		case '*':
			expression.WriteString(`.*`)
			rest = rest[1:]
		case '?':
			expression.WriteString(`.`)
			rest = rest[1:]
		case '[':
			set, after := globSet(rest)
			expression.WriteString(set)
			rest = after
		default:
			end := strings.IndexAny(rest, "*?[")
			if end < 0 {
				end = len(rest)
			}
			expression.WriteString(regexp.QuoteMeta(rest[:end]))
			rest = rest[end:]
		}
	}
	expression.WriteString(`\z`)
	compiled, err := regexp.Compile(expression.String())
	if err != nil { // a range such as z-a, or text that is not UTF-8
		return func(text string) bool { return text == pattern }
	}
	return compiled.MatchString
}

// globSet translates the set that a pattern begins with. A bracket that is
// never closed stands for itself.
func globSet(pattern string) (expression, rest string) {
	body := pattern[1:]
	negated := ""
	if strings.HasPrefix(body, "^") || strings.HasPrefix(body, "!") {
		negated, body = "^", body[1:]
	}
	end := 0
	if strings.HasPrefix(body, "]") {
		end = 1 // a bracket that comes first is in the set
	}
	length := strings.IndexByte(body[end:], ']')
	if length < 0 {
		return `\[`, pattern[1:]
	}
	end += length
	set := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(body[:end])
	return "[" + negated + set + "]", body[end+1:]
}
