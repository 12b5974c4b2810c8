package interp

import (
	"strings"
	"testing"
)

// TestSequences runs cells one after the other. A line "=> text" after a cell is
// what it shows; "!! text" is in its error; without either it shows nothing.
func TestSequences(t *testing.T) {
	tests := map[string]string{
		"trailing expressions": `
1 + 1
=> 2
--
1 + 1;
--
x := 3
x
=> 3
--
"a", 1
!! syntax error
--
func two() (int, string) { return 1, "b" }
two()
=> 1, "b"
--
nil
=> <nil>
--
import "fmt"
fmt.Println("printed")
--
1 << 3.0
=> 8
--
x > 2
=> true
--
func() (r int) { defer func() { if recover() != nil { r = 42 } }(); var m map[string]int; m["a"] = 1; return 0 }()
=> 42
--
func() int { n := 1; f := func() { n++ }; f(); return n }()
=> 2`,
		"a replaced function that recovers": `
import "fmt"
said := ""
func clean() { said = fmt.Sprint("old ", recover()) }
func run() { defer clean(); panic("x") }
run()
said
=> "old x"
--
func clean() { said = fmt.Sprint("new ", recover()) }
run()
said
=> "new x"
--
func quiet() {}
func run() { defer func() { recover() }(); defer quiet(); panic("y") }
run()
--
func quiet() { said = fmt.Sprint("quiet ", recover()) }
run()
said
=> "quiet y"`,
		"errors at the end of a cell": `
import ("errors"; "strconv")
strconv.Atoi("12")
=> 12
--
strconv.Atoi("x")
!! strconv.Atoi: parsing "x": invalid syntax
--
func fail(bad bool) error { if bad { return errors.New("bad thing") }; return nil }
fail(false)
--
fail(true)
!! bad thing
--
y := must(strconv.Atoi("5")) + 1
y
=> 6
--
z := must(strconv.Atoi("q"))
!! parsing "q"
--
z
=> 0
--
must(fail(false))
--
must(fail(true))
!! bad thing
--
a, b := must(func() (int, string, error) { return 1, "s", nil }())
a, b = a+1, b+"!"
b
=> "s!"`,
		"a function with the same signature reaches earlier callers": `
func f() int { return 1 }
func g() int { return f() * 10 }
h := func() int { return f() * 100 }
g() + h()
=> 110
--
func f() int { return 2 }
--
g() + h()
=> 220
--
func f() int { return 3 }
--
g() + h() + f()
=> 333`,
		"a function with another signature takes its callers along": `
func f() int { return 1 }
func g() float64 { return float64(f()) * 10 }
func h() int { return f() * 100 }
--
func f() float64 { return 2.5 }
--
g()
=> 25
--
h()
=> 100`,
		"a variable of the same type is the same variable": `
n := 1
get := func() int { return n }
func Get() int { return n }
p := &n
--
n := 5
get() + Get() + *p
=> 15
--
*p = 7
n
=> 7`,
		"a variable of another type is a new one": `
n := 1
get := func() int { return n }
--
n := "text"
--
get()
=> 1
--
n
=> "text"
--
n := len(n) + get()
n
=> 5`,
		"functions follow a variable of another type": `
n := 1
func double() string { return fmt.Sprint(n, n) }
import "fmt"
double()
=> "1 1"
--
n := 2.5
double()
=> "2.5 2.5"`,
		"methods in later cells": `
type P struct { X, Y int }
p := P{1, 2}
--
func (p P) Sum() int { return p.X + p.Y }
--
p.Sum()
=> 3
--
import "fmt"
func (p P) String() string { return fmt.Sprintf("<%d|%d>", p.X, p.Y) }
--
fmt.Sprint(p)
=> "<1|2>"
--
func (p *P) Scale(k int) { p.X *= k; p.Y *= k }
--
p.Scale(10)
p.Sum()
=> 30
--
var s fmt.Stringer = p
s.String()
=> "<10|20>"`,
		"methods declared again": `
type P struct { X int }
func (p P) Get() int { return p.X }
func through(p P) int { return p.Get() }
p := P{3}
type Getter interface { Get() int }
var i Getter = p
get := p.Get
through(p) + i.Get()
=> 6
--
func (p P) Get() int { return p.X * 100 }
--
p.Get()
=> 300
--
through(p)
=> 300
--
i.Get()
=> 300
--
type P struct { X int }
func (p P) Get() int { return p.X * 1000 }
--
through(p) + i.Get()
=> 6000`,
		"a type declared again differently": `
type P struct { X int }
func (p P) Get() int { return p.X }
old := P{3}
func through(p P) int { return p.Get() }
--
type P struct { X, Y int }
func (p P) Get() int { return p.X + p.Y }
--
old.Get()
=> 3
--
through(P{1, 2})
=> 3
--
through(old)
!! cannot use old (variable of struct type P (of cell 1)) as P value in argument to through
--
var q P = P{5, 6}
q.Get()
=> 11`,
		"functions follow a type declared again, also for their first use": `
type Config struct { Rate float64 }
func run(c Config) float64 { return c.Rate * 2 }
func all(cs []Config) (s float64) { for _, c := range cs { s += run(c) }; return }
old := Config{1}
all([]Config{old})
=> 2
--
type Config struct { Rate float64; Name string }
all([]Config{{2, "a"}, {3, "b"}})
=> 10
--
all([]Config{old})
!! cannot use old (variable of struct type Config (of cell 1)) as Config value
--
type Config struct { Name string }
nosuch()
!! undefined: nosuch
--
all([]Config{{4, "c"}})
=> 8`,
		"a method in a later cell reaches values that were shown before": `
import "fmt"
type A struct { N int }
type B struct { *A }
b := B{&A{5}}
var held any = b
fmt.Sprint(*b.A)
=> "{5}"
--
func (a A) String() string { return fmt.Sprintf("A#%d", a.N) }
fmt.Sprint(*b.A, held)
=> "A#5 A#5"`,
		"a name changes its kind": `
x := 1
func f() int { return x }
--
func x() string { return "func" }
x()
=> "func"
--
f()
=> 1
--
type x []int
len(x{1, 2})
=> 2
--
import x "strings"
x.ToUpper("q")
=> "Q"
--
const x = 2.5
x
=> 2.5`,
		"a constant declared again": `
const k = 10
func double() int { return k * 2 }
--
const k = 11
double()
=> 22`,
		"an interface declared again": `
type Model interface { Step(x float64) float64 }
type Euler struct { H float64 }
func (e Euler) Step(x float64) float64 { return x + e.H }
func simulate(m Model, n int) float64 { x := 0.0; for range n { x = m.Step(x) }; return x }
--
type Model interface { Step(x float64) float64; Name() string }
func (e Euler) Name() string { return "euler" }
simulate(Euler{0.25}, 4)
=> 1`,
		"generic types and functions across cells": `
type Stack[T any] struct { items []T }
func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }
--
s := &Stack[int]{}
s.Push(1)
s.Push(2)
len(s.items)
=> 2
--
func Map[A, B any](xs []A, f func(A) B) []B { var out []B; for _, x := range xs { out = append(out, f(x)) }; return out }
--
Map(s.items, func(i int) string { return string(rune('a' + i)) })
=> ["b" "c"]
--
func Map[A, B any](xs []A, f func(A) B) []B { return nil }
--
len(Map(s.items, func(i int) int { return i }))
=> 0`,
		"a method of a generic type in a later cell": `
type Box[T any] struct { V T }
--
func (b Box[T]) Get() T { return b.V }
--
Box[int]{3}.Get()
=> 3
--
Box[string]{"x"}.Get()
=> "x"`,
		"a refused cell changes nothing": `
x := 1
func f() int { return x }
type T struct { A int }
t := T{1}
--
x = 100
func f() int { return 200 }
type T struct { B int }
func (t T) M() {}
y := undefined
!! undefined: undefined
--
x + f() + t.A
=> 3
--
t.M()
!! t.M undefined
--
y
!! undefined: y
--
func (t T) M() int { return t.A }
nothere()
!! undefined: nothere
--
t.M()
!! t.M undefined`,
		"a cell that panics keeps what ran": `
a := 1
a = 2
var m map[string]int
m["x"] = a
a = 3
!! assignment to entry in nil map
--
a
=> 2
--
b := []int{1}
func later() int { return len(b) }
b[a] = 5
!! index out of range [2] with length 1
--
later()
=> 1`,
		"imports": `
import "strings"
import r "math/rand"
import . "math"
strings.ToUpper("a")
=> "A"
--
Sqrt(Pi - Pi + 16)
=> 4
--
rand := r.New(r.NewSource(1))
rand.Intn(1)
=> 0
--
import "math/rand"
rand.Intn(1)
=> 0
--
import str "strings"
str.Repeat("x", 2) + strings.Repeat("y", 2)
=> "xxyy"
--
import "strings"
strings.ToLower("Q")
=> "q"
--
Sin := 3
Sin
=> 3`,
		"a pasted program runs": `
package main

import "fmt"

var greeting = "hello " + name()

func init() { greeting += "!" }
func name() string { return "you" }
func main() { fmt.Println(greeting); ran++ }

var ran int
--
ran
=> 1
--
greeting
=> "hello you!"
--
main()
ran
=> 2`,
		"goto, labels, return and defer": `
i := 0
again:
i++
if i < 5 { goto again }
i
=> 5
--
defer func() { i = 100 }()
if i == 5 { return }
i = 50
--
i
=> 100`,
		"functions use variables of their cell": `
type P struct { X int }
n, ps := 2, []P{{1}, {2}}
func total() int { s := 0; for _, p := range ps { s += p.X * n }; return s }
total()
=> 6
--
n = 10
total()
=> 30
--
n, ps := 1, []P{{7}}
total()
=> 7`,
		"recursion and mutual recursion in a cell": `
func even(n int) bool { if n == 0 { return true }; return odd(n - 1) }
func odd(n int) bool { if n == 0 { return false }; return even(n - 1) }
even(10)
=> true`,
		"channels across cells": `
ch := make(chan int)
go func(c chan int) { for i := range 3 { c <- i * i }; close(c) }(ch)
--
<-ch
=> 0
--
s := 0
for v := range ch { s += v }
s
=> 5`,
		"reading input": `
import "fmt"
var n int
var s string
fmt.Scan(&n, &s)
=> 2
--
fmt.Sprint(n, s)
=> "7words"`,
		"values of a cell's own types": `
type P struct { X float64; name string }
P{1.5, "a"}
=> P{X: 1.5, name: "a"}
--
*&P{X: 2}
=> P{X: 2, name: ""}
--
type Celsius float64
Celsius(3)
=> 3`,
		"predeclared ctx": `
ctx.Err() == nil
=> true
--
import "context"
ctx, cancel := context.WithCancel(ctx)
cancel()
ctx.Err() != nil
=> true
--
ctx.Err() == nil
=> true`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			for _, cell := range strings.Split(text, "\n--\n") {
				var code []string
				shown, message := "", ""
				for _, line := range strings.Split(cell, "\n") {
					if s, ok := strings.CutPrefix(line, "=> "); ok {
						shown = s
					} else if s, ok := strings.CutPrefix(line, "!! "); ok {
						message = s
					} else {
						code = append(code, line)
					}
				}
				if message != "" {
					b.fails(strings.Join(code, "\n"), message)
				} else {
					b.want(strings.Join(code, "\n"), shown)
				}
			}
		})
	}
}
