package nb

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteFile writes the notebook to a file, whole or not at all.
func (n *Notebook) WriteFile(path string) error {
	data, err := n.Bytes()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return WriteWhole(path, data)
}

// Bytes gives the notebook in format 4.5 (or newer, if it was read so), byte
// for byte as Jupyter writes it: sorted keys, indented by one space.
func (n *Notebook) Bytes() ([]byte, error) {
	n.completeIDs()
	top := copyOf(n.extra)
	cells := make([]any, len(n.Cells))
	for i, c := range n.Cells {
		cells[i] = c.document()
	}
	top["cells"] = cells
	top["metadata"] = orEmpty(n.Metadata)
	top["nbformat"] = 4
	top["nbformat_minor"] = max(n.Minor, 5)
	w := documentWriter{}
	if err := w.value(top, 0); err != nil {
		return nil, err
	}
	return append(w.out, '\n'), nil
}

func copyOf(o map[string]any) map[string]any {
	c := make(map[string]any, len(o)+6)
	for k, v := range o {
		c[k] = v
	}
	return c
}

func orEmpty(o map[string]any) map[string]any {
	if o == nil {
		return map[string]any{}
	}
	return o
}

// countOrNull gives an execution count as the format has it.
func countOrNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func (c *Cell) document() map[string]any {
	o := copyOf(c.extra)
	o["cell_type"] = string(c.Type)
	o["id"] = c.ID
	o["metadata"] = orEmpty(c.Metadata)
	o["source"] = splitLines(c.Source)
	if c.Attachments != nil {
		attachments := map[string]any{}
		for name, bundle := range c.Attachments {
			if data, ok := bundle.(map[string]any); ok {
				bundle = splitData(data)
			}
			attachments[name] = bundle
		}
		o["attachments"] = attachments
	}
	if c.Type == Code {
		outputs := make([]any, len(c.Outputs))
		for i, out := range c.Outputs {
			outputs[i] = out.document()
		}
		o["outputs"] = outputs
		o["execution_count"] = countOrNull(c.Count)
	}
	return o
}

func (out *Output) document() map[string]any {
	o := copyOf(out.extra)
	o["output_type"] = string(out.Type)
	switch out.Type {
	case Stream:
		o["name"] = out.Name
		o["text"] = splitLines(out.Text)
	case Display, Result:
		o["data"] = splitData(out.Data)
		o["metadata"] = orEmpty(out.Metadata)
		if out.Type == Result {
			o["execution_count"] = countOrNull(out.Count)
		}
	case Failure:
		o["ename"] = out.ErrorName
		o["evalue"] = out.ErrorValue
		traceback := make([]any, len(out.Traceback))
		for i, line := range out.Traceback {
			traceback[i] = line
		}
		o["traceback"] = traceback
	}
	return o
}

// splitData splits the text of a MIME bundle into lines, as Jupyter does.
func splitData(data map[string]any) map[string]any {
	o := make(map[string]any, len(data))
	for mime, contents := range data {
		if s, ok := contents.(string); ok &&
			(strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
			contents = splitLines(s)
		}
		o[mime] = contents
	}
	return o
}

// splitLines splits text after each line's end; the ends are Python's.
func splitLines(s string) []any {
	lines := []any{}
	start := 0
	for i, r := range s {
		switch r {
		case '\r':
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			continue
		}
		end := i + utf8.RuneLen(r)
		lines = append(lines, s[start:end])
		start = end
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

// documentWriter writes JSON as Python's json module does with indent 1, sorted
// keys and without escaping what is not ASCII.
type documentWriter struct{ out []byte }

func (w *documentWriter) newLine(depth int) {
	w.out = append(w.out, '\n')
	for range depth {
		w.out = append(w.out, ' ')
	}
}

func (w *documentWriter) value(v any, depth int) error {
	switch v := v.(type) {
	case nil:
		w.out = append(w.out, "null"...)
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case int:
		w.out = strconv.AppendInt(w.out, int64(v), 10)
	case json.Number:
		w.out = append(w.out, v...)
	case string:
		w.text(v)
	case []any:
		if len(v) == 0 {
			w.out = append(w.out, "[]"...)
			return nil
		}
		w.out = append(w.out, '[')
		for i, element := range v {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.newLine(depth + 1)
			if err := w.value(element, depth+1); err != nil {
				return err
			}
		}
		w.newLine(depth)
		w.out = append(w.out, ']')
	case map[string]any:
		if len(v) == 0 {
			w.out = append(w.out, "{}"...)
			return nil
		}
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		w.out = append(w.out, '{')
		for i, key := range keys {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.newLine(depth + 1)
			w.text(key)
			w.out = append(w.out, ": "...)
			if err := w.value(v[key], depth+1); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		w.newLine(depth)
		w.out = append(w.out, '}')
	default: // a value from a bundle: take it apart first
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		var plain any
		if err := d.Decode(&plain); err != nil {
			return err
		}
		return w.value(plain, depth)
	}
	return nil
}

// text writes a string.
func (w *documentWriter) text(s string) {
	w.out = append(w.out, '"')
	for _, r := range s { // what is not UTF-8 becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			w.out = append(w.out, '\\', byte(r))
		case r == '\n':
			w.out = append(w.out, `\n`...)
		case r == '\r':
			w.out = append(w.out, `\r`...)
		case r == '\t':
			w.out = append(w.out, `\t`...)
		case r == '\b':
			w.out = append(w.out, `\b`...)
		case r == '\f':
			w.out = append(w.out, `\f`...)
		case r < 0x20:
			w.out = fmt.Appendf(w.out, `\u%04x`, r)
		default:
			w.out = utf8.AppendRune(w.out, r)
		}
	}
	w.out = append(w.out, '"')
}

// WriteWhole writes a file beside its place and moves it there, so that a
// crash leaves the old contents or the new. A symbolic link is followed.
func WriteWhole(path string, data []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() { // a device such as /dev/stdout
			return os.WriteFile(path, data, 0o644)
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
