package nb

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// Formulas are taken out of Markdown before it is rendered, since _ and * mean
// something else there, and put back as MathML. In between, two characters of
// the private use area and a number stand for each.
const formulaOpen, formulaClose = "\ue000", "\ue001"

// takeFormulas replaces the formulas of a Markdown text, except in code.
func takeFormulas(source string) (text string, formulas []string) {
	var b strings.Builder
	take := func(latex string, display bool) {
		math, err := mathML(latex, display)
		if err != nil {
			math = "<code>" + html.EscapeString(latex) + "</code>"
		}
		b.WriteString(formulaOpen + strconv.Itoa(len(formulas)) + formulaClose)
		formulas = append(formulas, math)
	}
	for i := 0; i < len(source); {
		rest := source[i:]
		lineStart := i == 0 || source[i-1] == '\n'
		switch {
		case lineStart && (strings.HasPrefix(rest, "```") || strings.HasPrefix(rest, "~~~")):
			end := strings.Index(rest[3:], "\n"+rest[:3])
			if end < 0 {
				b.WriteString(rest)
				return b.String(), formulas
			}
			b.WriteString(rest[:3+end+4])
			i += 3 + end + 4
		case rest[0] == '`':
			ticks := len(rest) - len(strings.TrimLeft(rest, "`"))
			end := strings.Index(rest[ticks:], rest[:ticks])
			if end < 0 {
				end = 0
			} else {
				end += ticks
			}
			b.WriteString(rest[:ticks+end])
			i += ticks + end
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(rest[:2])
			i += 2
		case strings.HasPrefix(rest, "$$"):
			end := strings.Index(rest[2:], "$$")
			if end < 0 {
				b.WriteString("$$")
				i += 2
				continue
			}
			take(rest[2:2+end], true)
			i += 4 + end
		case rest[0] == '$':
			latex, ok := inlineFormula(rest)
			if !ok {
				b.WriteByte('$')
				i++
				continue
			}
			take(latex, false)
			i += len(latex) + 2
		default:
			b.WriteByte(rest[0])
			i++
		}
	}
	return b.String(), formulas
}

// inlineFormula gives the formula that text, which begins with $, begins with:
// it touches both its $ signs, holds no empty line, and no digit follows it, so
// that amounts of money are left alone.
func inlineFormula(text string) (string, bool) {
	for end := 1; end < len(text); end++ {
		switch text[end] {
		case '\\':
			end++
		case '\n':
			if strings.HasPrefix(text[end:], "\n\n") {
				return "", false
			}
		case '$':
			latex := text[1:end]
			after := byte(' ')
			if end+1 < len(text) {
				after = text[end+1]
			}
			touches := latex != "" && latex == strings.TrimSpace(latex)
			return latex, touches && !('0' <= after && after <= '9')
		}
	}
	return "", false
}

// putFormulas puts the formulas into rendered Markdown.
func putFormulas(rendered string, formulas []string) string {
	for i, f := range formulas {
		rendered = strings.Replace(rendered, formulaOpen+strconv.Itoa(i)+formulaClose, f, 1)
	}
	return rendered
}

// mathML turns a formula in the part of LaTeX that texts use into MathML. It
// fails at what it does not know.
func mathML(latex string, display bool) (string, error) {
	p := &formulaParser{rest: latex}
	body, err := p.row("")
	if err != nil {
		return "", err
	}
	if p.rest != "" {
		return "", fmt.Errorf("unexpected %q", p.rest)
	}
	attribute := ""
	if display {
		attribute = ` display="block"`
	}
	return "<math" + attribute + ">" + body + "</math>", nil
}

// formulaParser reads a formula from left to right.
type formulaParser struct {
	rest  string
	depth int
}

// next takes a token: a command, or a character.
func (p *formulaParser) next() string {
	p.rest = strings.TrimLeft(p.rest, " \t\n")
	if p.rest == "" {
		return ""
	}
	end := 0
	if p.rest[0] == '\\' {
		end = 1
		for end < len(p.rest) && isLetter(p.rest[end]) {
			end++
		}
		if end == 1 && len(p.rest) > 1 {
			end = 2
		}
	} else {
		for i := range p.rest {
			if i > 0 {
				end = i
				break
			}
		}
		if end == 0 {
			end = len(p.rest)
		}
	}
	token := p.rest[:end]
	p.rest = p.rest[end:]
	return token
}

func (p *formulaParser) peek() string {
	before := p.rest
	token := p.next()
	p.rest = before
	return token
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// row reads up to the token end, which it takes, or to one that ends a cell of a
// table.
func (p *formulaParser) row(end string) (string, error) {
	if p.depth++; p.depth > 100 {
		return "", fmt.Errorf("too deep")
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	for {
		token := p.peek()
		if token == end {
			p.next()
			return "<mrow>" + b.String() + "</mrow>", nil
		}
		switch token {
		case "":
			return "", fmt.Errorf("%q is missing", end)
		case "}", `\right`:
			return "", fmt.Errorf("unexpected %q", token)
		case "&", `\\`, `\end`:
			if end != "cell" {
				return "", fmt.Errorf("unexpected %q", token)
			}
			return "<mrow>" + b.String() + "</mrow>", nil
		}
		item, err := p.scripted()
		if err != nil {
			return "", err
		}
		b.WriteString(item)
	}
}

// scripted reads an item with its sub- and superscripts.
func (p *formulaParser) scripted() (string, error) {
	base, err := p.item()
	if err != nil {
		return "", err
	}
	limits := strings.Contains(base, "<mo>∑") || strings.Contains(base, "<mo>∏") || strings.HasPrefix(base, "<mi>min<") ||
		strings.HasPrefix(base, "<mi>max<") || strings.HasPrefix(base, "<mi>lim<")
	sub, super := "", ""
	for {
		token := p.peek()
		if token == "'" {
			p.next()
			super += "<mo>′</mo>"
			continue
		}
		if token != "_" && token != "^" {
			break
		}
		p.next()
		script, err := p.item()
		if err != nil {
			return "", err
		}
		if token == "_" {
			sub += script
		} else {
			super += script
		}
	}
	tag := "sub"
	if limits {
		tag = "under"
	}
	wrap := func(s string) string { return "<mrow>" + s + "</mrow>" }
	switch {
	case sub != "" && super != "" && limits:
		return "<munderover>" + wrap(base) + wrap(sub) + wrap(super) + "</munderover>", nil
	case sub != "" && super != "":
		return "<msubsup>" + wrap(base) + wrap(sub) + wrap(super) + "</msubsup>", nil
	case sub != "":
		return "<m" + tag + ">" + wrap(base) + wrap(sub) + "</m" + tag + ">", nil
	case super != "" && limits:
		return "<mover>" + wrap(base) + wrap(super) + "</mover>", nil
	case super != "":
		return "<msup>" + wrap(base) + wrap(super) + "</msup>", nil
	}
	return base, nil
}

// item reads one symbol, group or command with its arguments.
func (p *formulaParser) item() (string, error) {
	token := p.next()
	switch {
	case token == "":
		return "", fmt.Errorf("the formula ends too early")
	case token == "{":
		return p.row("}")
	case token == "}" || token == "&" || token == "^" || token == "_":
		return "", fmt.Errorf("unexpected %q", token)
	case token[0] == '\\':
		return p.command(token)
	case token[0] >= '0' && token[0] <= '9':
		for p.rest != "" && (p.rest[0] >= '0' && p.rest[0] <= '9' ||
			p.rest[0] == '.' && len(p.rest) > 1 && p.rest[1] >= '0' && p.rest[1] <= '9') {
			token += p.rest[:1]
			p.rest = p.rest[1:]
		}
		return "<mn>" + token + "</mn>", nil
	case token == "-":
		return "<mo>−</mo>", nil
	case len(token) == 1 && !isLetter(token[0]):
		return "<mo>" + html.EscapeString(token) + "</mo>", nil
	}
	return "<mi>" + html.EscapeString(token) + "</mi>", nil
}

// argument reads a group or a single item.
func (p *formulaParser) argument() (string, error) { return p.item() }

// words reads a group as text.
func (p *formulaParser) words() (string, error) {
	if p.next() != "{" {
		return "", fmt.Errorf("{ is missing")
	}
	end := strings.IndexByte(p.rest, '}')
	if end < 0 {
		return "", fmt.Errorf("} is missing")
	}
	words := p.rest[:end]
	p.rest = p.rest[end+1:]
	return words, nil
}

// command reads what a command needs.
func (p *formulaParser) command(name string) (string, error) {
	if symbol, ok := formulaSymbols[name]; ok {
		return symbol, nil
	}
	if accent, ok := formulaAccents[name]; ok {
		base, err := p.argument()
		return `<mover accent="true">` + base + "<mo>" + accent + "</mo></mover>", err
	}
	switch name {
	case `\frac`, `\tfrac`, `\dfrac`:
		above, err := p.argument()
		if err != nil {
			return "", err
		}
		below, err := p.argument()
		return "<mfrac>" + above + below + "</mfrac>", err
	case `\sqrt`:
		inside, err := p.argument()
		return "<msqrt>" + inside + "</msqrt>", err
	case `\mathrm`, `\text`, `\textrm`, `\operatorname`, `\mathbf`, `\mathit`, `\boldsymbol`, `\mathcal`, `\mathbb`:
		return p.styled(name)
	case `\left`:
		left := p.next()
		inside, err := p.row(`\right`)
		if err != nil {
			return "", err
		}
		right := p.next()
		return "<mrow>" + fence(left) + inside + fence(right) + "</mrow>", nil
	case `\big`, `\Big`, `\bigl`, `\bigr`, `\displaystyle`, `\limits`, `\!`:
		return "", nil
	case `\begin`:
		return p.table()
	}
	if strings.Contains(functionNames, name[1:]+" ") && len(name) > 2 {
		return "<mi>" + name[1:] + "</mi>", nil
	}
	return "", fmt.Errorf("unknown command %s", name)
}

const functionNames = "exp log ln sin cos tan sinh cosh tanh min max lim arg det dim Pr sup inf "

// styled reads letters in another style. Braces may be left out around one.
func (p *formulaParser) styled(name string) (string, error) {
	var words string
	var err error
	if p.peek() == "{" {
		if words, err = p.words(); err != nil {
			return "", err
		}
	} else {
		words = p.next()
	}
	if symbol, ok := formulaSymbols[strings.TrimSpace(words)]; ok {
		return symbol, nil
	}
	if strings.Contains(words, `\`) {
		return "", fmt.Errorf("%s with %s", name, words)
	}
	escaped := html.EscapeString(words)
	switch name {
	case `\mathrm`, `\operatorname`:
		return `<mi mathvariant="normal">` + escaped + "</mi>", nil
	case `\mathbf`, `\boldsymbol`:
		return `<mi style="font-weight:bold">` + escaped + "</mi>", nil
	case `\mathit`:
		return "<mi>" + escaped + "</mi>", nil
	case `\mathcal`, `\mathbb`:
		if len(words) != 1 || words[0] < 'A' || words[0] > 'Z' {
			return "", fmt.Errorf("%s of %q", name, words)
		}
		return "<mi>" + scriptLetter(name, words[0]) + "</mi>", nil
	}
	return "<mtext>" + escaped + "</mtext>", nil
}

// scriptLetter gives a capital in script or with doubled strokes.
func scriptLetter(name string, letter byte) string {
	if name == `\mathbb` {
		if s, ok := map[byte]string{'C': "ℂ", 'H': "ℍ", 'N': "ℕ", 'P': "ℙ", 'Q': "ℚ", 'R': "ℝ", 'Z': "ℤ"}[letter]; ok {
			return s
		}
		return string(rune(0x1D538 + int(letter-'A')))
	}
	if s, ok := map[byte]string{'B': "ℬ", 'E': "ℰ", 'F': "ℱ", 'H': "ℋ", 'I': "ℐ", 'L': "ℒ", 'M': "ℳ", 'R': "ℛ"}[letter]; ok {
		return s
	}
	return string(rune(0x1D49C + int(letter-'A')))
}

// fence gives a bracket that grows.
func fence(token string) string {
	switch token {
	case ".":
		return ""
	case `\{`, `\}`:
		token = token[1:]
	case `\langle`:
		token = "⟨"
	case `\rangle`:
		token = "⟩"
	case `\|`:
		token = "‖"
	}
	return `<mo stretchy="true">` + html.EscapeString(token) + "</mo>"
}

// table reads a matrix, cases or aligned equations.
func (p *formulaParser) table() (string, error) {
	kind, err := p.words()
	if err != nil {
		return "", err
	}
	fences, ok := map[string][2]string{
		"matrix": {}, "pmatrix": {"(", ")"}, "bmatrix": {"[", "]"}, "vmatrix": {"|", "|"}, "cases": {"{", ""},
		"aligned": {}, "align": {}, "align*": {}, "equation": {}, "equation*": {},
	}[kind]
	if !ok {
		return "", fmt.Errorf("unknown environment %s", kind)
	}
	align := ""
	if kind == "cases" {
		align = ` columnalign="left"`
	} else if strings.HasPrefix(kind, "align") {
		align = ` displaystyle="true" columnalign="right left"`
	}
	var rows strings.Builder
	cells := ""
	for {
		cell, err := p.row("cell")
		if err != nil {
			return "", err
		}
		cells += "<mtd>" + cell + "</mtd>"
		switch token := p.next(); token {
		case `\\`:
			rows.WriteString("<mtr>" + cells + "</mtr>")
			cells = ""
		case `\end`:
			if end, err := p.words(); err != nil || end != kind {
				return "", fmt.Errorf("%s ends as %s", kind, end)
			}
			if cells != "<mtd><mrow></mrow></mtd>" {
				rows.WriteString("<mtr>" + cells + "</mtr>")
			}
			body := "<mtable" + align + ">" + rows.String() + "</mtable>"
			for i, f := range fences {
				if f != "" && i == 0 {
					body = fence(f) + body
				} else if f != "" {
					body += fence(f)
				}
			}
			return "<mrow>" + body + "</mrow>", nil
		}
	}
}
