package symbols

import (
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	for _, c := range []struct{ path, name, decl, text string }{
		{"fmt", "Println", "func Println(a ...any) (n int, err error)", "Println formats using the default formats"},
		{"fmt", "Stringer", "type Stringer interface", "Stringer is implemented by any value that has a String method"},
		{"image", "Point", "X, Y int", "A Point is an X, Y coordinate pair"},
		{"image", "Point.Add", "func (p Point) Add(q Point) Point", "Add returns the vector p+q."},
		{"net/http", "Request.Method", "", "Method specifies the HTTP method"},
		{"io", "Reader.Read", "", ""},
		{"math", "Pi", "", ""},
		{"os", "O_RDWR", "", "open the file read-write."},
		{"io", "EOF", "", "EOF is the error returned by Read"},
		{"gonum.org/v1/gonum/stat/distuv", "Normal.Mu", "", "Mean of the normal distribution"},
		{"builtin", "append", "func append(slice []Type, elems ...Type) []Type", "appends elements to the end of a slice"},
		{"builtin", "float64", "type float64 float64", "float64 is the set of all IEEE 754 64-bit"},
		{"builtin", "true", "", "Untyped bool."},
		{"slices", "SortFunc", "func SortFunc[S ~[]E, E any](x S, cmp func(a, b E) int)", "SortFunc sorts the slice x"},
	} {
		d, _ := LookupDoc(c.path, c.name)
		if !strings.Contains(d.Decl, c.decl) || !strings.Contains(d.Text, c.text) {
			t.Errorf("%s.%s: %q, %q", c.path, c.name, d.Decl, d.Text)
		}
	}
	if d, ok := PackageDoc("strings"); !ok || !strings.Contains(d.Text, "simple functions to manipulate") {
		t.Errorf("strings: %q", d.Text)
	}
	if _, ok := LookupDoc("fmt", "println"); ok {
		t.Error("fmt.println has a doc")
	}
}
