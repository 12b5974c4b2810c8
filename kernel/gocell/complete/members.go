package complete

import (
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// packageMembers proposes what a package exports.
func (c *completer) packageMembers(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		kind, signature := describe(obj, nil)
		c.add(candidate{Match: Match{name, kind, signature}, near: nearMember, below: deprecated(pkg.Path(), name)})
	}
}

// deprecated says whether a package's documentation advises against a name. It
// looks only at what is quick to have.
func deprecated(path, name string) bool {
	doc, ok := symbols.LookupDoc(path, name)
	return ok && strings.Contains(doc.Text, "Deprecated: ")
}

// members proposes the fields and methods of a value of type t, with those that
// are promoted, nearest first. own is the package whose unexported names can be
// seen. With methods only, t is a type and its method expressions are meant.
func (c *completer) members(t types.Type, own *types.Package, methodsOnly bool) {
	type level struct {
		t     types.Type
		depth int
	}
	seenName := map[string]bool{}
	seenType := map[string]bool{}
	queue := []level{{t, 0}}
	visible := func(obj types.Object) bool {
		return obj.Exported() || obj.Pkg() != nil && own != nil && obj.Pkg().Path() == own.Path()
	}
	add := func(obj types.Object, depth int) {
		if obj.Name() == "_" || seenName[obj.Name()] || !visible(obj) {
			return
		}
		seenName[obj.Name()] = true
		kind, signature := describe(obj, own)
		near := nearMember
		if depth > 0 {
			near--
		}
		c.add(candidate{Match: Match{obj.Name(), kind, signature}, near: near})
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		t := types.Unalias(at.t)
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		} else if p, ok := t.Underlying().(*types.Pointer); ok && at.depth == 0 {
			t = types.Unalias(p.Elem())
		}
		if key := types.TypeString(t, nil); seenType[key] {
			continue
		} else {
			seenType[key] = true
		}
		if named, ok := t.(*types.Named); ok {
			for method := range named.Methods() {
				add(method, at.depth)
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			for field := range u.Fields() {
				if !methodsOnly {
					add(field, at.depth)
				}
				if field.Embedded() {
					queue = append(queue, level{field.Type(), at.depth + 1})
				}
			}
		case *types.Interface:
			for method := range u.Methods() {
				add(method, at.depth)
			}
		}
	}
}

// fields proposes the fields of a struct that a literal does not give yet, in
// their order.
func (c *completer) fields(s *types.Struct, own *types.Package, given map[string]bool) {
	for i := range s.NumFields() {
		field := s.Field(i)
		if given[field.Name()] || field.Name() == "_" {
			continue
		}
		if !field.Exported() && (own == nil || field.Pkg().Path() != own.Path()) {
			continue
		}
		c.add(candidate{
			Match: Match{field.Name(), Field, types.TypeString(field.Type(), qualifier(own))},
			near:  nearMember,
			order: i,
		})
	}
}
