package interp

import (
	"reflect"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// forgetTrees lets go of the trees of everything that the interpreter has
// compiled, some 25 KB a cell: it keeps them for its debugger, and by way of
// the scopes that it has left. What is still to be run has its own hold on them.
// An interpreter that is laid out in another way keeps them.
func forgetTrees(i *yaegi.Interpreter) {
	v := reflect.ValueOf(i).Elem()
	if roots, ok := field(v, "roots", reflect.Slice); ok {
		roots.SetZero()
	}
	scopes, ok := field(v, "scopes", reflect.Map)
	if !ok {
		return
	}
	for _, scope := range scopes.Seq2() {
		if scope.Kind() != reflect.Pointer || scope.IsNil() || scope.Elem().Kind() != reflect.Struct {
			return
		}
		if children, ok := field(scope.Elem(), "child", reflect.Slice); ok {
			children.SetZero()
		}
	}
}

// field gives a field of an addressable struct, exported or not, if it is of
// that kind.
func field(v reflect.Value, name string, kind reflect.Kind) (reflect.Value, bool) {
	f := v.FieldByName(name)
	if !f.IsValid() || f.Kind() != kind || !f.CanAddr() {
		return reflect.Value{}, false
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem(), true
}
