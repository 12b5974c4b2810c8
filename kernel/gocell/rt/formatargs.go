package rt

import (
	"fmt"
	"strings"
)

// Format prepares the operands of a Printf-like function: package fmt answers
// the verbs %T and %p itself, so operands of described types get what stands
// for their answers. An operand that an index names for a second verb is not
// told apart.
func Format(format string, args []any) (string, []any) {
	boxes := false
	for _, a := range args {
		if _, ok := BoxOf(a); ok {
			boxes = true
		}
	}
	if !boxes {
		return format, args
	}
	args = append([]any(nil), args...)
	text := []byte(format)
	next, reordered := 0, false
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		i++
		for i < len(text) {
			c := text[i]
			switch {
			case c == '[':
				reordered = true
				n := 0
				for i++; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
					n = n*10 + int(text[i]-'0')
				}
				next = n - 1
				i++
				continue
			case c == '*':
				next++
				i++
				continue
			case c == '+' || c == '-' || c == '#' || c == ' ' || c == '.' || c >= '0' && c <= '9':
				i++
				continue
			}
			break
		}
		if i >= len(text) {
			break
		}
		if text[i] == '%' {
			continue
		}
		if next >= 0 && next < len(args) && (text[i] == 'T' || text[i] == 'p') {
			if b, ok := BoxOf(args[next]); ok {
				answer := any(b.T.Name)
				if text[i] == 'p' {
					answer = pointed{b}
				}
				args[next] = answer
				text[i] = 'v'
			}
		}
		next++
	}
	if reordered || next >= len(args) {
		return string(text), args
	}
	// Surplus operands, as fmt reports them.
	text = append(text, "%%!(EXTRA "...)
	for i, a := range args[next:] {
		if i > 0 {
			text = append(text, ", "...)
		}
		if a == nil {
			text = append(text, "%v"...)
			continue
		}
		name := fmt.Sprintf("%T", a)
		if b, ok := BoxOf(a); ok {
			name = b.T.Name
		}
		text = append(text, strings.ReplaceAll(name, "%", "%%")+"=%v"...)
	}
	return string(append(text, ')')), args
}

// pointed prints a value's address.
type pointed struct{ b Box }

// Format prints as the verb p does.
func (p pointed) Format(s fmt.State, verb rune) {
	q := printer{s: s, verb: 'p', format: "%p"}
	q.address(p.b.T, valueOf(p.b), 0)
}
