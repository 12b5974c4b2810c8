package complete

import (
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// inspector describes objects.
type inspector struct {
	state  State
	own    *types.Package // that of the cell
	detail int
}

// about describes an object. owner is the type of which it is a field or method,
// or nil; t is its type where it is used, which for a generic function is that
// of the instance.
func (in inspector) about(obj types.Object, owner, t types.Type) about {
	if pkg, ok := obj.(*types.PkgName); ok {
		return packageAbout(pkg.Imported(), in.detail)
	}
	doc, source := in.document(obj, owner)
	a := about{code: doc.Decl, doc: doc.Text}
	if from := obj.Pkg(); from != nil && from.Path() != in.own.Path() {
		a.notes = append(a.notes, "from "+from.Path())
	}
	q := qualifier(in.own)
	switch obj := obj.(type) {
	case *types.Func:
		if a.code == "" {
			a.code = types.ObjectString(obj, q)
		}
		if sig, ok := t.(*types.Signature); ok && obj.Signature().TypeParams().Len() > 0 && sig.TypeParams().Len() == 0 {
			a.notes = append(a.notes, "here: "+types.TypeString(sig, q))
		}
		if in.detail > 0 {
			a.more = source
		}
	case *types.TypeName:
		if a.code == "" {
			if a.code = source; a.code == "" {
				a.code = types.ObjectString(obj, q)
			} else if !strings.HasPrefix(a.code, "type ") {
				a.code = "type " + a.code
			}
		}
		a.more = methods(obj.Type(), q, in.own, in.detail)
	case *types.Const:
		a.code = "const " + obj.Name() + " " + strings.TrimPrefix(constantText(obj, q), "untyped ")
	case *types.Var:
		in.variable(&a, obj, owner, t)
	case *types.Builtin, *types.Nil:
		if a.code == "" {
			a.code = obj.Name()
		}
	case *types.Label:
		a.code = obj.Name() + ":"
	}
	return a
}

// variable describes a variable or a field.
func (in inspector) variable(a *about, v *types.Var, owner, t types.Type) {
	q := qualifier(in.own)
	if t == nil {
		t = v.Type()
	}
	if v.IsField() {
		a.code = v.Name() + " " + types.TypeString(t, q)
		if owner != nil {
			a.notes = []string{"field of " + types.TypeString(strip(owner), q)}
			if named, ok := types.Unalias(strip(owner)).(*types.Named); ok && a.doc == "" {
				// The comment of the struct often tells of all its fields.
				doc, _ := in.document(named.Obj(), nil)
				a.doc = doc.Text
			}
		}
	} else {
		a.code = "var " + v.Name() + " " + types.TypeString(t, q)
		if valuer, ok := in.state.(Valuer); ok && in.isLive(v) {
			if text, ok := valuer.Value(v.Name()); ok {
				a.notes = append(a.notes, "= "+text)
			}
		}
	}
	if a.doc != "" && in.detail == 0 {
		return
	}
	named, ok := types.Unalias(strip(t)).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return
	}
	doc, source := in.document(named.Obj(), nil)
	if a.doc == "" {
		a.doc = firstParagraph(doc.Text)
	}
	if in.detail > 0 {
		a.more = doc.Decl
		if a.more == "" {
			a.more = source
		}
		if list := methods(named, q, in.own, 1); list != "" {
			a.more += "\n\n" + list
		}
	}
}

// isLive says whether a variable is the session's, not one of the cell.
func (in inspector) isLive(v *types.Var) bool {
	for _, obj := range in.state.Objects() {
		if obj == v {
			return true
		}
	}
	return false
}

// strip gives what a pointer points to.
func strip(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// document finds the documentation of an object, and its source if a cell
// declared it.
func (in inspector) document(obj types.Object, owner types.Type) (doc symbols.Doc, source string) {
	if obj.Pkg() == nil {
		doc, _ = symbols.LookupDoc("builtin", obj.Name())
		return doc, ""
	}
	if obj.Pkg().Path() == in.own.Path() {
		if d, ok := in.state.(Documenter); ok {
			doc.Text, source = d.Document(obj)
		}
		return doc, source
	}
	doc, _ = symbols.ObjectDoc(owner, obj)
	return doc, ""
}

// methods lists the methods of a type: their names, or with detail their
// signatures.
func methods(t types.Type, q types.Qualifier, own *types.Package, detail int) string {
	if types.IsInterface(t) {
		return ""
	}
	var list []string
	set := types.NewMethodSet(types.NewPointer(t))
	for selection := range set.Methods() {
		f := selection.Obj().(*types.Func)
		if !f.Exported() && f.Pkg().Path() != own.Path() {
			continue
		}
		if detail > 0 {
			list = append(list, "func ("+types.TypeString(t, q)+") "+f.Name()+strings.TrimPrefix(types.TypeString(f.Type(), q), "func"))
		} else {
			list = append(list, f.Name())
		}
	}
	switch {
	case len(list) == 0:
		return ""
	case detail > 0:
		return strings.Join(list, "\n")
	}
	return "// methods: " + strings.Join(list, ", ")
}

// packageAbout describes a package, with detail by what it exports.
func packageAbout(pkg *types.Package, detail int) about {
	doc, _ := symbols.PackageDoc(pkg.Path())
	a := about{code: "import \"" + pkg.Path() + "\"", doc: doc.Text}
	if detail == 0 {
		return a
	}
	var list []string
	q := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.TypeName:
			list = append(list, strings.TrimSpace("type "+name+" "+typeKind(obj)))
		case *types.Const:
			list = append(list, "const "+name+" "+constantText(obj, q))
		default:
			list = append(list, types.ObjectString(obj, q))
		}
	}
	a.more = strings.Join(list, "\n")
	return a
}
