package interp

import (
	"errors"
	"strings"
	"testing"
)

func TestPanicsNameTheUsersFrames(t *testing.T) {
	b := newBook(t)
	b.want("func inner(xs []int, i int) int {\n\tx := 1\n\treturn x + xs[i]\n}", "")
	b.want("func outer() int {\n\n\treturn inner([]int{1}, 3)\n}", "")
	err := b.fails("y := 1\n_ = y\nouter()", "index out of range [3] with length 1")
	var p *PanicError
	if !errors.As(err, &p) {
		t.Fatalf("%T, want a PanicError", err)
	}
	if p.TypeName != "runtime error" {
		t.Errorf("type name %q", p.TypeName)
	}
	if len(p.Frames) == 0 || p.Frames[0].String() != "cell[1]:3 in inner" || p.Frames[0].Source != "\treturn x + xs[i]" {
		t.Errorf("frames %+v, want cell[1]:3 in inner first", p.Frames)
	}
	var cells []string
	for _, f := range p.Frames {
		cells = append(cells, f.Cell)
	}
	if strings.Join(cells, " ") != "cell[1] cell[2] cell[3]" {
		t.Errorf("frames in %v, want cells 1, 2, 3", cells)
	}
}

func TestPanicsInCompiledCodeNameTheUsersLine(t *testing.T) {
	b := newBook(t)
	b.want("import \"gonum.org/v1/gonum/mat\"\nfunc multiply(a, b mat.Matrix) *mat.Dense {\n\tvar c mat.Dense\n\tc.Mul(a, b)\n\treturn &c\n}", "")
	err := b.fails("x := 1\nx++\nmultiply(mat.NewDense(2, 2, nil), mat.NewDense(3, 3, nil))", "mat: dimension mismatch")
	var p *PanicError
	if !errors.As(err, &p) {
		t.Fatalf("%T, want a PanicError", err)
	}
	var places []string
	for _, f := range p.Frames {
		places = append(places, f.String())
	}
	if got := strings.Join(places, ", "); got != "cell[1]:4 in multiply, cell[2]:3" {
		t.Errorf("frames %s", got)
	}
}
