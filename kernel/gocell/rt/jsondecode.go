package rt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Target makes the operand of a decoder: a pointer to a described type becomes
// a value that decodes itself.
func Target(x any) any {
	b, ok := BoxOf(x)
	if !ok || b.T.Kind != reflect.Pointer {
		return x
	}
	v := underlying(valueOf(b))
	if !v.IsValid() || v.IsNil() {
		return x
	}
	return &target{b.T, v}
}

// target decodes JSON into what a pointer of a described type points to.
type target struct {
	t *Type
	v reflect.Value
}

// UnmarshalJSON decodes as package encoding/json does.
func (t *target) UnmarshalJSON(text []byte) error {
	return decodeJSON(text, t.t.Elem, t.v.Elem(), "")
}

// decodeJSON decodes a value into v, which can be set. place names the field
// for errors.
func decodeJSON(text []byte, t *Type, v reflect.Value, place string) error {
	text = bytes.TrimSpace(text)
	null := string(text) == "null"
	if !t.Native {
		if p := t.pointer(); p != nil && v.CanAddr() && !(null && t.Kind == reflect.Pointer) {
			if done, err := decodeMethods(text, p, v.Addr()); done {
				return err
			}
		}
	}
	if t.Native {
		return placed(json.Unmarshal(text, v.Addr().Interface()), place)
	}
	if null {
		switch t.Kind {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
			v.SetZero()
		}
		return nil
	}
	switch t.Kind {
	case reflect.Pointer:
		inner := underlying(v)
		if !inner.IsValid() || inner.IsNil() {
			inner = reflect.New(t.Elem.Rep)
			v.Set(inner)
		}
		return decodeJSON(text, t.Elem, inner.Elem(), place)
	case reflect.Struct:
		return decodeStruct(text, t, v, place)
	case reflect.Map:
		return decodeMap(text, t, v, place)
	case reflect.Slice, reflect.Array:
		return decodeList(text, t, v, place)
	case reflect.Interface:
		return mismatch(text, t, place)
	}
	err := json.Unmarshal(text, v.Addr().Interface())
	if e, ok := err.(*json.UnmarshalTypeError); ok {
		return typeMismatch(e.Value, t, place)
	}
	return err
}

// placed adds the field to the error of a decoder that does not know it.
func placed(err error, place string) error {
	e, ok := err.(*json.UnmarshalTypeError)
	if !ok || place == "" {
		return err
	}
	owner, field, _ := strings.Cut(place, ".")
	e.Struct, e.Field = owner, strings.TrimSuffix(field+"."+e.Field, ".")
	return e
}

// decodeMethods decodes through a pointer's own methods, if it has them.
func decodeMethods(text []byte, p *Type, v reflect.Value) (done bool, err error) {
	if m, ok := p.method("UnmarshalJSON"); ok {
		if f, ok := m.Func.Interface().(func(any, []byte) error); ok {
			return true, f(v.Interface(), text)
		}
	}
	if m, ok := p.method("UnmarshalText"); ok && len(text) > 0 && text[0] == '"' {
		if f, ok := m.Func.Interface().(func(any, []byte) error); ok {
			var s string
			if err := json.Unmarshal(text, &s); err != nil {
				return true, err
			}
			return true, f(v.Interface(), []byte(s))
		}
	}
	return false, nil
}

// mismatch is the error for JSON of the wrong kind.
func mismatch(text []byte, t *Type, place string) error {
	what := "number"
	switch text[0] {
	case '{':
		what = "object"
	case '[':
		what = "array"
	case '"':
		what = "string"
	case 't', 'f':
		what = "bool"
	}
	return typeMismatch(what, t, place)
}

func typeMismatch(what string, t *Type, place string) error {
	if place != "" {
		return fmt.Errorf("json: cannot unmarshal %s into Go struct field %s of type %s", what, place, t.Name)
	}
	return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", what, t.Name)
}

func decodeStruct(text []byte, t *Type, v reflect.Value, place string) error {
	if text[0] != '{' {
		return mismatch(text, t, place)
	}
	fields := jsonFields(t)
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	var first error
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name := token.(string)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		f := findField(fields, name)
		if f == nil {
			continue
		}
		x := v
		for n, i := range f.path {
			if n > 0 && underlying(x).Kind() == reflect.Pointer {
				inner := underlying(x)
				if inner.IsNil() {
					inner = reflect.New(inner.Type().Elem())
					x.Set(inner)
				}
				x = inner.Elem()
			}
			x = x.Field(i)
		}
		value := []byte(raw)
		if f.quoted && value[0] == '"' {
			var s string
			if err := json.Unmarshal(value, &s); err != nil {
				return err
			}
			value = []byte(s)
		}
		at := "."
		if t.Named {
			at = t.shortName() + "."
		}
		if _, path, ok := strings.Cut(place, "."); ok {
			at += path + "."
		}
		at += f.full
		if err := decodeJSON(value, f.typ, x, at); err != nil {
			if first == nil {
				first = err
			}
		}
	}
	return first
}

// shortName is the name without its package.
func (t *Type) shortName() string { return t.Name[strings.LastIndexByte(t.Name, '.')+1:] }

func findField(fields []jsonField, name string) *jsonField {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) {
			return &fields[i]
		}
	}
	return nil
}

func decodeMap(text []byte, t *Type, v reflect.Value, place string) error {
	if text[0] != '{' {
		return mismatch(text, t, place)
	}
	m := underlying(v)
	if !m.IsValid() || m.IsNil() {
		m = reflect.MakeMap(t.Rep)
		v.Set(m)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		key := reflect.New(m.Type().Key()).Elem()
		if err := decodeKey(token.(string), t.Key, key); err != nil {
			return err
		}
		elem := reflect.New(m.Type().Elem()).Elem()
		if err := decodeJSON(raw, t.Elem, elem, place); err != nil {
			return err
		}
		m.SetMapIndex(key, elem)
	}
	return nil
}

func decodeKey(text string, t *Type, key reflect.Value) error {
	if p := t.pointer(); p != nil {
		if m, ok := p.method("UnmarshalText"); ok {
			if f, ok := m.Func.Interface().(func(any, []byte) error); ok {
				return f(key.Addr().Interface(), []byte(text))
			}
		}
	}
	switch {
	case key.Kind() == reflect.String:
		key.SetString(text)
	case key.CanInt():
		n, err := strconv.ParseInt(text, 10, key.Type().Bits())
		if err != nil {
			return typeMismatch("number "+text, t, "")
		}
		key.SetInt(n)
	case key.CanUint():
		n, err := strconv.ParseUint(text, 10, key.Type().Bits())
		if err != nil {
			return typeMismatch("number "+text, t, "")
		}
		key.SetUint(n)
	default:
		return json.Unmarshal([]byte(strconv.Quote(text)), key.Addr().Interface())
	}
	return nil
}

func decodeList(text []byte, t *Type, v reflect.Value, place string) error {
	if t.Elem.Kind == reflect.Uint8 && t.Kind == reflect.Slice && text[0] == '"' {
		var data []byte
		if err := json.Unmarshal(text, &data); err != nil {
			return err
		}
		v.Set(reflect.ValueOf(data).Convert(t.Rep))
		return nil
	}
	if text[0] != '[' {
		return mismatch(text, t, place)
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(text, &raws); err != nil {
		return err
	}
	list := v
	if t.Kind == reflect.Slice {
		list = reflect.MakeSlice(t.Rep, len(raws), len(raws))
	}
	for i, raw := range raws {
		if i >= list.Len() {
			break
		}
		if err := decodeJSON(raw, t.Elem, list.Index(i), place); err != nil {
			return err
		}
	}
	if t.Kind == reflect.Slice {
		v.Set(list)
		return nil
	}
	for i := len(raws); i < list.Len(); i++ {
		list.Index(i).SetZero()
	}
	return nil
}
