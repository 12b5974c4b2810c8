package gocell

import (
	"fmt"
	"strings"
)

// Diagnostic is one thing wrong with a cell.
type Diagnostic struct {
	Cell         string // "cell[9]"
	Line, Column int    // from 1; Column counts bytes, as the compiler does; 0 when the place is not known
	Message      string // the compiler's words
	Source       string // text of the line
	// Hint is advice that is not part of the compiler's message; often empty.
	Hint string
}

// String gives the message with its place, the source line and a caret under
// the column.
func (d Diagnostic) String() string {
	var b strings.Builder
	switch {
	case d.Line == 0:
		fmt.Fprintf(&b, "%s: %s", d.Cell, d.Message)
	default:
		fmt.Fprintf(&b, "%s:%d:%d: %s", d.Cell, d.Line, d.Column, d.Message)
	}
	if d.Source != "" && d.Column > 0 {
		fmt.Fprintf(&b, "\n    %s\n    %s^", d.Source, caretPadding(d.Source, d.Column))
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "\n    %s", d.Hint)
	}
	return b.String()
}

// caretPadding gives the white space that stands under the text before column:
// tabs are kept, everything else becomes a space.
func caretPadding(source string, column int) string {
	var b strings.Builder
	for i, r := range source {
		if i >= column-1 {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// CompileError is a cell that can't be run, with everything that is wrong with
// it, in the order of the text.
type CompileError struct {
	Diagnostics []Diagnostic
}

// Error gives the diagnostics one below the other.
func (e *CompileError) Error() string {
	texts := make([]string, len(e.Diagnostics))
	for i, d := range e.Diagnostics {
		texts[i] = d.String()
	}
	return strings.Join(texts, "\n")
}
