package symbols

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// Every generic source checks against the embedded types, and declares what it
// takes over with the very signature of the package.
func TestGenericSourcesMatchTheirPackages(t *testing.T) {
	found := 0
	for _, path := range Packages() {
		text, ok := GenericSource(path)
		if !ok {
			continue
		}
		found++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path+".go", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		config := types.Config{Importer: Importer()}
		source, err := config.Check(path, fset, []*ast.File{file}, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		real, err := Importer().Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range source.Scope().Names() {
			obj := source.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			want := real.Scope().Lookup(name)
			if want == nil {
				t.Errorf("%s.%s does not exist", path, name)
				continue
			}
			if _, ok := obj.(*types.Func); ok && types.TypeString(obj.Type(), nil) != types.TypeString(want.Type(), nil) {
				t.Errorf("%s.%s is %s, want %s", path, name, obj.Type(), want.Type())
			}
		}
	}
	if found == 0 {
		t.Error("no package has a generic source")
	}
}
