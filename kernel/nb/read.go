package nb

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"regexp"
	"strings"
)

// ReadFile reads a notebook file. Its errors name the file.
func ReadFile(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// Read reads a notebook in format 4. Other formats are refused.
func Read(data []byte) (*Notebook, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("not a notebook: %w", jsonError(err, data))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not a notebook: something follows the end of its JSON document")
	}
	top, ok := document.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("not a notebook: expected a JSON object, found %s", kindOf(document))
	}
	r := reader{}
	n := r.notebook(top)
	if r.err != nil {
		return nil, r.err
	}
	n.completeIDs()
	return n, nil
}

// jsonError says where a document is damaged.
func jsonError(err error, data []byte) error {
	var syntax *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("the file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the file ends in the middle of its JSON document")
	case errors.As(err, &syntax):
		at := min(max(int(syntax.Offset), 0), len(data))
		return fmt.Errorf("line %d is not JSON: %w", 1+bytes.Count(data[:at], []byte("\n")), err)
	}
	return err
}

// reader takes a document apart and keeps the first thing that was wrong.
type reader struct{ err error }

func (r *reader) fail(where, expected string, found any) {
	if r.err == nil {
		r.err = fmt.Errorf("damaged notebook: %s: expected %s, found %s", where, expected, kindOf(found))
	}
}

// kindOf names the kind of a JSON value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "true or false"
	}
	return fmt.Sprintf("the number %v", v)
}

// take removes a key from an object, so that what is left is unknown.
func take(o map[string]any, key string) any {
	v := o[key]
	delete(o, key)
	return v
}

// integer reads a whole number; null is 0.
func (r *reader) integer(v any, where string) int {
	if v == nil {
		return 0
	}
	if number, ok := v.(json.Number); ok {
		if i, err := number.Int64(); err == nil && i >= 0 && i < 1<<31 {
			return int(i)
		}
	}
	r.fail(where, "a whole number", v)
	return 0
}

// text reads a string that may be split into lines.
func (r *reader) text(v any, where string) string {
	switch t := v.(type) {
	case string:
		return t
	case []any:
		var b strings.Builder
		for i, line := range t {
			s, ok := line.(string)
			if !ok {
				r.fail(fmt.Sprintf("%s[%d]", where, i), "a string", line)
			}
			b.WriteString(s)
		}
		return b.String()
	}
	r.fail(where, "a string or a list of strings", v)
	return ""
}

func (r *reader) object(v any, where string) map[string]any {
	o, ok := v.(map[string]any)
	if v != nil && !ok {
		r.fail(where, "an object", v)
	}
	if o == nil {
		return map[string]any{}
	}
	return o
}

func (r *reader) notebook(o map[string]any) *Notebook {
	format, minor := take(o, "nbformat"), take(o, "nbformat_minor")
	if format == nil {
		r.fail("nbformat", "the number 4", nil)
	} else if f := r.integer(format, "nbformat"); r.err == nil && f != 4 {
		if f < 4 {
			r.err = fmt.Errorf("the notebook is in format %d, which is older than 4; convert it with: jupyter nbconvert --to notebook --inplace FILE", f)
		} else {
			r.err = fmt.Errorf("the notebook is in format %d, newer than the 4 that is known here", f)
		}
	}
	n := &Notebook{Minor: r.integer(minor, "nbformat_minor"), extra: o}
	n.Metadata = r.object(take(o, "metadata"), "metadata")
	cells := take(o, "cells")
	list, ok := cells.([]any)
	if !ok {
		r.fail("cells", "a list", cells)
	}
	for i, c := range list {
		where := fmt.Sprintf("cells[%d]", i)
		co, ok := c.(map[string]any)
		if !ok {
			r.fail(where, "an object", c)
			break
		}
		n.Cells = append(n.Cells, r.cell(co, where))
	}
	return n
}

func (r *reader) cell(o map[string]any, where string) *Cell {
	kind, _ := take(o, "cell_type").(string)
	c := &Cell{Type: CellType(kind), extra: o}
	c.Source = r.text(take(o, "source"), where+".source")
	c.Metadata = r.object(take(o, "metadata"), where+".metadata")
	c.ID, _ = take(o, "id").(string)
	if attachments, ok := o["attachments"]; ok {
		c.Attachments = r.object(attachments, where+".attachments")
		delete(o, "attachments")
	}
	switch c.Type {
	case Markdown, Raw:
	case Code:
		c.Count = r.integer(take(o, "execution_count"), where+".execution_count")
		outputs := take(o, "outputs")
		list, ok := outputs.([]any)
		if outputs != nil && !ok {
			r.fail(where+".outputs", "a list", outputs)
		}
		for i, v := range list {
			at := fmt.Sprintf("%s.outputs[%d]", where, i)
			oo, ok := v.(map[string]any)
			if !ok {
				r.fail(at, "an object", v)
				break
			}
			c.Outputs = append(c.Outputs, r.output(oo, at))
		}
	default:
		r.fail(where+".cell_type", `"code", "markdown" or "raw"`, kind)
	}
	return c
}

func (r *reader) output(o map[string]any, where string) *Output {
	kind, _ := take(o, "output_type").(string)
	out := &Output{Type: OutputType(kind), extra: o}
	switch out.Type {
	case Stream:
		out.Name, _ = take(o, "name").(string)
		out.Text = r.text(take(o, "text"), where+".text")
	case Display, Result:
		out.Data = r.data(take(o, "data"), where+".data")
		out.Metadata = r.object(take(o, "metadata"), where+".metadata")
		if out.Type == Result {
			out.Count = r.integer(take(o, "execution_count"), where+".execution_count")
		}
	case Failure:
		out.ErrorName, _ = take(o, "ename").(string)
		out.ErrorValue, _ = take(o, "evalue").(string)
		traceback, _ := take(o, "traceback").([]any)
		for i, line := range traceback {
			out.Traceback = append(out.Traceback, r.text(line, fmt.Sprintf("%s.traceback[%d]", where, i)))
		}
	default:
		r.fail(where+".output_type", "stream, display_data, execute_result or error", kind)
	}
	return out
}

// data reads a MIME bundle and joins what is split into lines.
func (r *reader) data(v any, where string) map[string]any {
	o := r.object(v, where)
	for mime, contents := range o {
		if _, lines := contents.([]any); lines && !isJSON(mime) {
			o[mime] = r.text(contents, where+"."+mime)
		}
	}
	return o
}

// isJSON says whether contents of a MIME type are JSON values, not text.
func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasSuffix(mime, "+json")
}

var validID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// completeIDs gives an id to each cell that has none, an invalid one or another
// cell's. The same notebook gets the same ids.
func (n *Notebook) completeIDs() {
	seen := map[string]bool{}
	for _, c := range n.Cells {
		if !validID.MatchString(c.ID) || seen[c.ID] {
			c.ID = ""
			continue
		}
		seen[c.ID] = true
	}
	for i, c := range n.Cells {
		for try := 0; c.ID == ""; try++ {
			h := fnv.New64a()
			fmt.Fprintf(h, "%d %d %s", i, try, c.Source)
			if id := hex.EncodeToString(h.Sum(nil)[:4]); !seen[id] {
				c.ID, seen[id] = id, true
			}
		}
	}
}
