package main

import (
	"go/types"
	"strings"
)

// api describes what a package exports: "fmt.Println", "fmt.Stringer.String"
// or "image.Point.X" to its type (and value, for a constant), written in full.
func api(pkg *types.Package) map[string]string {
	out := map[string]string{}
	qualify := func(p *types.Package) string { return p.Path() }
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		key := pkg.Path() + "." + name
		switch obj := obj.(type) {
		case *types.Const:
			out[key] = "const " + types.TypeString(obj.Type(), qualify) + " = " + obj.Val().ExactString()
		case *types.Var:
			out[key] = "var " + types.TypeString(obj.Type(), qualify)
		case *types.Func:
			out[key] = types.TypeString(obj.Type(), qualify)
		case *types.TypeName:
			out[key] = typeAPI(obj, qualify)
			if obj.IsAlias() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			for method := range named.Methods() {
				if method.Exported() {
					out[key+"."+method.Name()] = types.TypeString(method.Type(), qualify)
				}
			}
			switch u := named.Underlying().(type) {
			case *types.Struct:
				for field := range u.Fields() {
					if field.Exported() {
						out[key+"."+field.Name()] = "field " + types.TypeString(field.Type(), qualify)
					}
				}
			case *types.Interface:
				for method := range u.Methods() {
					if method.Exported() {
						out[key+"."+method.Name()] = types.TypeString(method.Type(), qualify)
					}
				}
			}
		}
	}
	return out
}

// typeAPI describes a type without its fields and methods.
func typeAPI(obj *types.TypeName, qualify types.Qualifier) string {
	if obj.IsAlias() {
		return "type = " + types.TypeString(types.Unalias(obj.Type()), qualify)
	}
	var b strings.Builder
	b.WriteString("type ")
	if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
		b.WriteString(types.TypeString(named, qualify) + " ")
	}
	switch u := obj.Type().Underlying().(type) {
	case *types.Struct:
		b.WriteString("struct")
	case *types.Interface:
		b.WriteString("interface")
	default:
		b.WriteString(types.TypeString(u, qualify))
	}
	return b.String()
}
