package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

type shape interface {
	area() float64
	name() string
}
type base struct{ label string }

func (b base) name() string     { return b.label }
func (b *base) rename(s string) { b.label = s }

type circle struct {
	base
	r float64
}

func (c circle) area() float64 { return 3 * c.r * c.r }

type list []list
type fn func(fn) int
type graph map[string]graph

type stack struct {
	*base
	items []any
}

func (s *stack) push(xs ...any) *stack { s.items = append(s.items, xs...); return s }

func try(name string, f func()) {
	defer func() {
		r := recover()
		_, isErr := r.(runtime_)
		fmt.Printf("%s: %v %v\n", name, r, isErr)
	}()
	f()
}

type runtime_ interface {
	error
	RuntimeError()
}

func named(n int) (result int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("caught: %v", r)
			result *= 2
		}
	}()
	result = n
	if n > 2 {
		panic(fmt.Sprint("too big: ", n))
	}
	return result + 1, nil
}

func order() (s string) {
	note := func(x string) string { s += x; return x }
	m := map[string]int{}
	m[note("k")], _ = len(note("v")), note("w")
	_ = []string{note("a"), note("b")}
	return s + note("!")
}

const (
	kb = 1 << (10 * (iota + 1))
	mb
)

type weekday int

const (
	sunday weekday = iota
	monday
)

func (d weekday) String() string { return [...]string{"Sun", "Mon"}[d] }

func main() {
	var nilMap map[string]int
	var nilPtr *circle
	var nilShape shape
	var nilFunc func()
	xs := []int{1, 2, 3}
	zero, i := 0, 5
	var x any = "str"
	try("index", func() { _ = xs[i] })
	try("negative", func() { i := -1; _ = xs[i] })
	try("slice", func() { _ = xs[2:i] })
	try("slice2", func() { j := 1; _ = xs[2:j] })
	try("string", func() { _ = "abc"[i] })
	try("array", func() { var a [3]int; a[i%4+2]++ })
	try("nil map", func() { nilMap["a"] = 1 })
	try("nil pointer", func() { fmt.Println(nilPtr.r) })
	try("nil interface", func() { nilShape.area() })
	try("nil func", func() { nilFunc() })
	try("divide", func() { _ = 1 / zero })
	try("assert", func() { _ = x.(int) })
	try("assert2", func() { _ = x.(shape) })
	try("assert3", func() { _ = x.(error) })
	try("assert4", func() { x = circle{}; _ = x.(*circle) })
	try("nil assert", func() { var e error; _ = e.(*os.PathError) })
	try("close", func() { c := make(chan int); close(c); close(c) })
	try("send", func() { c := make(chan int); close(c); c <- 1 })
	try("make", func() { n := -1; _ = make([]int, n) })
	try("custom", func() { panic(errors.New("mine")) })
	try("value", func() { panic(circle{base{"c"}, 1}) })
	try("array pointer", func() { _ = [4]int(xs) })
	try("compare", func() { var a, b any = []int{1}, []int{1}; fmt.Println(a == b) })
	try("nested", func() {
		defer func() { panic(fmt.Sprint("second after ", recover())) }()
		panic("first")
	})
	fmt.Println(named(1))
	fmt.Println(named(3))
	fmt.Println(order())
	c := circle{base{"circle"}, 2}
	c.rename("round")
	var s shape = c
	fmt.Println(s.name(), s.area(), s)
	f := c.area
	g := (*base).rename
	g(&c.base, "flat")
	h := circle.area
	fmt.Println(f(), c.name(), h(c), base.name(c.base))
	st := (&stack{base: &c.base}).push(1, "a").push(nil, c)
	fmt.Println(len(st.items), st.name(), st.items[3].(circle).r)
	l := list{nil, list{}}
	l = append(l, l)
	fmt.Println(len(l), len(l[2]), l[0] == nil)
	var fact fn = func(self fn) int { return 42 }
	fmt.Println(fact(fact))
	gr := graph{"a": {"b": nil}}
	gr["c"] = graph{}
	fmt.Println(len(gr), len(gr["a"]))
	fmt.Println(kb, mb, sunday, monday, []weekday{0, 1}, map[weekday]int{monday: 2})
	type pair[T any] struct{ a, b T }
	p := pair[weekday]{sunday, monday}
	fmt.Printf("%v %+v %T\n", p, p, p)
	switch v := any(p).(type) {
	case pair[int]:
		fmt.Println("int", v)
	case pair[weekday]:
		fmt.Println("weekday", v.b)
	}
	a := [3]int{1, 2, 3}
	b := a
	b[0] = 9
	pa := &a
	for i := range pa {
		pa[i] *= 2
	}
	fmt.Println(a, b, a == [3]int{2, 4, 6}, len(pa))
	sl := a[:2]
	sl = append(sl, 100)
	fmt.Println(a, sl, cap(sl), min(3, 1, 2), max(2.5, 1))
	clear(sl)
	fmt.Println(a)
	var u8 uint8 = 200
	u8 += 100
	var i8 int8 = -128
	fmt.Println(u8, -i8, i8/-1, 7&^2, -7/2, -7%3, 1<<3|1, 0x10^3, ^5, uint32(1)<<31)
	fmt.Println(string(rune(0x65e5)), []byte("é"), []rune("日本"), strings.ToUpper("ß"), "a"+"b" < "b")
	z := 3 + 4i
	fmt.Println(z*z, real(z), imag(z), z == complex(3, 4))
	func() {
		for i := range 3 {
			defer func(n int) { fmt.Print(n, i, " ") }(i * 10)
		}
	}()
	fmt.Println()
	goto end
end:
	fmt.Println(runtime.GOOS != "")
	fmt.Println(strings.Repeat("=", 3))
	os.Exit(3)
}
