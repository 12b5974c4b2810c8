package symbols

import (
	"encoding/json"
	"go/types"
	"sync"

	"hillock/stdlib/symbols/internal/docfile"
)

// Doc is the documentation of a package, or of a name of it.
type Doc struct {
	// Decl is the declaration of a function, method or type as its author wrote
	// it, with the exported fields of a struct and their comments. It is empty
	// for packages, constants, variables and fields.
	Decl string
	// Text is the doc comment, in the markup of Go doc comments, without comment
	// signs. It is empty when there is none.
	Text string
}

var (
	docData = archive{kind: "docs"}

	docsMu   sync.Mutex
	docsRead = map[string]docfile.Package{} // a cache of what is embedded
)

// PackageDoc gives the doc comment of a package.
func PackageDoc(path string) (Doc, bool) {
	pkg, ok := docsOf(path)
	return Doc{Text: pkg.Doc}, ok
}

// LookupDoc gives the documentation of a package's function, type, constant or
// variable ("Println"), or of a method or a field of a type ("Point.X"). It says
// false when there is nothing to tell; a field without a comment is not known.
func LookupDoc(path, name string) (Doc, bool) {
	pkg, ok := docsOf(path)
	if !ok {
		return Doc{}, false
	}
	s, ok := pkg.Symbols[name]
	return Doc{Decl: s.Decl, Text: s.Doc}, ok
}

// ObjectDoc gives the documentation of an object of a package that cells can
// import. The owner is the type whose method or field obj is, or nil.
func ObjectDoc(owner types.Type, obj types.Object) (Doc, bool) {
	if pkg, ok := obj.(*types.PkgName); ok {
		return PackageDoc(pkg.Imported().Path())
	}
	if obj.Pkg() == nil {
		return Doc{}, false
	}
	name := obj.Name()
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		// A promoted method is documented where it is declared.
		if named := namedOf(f.Signature().Recv().Type()); named != nil {
			if d, ok := LookupDoc(obj.Pkg().Path(), named.Obj().Name()+"."+name); ok {
				return d, true
			}
		}
	}
	if named := namedOf(owner); named != nil {
		name = named.Obj().Name() + "." + name
	}
	return LookupDoc(obj.Pkg().Path(), name)
}

// namedOf gives the named type that t is or points to.
func namedOf(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}

// docsOf reads the documentation of a package when it is first asked for.
func docsOf(path string) (docfile.Package, bool) {
	docsMu.Lock()
	defer docsMu.Unlock()
	if pkg, ok := docsRead[path]; ok {
		return pkg, true
	}
	content, ok, err := docData.read(path)
	if err != nil || !ok {
		return docfile.Package{}, false
	}
	var pkg docfile.Package
	if json.Unmarshal(content, &pkg) != nil {
		return docfile.Package{}, false
	}
	docsRead[path] = pkg
	return pkg, true
}
