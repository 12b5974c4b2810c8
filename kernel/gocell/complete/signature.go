package complete

import (
	"go/constant"
	"go/types"
	"strings"
)

// qualifier writes a type's package by its name, and not at all when it is a
// cell's own.
func qualifier(own *types.Package) types.Qualifier {
	return func(p *types.Package) string {
		if own != nil && p.Path() == own.Path() {
			return ""
		}
		return p.Name()
	}
}

// describe gives the kind of an object and what is shown beside its name.
func describe(obj types.Object, own *types.Package) (Kind, string) {
	q := qualifier(own)
	switch obj := obj.(type) {
	case *types.Func:
		kind := Function
		if obj.Signature().Recv() != nil {
			kind = Method
		}
		return kind, types.TypeString(obj.Type(), q)
	case *types.Builtin:
		return Function, ""
	case *types.TypeName:
		return Type, typeKind(obj)
	case *types.Const:
		return Constant, constantText(obj, q)
	case *types.PkgName:
		return Package, obj.Imported().Path()
	case *types.Label:
		return Label, ""
	case *types.Var:
		if obj.IsField() {
			return Field, types.TypeString(obj.Type(), q)
		}
		return Variable, types.TypeString(obj.Type(), q)
	case *types.Nil:
		return Constant, ""
	}
	return Variable, ""
}

// typeKind says in a word what sort of type a name stands for.
func typeKind(obj *types.TypeName) string {
	switch t := obj.Type().Underlying().(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	case *types.Basic:
		if t.Name() == obj.Name() {
			return ""
		}
		return t.Name()
	default:
		return types.TypeString(t, func(p *types.Package) string { return p.Name() })
	}
}

// constantText gives a constant's type and value.
func constantText(obj *types.Const, q types.Qualifier) string {
	value := ""
	if obj.Val().Kind() != constant.Unknown {
		value = obj.Val().String()
	}
	t := types.TypeString(obj.Type(), q)
	if strings.HasPrefix(t, "untyped ") {
		return "= " + value
	}
	return t + " = " + value
}
