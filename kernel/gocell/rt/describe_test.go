package rt

import (
	"fmt"
	"reflect"
)

// describe makes the descriptor that the lowering would make of a compiled
// type, so that what this package does with it can be compared with what Go
// does with the type itself.
func describe(t reflect.Type) *Type { return describeIn(t, map[reflect.Type]*Type{}) }

func describeIn(t reflect.Type, known map[reflect.Type]*Type) *Type {
	if d, ok := known[t]; ok {
		return d
	}
	if t == reflect.TypeFor[any]() || t.PkgPath() == "" && t.Name() != "" || t.PkgPath() != "" && t.PkgPath() != reflect.TypeFor[Box]().PkgPath() {
		d := NativeType(reflect.Zero(reflect.PointerTo(t)).Interface(), t.String())
		known[t] = d
		return d
	}
	d := NewType(t.String(), int(t.Kind()), t.Name() != "", reflect.Zero(reflect.PointerTo(t)).Interface())
	known[t] = d
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		SetElem(d, describeIn(t.Elem(), known))
	case reflect.Map:
		SetElem(d, describeIn(t.Elem(), known))
		SetKey(d, describeIn(t.Key(), known))
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			AddField(d, f.Name, f.Name, string(f.Tag), f.Anonymous, f.IsExported(), describeIn(f.Type, known))
		}
	}
	if t.Name() != "" && t.Kind() != reflect.Interface {
		describeIn(reflect.PointerTo(t), known)
	}
	if t.Kind() == reflect.Interface {
		return d
	}
	for i := range t.NumMethod() {
		m := t.Method(i)
		AddMethod(d, m.Name, m.Name+fmt.Sprint(m.Type), i, true, receiverFirst(m).Interface())
	}
	return d
}

// receiverFirst is the method as a function whose receiver is an interface.
func receiverFirst(m reflect.Method) reflect.Value {
	t := m.Func.Type()
	in := []reflect.Type{reflect.TypeFor[any]()}
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	var out []reflect.Type
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		args[0] = args[0].Elem()
		return m.Func.Call(args)
	})
}

// asBox gives a compiled value as a cell's value would travel.
func asBox(x any) Box { return Box{describe(reflect.TypeOf(x)), x} }
