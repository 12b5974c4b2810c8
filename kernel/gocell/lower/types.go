package lower

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// isOwn says whether a declared type is lowered by its structure, as against a
// compiled type that yaegi's symbol tables hold.
func (e *emitter) isOwn(t *types.Named) bool {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return false
	}
	return t.TypeArgs().Len() > 0 || e.state.isOwn(obj.Pkg())
}

// native says whether a value of the type keeps its identity in yaegi: its
// reflect type is the one that compiled Go would give it.
func (e *emitter) native(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return true
	case *types.Named:
		return !e.isOwn(t)
	case *types.Pointer:
		return e.native(t.Elem())
	case *types.Slice:
		return e.native(t.Elem())
	case *types.Array:
		return e.native(t.Elem())
	case *types.Chan:
		return e.native(t.Elem())
	case *types.Map:
		return e.native(t.Key()) && e.native(t.Elem())
	case *types.Signature:
		return e.native(t.Params()) && e.native(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if !e.native(v.Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		return t.NumMethods() == 0
	case *types.Struct:
		return t.NumFields() == 0
	}
	return false
}

// compiledInterface says whether the type is an interface that yaegi knows as
// compiled Go: error, io.Reader. All other interfaces are emitted as interface{}.
func (e *emitter) compiledInterface(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || e.isOwn(named) {
		return false
	}
	i, ok := named.Underlying().(*types.Interface)
	return ok && i.NumMethods() > 0
}

func isInterface(t types.Type) bool {
	_, ok := t.Underlying().(*types.Interface)
	return ok
}

// rep is the type that stands for t in emitted text.
func (e *emitter) rep(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch {
		case t.Kind() == types.UnsafePointer:
			e.unsupported("unsafe.Pointer", "use ordinary pointers")
		case t.Kind() == types.UntypedNil:
			return "interface{}"
		case t.Info()&types.IsUntyped != 0:
			return e.rep(types.Default(t))
		}
		return types.Typ[t.Kind()].Name()
	case *types.Named:
		if !e.isOwn(t) {
			return e.compiledName(t.Obj())
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			return e.structName(u)
		case *types.Interface:
			return "interface{}"
		default:
			if e.recursive(t) {
				return "interface{}"
			}
			return e.rep(u)
		}
	case *types.Pointer:
		return "*" + e.rep(t.Elem())
	case *types.Slice:
		return "[]" + e.rep(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + e.rep(t.Elem())
	case *types.Map:
		return "map[" + e.rep(t.Key()) + "]" + e.rep(t.Elem())
	case *types.Chan:
		elem := e.rep(t.Elem())
		if e.native(t.Elem()) {
			switch t.Dir() {
			case types.SendOnly:
				return "chan<- " + elem
			case types.RecvOnly:
				return "<-chan " + elem
			}
		}
		return "chan " + parenthesizeChan(elem)
	case *types.Signature:
		return "func" + e.repSignature(t)
	case *types.Interface:
		return "interface{}"
	case *types.Struct:
		return e.structName(t)
	case *types.TypeParam:
		panic(fmt.Sprintf("lower: type parameter %s without argument", t))
	}
	panic(fmt.Sprintf("lower: type %T", t))
}

func parenthesizeChan(elem string) string {
	if strings.HasPrefix(elem, "<-") {
		return "(" + elem + ")"
	}
	return elem
}

func (e *emitter) repSignature(t *types.Signature) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(e.repParam(t, i))
	}
	b.WriteByte(')')
	b.WriteString(e.repResults(t.Results()))
	return b.String()
}

// repParam is the type of a parameter in a signature; a variadic one keeps its
// dots, so that function types are those of compiled Go.
func (e *emitter) repParam(t *types.Signature, i int) string {
	p := t.Params().At(i).Type()
	if t.Variadic() && i == t.Params().Len()-1 {
		return "..." + e.rep(p.(*types.Slice).Elem())
	}
	return e.rep(p)
}

func (e *emitter) repResults(t *types.Tuple) string {
	switch t.Len() {
	case 0:
		return ""
	case 1:
		return " " + e.rep(t.At(0).Type())
	}
	var parts []string
	for v := range t.Variables() {
		parts = append(parts, e.rep(v.Type()))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// recursive says whether a declared type that is not a struct contains itself
// without a struct between: type F func(F). Such types are held as interface{}.
func (e *emitter) recursive(t *types.Named) bool {
	if r, ok := e.recursion[t]; ok {
		return r
	}
	r := e.reaches(t.Underlying(), t, map[types.Type]bool{})
	if e.recursion == nil {
		e.recursion = map[*types.Named]bool{}
	}
	e.recursion[t] = r
	return r
}

func (e *emitter) reaches(from types.Type, goal *types.Named, seen map[types.Type]bool) bool {
	from = types.Unalias(from)
	if seen[from] {
		return false
	}
	seen[from] = true
	switch t := from.(type) {
	case *types.Named:
		if types.Identical(t, goal) {
			return true
		}
		if !e.isOwn(t) {
			return false
		}
		return e.reaches(t.Underlying(), goal, seen)
	case *types.Pointer:
		return e.reaches(t.Elem(), goal, seen)
	case *types.Slice:
		return e.reaches(t.Elem(), goal, seen)
	case *types.Array:
		return e.reaches(t.Elem(), goal, seen)
	case *types.Chan:
		return e.reaches(t.Elem(), goal, seen)
	case *types.Map:
		return e.reaches(t.Key(), goal, seen) || e.reaches(t.Elem(), goal, seen)
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if e.reaches(v.Type(), goal, seen) {
					return true
				}
			}
		}
	}
	return false
}

// isRecursive says whether values of the type are held as interface{} though
// the type is not an interface.
func (e *emitter) isRecursive(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !e.isOwn(named) {
		return false
	}
	switch named.Underlying().(type) {
	case *types.Struct, *types.Interface, *types.Basic:
		return false
	}
	return e.recursive(named)
}

// structName declares the struct type that stands for s, once.
func (e *emitter) structName(s *types.Struct) string {
	if s.NumFields() == 0 {
		return "struct{}"
	}
	key := "struct:" + e.key(s)
	if name, ok := e.state.key(key); ok {
		return name
	}
	e.breakRings(s)
	name := e.state.fresh("S")
	e.state.keys[key] = name
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\n", name)
	for i := range s.NumFields() {
		rep := "interface{}"
		if !e.isBroken(s, i) {
			rep = e.rep(s.Field(i).Type())
		}
		fmt.Fprintf(&b, "%s %s\n", e.fieldName(s, i), rep)
	}
	b.WriteString("}\n")
	e.types = append(e.types, b.String())
	return name
}

// fieldName is the emitted name of a field. Names that Go does not export get a
// prefix of their own, since yaegi exports all fields to reflect.
func (e *emitter) fieldName(s *types.Struct, i int) string {
	f := s.Field(i)
	switch {
	case f.Name() == "_":
		return fmt.Sprintf("X_blank%d", i)
	case !f.Exported():
		for j := range s.NumFields() {
			if j < i && s.Field(j).Name() == f.Name() {
				return fmt.Sprintf("X_%s_%d", f.Name(), i) // same name, other package
			}
		}
		return "X_" + f.Name()
	case strings.HasPrefix(f.Name(), "X_"):
		return "X__" + f.Name()
	}
	return f.Name()
}

// key is a text that is the same for identical types and differs for others.
func (e *emitter) key(t types.Type) string {
	var b strings.Builder
	e.writeKey(&b, t)
	return b.String()
}

func (e *emitter) writeKey(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Info()&types.IsUntyped != 0 && t.Kind() != types.UntypedNil {
			e.writeKey(b, types.Default(t))
			return
		}
		if t.Kind() == types.UntypedNil {
			b.WriteString("nil")
			return
		}
		b.WriteString(types.Typ[t.Kind()].Name())
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() != nil && e.state.isOwn(obj.Pkg()) {
			fmt.Fprintf(b, "%s#%d", obj.Name(), e.state.id(obj))
		} else {
			if obj.Pkg() != nil {
				b.WriteString(obj.Pkg().Path() + ".")
			}
			b.WriteString(obj.Name())
		}
		if t.TypeArgs().Len() > 0 {
			b.WriteByte('[')
			for a := range t.TypeArgs().Types() {
				e.writeKey(b, a)
				b.WriteByte(',')
			}
			b.WriteByte(']')
		}
	case *types.Pointer:
		b.WriteByte('*')
		e.writeKey(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		e.writeKey(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		e.writeKey(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		e.writeKey(b, t.Key())
		b.WriteByte(']')
		e.writeKey(b, t.Elem())
	case *types.Chan:
		fmt.Fprintf(b, "chan%d(", t.Dir())
		e.writeKey(b, t.Elem())
		b.WriteByte(')')
	case *types.Signature:
		b.WriteString("func(")
		for i := range t.Params().Len() {
			if t.Variadic() && i == t.Params().Len()-1 {
				b.WriteString("...")
			}
			e.writeKey(b, t.Params().At(i).Type())
			b.WriteByte(',')
		}
		b.WriteString(")(")
		for v := range t.Results().Variables() {
			e.writeKey(b, v.Type())
			b.WriteByte(',')
		}
		b.WriteByte(')')
	case *types.Interface:
		b.WriteString("interface{")
		for m := range t.Methods() {
			b.WriteString(e.methodID(m))
			e.writeKey(b, m.Signature())
			b.WriteByte(';')
		}
		b.WriteByte('}')
	case *types.Struct:
		b.WriteString("struct{")
		for i := range t.NumFields() {
			f := t.Field(i)
			b.WriteString(e.objectID(f))
			if f.Embedded() {
				b.WriteByte('!')
			}
			b.WriteByte(' ')
			e.writeKey(b, f.Type())
			if t.Tag(i) != "" {
				b.WriteString(strconv.Quote(t.Tag(i)))
			}
			b.WriteByte(';')
		}
		b.WriteByte('}')
	case *types.Union:
		b.WriteString("union")
	case *types.TypeParam:
		fmt.Fprintf(b, "$%p", t)
	default:
		panic(fmt.Sprintf("lower: key of %T", t))
	}
}

// methodID names a method; one that is not exported belongs to its package.
func (e *emitter) methodID(m *types.Func) string { return e.objectID(m) }

func (e *emitter) objectID(o types.Object) string {
	if o.Exported() || o.Pkg() == nil {
		return o.Name()
	}
	return o.Pkg().Path() + "." + o.Name()
}

// compiledName is the qualified name of a compiled object, and imports its package.
func (e *emitter) compiledName(obj types.Object) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return e.importName(obj.Pkg()) + "." + obj.Name()
}

func (e *emitter) importName(pkg *types.Package) string {
	if name, ok := e.imports[pkg.Path()]; ok {
		return name
	}
	name := "p_" + pkg.Name()
	for taken := true; taken; {
		taken = false
		for _, other := range e.imports {
			if other == name {
				taken = true
				name += "_"
			}
		}
	}
	e.imports[pkg.Path()] = name
	return name
}
