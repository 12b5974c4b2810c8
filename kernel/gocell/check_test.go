package gocell

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"

	"hillock/stdlib/symbols"
)

// session checks cells one after the other, as if each ran well.
type session struct {
	t     *testing.T
	world *World
	count int
}

func newSession(t *testing.T) *session {
	return &session{t: t, world: NewWorld(Config{Importer: symbols.Importer()})}
}

func (s *session) accept(code string) *Checked {
	s.t.Helper()
	s.count++
	c, err := s.world.Check(fmt.Sprintf("cell[%d]", s.count), s.count, code)
	if err != nil {
		s.t.Fatalf("cell %d\n%s\nwas refused: %v", s.count, code, err)
	}
	c.Commit()
	return c
}

func (s *session) refuse(code string, want ...string) {
	s.t.Helper()
	s.count++
	c, err := s.world.Check(fmt.Sprintf("cell[%d]", s.count), s.count, code)
	if err == nil {
		c.Rollback()
		s.t.Fatalf("cell %d\n%s\nwas accepted", s.count, code)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			s.t.Errorf("cell %d\n%s\nerror lacks %q:\n%v", s.count, code, w, err)
		}
	}
}

// typeOf gives the type of an expression in the next cell.
func (s *session) typeOf(expr string) string {
	s.t.Helper()
	c := s.accept(expr)
	var list []string
	for _, t := range c.Results {
		list = append(list, s.world.TypeString(t))
	}
	return strings.Join(list, ", ")
}

func (s *session) expectType(expr, want string) {
	s.t.Helper()
	if got := s.typeOf(expr); got != want {
		s.t.Errorf("%s has type %q, want %q", expr, got, want)
	}
}

// TestCellsAccepted gives sequences of cells that a person may write. Cells are
// divided by lines of dashes; // expr: type at the end states the type of an
// expression afterwards.
func TestCellsAccepted(t *testing.T) {
	tests := map[string]string{
		"imports declarations and statements in any order": `
x := f(3)
import "fmt"
fmt.Println(x)
func f(n int) int { return n * two }
const two = 2
x += 1
import "math"
y := math.Sqrt(float64(x))
-- x: int
-- y: float64`,
		"package clause is tolerated": "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }",
		"earlier value in a redeclaration": `
x := 1
--
x := float64(x) * 1.5
-- x: float64`,
		"for statements with and without parts": `
n := 0
for i := 0; ; i++ { if i > 3 { break } }
for ; ; n++ { if n > 3 { break } }
for ; n < 9; { n++ }
for i := 0; i < 3; i++ { n += i };
n++;; n++
-- n: int`,
		"imports persist": "import \"strings\"\n--\ns := strings.ToUpper(\"a\")\n-- s: string",
		"renamed and dot imports": `
import str "strings"
import . "math"
--
a := str.Repeat("x", 2)
b := Sin(Pi)
-- b: float64`,
		"a variable takes an import's name": "import \"math/rand\"\n--\nrand := 3\n--\nrand++\n-- rand: int",
		"an import takes a variable's name": "rand := 3\n--\nimport \"math/rand\"\n--\nx := rand.Int()\n-- x: int",
		"unused values": `
1 + 2
len("abc")
float64(3)
x := 3
x
"a"`,
		"two declarations on a line": "type A int; type B int; a := A(1); b := B(2)\n-- a: A",
		"functions use the cell's variables": `
n := 0
func bump() int { n++; return n }
bump()
-- n: int`,
		"functions use a variable of the cell's own type": `
type P struct{ X int }
ps := []P{{1}, {2}}
byName, err := map[string]*P{}, error(nil)
func total() (s int) { for _, p := range ps { s += p.X }; _ = byName; return }
-- ps: []P
-- byName: map[string]*P
-- err: error
-- total(): int`,
		"functions use a declared variable": "var ( a, b = 1, 2.5\n c []string )\nx := 1\nfunc f() int { return a + len(c) + x }\n-- f(): int\n-- b: float64",
		"declarations alone in any order":   "var a = b + f()\nvar b = 2\nfunc f() int { return b }\n-- a: int",
		"method in a later cell": `
type P struct{ x int }
p := P{1}
--
func (p P) X() int { return p.x + p.y() }
func (p *P) y() int { return p.X() }
--
v := p.X()
-- v: int
-- p: P`,
		"method in a later cell satisfies an interface": `
type P struct{ x int }
--
import "fmt"
func (p *P) String() string { return "P" }
var s fmt.Stringer = &P{3}
-- s: fmt.Stringer`,
		"method of a later cell with a type of its cell": `
type P struct{ x int }
--
type Q struct{ P }
func (p P) Q() Q { return Q{p} }
q := P{}.Q().Q()
-- q: Q`,
		"a type declared again word for word keeps its values": `
type P struct{ X, Y float64 } // a point
func (p P) Sum() float64 { return p.X + p.Y }
--
p := P{1, 2}
--
type P struct{ X, Y float64 }
func (p P) Sum() float64 { return 2 * (p.X + p.Y) }
--
p = P{3, 4}
s := p.Sum()
-- p: P`,
		"recursive types declared again": `
type Node struct { Next *Node; Leaf *Leaf }
type Leaf struct { Up *Node }
--
n := &Node{}
--
type Node struct { Next *Node; Leaf *Leaf }
type Leaf struct { Up *Node }
--
n = &Node{Leaf: &Leaf{}}
-- n: *Node`,
		"a type declared again differently": `
type P struct{ X int }
p := P{1}
--
type P struct{ X, Y int }
q := P{1, 2}
-- p: P (of cell 1)
-- q: P`,
		"generic type across cells": `
type Stack[T any] struct{ items []T }
func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }
--
var s Stack[string]
s.Push("a")
func Map[A, B any](xs []A, f func(A) B) []B { var out []B; for _, x := range xs { out = append(out, f(x)) }; return out }
--
lens := Map(s.items, func(s string) int { return len(s) })
-- lens: []int
-- s: Stack[string]`,
		"method of a generic type in a later cell": `
type Stack[T any] struct{ items []T }
--
func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }
--
s := &Stack[int]{}
s.Push(3)
-- s: *Stack[int]`,
		"ctx and must": `
import "os"
import "strconv"
n := must(strconv.Atoi("3"))
must(os.Chdir("."))
must(func() (int, string, error) { return 1, "", nil }())
<-ctx.Done()
-- n: int
-- must(strconv.ParseFloat("1", 64)): float64`,
		"ctx of a cell's own": `
import "context"
ctx, cancel := context.WithCancel(ctx)
cancel()
-- ctx: context.Context`,
		"several results shown":   "func f() (int, string) { return 1, \"\" }\n-- f(): int, string",
		"void call at the end":    "func f() {}\n--\nf()",
		"builtin call at the end": "m := map[int]int{}\n--\ndelete(m, 1)\n--\nprintln(m)",
		"trailing constants":      "-- 1 + 2: int\n-- 'a': rune\n-- 1 << 3.0: int\n-- 2.5: float64\n-- nil: untyped nil",
		"goto labels return defer": `
i := 0
again:
i++
if i < 3 { goto again }
defer func() {}()
if i > 2 { return }
panic("x")`,
		"function literal statement":      "func() { }()\nfunc(x int) []int { return nil }(3)",
		"literal with a generic result":   "type L[T any] struct{}\nfunc(x int) L[int] { return L[int]{} }(3)",
		"semicolons, comments, raw text":  "/* a */ x := 1 /* b */; y := `\n}` // c\n/* d\n */ z := 2 // e\n-- z: int",
		"blank variables":                 "_ = 3\n_, b := 1, 2\nvar _ = b",
		"a cell without anything":         "\n// only a comment\n",
		"same names in functions":         "x := 1\nfunc f(x string) string { return x }\nfunc g() string { x := \"\"; return x }\n-- x: int\n-- g(): string",
		"fields named like variables":     "x := 1\ntype T struct{ x string }\nfunc f() T { return T{x: \"\"} }\n-- f().x: string",
		"unkeyed literal of earlier type": "type T struct{ x, y int }\n--\nt := T{1, 2}\n-- t: T",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			for _, part := range cells(text) {
				if expr, typ, ok := strings.Cut(part, ": "); ok && strings.HasPrefix(part, "-- ") {
					s.expectType(strings.TrimPrefix(expr, "-- "), typ)
					continue
				}
				s.accept(part)
			}
		})
	}
}

// cells divides a test's text at lines of dashes. A line that begins with dashes
// and a space is a part of its own.
func cells(text string) []string {
	var parts []string
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			parts = append(parts, strings.Join(lines, "\n"))
		}
		lines = nil
	}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "--":
			flush()
		case strings.HasPrefix(line, "-- "):
			flush()
			parts = append(parts, line)
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return parts
}

func TestCellsRefusedWithTheCompilersWords(t *testing.T) {
	s := newSession(t)
	s.accept("x := 1\nimport \"fmt\"\ntype P struct{ X int }\nold := P{1}")
	s.refuse("x = \"a\"", "cell[2]:1:5: cannot use \"a\" (untyped string constant) as int value in assignment", "\n    x = \"a\"\n        ^")
	s.refuse("y := 1\n\nfoo(y)\n  bar()", "cell[3]:3:1: undefined: foo", "cell[3]:4:3: undefined: bar")
	s.refuse("fmt.Printn(x)", "undefined: fmt.Printn")
	s.refuse("import \"no/such\"", "could not import no/such")
	s.refuse("x := 1\nx := 2", "no new variables on left side of :=")
	s.refuse("a := b\nb := 1", "undefined: b")
	s.refuse("if x {\n}", "non-boolean condition in if statement")
	s.refuse("func f() int { }", "missing return")
	s.refuse("x := (", "syntax error", "cell[10]:1:7: syntax error: unexpected end of cell")
	s.refuse("x := 1\n}\n", "syntax error: unexpected }", "cell[11]:2:1")
	s.refuse("type P struct { Y string }\nvar p P = old", "cannot use old (variable of struct type P (of cell 1)) as P value in variable declaration")
	s.refuse("var s string = old", "cannot use old (variable of struct type P) as string value")
	s.refuse("func (p P) X() {}", "field and method with the same name X")
	s.refuse("func (p P) M() {}\nfunc (p P) M() {}", "method P.M already declared")
	s.refuse("func (i int) M() {}", "cannot define new methods on non-local type int")
	s.refuse("1 << 64", "overflows")
	s.refuse("P", "P (type) is not an expression")
	s.refuse("x := 3.5\nfunc f() float64 { return x }\nconst x = 3", "x redeclared")
	// None of these changed anything.
	s.expectType("x", "int")
	s.expectType("old", "P")
	s.refuse("old.M()", "old.M undefined")
	s.refuse("f()", "undefined: f")
	s.refuse("y", "undefined: y")
}

func TestVariableOfSameTypeSharesStorage(t *testing.T) {
	s := newSession(t)
	first := s.accept("x, y := 1, 2")
	second := s.accept("x := 3\nvar y string")
	if got := len(second.Unit.Same); got != 1 {
		t.Fatalf("%d variables share storage, want x alone", got)
	}
	for v, old := range second.Unit.Same {
		if v.Name() != "x" || !slices.Contains(first.Unit.Globals, old.(*types.Var)) {
			t.Errorf("%v shares storage with %v", v, old)
		}
	}
	if r := second.Unreachable(); len(r) != 1 || r[0].Name() != "y" {
		t.Errorf("released %v, want the first y", r)
	}
	s.accept("f := func() string { return y }")
	third := s.accept("y := 3")
	if r := third.Unreachable(); len(r) != 0 {
		t.Errorf("released %v, which a function uses", r)
	}
}

func TestFunctionsFollowWhatTheyUse(t *testing.T) {
	s := newSession(t)
	s.accept("func f() int { return 1 }\nfunc g() float64 { return float64(f()) }\nfunc h() int { return f() }\nfunc k() float64 { return g() }")
	c := s.accept("func f() float64 { return 2.5 }")
	if !slices.ContainsFunc(c.Notes, func(n string) bool { return strings.HasPrefix(n, "h of cell[1] keeps using") }) || len(c.Notes) != 1 {
		t.Errorf("notes %q, want one about h", c.Notes)
	}
	var carried []string
	for f := range c.Unit.Same {
		carried = append(carried, f.Name())
	}
	if !slices.Equal(carried, []string{"g"}) {
		t.Errorf("functions that follow: %v, want g", carried)
	}

	s = newSession(t)
	s.accept("type P struct{ X int }\ntype Line struct{ A, B P }")
	s.accept("func (p P) Len() int { return p.X }")
	s.accept("func length(l Line) int { return l.B.Len() - l.A.Len() }")
	s.accept("type P struct{ X, Y int }")
	s.expectType("length(Line{P{1, 2}, P{3, 4}})", "int")
}
