package rt

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// Package fmt knows the types of values of compiled containers, but not those
// of described values within, nor how deep they lie. A container that holds
// some is printed by this package: its type is opened, which makes a descriptor
// of what reflection knows of it.

// openings are the descriptors of compiled types, by reflect.Type.
var openings sync.Map

// opened gives the descriptor of a compiled type. It is that of a type whose
// parts are looked at where they may hold described values.
func opened(r reflect.Type) *Type {
	if t, ok := openings.Load(r); ok {
		return t.(*Type)
	}
	t := openType(r, map[reflect.Type]*Type{})
	openings.Store(r, t)
	return t
}

func openType(r reflect.Type, begun map[reflect.Type]*Type) *Type {
	if t, ok := begun[r]; ok {
		return t
	}
	t := &Type{Name: r.String(), Kind: r.Kind(), Rep: r, Named: r.PkgPath() != "", Native: true}
	if !mayHold(r, map[reflect.Type]bool{}) {
		return t
	}
	begun[r] = t
	t.Native, t.Open = false, true
	switch r.Kind() {
	case reflect.Map:
		t.Key = openType(r.Key(), begun)
		t.Elem = openType(r.Elem(), begun)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		t.Elem = openType(r.Elem(), begun)
	case reflect.Struct:
		for f := range r.Fields() {
			t.Fields = append(t.Fields, Field{Name: f.Name, Emitted: f.Name, Embedded: f.Anonymous, Exported: f.IsExported(), Type: openType(f.Type, begun)})
		}
	}
	return t
}

// mayHold says whether values of a compiled type may hold described ones.
func mayHold(r reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[r] || r == reflect.TypeFor[reflect.Value]() {
		return false
	}
	seen[r] = true
	switch r.Kind() {
	case reflect.Interface:
		return true
	case reflect.Map:
		return mayHold(r.Key(), seen) || mayHold(r.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return mayHold(r.Elem(), seen)
	case reflect.Struct:
		for f := range r.Fields() {
			if mayHold(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

// within finds a described value in a compiled one, where package fmt would
// look: a pointer is followed at the top only.
func within(x any) (Box, bool) {
	if x == nil {
		return Box{}, false
	}
	return holds(opened(reflect.TypeOf(x)), reflect.ValueOf(x), 0)
}

// deepest is how deep values are looked for: one that holds itself can't be
// printed anyway.
const deepest = 64

func holds(t *Type, v reflect.Value, depth int) (Box, bool) {
	if t.Native || depth > deepest {
		return Box{}, false
	}
	switch t.Kind {
	case reflect.Interface:
		if v.IsNil() {
			return Box{}, false
		}
		x := v.Elem().Interface()
		if b, ok := BoxOf(x); ok {
			return b, true
		}
		return holds(opened(v.Elem().Type()), v.Elem(), depth+1)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() {
			return holds(t.Elem, v.Elem(), 1)
		}
	case reflect.Struct:
		for i, f := range t.Fields {
			if f.Type.Native {
				continue
			}
			if b, ok := holds(f.Type, fieldOf(v, i), depth+1); ok {
				return b, true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if b, ok := holds(t.Elem, v.Index(i), depth+1); ok {
				return b, true
			}
		}
	case reflect.Map:
		for k, e := range v.Seq2() {
			if b, ok := holds(t.Key, k, depth+1); ok {
				return b, true
			}
			if b, ok := holds(t.Elem, e, depth+1); ok {
				return b, true
			}
		}
	}
	return Box{}, false
}

// fieldOf gives a field of a struct, also one that is not exported, as a value
// that can be looked at.
func fieldOf(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	if f.CanInterface() {
		return f
	}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		f = c.Field(i)
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// nested is a compiled value that holds described ones, as an operand of a
// function that prints.
type nested struct{ value any }

// Format prints the value.
func (n nested) Format(s fmt.State, verb rune) {
	v := reflect.ValueOf(n.value)
	newPrinter(s, verb).print(opened(v.Type()), v, true, 0)
}

// ready makes an operand ready for a function that prints.
func ready(x any) any {
	if _, ok := x.(boxed); ok {
		return x
	}
	if _, ok := within(x); ok {
		return nested{x}
	}
	return x
}

// Operands makes the operands of a function that prints ready for it.
func Operands(xs []any) []any {
	for i, x := range xs {
		r := ready(x)
		if _, ok := r.(nested); !ok {
			continue
		}
		out := append([]any(nil), xs...)
		for j := i; j < len(out); j++ {
			out[j] = ready(out[j])
		}
		return out
	}
	return xs
}

// Spaced is Operands for functions that set a space between operands where
// neither is a string: they don't know a described one.
func Spaced(xs []any) []any {
	xs = Operands(xs)
	for _, x := range xs {
		if b, ok := BoxOf(x); ok && b.T.Kind == reflect.String {
			return []any{spaced(xs)}
		}
	}
	return xs
}

func spaced(xs []any) string {
	var text []byte
	for i, x := range xs {
		if i > 0 && !isText(x) && !isText(xs[i-1]) {
			text = append(text, ' ')
		}
		text = fmt.Append(text, x)
	}
	return string(text)
}

func isText(x any) bool {
	if b, ok := BoxOf(x); ok {
		return b.T.Kind == reflect.String
	}
	return x != nil && reflect.TypeOf(x).Kind() == reflect.String
}
