package main

import (
	"errors"
	"fmt"
	"os"
	"time"
)

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

type Kind int

const (
	A Kind = iota
	B
)

func (k Kind) String() string { return [...]string{"A", "B"}[k] }

type Inner struct {
	N int
	s string
}
type T struct {
	Name string
	Temp Celsius
	K    Kind
	k    Kind
	In   Inner
	P    *Inner
	L    []Kind
	M    map[Kind]Celsius
	E    error
	A    any
	F    func(int) int
	D    time.Duration
	d    time.Duration
	By   []byte
	Ar   [2]Kind
	I    fmt.Stringer
}
type List []Inner
type Err struct{ msg string }

func (e Err) Error() string { return "err:" + e.msg }

type G[T any] struct{ V T }
type Pt struct{ X, Y int }

func (p *Pt) String() string { return fmt.Sprint("pt", p.X, ",", p.Y) }

func main() {
	t := T{Name: "n", Temp: 3, K: B, In: Inner{1, "q"}, L: []Kind{A, B}, M: map[Kind]Celsius{B: 2, A: 1}, E: Err{"x"}, A: Kind(1), D: time.Second, d: time.Second, By: []byte("hi"), I: Celsius(2)}
	fmt.Println(t)
	fmt.Printf("%v\n%+v\n", t, t)
	fmt.Printf("%T %T %T %T\n", t, &t, t.L, t.M)
	fmt.Printf("%d %s %q %x %5v|%-5v|\n", B, B, B, B, B, B)
	fmt.Printf("%#v\n", t.In)
	fmt.Printf("%#v %#v\n", List{{1, "a"}}, t.L)
	fmt.Println(List{{1, "a"}}, &t.In, G[int]{5}, G[Kind]{B}, []any{B, Celsius(1), nil})
	fmt.Printf("%v %+v %T\n", G[Kind]{A}, &G[string]{"s"}, G[Kind]{})
	p := Pt{1, 2}
	fmt.Println(p, &p, []Pt{p}, []*Pt{&p}[0])
	fmt.Printf("%v %s\n", Err{"e"}, &Err{"f"})
	fmt.Printf("%s %d\n", t.In, t.In)
	fmt.Printf("%6.2f|%v\n", Celsius(3.14159), struct {
		A int
		b string
	}{1, "x"})
	err := fmt.Errorf("wrap: %w", Err{"in"})
	var e Err
	fmt.Println(errors.As(err, &e), e.msg, errors.Is(err, Err{"in"}), errors.Unwrap(err) == Err{"in"})
	fmt.Fprintln(os.Stdout, fmt.Sprint(B, A), fmt.Sprintf("%08.3f", Celsius(2)), map[string]Kind{"z": A, "a": B})
	var np *Pt
	fmt.Println(np == nil, (*Inner)(nil))
	fmt.Printf("%v %d %t %x\n", []Kind{A}, map[Kind]int{A: 1}, true, "hi")
	fmt.Printf("%!|%z %d\n", t.In, "s")
}
