package nb

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"html"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	rendererhtml "github.com/yuin/goldmark/renderer/html"

	"hillock/stdlib/notebook"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// WriteHTMLFile writes the notebook as a web page that needs nothing else:
// pictures are in it, formulas are MathML, and it follows the reader's light or
// dark theme.
func (n *Notebook) WriteHTMLFile(path, title string) error {
	data, err := n.HTML(title)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return WriteWhole(path, data)
}

// pageCell is a cell as the page's template sees it.
type pageCell struct {
	Kind    string // markdown, code or raw
	Count   int
	Body    template.HTML
	Outputs []template.HTML
}

// HTML gives the notebook as a web page. The notebook's own HTML goes into it as
// it is: a page is as trustworthy as its notebook.
func (n *Notebook) HTML(title string) ([]byte, error) {
	for _, c := range n.Cells {
		if heading, ok := strings.CutPrefix(c.FirstLine(), "# "); ok && c.Type == Markdown {
			title = heading
			break
		}
	}
	var cells []pageCell
	for _, c := range n.Cells {
		pc := pageCell{Kind: string(c.Type), Count: c.Count}
		switch c.Type {
		case Markdown:
			body, err := markdown(c.Source, c.Attachments)
			if err != nil {
				return nil, err
			}
			pc.Body = body
		case Raw:
			pc.Body = template.HTML(html.EscapeString(c.Source))
		case Code:
			if strings.TrimSpace(c.Source) == "" && len(c.Outputs) == 0 {
				continue
			}
			pc.Body = highlight(c.Source)
			for _, o := range c.Outputs {
				out, err := o.html()
				if err != nil {
					return nil, err
				}
				pc.Outputs = append(pc.Outputs, out)
			}
		}
		cells = append(cells, pc)
	}
	var buf bytes.Buffer
	err := page.Execute(&buf, map[string]any{"Title": title, "Cells": cells})
	return buf.Bytes(), err
}

var markdownRenderer = goldmark.New(
	goldmark.WithExtensions(extension.GFM, extension.Footnote),
	goldmark.WithRendererOptions(rendererhtml.WithUnsafe()),
)

// markdown renders Markdown with formulas between $ or $$.
func markdown(source string, attachments map[string]any) (template.HTML, error) {
	text, formulas := takeFormulas(source)
	var buf bytes.Buffer
	if err := markdownRenderer.Convert([]byte(text), &buf); err != nil {
		return "", fmt.Errorf("rendering Markdown: %w", err)
	}
	out := putFormulas(buf.String(), formulas)
	for name, bundle := range attachments {
		data, _ := bundle.(map[string]any)
		for mime, contents := range data {
			if s, ok := contents.(string); ok {
				out = strings.ReplaceAll(out, `"attachment:`+html.EscapeString(name)+`"`, `"data:`+mime+";base64,"+s+`"`)
			}
		}
	}
	return template.HTML(out), nil
}

// html gives an output in its richest form.
func (o *Output) html() (template.HTML, error) {
	switch o.Type {
	case Stream:
		return template.HTML(`<pre class="` + html.EscapeString(o.Name) + `">` + colours(overwritten(o.Text)) + "</pre>"), nil
	case Failure:
		text := strings.Join(o.Traceback, "\n")
		if text == "" {
			text = o.ErrorName + ": " + o.ErrorValue
		}
		return template.HTML(`<pre class="error">` + colours(text) + "</pre>"), nil
	}
	text := func(mime string) string {
		s, _ := o.Data[mime].(string)
		return s
	}
	if s := text(notebook.MIMEHTML); s != "" {
		return template.HTML(`<div class="html">` + s + "</div>"), nil
	}
	if s := text(notebook.MIMEMarkdown); s != "" {
		return markdown(s, nil)
	}
	if s := text(notebook.MIMESVG); s != "" {
		return o.picture(notebook.MIMESVG, base64Of(s)), nil
	}
	for _, mime := range []string{notebook.MIMEPNG, notebook.MIMEJPEG, notebook.MIMEGIF} {
		if s := text(mime); s != "" {
			return o.picture(mime, strings.Map(func(r rune) rune {
				if r == '\n' || r == '\r' {
					return -1
				}
				return r
			}, s)), nil
		}
	}
	if s := text(notebook.MIMELaTeX); s != "" {
		return markdown(s, nil)
	}
	return template.HTML("<pre>" + colours(text(notebook.MIMEText)) + "</pre>"), nil
}

// picture embeds a picture with its size and its text for those who can't see it.
func (o *Output) picture(mime, base64 string) template.HTML {
	var about struct {
		Width, Height float64
		Alt           string
	}
	if raw, err := json.Marshal(o.Metadata[mime]); err == nil {
		_ = json.Unmarshal(raw, &about) // what is not understood is left out
	}
	if about.Alt == "" {
		about.Alt, _ = o.Data[notebook.MIMEText].(string)
	}
	size := ""
	if about.Width > 0 {
		size = fmt.Sprintf(` width="%g"`, about.Width)
	}
	return template.HTML(fmt.Sprintf(`<img src="data:%s;base64,%s" alt="%s"%s>`,
		mime, html.EscapeString(base64), html.EscapeString(about.Alt), size))
}

// overwritten applies carriage returns: what a line was before counts no more.
func overwritten(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		lines[i] = line[strings.LastIndex(line, "\r")+1:]
	}
	return strings.Join(lines, "\n")
}

// ansiClasses are the CSS classes of ANSI's colours and styles.
var ansiClasses = map[string]string{
	"1": "bold", "2": "dim", "3": "italic", "4": "underline",
	"31": "red", "32": "green", "33": "yellow", "34": "blue", "35": "magenta", "36": "cyan", "90": "dim",
	"91": "red", "92": "green", "93": "yellow", "94": "blue", "95": "magenta", "96": "cyan",
}

// colours escapes text for HTML and turns ANSI's colours into spans.
func colours(text string) string {
	var b strings.Builder
	open, at := 0, 0
	for _, m := range ansi.FindAllStringIndex(text, -1) {
		b.WriteString(html.EscapeString(text[at:m[0]]))
		at = m[1]
		sequence := text[m[0]:m[1]]
		if !strings.HasSuffix(sequence, "m") {
			continue
		}
		for code := range strings.SplitSeq(sequence[2:len(sequence)-1], ";") {
			code = strings.TrimLeft(code, "0")
			if class := ansiClasses[code]; class != "" {
				b.WriteString(`<span class="ansi-` + class + `">`)
				open++
			} else if code == "" || code == "39" || code == "22" {
				b.WriteString(strings.Repeat("</span>", open))
				open = 0
			}
		}
	}
	b.WriteString(html.EscapeString(text[at:]))
	b.WriteString(strings.Repeat("</span>", open))
	return b.String()
}

// highlight marks keywords, literals and comments of Go.
func highlight(source string) template.HTML {
	source = strings.TrimRight(source, "\n")
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		class := ""
		switch {
		case tok == token.COMMENT:
			class = "comment"
		case tok == token.STRING || tok == token.CHAR:
			class = "string"
		case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
			class = "number"
		case tok.IsKeyword():
			class = "keyword"
		}
		from := file.Offset(pos)
		to := from + len(lit)
		if class == "" || from < at || to > len(source) || source[from:to] != lit {
			continue
		}
		b.WriteString(html.EscapeString(source[at:from]))
		b.WriteString(`<span class="` + class + `">` + html.EscapeString(source[from:to]) + "</span>")
		at = to
	}
	b.WriteString(html.EscapeString(source[at:]))
	return template.HTML(b.String())
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
