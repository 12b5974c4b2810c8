package complete

import "strings"

// Magics are the commands that a line can begin with, and what they do.
var Magics = map[string]string{
	"%time":   "`%time STATEMENT` runs the statement, or with nothing behind it the whole cell, and says how long that took.",
	"%timeit": "`%timeit STATEMENT` runs the statement often and says how long it takes.",
	"%vars":   "`%vars` lists the variables of the session with their types, values and sizes.",
	"%reset":  "`%reset` forgets all variables, functions, types and imports.",
	"%doc":    "`%doc NAME` shows the documentation of a package, function, type, method or variable. `NAME?` does the same.",
	"%env":    "`%env` lists the environment, `%env NAME` shows a variable of it, `%env NAME=VALUE` sets one.",
	"%cd":     "`%cd FOLDER` changes the working folder.",
	"%help":   "`%help` says what a cell can do.",
}

// magic is what a line with a command is made of.
type magic struct {
	name       string // "%time"; empty for a shell command
	start, end int    // of the name
	rest       int    // where what follows begins
}

// magicAt tells whether the line that an offset is on is a command.
func magicAt(code string, at int) (m magic, ok bool) {
	from, to := line(code, at)
	text := code[from:to]
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	text = text[indent:]
	if text == "" || text[0] != '%' && text[0] != '!' {
		return magic{}, false
	}
	m.start = from + indent
	if text[0] == '!' {
		m.end, m.rest = m.start+1, m.start+1
		return m, true
	}
	name := text
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		name = text[:i]
	}
	m.name = name
	m.end = m.start + len(name)
	m.rest = min(m.end+1, to)
	return m, true
}

// blankMagics replaces commands by spaces, so that what is left is Go. What
// follows %time and %timeit is Go, too, and is kept. A line inside a raw string
// or a comment can't be a command, nor one that continues an expression, which
// is why a line counts only if nothing is open before it.
func blankMagics(code string) string {
	if !strings.ContainsAny(code, "%!") {
		return code
	}
	out := []byte(code)
	for from := 0; from < len(code); {
		_, to := line(code, from)
		if m, ok := magicAt(code, from); ok && !open(string(out[:from])) {
			end := to
			if m.name == "%time" || m.name == "%timeit" {
				end = m.end
			}
			for i := m.start; i < end; i++ {
				out[i] = ' '
			}
		}
		from = to + 1
	}
	return string(out)
}

// open says whether a bracket, a string or a comment is open at the end of code,
// or an operator waits for its operand.
func open(code string) bool {
	s := scan(code)
	if s.open != "" || s.comment || s.literal != 0 {
		return true
	}
	return s.operator
}
