package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"regexp"
)

// addresses differ from run to run.
var addresses = regexp.MustCompile(`0x[0-9a-f]{6,}|[0-9]{12,}`)

var out bytes.Buffer

type P struct {
	Name string
	N    *int
}
type S int

func (s S) String() string { return fmt.Sprintf("S(%d)", int(s)) }

type K string
type E struct{ Code int }

func (e E) Error() string { return fmt.Sprint("E", e.Code) }

type PE struct{ Code int }

func (e *PE) Error() string { return fmt.Sprint("PE", e.Code) }

type G struct{ x int }

func (g G) GoString() string { return "G!" }

type F struct{ x int }

func (f F) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "F<%c %d>", verb, f.x) }

type wrap struct {
	A any
	B any
}

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintln(&out, name, "PANIC", r)
		}
	}()
	f()
}

type Tree struct {
	L, R *Tree
	V    any
}

func main() {
	vals := []any{P{Name: "a"}, S(3), K("k"), E{4}, &PE{5}, G{1}, F{2}, []S{1, 2}, map[K]S{"a": 1}, [2]S{3, 4}, struct{ X S }{5}, wrap{S(1), K("b")},
		[]any{S(1), P{Name: "q"}}, map[string]any{"s": S(1), "p": P{Name: "z"}}, map[S]string{2: "b", 1: "a"}, map[any]any{S(1): K("x")},
		[]error{E{1}, &PE{2}}, []fmt.Stringer{S(1)}, wrap{nil, []any{G{1}, F{3}}}, nil, S(0), []P{{Name: "l"}}, Tree{V: S(3)}, func(P) S { return 0 } == nil, make(chan S) == nil}
	for i, v := range vals {
		for _, verb := range []string{"%v", "%+v", "%#v", "%T", "%s", "%d", "%q", "%x", "%5v|", "%-8v|", "%t"} {
			try("x", func() { fmt.Fprintf(&out, "%d %s: "+verb+"\n", i, verb, v) })
		}
	}
	fmt.Fprintln(&out, vals[0], vals[1:8])
	fmt.Fprintf(&out, "%v %+v\n", vals[:7], vals[:7])
	fmt.Fprintf(&out, "%T %T %T\n", vals, &vals, vals[0])
	fmt.Fprintln(&out, fmt.Sprint(vals[:4]...), fmt.Sprintln(vals[:4]...))
	e := fmt.Errorf("w: %w", E{7})
	var t E
	fmt.Fprintln(&out, errors.As(e, &t), t.Code, errors.Is(e, E{7}), errors.Is(e, E{8}), e)
	e2 := fmt.Errorf("w: %w and %w", &PE{8}, E{9})
	var pt *PE
	fmt.Fprintln(&out, errors.As(e2, &pt), pt.Code, errors.As(e2, &t), t.Code, errors.Is(e2, pt), errors.Is(e2, &PE{8}))
	j := errors.Join(E{1}, &PE{2})
	fmt.Fprintln(&out, errors.As(j, &pt), errors.Is(j, E{1}), j)
	var ie interface{ Error() string }
	fmt.Fprintln(&out, errors.As(e, &ie), ie)
	fmt.Fprintln(&out, errors.Unwrap(e) == E{7}, errors.Unwrap(e).(E).Code)
	switch x := errors.Unwrap(e).(type) {
	case *PE:
		fmt.Fprintln(&out, "PE", x)
	case E:
		fmt.Fprintln(&out, "E", x.Code)
	}
	fmt.Fprintf(&out, "%v %d %s %+v %#v\n", e, E{1}, &PE{3}, E{1}, E{1})
	fmt.Fprintf(&out, "%[2]v %[1]v %[1]T %*d\n", S(1), K("z"), 5, S(3))
	fmt.Fprintf(&out, "%v %v\n", &P{Name: "a"}, &[]S{1})
	fmt.Fprintf(&out, "%+v %+v\n", &wrap{S(1), nil}, &map[K]S{"q": 1})
	fmt.Fprintf(&out, "%s %v %d\n", []S{1}, []K{"a"}, []S{1})
	fmt.Fprintf(&out, "%v %s\n", struct{ e error }{E{1}}, struct{ e error }{&PE{2}}.e)
	nested := []any{&P{Name: "deep"}, map[string]any{"k": &P{}}, struct{ V any }{&P{}}}
	fmt.Fprintln(&out, nested...)
	fmt.Fprintln(&out, nested, &nested, map[K]any{"a": &P{}})
	fmt.Fprintf(&out, "%v %+v %#v %T %d\n", nested, nested, nested[1], nested, nested[2])
	fmt.Fprintf(&out, "%T %[1]T %[1]v %v %[1]T\n", S(1), K("k"))
	fmt.Fprintf(&out, "%[3]*.[2]*[1]f %T|%[4]*[1]T|\n", 12.0, 2, 6, 9)
	fmt.Fprint(&out, K("a"), K("b"), S(1), S(2), K("c"), 3, 4, "\n")
	fmt.Fprint(&out, S(1), K("k"), nested[1:], "x", K("y"), "\n")
	fmt.Fprint(&out, fmt.Sprint(K("a"), S(1), 2), fmt.Sprint(), string(fmt.Append(nil, S(1), S(2), K("e"))), "\n")
	logger := log.New(&out, "log: ", 0)
	logger.Print(K("a"), S(1), []any{&P{}})
	logger.Printf("%T %v", K("a"), []any{S(3), &P{}})
	logger.Println(S(1), []any{E{1}})
	os.Stdout.Write(addresses.ReplaceAll(out.Bytes(), []byte("0x")))
}
