package notebook

import (
	"fmt"
	"go/token"
	"html"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"hillock/internal/grouped"
)

// The limits of a table.
const (
	rowLimit    = 60 // a longer table shows its head and its end
	headRows    = 30
	tailRows    = 5
	columnLimit = 24
)

// table is a slice of structs or a map, as text in rows and columns.
type table struct {
	header  []string
	rows    [][]string // nil stands for the gap
	numeric []bool     // which columns hold numbers only
	note    string
	indexed bool // the first column numbers the rows
}

// tableOf gives v as a table if it is a slice or array of structs (or of
// pointers to structs) without a text of their own, or a map.
func tableOf(v any) (*table, bool) {
	var d Dynamic
	rv := reflect.ValueOf(v)
	if dynamic, ok := v.(Dynamic); ok {
		for _, own := range []string{"String", "Error"} {
			if _, ok := dynamic.Method(own); ok {
				return nil, false
			}
		}
		d, rv = dynamic, reflect.ValueOf(dynamic.Unwrap())
	} else if hasOwnText(v) {
		return nil, false
	}
	if !rv.IsValid() {
		return nil, false
	}
	switch rv.Kind() {
	case reflect.Map:
		return mapTable(rv, d), rv.Len() > 0
	case reflect.Slice, reflect.Array:
		return structTable(rv, d)
	}
	return nil, false
}

// hasOwnText says whether a value's methods give its text.
func hasOwnText(v any) bool {
	switch v.(type) {
	case fmt.Formatter, error, fmt.Stringer:
		return true
	}
	return false
}

func mapTable(rv reflect.Value, d Dynamic) *table {
	t := &table{header: []string{"key", "value"}}
	p := printer{}
	keys := sortedKeys(rv, rowLimit)
	for _, key := range keys {
		t.rows = append(t.rows, []string{p.cell(key, keyOf(d)), p.cell(rv.MapIndex(key), elemOf(d))})
	}
	if rv.Len() > len(keys) {
		t.rows = append(t.rows, nil)
		t.note = grouped.Int(rv.Len()) + " entries"
	}
	t.findNumbers()
	return t
}

// cell formats a value as one line of a table.
func (p printer) cell(v reflect.Value, wrap func(any) any) string {
	if !v.IsValid() {
		return ""
	}
	if !v.CanInterface() {
		q := printer{elements: 6, items: 30, oneLine: true}
		return cut(q.value(v, nil, true, 1, 0), 80)
	}
	x := v.Interface()
	if wrap != nil {
		x = wrap(x)
	}
	return briefText(x)
}

// column is a field of the structs that make the rows.
type column struct {
	name string
	path []int
}

func structTable(rv reflect.Value, d Dynamic) (*table, bool) {
	if rv.Len() == 0 {
		return nil, false
	}
	elem := rv.Type().Elem()
	base := elem
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	if base.Kind() != reflect.Struct || d == nil && (speaks(elem) || speaks(reflect.PointerTo(base))) {
		return nil, false
	}
	wrap := elemOf(d)
	if wrap != nil {
		if e, ok := wrap(rv.Index(0).Interface()).(Dynamic); ok {
			for _, own := range []string{"String", "Error"} {
				if _, ok := e.Method(own); ok {
					return nil, false
				}
			}
		}
	}
	columns := ownColumns(columnsOf(base, nil), rv.Index(0), wrap)
	if len(columns) == 0 {
		return nil, false
	}
	all := len(columns)
	columns = columns[:min(all, columnLimit)]

	t := &table{header: []string{""}, indexed: true}
	for _, c := range columns {
		t.header = append(t.header, c.name)
	}
	n := rv.Len()
	for i := 0; i < n; i++ {
		if n > rowLimit && i == headRows {
			t.rows = append(t.rows, nil)
			i = n - tailRows
		}
		t.rows = append(t.rows, structRow(i, rv.Index(i), wrap, columns, t.header))
	}
	if n > rowLimit || all > len(columns) {
		t.note = fmt.Sprintf("%s rows × %d columns", grouped.Int(n), all)
	}
	t.findNumbers()
	return t, true
}

// ownColumns leaves out the fields that a cell's type does not export; the
// interpreter exports all.
func ownColumns(columns []column, first reflect.Value, wrap func(any) any) []column {
	if wrap == nil {
		return columns
	}
	d, _ := wrap(first.Interface()).(Composite)
	if first.Kind() == reflect.Pointer {
		if d == nil || first.IsNil() {
			return columns
		}
		first = first.Elem()
		d, _ = d.Elem(first.Interface()).(Composite)
	}
	if d == nil {
		return columns
	}
	return slices.DeleteFunc(columns, func(c column) bool {
		name, _ := d.Field(c.path[0], first.Field(c.path[0]).Interface())
		return !token.IsExported(name)
	})
}

// structRow formats one struct. Where the struct's type was declared in a cell
// its fields' names come from there.
func structRow(i int, v reflect.Value, wrap func(any) any, columns []column, header []string) []string {
	row := []string{fmt.Sprint(i)}
	var composite Composite
	if wrap != nil {
		composite, _ = wrap(v.Interface()).(Composite)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return append(row, make([]string, len(columns))...)
		}
		v = v.Elem()
		if composite != nil {
			composite, _ = composite.Elem(v.Interface()).(Composite)
		}
	}
	for j, c := range columns {
		field, err := v.FieldByIndexErr(c.path)
		if err != nil { // behind a nil pointer
			row = append(row, "")
			continue
		}
		if composite == nil || len(c.path) > 1 || !field.CanInterface() {
			row = append(row, printer{}.cell(field, nil))
			continue
		}
		name, value := composite.Field(c.path[0], field.Interface())
		header[j+1] = name
		row = append(row, briefText(value))
	}
	return row
}

// columnsOf gives the exported fields of a struct, those of embedded structs in
// their place.
func columnsOf(t reflect.Type, path []int) []column {
	var columns []column
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), path...), i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && !speaks(f.Type) && len(path) < depthLimit:
			columns = append(columns, columnsOf(f.Type, at)...)
		case f.IsExported():
			columns = append(columns, column{f.Name, at})
		}
	}
	return columns
}

// speaks says whether values of a type give their own text.
func speaks(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[error]()) ||
		t.Implements(reflect.TypeFor[fmt.Formatter]())
}

// findNumbers notes the columns that are to stand on the right.
func (t *table) findNumbers() {
	t.numeric = make([]bool, len(t.header))
	for j := range t.numeric {
		numbers, others := 0, 0
		for _, row := range t.rows {
			switch {
			case row == nil || row[j] == "":
			case strings.ContainsAny(row[j][:1], "+-0123456789NI"):
				numbers++
			default:
				others++
			}
		}
		t.numeric[j] = numbers > 0 && others == 0
	}
}

func (t *table) bundle() Bundle {
	b := Bundle{Data: map[string]any{MIMEHTML: t.html()}}
	if t.indexed { // a map's text is what Go writes
		b.Data[MIMEText] = t.text()
	}
	return b
}

func (t *table) text() string {
	widths := make([]int, len(t.header))
	for _, row := range append([][]string{t.header}, t.rows...) {
		for j, s := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(s))
		}
	}
	var b strings.Builder
	line := func(row []string) {
		var l strings.Builder
		for j := range t.header {
			s := "…"
			if row != nil {
				s = row[j]
			}
			gap := strings.Repeat(" ", max(0, widths[j]-utf8.RuneCountInString(s)))
			if j > 0 {
				l.WriteString("  ")
			}
			if t.numeric[j] {
				l.WriteString(gap + s)
			} else {
				l.WriteString(s + gap)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(t.header)
	for _, row := range t.rows {
		line(row)
	}
	b.WriteString(t.note)
	return strings.TrimSuffix(b.String(), "\n")
}

func (t *table) html() string {
	var b strings.Builder
	align := func(j int) string {
		if t.numeric[j] {
			return ` style="text-align:right"`
		}
		return ` style="text-align:left"`
	}
	b.WriteString("<table><thead><tr>")
	for j, s := range t.header {
		b.WriteString("<th" + align(j) + ">" + html.EscapeString(s) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, row := range t.rows {
		b.WriteString("<tr>")
		for j := range t.header {
			s := "…"
			if row != nil {
				s = row[j]
			}
			tag := "td"
			if j == 0 && t.indexed {
				tag = "th"
			}
			b.WriteString("<" + tag + align(j) + ">" + html.EscapeString(s) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	if t.note != "" {
		b.WriteString("<p>" + html.EscapeString(t.note) + "</p>")
	}
	return b.String()
}
