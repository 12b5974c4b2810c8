package gocell

import (
	"go/types"
	"reflect"
	"unsafe"
)

// methodsField is where types.Named keeps its methods. go/types can add methods
// to a type, but can neither take them back, which a refused cell needs, nor
// replace them, which a cell that is run again needs. ok is false when a later
// Go lays the type out in another way; methods then have to be declared in the
// cell of their type.
var methodsField, methodsKnown = func() (reflect.StructField, bool) {
	f, ok := reflect.TypeFor[types.Named]().FieldByName("methods")
	return f, ok && f.Type == reflect.TypeFor[[]*types.Func]()
}()

// methods gives the list of methods of a type that is not generic, or nil.
func methods(t *types.Named) *[]*types.Func {
	if !methodsKnown || t.TypeParams() != nil || t.TypeArgs() != nil {
		return nil
	}
	return (*[]*types.Func)(unsafe.Add(unsafe.Pointer(t), methodsField.Offset))
}

// setMethod adds a method to a type or replaces the one with its name. It gives
// the one that was replaced, or nil, and what takes the change back.
func setMethod(t *types.Named, m *types.Func) (replaced *types.Func, undo func(), ok bool) {
	list := methods(t)
	if list == nil {
		return nil, nil, false
	}
	before := *list
	after := make([]*types.Func, 0, len(before)+1)
	for _, have := range before {
		if have.Name() == m.Name() {
			replaced = have
			have = m
		}
		after = append(after, have)
	}
	if replaced == nil {
		after = append(after, m)
	}
	*list = after
	return replaced, func() { *list = before }, true
}
