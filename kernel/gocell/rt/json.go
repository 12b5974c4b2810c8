package rt

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// MarshalJSON encodes the value as package encoding/json encodes one of a
// compiled type, with the fields' names and tags and the types' own methods.
func (b Box) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	if err := encodeJSON(&out, b.T, valueOf(b), false); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// plainJSON encodes a value that reflection knows, without escaping HTML: the
// encoder that asked does that.
func plainJSON(out *bytes.Buffer, x any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the newline
	return nil
}

// encodeJSON encodes a value; quoted asks for numbers in strings.
func encodeJSON(out *bytes.Buffer, t *Type, v reflect.Value, quoted bool) error {
	if done, err := encodeMethods(out, t, v); done {
		return err
	}
	if t.Kind != reflect.Interface {
		v = underlying(v)
	}
	if t.Native && t.Kind != reflect.Interface {
		if quoted {
			return quotedJSON(out, t, v)
		}
		return plainJSON(out, v.Interface())
	}
	switch t.Kind {
	case reflect.Interface:
		if !v.IsValid() || v.IsNil() {
			out.WriteString("null")
			return nil
		}
		x := v.Interface()
		if b, ok := BoxOf(x); ok {
			return encodeJSON(out, b.T, valueOf(b), false)
		}
		return plainJSON(out, x)
	case reflect.Pointer:
		if !v.IsValid() || v.IsNil() {
			out.WriteString("null")
			return nil
		}
		return encodeJSON(out, t.Elem, v.Elem(), quoted)
	case reflect.Struct:
		return encodeStruct(out, t, v)
	case reflect.Map:
		return encodeMap(out, t, v)
	case reflect.Slice:
		if !v.IsValid() || v.IsNil() {
			out.WriteString("null")
			return nil
		}
		if t.Elem.Kind == reflect.Uint8 && !hasMarshaler(t.Elem) {
			out.WriteString(strconv.Quote(base64.StdEncoding.EncodeToString(v.Convert(reflect.TypeFor[[]byte]()).Bytes())))
			return nil
		}
		return encodeList(out, t, v)
	case reflect.Array:
		return encodeList(out, t, v)
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("json: unsupported type: %s", t.Name)
	}
	if quoted {
		return quotedJSON(out, t, v)
	}
	return plainJSON(out, v.Interface())
}

func quotedJSON(out *bytes.Buffer, t *Type, v reflect.Value) error {
	var text bytes.Buffer
	if err := plainJSON(&text, v.Interface()); err != nil {
		return err
	}
	switch {
	case t.Kind == reflect.String:
		return plainJSON(out, text.String())
	case t.Kind >= reflect.Bool && t.Kind <= reflect.Float64:
		out.WriteString(`"` + text.String() + `"`)
	default:
		out.Write(text.Bytes())
	}
	return nil
}

func hasMarshaler(t *Type) bool {
	_, a := t.method("MarshalJSON")
	_, b := t.method("MarshalText")
	return a || b
}

// encodeMethods encodes through the value's own methods, if it has them.
func encodeMethods(out *bytes.Buffer, t *Type, v reflect.Value) (done bool, err error) {
	if t.Native {
		return false, nil
	}
	if t.Kind == reflect.Pointer && hasMarshaler(t) && (!v.IsValid() || v.IsNil()) {
		out.WriteString("null")
		return true, nil
	}
	m, isJSON := t.method("MarshalJSON")
	if !isJSON {
		var ok bool
		if m, ok = t.method("MarshalText"); !ok {
			// A pointer's methods serve an addressable value.
			if p := t.pointer(); p != nil && v.IsValid() && v.CanAddr() && hasMarshaler(p) {
				return encodeMethods(out, p, v.Addr())
			}
			return false, nil
		}
	}
	f, ok := m.Func.Interface().(func(any) ([]byte, error))
	if !ok {
		return false, nil
	}
	text, err := f(v.Interface())
	if err != nil {
		return true, fmt.Errorf("json: error calling %s for type %s: %w", m.Name, t.Name, err)
	}
	if isJSON {
		if err := json.Compact(out, text); err != nil {
			return true, fmt.Errorf("json: error calling MarshalJSON for type %s: %w", t.Name, err)
		}
		return true, nil
	}
	return true, plainJSON(out, string(text))
}

// jsonField is a field of a struct as package encoding/json sees it.
type jsonField struct {
	name                        string
	full                        string // with the embedded structs on the way
	path                        []int
	typ                         *Type
	tagged                      bool
	omitEmpty, omitZero, quoted bool
}

// jsonFields gives the fields of a struct that are encoded, those of embedded
// structs included, in order.
func jsonFields(t *Type) []jsonField {
	var all []jsonField
	seen := map[*Type]bool{}
	var visit func(t *Type, path []int, full string)
	visit = func(t *Type, path []int, full string) {
		if seen[t] {
			return
		}
		seen[t] = true
		for i, f := range t.Fields {
			inner := f.Type
			if inner.Kind == reflect.Pointer && inner.Elem != nil {
				inner = inner.Elem
			}
			if !f.Exported && !(f.Embedded && inner.Kind == reflect.Struct && f.Type.Kind != reflect.Pointer) {
				continue
			}
			tag := reflect.StructTag(f.Tag).Get("json")
			if tag == "-" {
				continue
			}
			name, options, _ := strings.Cut(tag, ",")
			if !validJSONName(name) {
				name = ""
			}
			at := append(slices.Clone(path), i)
			if f.Embedded && name == "" && inner.Kind == reflect.Struct && !inner.Native {
				visit(inner, at, full+f.Name+".")
				continue
			}
			if !f.Exported {
				continue
			}
			field := jsonField{name: name, path: at, typ: f.Type, tagged: name != ""}
			if name == "" {
				field.name = f.Name
			}
			field.full = full + field.name
			for _, o := range strings.Split(options, ",") {
				switch o {
				case "omitempty":
					field.omitEmpty = true
				case "omitzero":
					field.omitZero = true
				case "string":
					k := inner.Kind
					field.quoted = k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String
				}
			}
			all = append(all, field)
		}
		delete(seen, t)
	}
	visit(t, nil, "")
	// Of fields with one name the shallowest wins, then the tagged one; a draw
	// hides them all.
	var kept []jsonField
	for _, f := range all {
		wins := true
		for _, g := range all {
			if g.name != f.name || slices.Equal(g.path, f.path) {
				continue
			}
			if len(g.path) < len(f.path) || len(g.path) == len(f.path) && (g.tagged || !f.tagged) {
				wins = false
			}
		}
		if wins {
			kept = append(kept, f)
		}
	}
	return kept
}

func validJSONName(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range s {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return true
}

func encodeStruct(out *bytes.Buffer, t *Type, v reflect.Value) error {
	out.WriteByte('{')
	first := true
next:
	for _, f := range jsonFields(t) {
		x := v
		for n, i := range f.path {
			if n > 0 && underlying(x).Kind() == reflect.Pointer {
				x = underlying(x)
				if x.IsNil() {
					continue next
				}
				x = x.Elem()
			}
			x = x.Field(i)
		}
		if f.omitEmpty && emptyJSON(f.typ, x) || f.omitZero && zeroJSON(f.typ, x) {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		if err := plainJSON(out, f.name); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := encodeJSON(out, f.typ, x, f.quoted); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func emptyJSON(t *Type, v reflect.Value) bool {
	switch t.Kind {
	case reflect.Struct:
		return false
	case reflect.Interface, reflect.Pointer:
		return !v.IsValid() || v.IsNil()
	}
	v = underlying(v)
	if !v.IsValid() {
		return true
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero()
}

func zeroJSON(t *Type, v reflect.Value) bool {
	if m, ok := t.method("IsZero"); ok {
		if f, ok := m.Func.Interface().(func(any) bool); ok {
			return f(v.Interface())
		}
	}
	if t.Native {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return z.IsZero()
		}
	}
	return !v.IsValid() || v.IsZero()
}

func encodeMap(out *bytes.Buffer, t *Type, v reflect.Value) error {
	if !v.IsValid() || v.IsNil() {
		out.WriteString("null")
		return nil
	}
	type entry struct {
		key   string
		value reflect.Value
	}
	var entries []entry
	for _, k := range v.MapKeys() {
		text, err := mapKeyText(t.Key, k)
		if err != nil {
			return err
		}
		entries = append(entries, entry{text, v.MapIndex(k)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	out.WriteByte('{')
	for i, e := range entries {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := plainJSON(out, e.key); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := encodeJSON(out, t.Elem, e.value, false); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func mapKeyText(t *Type, k reflect.Value) (string, error) {
	switch {
	case t.Kind == reflect.String:
		return k.String(), nil
	case t.Native:
		if m, ok := k.Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			return string(text), err
		}
	}
	if m, ok := t.method("MarshalText"); ok {
		if f, ok := m.Func.Interface().(func(any) ([]byte, error)); ok {
			text, err := f(k.Interface())
			return string(text), err
		}
	}
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", fmt.Errorf("json: unsupported type: map[%s]", t.Name)
}

func encodeList(out *bytes.Buffer, t *Type, v reflect.Value) error {
	out.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encodeJSON(out, t.Elem, v.Index(i), false); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}
