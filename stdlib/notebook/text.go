package notebook

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/gonum/mat"

	"hillock/internal/grouped"
)

// The limits of a value's text.
const (
	textLimit  = 64 << 10 // bytes of a string or of what a String method gave
	stringRoom = 16 << 10 // bytes of all strings inside a value
	lineWidth  = 100      // a struct whose line is longer gets a line for each field
	depthLimit = 6        // of structs, slices, maps and pointers inside each other
	mapLimit   = 10_000   // a map with more keys is shown unsorted
)

// text gives a value as text in Go's manner, as %+v does but readable: strings
// are quoted, long slices elided, cycles cut. It asks the
// value's own Error or String method first; a panic there is shown.
func text(v any) string {
	p := printer{elements: 60, items: 2000}
	return p.format(v, true, 0, 0)
}

// briefText gives a value as one short line, for a table's cell.
func briefText(v any) string {
	if s, ok := v.(string); ok {
		return cut(strings.Join(strings.Fields(s), " "), 80)
	}
	p := printer{elements: 6, items: 30, oneLine: true}
	return cut(strings.Join(strings.Fields(p.format(v, true, 0, 0)), " "), 80)
}

// printer holds what is left of a text's limits.
type printer struct {
	elements int // most of a slice or map that is shown
	items    int // most values altogether
	room     int // bytes that strings may still take; 0 stands for stringRoom
	oneLine  bool
	path     []uintptr // the pointers that lead to the present value
}

// format gives v as text. named asks for the name of a struct's type; indent
// counts the tabs before a line.
func (p *printer) format(v any, named bool, depth, indent int) string {
	if v == nil {
		return "<nil>"
	}
	if d, ok := v.(Dynamic); ok {
		if isNil(d) {
			return "<nil>"
		}
		for _, name := range []string{"Error", "String"} {
			if fn, ok := d.Method(name); ok {
				if f, ok := fn.(func() string); ok {
					return p.guarded(name, f)
				}
			}
		}
		return p.structure(reflect.ValueOf(d.Unwrap()), d, named, depth, indent)
	}
	return p.value(reflect.ValueOf(v), nil, named, depth, indent)
}

// isNil says whether a value of a cell's type is a nil pointer or interface.
func isNil(d Dynamic) bool {
	v := reflect.ValueOf(d.Unwrap())
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// value is format for a value that reflection found.
func (p *printer) value(v reflect.Value, d Dynamic, named bool, depth, indent int) string {
	if d == nil && v.IsValid() && v.CanInterface() {
		if s, ok := p.own(v); ok {
			return s
		}
	}
	return p.structure(v, d, named, depth, indent)
}

// own asks the value's methods for its text.
func (p *printer) own(v reflect.Value) (string, bool) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	switch x := v.Interface().(type) {
	case fmt.Formatter:
		return p.guarded("Format", func() string { return fmt.Sprintf("%v", x) }), true
	case error:
		return p.guarded("Error", x.Error), true
	case fmt.Stringer:
		return p.guarded("String", x.String), true
	case interface{ Describe() string }: // a module of nn, whose contents are its weights
		return p.guarded("Describe", x.Describe), true
	case mat.Matrix:
		return p.guarded("Dims", func() string {
			rows, columns := x.Dims()
			return fmt.Sprintf("%d×%d matrix", rows, columns)
		}), true
	}
	return "", false
}

// guarded calls a method of the value; what it panics with is shown in place of
// its result.
func (p *printer) guarded(name string, f func() string) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("(panic in %s: %v)", name, r)
		}
	}()
	return cut(f(), textLimit)
}

// structure gives a value's text by its kind.
func (p *printer) structure(v reflect.Value, d Dynamic, named bool, depth, indent int) string {
	if p.items--; p.items < 0 {
		return "…"
	}
	if !v.IsValid() {
		return "<nil>"
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		if p.oneLine {
			return number(v.Float())
		}
		if v.Kind() == reflect.Float32 {
			return fmt.Sprint(float32(v.Float()))
		}
		return fmt.Sprint(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return fmt.Sprint(v.Complex())
	case reflect.String:
		if depth == 0 && !p.oneLine {
			return quoteText(v.String())
		}
		return p.quote(v.String())
	case reflect.Interface:
		if v.IsNil() {
			return "<nil>"
		}
		return p.value(v.Elem(), nil, true, depth, indent)
	case reflect.Func, reflect.Chan:
		if v.IsNil() {
			return "<nil>"
		}
		return typeName(v.Type(), d)
	case reflect.Pointer:
		return p.pointer(v, d, named, depth, indent)
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
		if depth >= depthLimit {
			return "…"
		}
	default:
		return fmt.Sprintf("%#x", v.Pointer())
	}
	switch v.Kind() {
	case reflect.Struct:
		return p.structText(v, d, named, depth, indent)
	case reflect.Map:
		return p.mapText(v, d, depth, indent)
	default:
		return p.sliceText(v, d, depth, indent)
	}
}

func (p *printer) pointer(v reflect.Value, d Dynamic, named bool, depth, indent int) string {
	if v.IsNil() {
		return "<nil>"
	}
	if depth >= depthLimit || slices.Contains(p.path, v.Pointer()) {
		return "&…"
	}
	p.path = append(p.path, v.Pointer())
	defer func() { p.path = p.path[:len(p.path)-1] }()
	return "&" + p.part(v.Elem(), elemOf(d), named, depth+1, indent)
}

// part formats a part of a value, which wrap (if there is one) may know more of.
func (p *printer) part(v reflect.Value, wrap func(any) any, named bool, depth, indent int) string {
	if wrap == nil || !v.CanInterface() {
		return p.value(v, nil, named, depth, indent)
	}
	wrapped := wrap(v.Interface())
	if _, ok := wrapped.(Dynamic); ok {
		return p.format(wrapped, named, depth, indent)
	}
	return p.value(v, nil, named, depth, indent)
}

func (p *printer) structText(v reflect.Value, d Dynamic, named bool, depth, indent int) string {
	name := ""
	if named {
		if name = typeName(v.Type(), d); strings.HasPrefix(name, "struct {") {
			name = ""
		}
	}
	composite, _ := d.(Composite)
	fields := make([]string, v.NumField())
	width := len(name)
	for i := range fields {
		field, label := v.Field(i), v.Type().Field(i).Name
		var s string
		if composite != nil && field.CanInterface() {
			var wrapped any
			label, wrapped = composite.Field(i, field.Interface())
			s = p.part(field, func(any) any { return wrapped }, false, depth+1, indent+1)
		} else {
			s = p.value(field, nil, false, depth+1, indent+1)
		}
		fields[i] = label + ": " + s
		width += len(fields[i]) + 2
	}
	if p.oneLine || width+4*indent <= lineWidth && !slices.ContainsFunc(fields, isLong) {
		return name + "{" + strings.Join(fields, ", ") + "}"
	}
	tabs := strings.Repeat("    ", indent+1)
	return name + "{\n" + tabs + strings.Join(fields, ",\n"+tabs) + ",\n" + tabs[4:] + "}"
}

func isLong(s string) bool { return strings.Contains(s, "\n") }

// apart says whether elements have a line each: some are sentences, or have lines of
// their own.
func apart(parts []string) bool {
	width, widest := 0, 0
	for _, part := range parts {
		width, widest = width+len(part)+1, max(widest, len(part))
	}
	return width > lineWidth && widest > lineWidth/2 || slices.ContainsFunc(parts, isLong)
}

func (p *printer) sliceText(v reflect.Value, d Dynamic, depth, indent int) string {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			return "[]"
		}
		if v.Len() > 0 {
			if slices.Contains(p.path, v.Pointer()) {
				return "[…]"
			}
			p.path = append(p.path, v.Pointer())
			defer func() { p.path = p.path[:len(p.path)-1] }()
		}
	}
	n, most := v.Len(), p.elements
	if depth > 0 {
		most = min(most, 12)
	}
	var parts []string
	for i := 0; i < n; i++ {
		if n > most && i == most-2 {
			parts = append(parts, "…")
			i = n - 2
		}
		parts = append(parts, p.part(v.Index(i), elemOf(d), false, depth+1, indent+1))
	}
	count := ""
	if n > most {
		count = " (" + grouped.Int(n) + " values)"
	}
	if !p.oneLine && apart(parts) {
		tabs := strings.Repeat("    ", indent+1)
		return "[\n" + tabs + strings.Join(parts, "\n"+tabs) + "\n" + tabs[4:] + "]" + count
	}
	return "[" + strings.Join(parts, " ") + "]" + count
}

func (p *printer) mapText(v reflect.Value, d Dynamic, depth, indent int) string {
	if v.Len() > 0 {
		if slices.Contains(p.path, v.Pointer()) {
			return "map[…]"
		}
		p.path = append(p.path, v.Pointer())
		defer func() { p.path = p.path[:len(p.path)-1] }()
	}
	var parts []string
	for _, key := range sortedKeys(v, p.elements) {
		parts = append(parts, p.part(key, keyOf(d), false, depth+1, indent+1)+
			":"+p.part(v.MapIndex(key), elemOf(d), false, depth+1, indent+1))
	}
	count := ""
	if v.Len() > len(parts) {
		parts = append(parts, "…")
		count = " (" + grouped.Int(v.Len()) + " entries)"
	}
	if !p.oneLine && apart(parts) {
		tabs := strings.Repeat("    ", indent+1)
		return "map[\n" + tabs + strings.Join(parts, "\n"+tabs) + "\n" + tabs[4:] + "]" + count
	}
	return "map[" + strings.Join(parts, " ") + "]" + count
}

// elemOf gives what wraps the elements of d, or nil.
func elemOf(d Dynamic) func(any) any {
	if c, ok := d.(Composite); ok {
		return c.Elem
	}
	return nil
}

// keyOf gives what wraps the keys of d, or nil.
func keyOf(d Dynamic) func(any) any {
	if c, ok := d.(Composite); ok {
		return c.Key
	}
	return nil
}

// sortedKeys gives the first keys of a map in order, at most most of them.
func sortedKeys(v reflect.Value, most int) []reflect.Value {
	var keys []reflect.Value
	if v.Len() > mapLimit {
		for iter := v.MapRange(); iter.Next() && len(keys) < most; {
			keys = append(keys, iter.Key())
		}
		return keys
	}
	keys = v.MapKeys()
	slices.SortStableFunc(keys, compareKeys)
	return keys[:min(len(keys), most)]
}

// compareKeys orders numbers and strings as their operators do, and everything
// else by its text.
func compareKeys(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && !a.IsNil() {
		a = a.Elem()
	}
	for b.Kind() == reflect.Interface && !b.IsNil() {
		b = b.Elem()
	}
	switch {
	case a.CanInt() && b.CanInt():
		return compare(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return compare(a.Uint(), b.Uint())
	case a.CanFloat() && b.CanFloat():
		return compare(a.Float(), b.Float())
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return strings.Compare(a.String(), b.String())
	}
	p, q := printer{elements: 6, items: 30, oneLine: true}, printer{elements: 6, items: 30, oneLine: true}
	return strings.Compare(p.value(a, nil, true, 1, 0), q.value(b, nil, true, 1, 0))
}

func compare[T int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b, a != a && b == b:
		return -1
	case a > b, a == a && b != b:
		return 1
	}
	return 0
}

// typeName gives a type's name as the person knows it.
func typeName(t reflect.Type, d Dynamic) string {
	name := t.String()
	if d != nil {
		name = d.TypeName()
	}
	return ownPackage.ReplaceAllString(name, "$1")
}

// ownPackage is the package of a program's or a cell's own types in a type's
// name; nobody writes it.
var ownPackage = regexp.MustCompile(`(^|[^\pL\pN_.])(?:main|cell·\d+)\.`)

// quoteText puts a string that stands alone in quotes; one of several lines keeps
// its lines.
func quoteText(s string) string {
	if strings.Contains(s, "\n") && strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return "`" + cut(s, textLimit) + "`"
	}
	return strconv.Quote(cut(s, textLimit))
}

// quote puts a string in quotes, shortened when it is long or when strings have
// taken their room.
func (p *printer) quote(s string) string {
	if p.room == 0 {
		p.room = stringRoom
	}
	limit := max(20, min(999, p.room))
	short := cut(s, limit)
	p.room = max(1, p.room-len(short))
	if len(s) > limit {
		return strconv.Quote(strings.TrimSuffix(short, "…")) + "…"
	}
	return strconv.Quote(s)
}

// cut shortens text to about limit bytes and says how long it was.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	if limit < 1000 {
		return s[:end] + "…"
	}
	return s[:end] + "… (" + grouped.Int(len(s)) + " bytes)"
}
