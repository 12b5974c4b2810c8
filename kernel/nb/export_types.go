package nb

import (
	"fmt"
	"go/types"
	"strings"
)

// typeText writes a type with the program's names. It fails at a type that has
// no name outside of its package.
func (x *exporter) typeText(t types.Type) (string, error) {
	switch t := t.(type) {
	case *types.Basic:
		return types.Default(t).String(), nil
	case *types.Pointer:
		return x.around("*%s", t.Elem())
	case *types.Slice:
		return x.around("[]%s", t.Elem())
	case *types.Array:
		return x.around(fmt.Sprintf("[%d]%%s", t.Len()), t.Elem())
	case *types.Map:
		return x.around("map[%s]%s", t.Key(), t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return x.around("chan<- %s", t.Elem())
		case types.RecvOnly:
			return x.around("<-chan %s", t.Elem())
		}
		return x.around("chan (%s)", t.Elem())
	case *types.Signature:
		parameters, err := x.tuple(t.Params(), t.Variadic())
		if err != nil {
			return "", err
		}
		results, err := x.tuple(t.Results(), false)
		return "func(" + parameters + ") (" + results + ")", err
	case *types.Alias:
		return x.typeName(t.Obj(), t.TypeArgs())
	case *types.Named:
		return x.typeName(t.Obj(), t.TypeArgs())
	case *types.Struct:
		return x.structText(t)
	case *types.Interface:
		return x.interfaceText(t)
	}
	return "", fmt.Errorf("the type %s can't be written in a program", t)
}

// around puts the text of types into a format.
func (x *exporter) around(format string, ts ...types.Type) (string, error) {
	texts := make([]any, len(ts))
	for i, t := range ts {
		text, err := x.typeText(t)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return fmt.Sprintf(format, texts...), nil
}

func (x *exporter) tuple(t *types.Tuple, variadic bool) (string, error) {
	var parts []string
	for i := range t.Len() {
		format, typ := "%s", t.At(i).Type()
		if variadic && i == t.Len()-1 {
			if s, ok := typ.(*types.Slice); ok {
				format, typ = "...%s", s.Elem()
			}
		}
		text, err := x.around(format, typ)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", "), nil
}

// typeName writes a declared type.
func (x *exporter) typeName(o *types.TypeName, arguments *types.TypeList) (string, error) {
	name, own := x.names[o]
	switch {
	case own:
	case o.Pkg() == nil:
		name = o.Name()
	case !o.Exported() || o.Parent() != o.Pkg().Scope():
		return "", fmt.Errorf("its type %s can't be named outside of its package, which a program has to do", o.Type())
	default:
		name = x.importName(o.Pkg().Path()) + "." + o.Name()
	}
	if arguments.Len() == 0 {
		return name, nil
	}
	var parts []string
	for a := range arguments.Types() {
		text, err := x.typeText(a)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	return name + "[" + strings.Join(parts, ", ") + "]", nil
}

func (x *exporter) structText(t *types.Struct) (string, error) {
	var b strings.Builder
	b.WriteString("struct {")
	for i := range t.NumFields() {
		f := t.Field(i)
		text, err := x.typeText(f.Type())
		if err != nil {
			return "", err
		}
		if !f.Embedded() {
			text = f.Name() + " " + text
		}
		if tag := t.Tag(i); tag != "" {
			text += fmt.Sprintf(" %q", tag)
		}
		b.WriteString("\n" + text)
	}
	b.WriteString("\n}")
	return b.String(), nil
}

func (x *exporter) interfaceText(t *types.Interface) (string, error) {
	if t.Empty() {
		return "any", nil
	}
	var b strings.Builder
	b.WriteString("interface {")
	for m := range t.ExplicitMethods() {
		text, err := x.typeText(m.Type())
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + m.Name() + strings.TrimPrefix(text, "func"))
	}
	for e := range t.EmbeddedTypes() {
		text, err := x.typeText(e)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + text)
	}
	b.WriteString("\n}")
	return b.String(), nil
}
