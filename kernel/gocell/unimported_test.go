package gocell

import (
	"slices"
	"testing"

	"hillock/stdlib/symbols"
)

// A cell can use a package without importing it. The import then lives on, as
// any other does; a name that means something else is not touched.
func TestPackagesNeedNoImport(t *testing.T) {
	w := NewWorld(Config{Importer: symbols.Importer()})
	for i, c := range []struct {
		code    string
		imports []Import // after the cell
		refused bool
	}{
		{"x := strings.ToUpper(\"a\")", []Import{{"strings", "strings"}}, false},
		{"strings.NoSuch()", []Import{{"strings", "strings"}}, true},
		{"nosuch.Thing()", []Import{{"strings", "strings"}}, true},
		{"y := math.Sqrt(x)", []Import{{"strings", "strings"}}, true}, // x is a string: math stays out
		{"n := rand.N(10)\nfunc f() float64 { return rand.Float64() }", []Import{{"rand", "math/rand/v2"}, {"strings", "strings"}}, false},
		{"type T struct{ Now int }\ntime := T{3}\ntime.Now", []Import{{"rand", "math/rand/v2"}, {"strings", "strings"}}, false},
		{"time.Now", []Import{{"rand", "math/rand/v2"}, {"strings", "strings"}}, false},
		{"import r \"crypto/rand\"\nr.Reader; rand.N(3)", []Import{{"r", "crypto/rand"}, {"rand", "math/rand/v2"}, {"strings", "strings"}}, false},
	} {
		checked, err := w.Check("cell", i+1, c.code)
		if (err != nil) != c.refused {
			t.Errorf("%q: %v", c.code, err)
		}
		if err == nil {
			checked.Commit()
		}
		if got := w.Imports(); !slices.Equal(got, c.imports) {
			t.Errorf("after %q the imports are %v, want %v", c.code, got, c.imports)
		}
	}
}
