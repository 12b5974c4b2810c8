package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"sort"
	"strings"
	"text/template"
)

type K string
type E struct{ c int }

func (e E) Error() string { return "e" }

type printer func(string, ...any) (int, error)

func apply(f func(...any) string, xs ...any) string { return f(xs...) }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "PANIC", r)
		}
	}()
	f()
}

func main() {
	p := fmt.Printf
	p("%T %v\n", K("a"), K("b"))
	var q printer = fmt.Printf
	q("%T|%v\n", E{1}, []any{&E{2}} != nil)
	fmt.Println(apply(fmt.Sprint, K("a"), K("b"), 1, 2), apply(fmt.Sprintln, K("a")))
	as := errors.As
	var t E
	fmt.Println(as(fmt.Errorf("%w", E{3}), &t), t.c)
	eq := reflect.DeepEqual
	fmt.Println(eq([]any{K("a")}, []any{"a"}), eq(K("a"), K("a")))
	l := log.New(os.Stdout, "", 0)
	pr := l.Printf
	pr("%T", K("x"))
	l.Println(K("a"), E{1})
	dec := json.NewDecoder(strings.NewReader(`{"c":1} "x"`))
	d := dec.Decode
	var m map[string]int
	fmt.Println(d(&m), m)
	var k K
	fmt.Println(d(&k), k)
	s := sort.Slice
	ks := []K{"b", "a"}
	s(ks, func(i, j int) bool { return ks[i] < ks[j] })
	fmt.Println(ks)
	m2 := json.Marshal
	b, err := m2(struct{ A K }{"q"})
	fmt.Println(string(b), err)
	ex := template.Must(template.New("").Parse("{{.}}\n")).Execute
	fmt.Println(ex(os.Stdout, 3))
	fs := map[string]func(...any) string{"a": fmt.Sprint}
	fmt.Println(fs["a"](K("z"), K("y")), strings.Map(func(r rune) rune { return r }, "x"))
	for _, f := range []func(string, ...any) error{fmt.Errorf} {
		fmt.Println(f("%T %w", K("a"), E{3}))
	}
}
