package gocell

import (
	"strings"
	"testing"

	"hillock/stdlib/symbols"
)

func TestSplit(t *testing.T) {
	code := `package main

// doc of the import
import ("fmt"; m "math")
x := 1 // one
// P is a point.
type P struct {
	X int
}; y, _ := 2, 3
func (p *P) M() {}
var ( a int
 b = 2)
if x > 1 {
}
fmt.Println(x) // shown
`
	pieces, err := Split(code)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		kind  PieceKind
		names string
		text  string
	}{
		{ImportPiece, "m", "// doc of the import\nimport (\"fmt\"; m \"math\")"},
		{StatementPiece, "x", "x := 1 // one"},
		{TypePiece, "P", "// P is a point.\ntype P struct {\n\tX int\n};"},
		{StatementPiece, "y", "y, _ := 2, 3"},
		{FuncPiece, "P.M", "func (p *P) M() {}"},
		{VarPiece, "a b", "var ( a int\n b = 2)"},
		{StatementPiece, "", "if x > 1 {\n}"},
		{ExpressionPiece, "", "fmt.Println(x) // shown"},
	}
	if len(pieces) != len(want) {
		t.Fatalf("%d pieces, want %d: %+v", len(pieces), len(want), pieces)
	}
	for i, w := range want {
		p := pieces[i]
		if p.Kind != w.kind || strings.Join(p.Names, " ") != w.names || !strings.HasPrefix(p.Text, w.text) {
			t.Errorf("piece %d is %+v, want %+v", i, p, w)
		}
	}
	if got := pieces[0].Imports; len(got) != 2 || got[0] != (Import{Path: "fmt"}) || got[1] != (Import{Name: "m", Path: "math"}) {
		t.Errorf("imports %v", got)
	}
}

// The scanner gives some tokens in other bytes than the source has.
func TestSplitMeasuresTokensInTheSource(t *testing.T) {
	pieces, err := Split("s := `a\r\nb\r\n`\r\nt := 1")
	if err != nil || len(pieces) != 2 || pieces[0].Text != "s := `a\r\nb\r\n`" || pieces[1].Text != "t := 1" {
		t.Errorf("%+v, %v", pieces, err)
	}
	if _, err := Split("x \x80\x00\x00\xff\nx"); err == nil {
		t.Error("bytes that are no UTF-8 were accepted")
	}
}

func TestIsComplete(t *testing.T) {
	tests := []struct {
		code   string
		want   Completeness
		indent string
	}{
		{"", Complete, ""},
		{"x := 1", Complete, ""},
		{"x := 1\n", Complete, ""},
		{"for i := range 3 {", Incomplete, "\t"},
		{"for i := range 3 {\n\tif true {\n", Incomplete, "\t\t"},
		{"for i := range 3 {\n}", Complete, ""},
		{"f(1,\n", Incomplete, "\t"},
		{"x := 1 +", Incomplete, ""},
		{"x :=", Incomplete, ""},
		{"s := `abc\n", Incomplete, ""},
		{"/* abc", Incomplete, ""},
		{"s := \"abc", Invalid, ""},
		{"x := )", Invalid, ""},
		{"}", Invalid, ""},
		{"} {", Invalid, ""},
		{"x y", Invalid, ""},
		{"x y\nfor {", Invalid, ""},
		{"import (\n\"fmt\"\n", Incomplete, "\t"},
		{"undefined_name", Complete, ""},
		{"func f() int {\n\treturn 1\n}\n", Complete, ""},
		{"type T struct {\n", Incomplete, "\t"},
		{"x.", Incomplete, ""},
	}
	for _, test := range tests {
		got, indent := IsComplete(test.code)
		if got != test.want || indent != test.indent {
			t.Errorf("%q: %v %q, want %v %q", test.code, got, indent, test.want, test.indent)
		}
	}
}

// FuzzSplit looks for texts that the front end can't survive, and for cells
// whose pieces are not the cell.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"x := 1\nx", "import \"fmt\"; fmt.Println(`a\n`)", "func (p P) M() {}\nfunc() {}()", "type T[P any] struct{}\n};{", "/*", "for {", "a;b;;c", "日本🎉 := 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		IsComplete(code)
		pieces, err := Split(code)
		if err != nil {
			return
		}
		at := 0
		for _, p := range pieces {
			i := strings.Index(code[at:], p.Text)
			if i < 0 {
				t.Fatalf("%q is not in %q in its turn", p.Text, code)
			}
			at += i + len(p.Text)
		}
	})
}

// FuzzCheck looks for cells on which checking panics, and for refused cells
// that leave something behind.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"x := 1\nfunc f() int { return x }", "type P struct{}\nfunc (P) M() {}", "func (v V) M(V) {}", "type V int\n1", "func main() {}", "must(1, nil)", "const c = v\nv := v", "import . \"math\"\nSin(v)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		w := NewWorld(Config{Importer: symbols.Importer()})
		first, err := w.Check("cell[1]", 1, "type V struct{ x int }\nv := V{}\nfunc g(v V) int { return v.x }")
		if err != nil {
			t.Fatal(err)
		}
		first.Commit()
		if c, err := w.Check("cell[2]", 2, code); err == nil {
			c.Rollback()
		}
		last, err := w.Check("cell[3]", 3, "func (v V) Sum() int { return g(v) }\nv.Sum()")
		if err != nil {
			t.Fatalf("after %q: %v", code, err)
		}
		last.Commit()
	})
}
