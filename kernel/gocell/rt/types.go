// Package rt is the compiled part of a lowered program: what yaegi can't do or
// does wrongly is a call of a function here. Emitted text imports it; people
// don't.
package rt

import (
	"fmt"
	"reflect"
	"strings"
)

// Type describes a type that was declared in a cell, or is made of such types.
// Reflection knows only its structure; the descriptor knows its name, its
// fields' names and its methods.
type Type struct {
	Name   string // as Go prints it: main.Point
	Kind   reflect.Kind
	Named  bool
	Native bool         // reflection knows all
	Open   bool         // of a compiled type that may hold described values
	Rep    reflect.Type // the type that stands for it in the interpreter
	Elem   *Type
	Key    *Type
	Fields []Field
	// Slots holds the methods by the numbers that dispatchers use: functions
	// that take the receiver, as an interface, first.
	Slots   []any
	Methods map[string]*Method
	Wanted  []Wanted // an interface's methods
	toThis  *Type    // the pointer to this type, once described
}

// pointer gives the descriptor of the pointer to t, or nil.
func (t *Type) pointer() *Type { return t.toThis }

// Field is a field of a described struct.
type Field struct {
	Name     string // as declared
	Emitted  string // in the representation
	Tag      string
	Embedded bool
	Exported bool
	Type     *Type
}

// Method is a method of a described type.
type Method struct {
	Name     string
	ID       string // package, name and signature
	Exported bool
	Func     reflect.Value // takes the receiver first
}

// Wanted is a method that an interface asks for.
type Wanted struct {
	Name   string
	ID     string
	Sample reflect.Type // of the signature, where compiled types can have it
}

// NewType makes a descriptor. sample is a nil pointer to the representation.
func NewType(name string, kind int, named bool, sample any) *Type {
	t := &Type{Name: name, Kind: reflect.Kind(kind), Named: named}
	if s := reflect.TypeOf(sample); s != nil {
		t.Rep = s.Elem()
	}
	return t
}

// NativeType makes the descriptor of a type that reflection knows.
func NativeType(sample any, name string) *Type {
	r := reflect.TypeOf(sample).Elem()
	return &Type{Name: name, Kind: r.Kind(), Native: true, Rep: r, Named: r.PkgPath() != ""}
}

// SetElem sets the element type of a pointer, slice, array, channel or map.
func SetElem(t, elem *Type) {
	t.Elem = elem
	if t.Kind == reflect.Pointer {
		elem.toThis = t
	}
}

// SetKey sets the key type of a map.
func SetKey(t, key *Type) { t.Key = key }

// AddField appends a field to a struct type.
func AddField(t *Type, name, emitted, tag string, embedded, exported bool, typ *Type) {
	t.Fields = append(t.Fields, Field{name, emitted, tag, embedded, exported, typ})
}

// AddMethod adds a method. slot is the number that dispatchers know it by.
func AddMethod(t *Type, name, id string, slot int, exported bool, fn any) {
	if t.Methods == nil {
		t.Methods = map[string]*Method{}
	}
	for len(t.Slots) <= slot {
		t.Slots = append(t.Slots, nil)
	}
	t.Slots[slot] = fn
	m := &Method{Name: name, ID: id, Exported: exported, Func: reflect.ValueOf(fn)}
	t.Methods[id] = m
	if exported || t.Methods[name] == nil {
		t.Methods[name] = m
	}
}

// AddInterfaceMethod adds a method that an interface type asks for.
func AddInterfaceMethod(t *Type, name, id string, slot int, sample any) {
	t.Wanted = append(t.Wanted, Wanted{name, id, reflect.TypeOf(sample)})
}

// method finds an exported method by name.
func (t *Type) method(name string) (*Method, bool) {
	m, ok := t.Methods[name]
	return m, ok && m.Exported
}

// Box is a value of a described type in an interface. Two boxes are equal as
// the values are in Go.
type Box struct {
	T *Type
	V any
}

// boxed is implemented by all forms in which a described value travels.
type boxed interface{ box() Box }

func (b Box) box() Box { return b }

// BoxOf finds the box in an interface: itself, or within an error or an adaptor.
func BoxOf(x any) (Box, bool) {
	if b, ok := x.(boxed); ok {
		return b.box(), true
	}
	if b, ok := adapted(x); ok {
		return b, true
	}
	return Box{}, false
}

// Plain takes a value out of the adaptor that made it satisfy a compiled
// interface.
func Plain(x any) any {
	if b, ok := adapted(x); ok {
		return b
	}
	return x
}

// TypeName is the name of the value's type as declared.
func (b Box) TypeName() string { return b.T.Name }

// Unwrap gives the representation of the value.
func (b Box) Unwrap() any { return b.V }

// Method finds an exported method and binds it to the value.
func (b Box) Method(name string) (fn any, ok bool) {
	m, ok := b.T.method(name)
	if !ok {
		return nil, false
	}
	return bind(m.Func, b.V).Interface(), true
}

// bind fixes the first argument of a function.
func bind(fn reflect.Value, first any) reflect.Value {
	t := fn.Type()
	in := make([]reflect.Type, 0, t.NumIn())
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	out := make([]reflect.Type, 0, t.NumOut())
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	recv := reflect.New(t.In(0)).Elem()
	if first != nil {
		recv.Set(reflect.ValueOf(first))
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		args = append([]reflect.Value{recv}, args...)
		if t.IsVariadic() {
			return fn.CallSlice(args)
		}
		return fn.Call(args)
	})
}

// typeName is the name of the dynamic type of an interface's value.
func typeName(x any) string {
	if x == nil {
		return "nil"
	}
	if b, ok := BoxOf(x); ok {
		return b.T.Name
	}
	return strings.ReplaceAll(fmt.Sprintf("%T", x), "rt.Box", "interface {}")
}

// missing names the first method that x lacks for the interface, or "".
func missing(x any, t *Type) string {
	if b, ok := BoxOf(x); ok {
		for _, w := range t.Wanted {
			if _, ok := b.T.Methods[w.ID]; !ok {
				return w.Name
			}
		}
		return ""
	}
	v := reflect.TypeOf(x)
	for _, w := range t.Wanted {
		m, ok := v.MethodByName(w.Name)
		if !ok || w.Sample == nil {
			return w.Name
		}
		if !sameMethod(m.Type, w.Sample) {
			return w.Name
		}
	}
	return ""
}

// sameMethod compares a method's type, with its receiver, to a signature.
func sameMethod(m, sig reflect.Type) bool {
	if m.NumIn() != sig.NumIn()+1 || m.NumOut() != sig.NumOut() || m.IsVariadic() != sig.IsVariadic() {
		return false
	}
	for i := range sig.NumIn() {
		if m.In(i+1) != sig.In(i) {
			return false
		}
	}
	for i := range sig.NumOut() {
		if m.Out(i) != sig.Out(i) {
			return false
		}
	}
	return true
}

// Implements says whether the value in x has the methods of the interface t.
func Implements(x any, t *Type) bool {
	if x == nil {
		return false
	}
	if t.Native {
		_, ok := AssertAdapt(x, t, t.Name)
		return ok
	}
	return missing(x, t) == ""
}

// NativeMethod finds the method of a compiled value.
func NativeMethod(x any, name string) any {
	m := reflect.ValueOf(x).MethodByName(name)
	if !m.IsValid() {
		panic(&Error{"invalid memory address or nil pointer dereference"})
	}
	return m.Interface()
}

// Equal is x == y for interfaces and for structs and arrays.
func Equal(x, y any) bool {
	if b, ok := BoxOf(x); ok {
		x = b
	}
	if b, ok := BoxOf(y); ok {
		y = b
	}
	if bx, ok := x.(Box); ok {
		by, ok := y.(Box)
		if !ok || bx.T != by.T {
			return false
		}
		if bx.V != nil && !reflect.TypeOf(bx.V).Comparable() {
			panic(&Error{"comparing uncomparable type " + bx.T.Name})
		}
	}
	return x == y
}
