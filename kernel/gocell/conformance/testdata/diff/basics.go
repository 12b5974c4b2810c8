package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

type Point struct{ X, y int }

func (p Point) String() string { return fmt.Sprintf("P(%d,%d)", p.X, p.y) }
func (p *Point) Move(dx int)   { p.X += dx }

type Shape interface{ Area() float64 }
type Sq float64

func (s Sq) Area() float64 { return float64(s * s) }

type MyErr struct{ Code int }

func (e *MyErr) Error() string { return "myerr " + fmt.Sprint(e.Code) }

func fail(n int) error {
	if n > 0 {
		return &MyErr{n}
	}
	return nil
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if len(s.items) == 0 {
		return zero, false
	}
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}
func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}
func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
func find(n int) int {
	for i := range seq(10) {
		if i == n {
			return i * 100
		}
	}
	return -1
}
func deferred() (r int, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("recovered: %v", x)
		}
	}()
	var a []int
	i := 5
	return a[i], nil
}

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func main() {
	p := Point{1, 2}
	p.Move(3)
	fmt.Println(p.String())
	var s Shape = Sq(3)
	fmt.Println(s.Area())
	switch v := s.(type) {
	case Sq:
		fmt.Println("sq", float64(v))
	}
	err := fail(3)
	fmt.Println(err, fail(0) == nil)
	if e, ok := err.(*MyErr); ok {
		fmt.Println(e.Code)
	}
	st := &Stack[string]{}
	st.Push("a")
	st.Push("b")
	x, ok := st.Pop()
	fmt.Println(x, ok)
	fmt.Println(Map([]int{1, 2, 3}, func(i int) string { return strings.Repeat("x", i) }))
	fmt.Println(find(3), find(20))
	fmt.Println(deferred())
	b := byLen{"ccc", "a", "bb"}
	sort.Sort(b)
	fmt.Println([]string(b))
	xs := []int{3, 1, 2}
	slices.Sort(xs)
	fmt.Println(xs, slices.Max(xs))
	m := map[string]int{"a": 1, "b": 2}
	keys := slices.Sorted(maps.Keys(m))
	fmt.Println(keys)
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return i })
	}
	for _, f := range fs {
		fmt.Print(f(), " ")
	}
	fmt.Println(errors.Is(err, err))
	defer fmt.Println("done")
	var q *Point
	fmt.Println(q.X)
}
