package interp

import (
	"context"
	"errors"
	"testing"

	"hillock/kernel/gocell"
	"hillock/stdlib/notebook"
)

func TestVars(t *testing.T) {
	b := newBook(t)
	b.want(`type P struct { X int; name string }
import ("errors"; "strings")
n, s, p := 3, "text", &P{1, "a"}
xs := make([]float64, 100)
m := map[string]int{"a": 1}
var nothing *P
var shape any = P{2, "b"}
err := errors.New("broken")
f := strings.ToUpper`, "")
	b.want("type P struct { Other bool }\nq := P{}\n", "")
	want := map[string][2]string{
		"n":       {"int", "3"},
		"s":       {"string", `"text"`},
		"p":       {"*P (of cell 1)", `&{X: 1, name: "a"}`},
		"q":       {"P", "{Other: false}"},
		"xs":      {"[]float64", "[0 0 0 0 0 0 …] 100 elements"},
		"m":       {"map[string]int", "1 entries"},
		"nothing": {"*P (of cell 1)", "nil"},
		"shape":   {"any", "P{…}"},
		"err":     {"error", "broken"},
		"f":       {"func(s string) string", "func"},
	}
	vars := b.session.Vars()
	if len(vars) != len(want) {
		t.Errorf("%d variables, want %d: %+v", len(vars), len(want), vars)
	}
	for _, v := range vars {
		if w := want[v.Name]; v.Type != w[0] || v.Value != w[1] {
			t.Errorf("%s is %s = %s, want %s = %s", v.Name, v.Type, v.Value, w[0], w[1])
		}
		if v.Name == "xs" && v.Size < 800 {
			t.Errorf("xs holds %d bytes, it has 100 float64", v.Size)
		}
		if cell := map[bool]int{true: 2, false: 1}[v.Name == "q"]; v.Cell != cell {
			t.Errorf("%s is of cell %d, want %d", v.Name, v.Cell, cell)
		}
	}
	if text, ok := b.session.Value("s"); !ok || text != `"text"` {
		t.Errorf("value of s: %q, %v", text, ok)
	}
	if _, ok := b.session.Value("nosuch"); ok {
		t.Error("there is a value of a variable that nobody declared")
	}
}

func TestEvalChangesNothing(t *testing.T) {
	b := newBook(t)
	b.want("x := 20\nfunc f(n int) int { return n * 2 }", "")
	ctx := context.Background()
	v, err := b.session.Eval(ctx, "f(x) + 2")
	if err != nil || v != 42 {
		t.Errorf("f(x) + 2 is %v, %v", v, err)
	}
	var compile *CompileError
	for _, code := range []string{"y := 3", "func g() {}", "x = 5", "nosuch", "x +", "", "import \"fmt\"\nfmt.Sprint(1)"} {
		if _, err := b.session.Eval(ctx, code); !errors.As(err, &compile) {
			t.Errorf("%q gives %v, want a CompileError", code, err)
		}
	}
	b.want("x", "20")
	b.fails("y", "undefined: y")
	if v, err = b.session.Eval(ctx, "x == 20"); err != nil || v != true {
		t.Errorf("x == 20 is %v, %v", v, err)
	}
	type named = notebook.Dynamic
	b.want("type P struct { X int }", "")
	if v, err = b.session.Eval(ctx, "P{3}"); err != nil {
		t.Fatal(err)
	}
	if d, ok := v.(named); !ok || d.TypeName() != "main.P" {
		t.Errorf("P{3} comes as %T", v)
	}
}

func TestResetForgets(t *testing.T) {
	b := newBook(t)
	b.want("x := 1\nimport str \"strings\"\nfunc f() int { return x }\nf()", "1")
	if err := b.session.Reset(); err != nil {
		t.Fatal(err)
	}
	b.fails("x", "undefined: x")
	b.fails("f()", "undefined: f")
	b.fails("str.ToUpper(\"a\")", "undefined: str")
	b.want("x := \"new\"\nx", `"new"`)
	if vars := b.session.Vars(); len(vars) != 1 {
		t.Errorf("variables after a reset: %+v", vars)
	}
}

func TestCompleteness(t *testing.T) {
	b := newBook(t)
	if status, indent := b.session.IsComplete("for {"); status != gocell.Incomplete || indent != "\t" {
		t.Errorf("%v %q", status, indent)
	}
}
