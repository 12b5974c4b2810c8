package rt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Format prepares the operands of a Printf-like function: package fmt answers
// the verbs %T and %p itself, so operands of described types get what stands
// for their answers.
func Format(format string, args []any) (string, []any) {
	args = Operands(args)
	for _, a := range args {
		if _, _, ok := answers(a); ok {
			f := formatArgs{args: append([]any(nil), args...)}
			return f.answer(format), f.args
		}
	}
	return format, args
}

// answers gives what stands for an operand where its type and its address are
// asked for, if package fmt does not know them.
func answers(x any) (typeName string, address any, ok bool) {
	if b, ok := BoxOf(x); ok {
		return b.T.Name, pointed{b}, true
	}
	if n, ok := x.(nested); ok {
		return fmt.Sprintf("%T", n.value), bareAddress(n), true
	}
	return "", nil, false
}

// bareAddress prints the address of a value that would be printed in its parts.
type bareAddress struct{ value any }

// Format prints as the verb p does.
func (a bareAddress) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "%p", a.value) }

// formatArgs is a format and its operands while verbs are answered.
type formatArgs struct {
	text    []byte
	args    []any
	indexed bool // the format names operands by an index
	next    int  // operand
	given   int  // operands that the caller gave
	resume  bool // the next verb has to be told its operand
}

// answer gives the format that asks for the answers, which are among args then.
func (f *formatArgs) answer(format string) string {
	f.given = len(f.args)
	f.indexed = strings.Contains(format, "[")
	for len(format) > 0 {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			break
		}
		f.text = append(f.text, format[:i]...)
		format = format[i:]
		n := verbEnd(format)
		f.verb(format[:n])
		format = format[n:]
	}
	f.text = append(f.text, format...)
	if !f.indexed && f.next < f.given {
		f.surplus()
	}
	return string(f.text)
}

// verbEnd gives the length of the verb with its flags at the start of a format.
func verbEnd(format string) int {
	i := 1
	for i < len(format) && strings.IndexByte("+-# .*[]0123456789", format[i]) >= 0 {
		i++
	}
	if i == len(format) {
		return i
	}
	_, n := utf8.DecodeRuneInString(format[i:])
	return i + n
}

// verb takes over a verb with its flags, such as "%[2]*d".
func (f *formatArgs) verb(spec string) {
	if strings.HasSuffix(spec, "%") {
		f.text = append(f.text, spec...)
		return
	}
	flags := spec[:len(spec)-1]
	for rest := flags; rest != ""; rest = rest[1:] {
		switch rest[0] {
		case '[':
			n := 0
			for rest = rest[1:]; rest != "" && rest[0] >= '0' && rest[0] <= '9'; rest = rest[1:] {
				n = n*10 + int(rest[0]-'0')
			}
			f.next, f.resume = n-1, false
			if rest == "" {
				f.text = append(f.text, spec...)
				return
			}
		case '*':
			if f.resume {
				flags = strings.Replace(flags, "*", fmt.Sprintf("[%d]*", f.next+1), 1)
				f.resume = false
			}
			f.next++
		}
	}
	kind := spec[len(spec)-1]
	if f.resume {
		flags += fmt.Sprintf("[%d]", f.next+1)
		f.resume = false
	}
	if name, address, ok := f.operand(); ok && (kind == 'T' || kind == 'p') {
		answer := any(name)
		if kind == 'p' {
			answer = address
		}
		kind = 'v'
		if f.indexed { // the operand may be asked for again
			f.args = append(f.args, answer)
			if i := strings.LastIndexByte(flags, '['); i >= 0 && strings.HasSuffix(flags, "]") {
				flags = flags[:i]
			}
			flags += fmt.Sprintf("[%d]", len(f.args))
			f.resume = true
		} else {
			f.args[f.next] = answer
		}
	}
	f.text = append(append(f.text, flags...), kind)
	f.next++
}

// operand gives the answers for the operand of the next verb.
func (f *formatArgs) operand() (typeName string, address any, ok bool) {
	if f.next < 0 || f.next >= f.given {
		return "", nil, false
	}
	return answers(f.args[f.next])
}

// surplus reports the operands without a verb as package fmt does.
func (f *formatArgs) surplus() {
	f.text = append(f.text, "%%!(EXTRA "...)
	for i, a := range f.args[f.next:f.given] {
		if i > 0 {
			f.text = append(f.text, ", "...)
		}
		if a == nil {
			f.text = append(f.text, "%v"...)
			continue
		}
		name := fmt.Sprintf("%T", a)
		if answer, _, ok := answers(a); ok {
			name = answer
		}
		f.text = append(f.text, strings.ReplaceAll(name, "%", "%%")+"=%v"...)
	}
	f.text = append(f.text, ')')
}

// pointed prints a value's address.
type pointed struct{ b Box }

// Format prints as the verb p does.
func (p pointed) Format(s fmt.State, verb rune) {
	q := printer{s: s, verb: 'p', format: "%p"}
	q.address(p.b.T, valueOf(p.b), 0)
}
