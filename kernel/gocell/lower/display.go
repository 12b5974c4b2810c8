package lower

import (
	"go/types"
	"strconv"
	"strings"
)

// displayName is a type's name as reflect prints it: main.Point, struct { X int }.
func (e *emitter) displayName(t types.Type) string {
	var b strings.Builder
	writeDisplay(&b, t)
	return b.String()
}

// packageName is a package's name as reflect prints it. The packages of cells
// have names of their own.
func packageName(pkg *types.Package) string {
	if pkg.Path() == "main" {
		return "main"
	}
	return pkg.Name()
}

func writeDisplay(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch {
		case t.Kind() == types.UnsafePointer:
			b.WriteString("unsafe.Pointer")
		case t.Kind() == types.UntypedNil:
			b.WriteString("nil")
		default:
			b.WriteString(types.Typ[types.Default(t).(*types.Basic).Kind()].Name())
		}
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil {
			b.WriteString(packageName(pkg) + ".")
		}
		b.WriteString(t.Obj().Name())
		if t.TypeArgs().Len() > 0 {
			b.WriteByte('[')
			for i := range t.TypeArgs().Len() {
				if i > 0 {
					b.WriteByte(',')
				}
				writeDisplay(b, t.TypeArgs().At(i))
			}
			b.WriteByte(']')
		}
	case *types.Pointer:
		b.WriteByte('*')
		writeDisplay(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		writeDisplay(b, t.Elem())
	case *types.Array:
		b.WriteString("[" + strconv.FormatInt(t.Len(), 10) + "]")
		writeDisplay(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		writeDisplay(b, t.Key())
		b.WriteByte(']')
		writeDisplay(b, t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendRecv:
			b.WriteString("chan ")
			if c, ok := types.Unalias(t.Elem()).(*types.Chan); ok && c.Dir() == types.RecvOnly {
				b.WriteByte('(')
				writeDisplay(b, c)
				b.WriteByte(')')
				return
			}
		case types.SendOnly:
			b.WriteString("chan<- ")
		case types.RecvOnly:
			b.WriteString("<-chan ")
		}
		writeDisplay(b, t.Elem())
	case *types.Signature:
		b.WriteString("func")
		writeDisplaySignature(b, t)
	case *types.Interface:
		if t.NumMethods() == 0 {
			b.WriteString("interface {}")
			return
		}
		b.WriteString("interface { ")
		for i := range t.NumMethods() {
			if i > 0 {
				b.WriteString("; ")
			}
			m := t.Method(i)
			if !m.Exported() {
				b.WriteString(packageName(m.Pkg()) + ".")
			}
			b.WriteString(m.Name())
			writeDisplaySignature(b, m.Signature())
		}
		b.WriteString(" }")
	case *types.Struct:
		b.WriteString("struct {")
		for i := range t.NumFields() {
			if i > 0 {
				b.WriteByte(';')
			}
			f := t.Field(i)
			b.WriteByte(' ')
			if !f.Embedded() {
				b.WriteString(f.Name() + " ")
			}
			writeDisplay(b, f.Type())
			if tag := t.Tag(i); tag != "" {
				b.WriteString(" " + strconv.Quote(tag))
			}
		}
		if t.NumFields() > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('}')
	default:
		b.WriteString(t.String())
	}
}

func writeDisplaySignature(b *strings.Builder, t *types.Signature) {
	b.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		p := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			b.WriteString("...")
			p = p.(*types.Slice).Elem()
		}
		writeDisplay(b, p)
	}
	b.WriteByte(')')
	switch n := t.Results().Len(); n {
	case 0:
	case 1:
		b.WriteByte(' ')
		writeDisplay(b, t.Results().At(0).Type())
	default:
		b.WriteString(" (")
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			writeDisplay(b, t.Results().At(i).Type())
		}
		b.WriteByte(')')
	}
}
