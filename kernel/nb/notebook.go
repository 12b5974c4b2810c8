// Package nb works with notebook files (nbformat 4) without Jupyter: it reads
// and writes them, runs them against any server.Language, shows the run in a
// terminal, replaces parameters, and makes HTML pages and Go programs of them.
package nb

import (
	"fmt"
	"strings"
)

// CellType says what a cell holds.
type CellType string

// The types of cells.
const (
	Code     CellType = "code"
	Markdown CellType = "markdown"
	Raw      CellType = "raw"
)

// Notebook is the contents of a notebook file. What this package does not know
// is kept and written again.
type Notebook struct {
	Cells    []*Cell
	Metadata map[string]any
	Minor    int // of the format: 4.Minor
	extra    map[string]any
}

// Cell is one cell of a notebook.
type Cell struct {
	Type     CellType
	ID       string // unique in the notebook
	Source   string
	Metadata map[string]any
	// Attachments are the pictures of a Markdown cell: name → MIME type → contents.
	Attachments map[string]any
	// Outputs and Count are a code cell's: what it showed, and the number of
	// its last run, 0 when it has none.
	Outputs []*Output
	Count   int
	extra   map[string]any
}

// OutputType says what an output holds.
type OutputType string

// The types of outputs.
const (
	Stream  OutputType = "stream"
	Display OutputType = "display_data"
	Result  OutputType = "execute_result"
	Failure OutputType = "error"
)

// Output is one output of a code cell.
type Output struct {
	Type     OutputType
	Name     string         // of a stream: stdout or stderr
	Text     string         // of a stream
	Data     map[string]any // of a display or result: MIME type → contents
	Metadata map[string]any // of a display or result
	Count    int            // of a result
	// ErrorName, ErrorValue and Traceback are an error's.
	ErrorName, ErrorValue string
	Traceback             []string
	extra                 map[string]any
}

// HasTag says whether the cell has a tag.
func (c *Cell) HasTag(tag string) bool {
	tags, _ := c.Metadata["tags"].([]any)
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

// FirstLine gives the first line of the cell's source that says something.
func (c *Cell) FirstLine() string {
	for line := range strings.Lines(c.Source) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// CodeCells gives the notebook's code cells in order.
func (n *Notebook) CodeCells() []*Cell {
	var cells []*Cell
	for _, c := range n.Cells {
		if c.Type == Code {
			cells = append(cells, c)
		}
	}
	return cells
}

// SetLanguage writes into the metadata that the notebook is in Go and runs in
// this kernel, where it does not say something else.
func (n *Notebook) SetLanguage(version string) {
	if n.Metadata == nil {
		n.Metadata = map[string]any{}
	}
	if _, ok := n.Metadata["kernelspec"]; !ok {
		n.Metadata["kernelspec"] = map[string]any{
			"display_name": "Go (hillock)", "language": "go", "name": "hillock",
		}
	}
	n.Metadata["language_info"] = map[string]any{
		"name": "go", "version": version, "mimetype": "text/x-go", "file_extension": ".go",
		"codemirror_mode": "go", "pygments_lexer": "go", "nbconvert_exporter": "script",
	}
}

// CheckLanguage fails when the notebook says that it is in another language.
func (n *Notebook) CheckLanguage() error {
	for key, field := range map[string]string{"language_info": "name", "kernelspec": "language"} {
		about, _ := n.Metadata[key].(map[string]any)
		if language, ok := about[field].(string); ok && language != "" && !strings.EqualFold(language, "go") {
			return fmt.Errorf("the notebook is in %s, not in Go (metadata.%s.%s)", language, key, field)
		}
	}
	return nil
}
