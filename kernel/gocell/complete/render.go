package complete

import (
	"go/doc/comment"
	"strings"
)

// Description is what is known of a thing, in two forms.
type Description struct {
	Plain    string
	Markdown string
}

// about is what a description is made of.
type about struct {
	code  string   // declaration, as Go
	notes []string // lines about it: a value, where it comes from
	doc   string   // doc comment
	more  string   // further Go: methods, source
}

// description writes the parts down.
func (a about) description() Description {
	var plain, markdown []string
	if a.code != "" {
		plain = append(plain, a.code)
		markdown = append(markdown, "```go\n"+a.code+"\n```")
	}
	if len(a.notes) > 0 {
		plain = append(plain, strings.Join(a.notes, "\n"))
		markdown = append(markdown, strings.Join(quoted(a.notes), "  \n"))
	}
	if a.doc != "" {
		text, md := docText(a.doc)
		plain = append(plain, text)
		markdown = append(markdown, md)
	}
	if a.more != "" {
		plain = append(plain, a.more)
		markdown = append(markdown, "```go\n"+a.more+"\n```")
	}
	return Description{Plain: strings.Join(plain, "\n\n"), Markdown: strings.Join(markdown, "\n\n")}
}

// quoted writes notes so that Markdown shows them as they are.
func quoted(notes []string) []string {
	list := make([]string, len(notes))
	for i, note := range notes {
		list[i] = "`" + strings.ReplaceAll(note, "`", "'") + "`"
	}
	return list
}

// docText turns a doc comment into plain text and Markdown. Links to other
// declarations become plain names: there is no page to go to.
func docText(doc string) (text, markdown string) {
	parser := comment.Parser{
		LookupPackage: func(name string) (string, bool) { return name, true },
		LookupSym:     func(string, string) bool { return true },
	}
	parsed := parser.Parse(doc)
	for _, block := range parsed.Content {
		unlink(block)
	}
	printer := comment.Printer{HeadingLevel: 4, HeadingID: func(*comment.Heading) string { return "" }, TextWidth: 80}
	text = strings.TrimSpace(string(printer.Text(parsed)))
	return text, strings.TrimSpace(string(printer.Markdown(parsed)))
}

// unlink replaces links to declarations in a block by their texts.
func unlink(block comment.Block) {
	replace := func(list []comment.Text) {
		for i, t := range list {
			if link, ok := t.(*comment.DocLink); ok {
				list[i] = comment.Plain(linkText(link))
			}
		}
	}
	switch block := block.(type) {
	case *comment.Heading:
		replace(block.Text)
	case *comment.Paragraph:
		replace(block.Text)
	case *comment.List:
		for _, item := range block.Items {
			for _, b := range item.Content {
				unlink(b)
			}
		}
	}
}

// linkText is the text of a link.
func linkText(link *comment.DocLink) string {
	var b strings.Builder
	for _, t := range link.Text {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		}
	}
	return b.String()
}

// firstParagraph gives the first paragraph of a doc comment.
func firstParagraph(doc string) string {
	first, _, _ := strings.Cut(doc, "\n\n")
	return first
}
