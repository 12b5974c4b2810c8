package symbols

import (
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

// The tables, which are compiled code, and the type data, which was read from
// source, tell the same of every package.
func TestTablesMatchTypes(t *testing.T) {
	symbols := 0
	for _, path := range Packages() {
		pkg, err := Importer().Import(path)
		if err != nil {
			t.Fatal(err)
		}
		table, _ := Lookup(path)
		if name, _ := Name(path); name != pkg.Name() {
			t.Errorf("%s is called %s, not %s", path, name, pkg.Name())
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() || isGeneric(obj) {
				continue
			}
			v, ok := table[name]
			if !ok {
				t.Errorf("%s.%s has no symbol", path, name)
				continue
			}
			symbols++
			if problem := mismatch(obj, v, table); problem != "" {
				t.Errorf("%s.%s: %s", path, name, problem)
			}
		}
		for name := range table {
			if obj := pkg.Scope().Lookup(strings.TrimPrefix(name, "_")); obj == nil {
				t.Errorf("%s.%s has no type data", path, name)
			}
		}
	}
	if symbols < 5000 {
		t.Errorf("only %d symbols", symbols)
	}
}

// isGeneric says whether an object can't have a symbol.
func isGeneric(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
			return true
		}
		i, ok := obj.Type().Underlying().(*types.Interface)
		return ok && !i.IsMethodSet()
	}
	return false
}

// mismatch says in what a symbol is not the object, or nothing.
func mismatch(obj types.Object, v reflect.Value, table map[string]reflect.Value) string {
	switch obj := obj.(type) {
	case *types.Func:
		if v.Kind() != reflect.Func || !same(obj.Type(), v.Type()) {
			return "symbol is " + v.Type().String() + ", type is " + obj.Type().String()
		}
	case *types.Var:
		if !v.CanSet() || !same(obj.Type(), v.Type()) {
			return "symbol is " + v.Type().String() + ", type is " + obj.Type().String()
		}
	case *types.Const:
		return constantMismatch(obj, v)
	case *types.TypeName:
		if v.Kind() != reflect.Pointer || !v.IsNil() || !same(obj.Type(), v.Type().Elem()) {
			return "symbol is " + v.Type().String()
		}
		if types.IsInterface(obj.Type()) {
			return wrapperMismatch(v.Type().Elem(), table["_"+obj.Name()])
		}
	}
	return ""
}

// constantMismatch compares a constant's value with its symbol's.
func constantMismatch(obj *types.Const, v reflect.Value) string {
	if c, ok := v.Interface().(constant.Value); ok {
		have, want := c, obj.Val()
		if !constant.Compare(constant.ToFloat(have), token.EQL, constant.ToFloat(want)) && have.ExactString() != want.ExactString() {
			return "symbol is " + have.ExactString() + ", value is " + want.ExactString()
		}
		return ""
	}
	var have constant.Value
	switch v.Kind() {
	case reflect.Bool:
		have = constant.MakeBool(v.Bool())
	case reflect.String:
		have = constant.MakeString(v.String())
	case reflect.Float32, reflect.Float64:
		have = constant.MakeFloat64(v.Float())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		have = constant.MakeUint64(v.Uint())
	default:
		have = constant.MakeInt64(v.Int())
	}
	want := obj.Val()
	if v.Kind() == reflect.Float64 {
		f, _ := constant.Float64Val(want)
		want = constant.MakeFloat64(f)
	}
	if have.ExactString() != want.ExactString() {
		return "symbol is " + have.ExactString() + ", value is " + want.ExactString()
	}
	return ""
}

// wrapperMismatch says in what a wrapper can't stand in for an interface.
func wrapperMismatch(i reflect.Type, wrapper reflect.Value) string {
	if !wrapper.IsValid() {
		return "no wrapper"
	}
	w := wrapper.Type().Elem()
	if w.NumField() == 0 || w.Field(0).Name != "IValue" {
		return "the wrapper's first field is not IValue"
	}
	if w.Name() == "Sealed" {
		for m := range i.Methods() {
			if !m.IsExported() {
				return ""
			}
		}
		return "has no wrapper, but only exported methods"
	}
	if !w.Implements(i) {
		return w.String() + " does not implement it"
	}
	for m := range i.Methods() {
		if f, ok := w.FieldByName("W" + m.Name); !ok || f.Type != m.Type {
			return "the wrapper's field W" + m.Name + " is not a " + m.Type.String()
		}
	}
	return ""
}

// same says whether a type and a compiled type are the same, as far as their
// names and shapes tell.
func same(t types.Type, r reflect.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		name, _, _ := strings.Cut(r.Name(), "[")
		pkg := ""
		if t.Obj().Pkg() != nil {
			pkg = t.Obj().Pkg().Path()
		}
		return name == t.Obj().Name() && r.PkgPath() == pkg
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return r.Kind() == reflect.UnsafePointer
		}
		return r.PkgPath() == "" && r.String() == types.Default(types.Typ[t.Kind()]).String()
	case *types.Pointer:
		return r.Kind() == reflect.Pointer && same(t.Elem(), r.Elem())
	case *types.Slice:
		return r.Kind() == reflect.Slice && same(t.Elem(), r.Elem())
	case *types.Array:
		return r.Kind() == reflect.Array && int64(r.Len()) == t.Len() && same(t.Elem(), r.Elem())
	case *types.Map:
		return r.Kind() == reflect.Map && same(t.Key(), r.Key()) && same(t.Elem(), r.Elem())
	case *types.Chan:
		return r.Kind() == reflect.Chan && same(t.Elem(), r.Elem())
	case *types.Struct:
		return r.Kind() == reflect.Struct && r.NumField() == t.NumFields()
	case *types.Interface:
		return r.Kind() == reflect.Interface && r.NumMethod() == t.NumMethods()
	case *types.Signature:
		if r.Kind() != reflect.Func || r.NumIn() != t.Params().Len() || r.NumOut() != t.Results().Len() || r.IsVariadic() != t.Variadic() {
			return false
		}
		for i := range r.NumIn() {
			if !same(t.Params().At(i).Type(), r.In(i)) {
				return false
			}
		}
		for i := range r.NumOut() {
			if !same(t.Results().At(i).Type(), r.Out(i)) {
				return false
			}
		}
		return true
	}
	return false
}

// Symbol tables can't carry generics, so the packages that are made for
// notebooks have none in what they export.
func TestNoGenericsInStdlib(t *testing.T) {
	found := false
	for _, path := range Packages() {
		if !strings.HasPrefix(path, "hillock/") {
			continue
		}
		found = true
		pkg, err := Importer().Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if obj := pkg.Scope().Lookup(name); obj.Exported() && isGeneric(obj) {
				t.Errorf("%s.%s is generic: export concrete types", path, name)
			}
		}
	}
	if !found {
		t.Error("no package of hillock")
	}
}
