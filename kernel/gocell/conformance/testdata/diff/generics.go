package main

import (
	"fmt"
	"sort"
	"strings"
)

type Numeric interface {
	~int | ~int32 | ~int64 | ~float32 | ~float64
}
type Matrix[T Numeric] struct {
	rows, cols int
	data       []T
}

func NewMatrix[T Numeric](r, c int) *Matrix[T] {
	return &Matrix[T]{rows: r, cols: c, data: make([]T, r*c)}
}
func (m *Matrix[T]) At(i, j int) T     { return m.data[i*m.cols+j] }
func (m *Matrix[T]) Set(i, j int, v T) { m.data[i*m.cols+j] = v }
func (m *Matrix[T]) Mul(o *Matrix[T]) *Matrix[T] {
	r := NewMatrix[T](m.rows, o.cols)
	for i := range m.rows {
		for j := range o.cols {
			var s T
			for k := range m.cols {
				s += m.At(i, k) * o.At(k, j)
			}
			r.Set(i, j, s)
		}
	}
	return r
}

type Set[T comparable] map[T]struct{}

func (s Set[T]) Add(v T)      { s[v] = struct{}{} }
func (s Set[T]) Has(v T) bool { _, ok := s[v]; return ok }
func Union[T comparable](a, b Set[T]) Set[T] {
	r := Set[T]{}
	for _, s := range []Set[T]{a, b} {
		for v := range s {
			r.Add(v)
		}
	}
	return r
}

type Stringer interface{ String() string }
type ID int

func (i ID) String() string { return fmt.Sprintf("#%d", int(i)) }

func Join[T Stringer](xs []T, sep string) string {
	var parts []string
	for _, x := range xs {
		parts = append(parts, x.String())
	}
	return strings.Join(parts, sep)
}

type Option[T any] func(*T)
type Config struct {
	Name string
	N    int
}

func WithName(n string) Option[Config] { return func(c *Config) { c.Name = n } }
func Build[T any](opts ...Option[T]) T {
	var t T
	for _, o := range opts {
		o(&t)
	}
	return t
}

type Event interface{ isEvent() }
type Click struct{ X, Y int }
type Key rune

func (Click) isEvent() {}
func (Key) isEvent()   {}

func handle(e Event) string {
	switch e := e.(type) {
	case Click:
		return fmt.Sprintf("click %d,%d", e.X, e.Y)
	case Key:
		return "key " + string(e)
	case nil:
		return "nil"
	default:
		return "?"
	}
}

type List[T any] struct {
	head, tail *element[T]
	n          int
}
type element[T any] struct {
	next *element[T]
	val  T
}

func (l *List[T]) Push(v T) {
	e := &element[T]{val: v}
	if l.tail == nil {
		l.head, l.tail = e, e
	} else {
		l.tail.next = e
		l.tail = e
	}
	l.n++
}
func (l *List[T]) Each(f func(int, T)) {
	i := 0
	for e := l.head; e != nil; e = e.next {
		f(i, e.val)
		i++
	}
}

type Cache[K comparable, V any] struct {
	items   map[K]V
	order   []K
	limit   int
	onEvict func(K, V)
}

func (c *Cache[K, V]) Put(k K, v V) {
	if c.items == nil {
		c.items = make(map[K]V)
	}
	if _, ok := c.items[k]; !ok {
		c.order = append(c.order, k)
	}
	c.items[k] = v
	for len(c.order) > c.limit {
		old := c.order[0]
		c.order = c.order[1:]
		if c.onEvict != nil {
			c.onEvict(old, c.items[old])
		}
		delete(c.items, old)
	}
}

func keys[M ~map[K]V, K ~string | ~int, V any](m M) []K {
	var ks []K
	for k := range m {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return ks[i] < ks[j] })
	return ks
}

func ptr[T any](v T) *T { return &v }

type Number interface{ int | float64 }

func SumBy[T any, N Number](xs []T, f func(T) N) (n N) {
	for _, x := range xs {
		n += f(x)
	}
	return n
}

type Tree[T any] struct {
	Left, Right *Tree[T]
	Val         T
}

func (t *Tree[T]) Walk(yield func(T) bool) bool {
	if t == nil {
		return true
	}
	return t.Left.Walk(yield) && yield(t.Val) && t.Right.Walk(yield)
}
func (t *Tree[T]) All() func(func(T) bool) {
	return func(yield func(T) bool) { t.Walk(yield) }
}

type node struct {
	edges []*edge
	id    int
}
type edge struct {
	from, to *node
	w        float64
}

func main() {
	m := NewMatrix[float64](2, 2)
	m.Set(0, 0, 1.5)
	m.Set(1, 1, 2)
	fmt.Println(m.Mul(m).data, *m)
	mi := NewMatrix[ID](1, 1)
	mi.Set(0, 0, 3)
	fmt.Println(mi.Mul(mi).At(0, 0), mi)
	a, b := Set[string]{}, Set[string]{"x": {}}
	a.Add("y")
	u := Union(a, b)
	fmt.Println(len(u), u.Has("x"), u.Has("z"), keys(u), u)
	fmt.Println(Join([]ID{1, 2}, "+"))
	fmt.Printf("%+v\n", Build(WithName("n"), func(c *Config) { c.N = 4 }))
	for _, e := range []Event{Click{1, 2}, Key('k'), nil} {
		fmt.Println(handle(e))
	}
	var l List[Event]
	l.Push(Key('a'))
	l.Push(Click{3, 4})
	l.Each(func(i int, e Event) { fmt.Println(i, handle(e)) })
	c := Cache[string, []int]{limit: 1, onEvict: func(k string, v []int) { fmt.Println("evict", k, v) }}
	c.Put("a", []int{1})
	c.Put("b", nil)
	p := ptr(ID(5))
	*p++
	fmt.Println(*p, *ptr("s"), SumBy([]string{"a", "bb"}, func(s string) float64 { return float64(len(s)) / 2 }))
	t := &Tree[string]{Val: "m", Left: &Tree[string]{Val: "a"}, Right: &Tree[string]{Val: "z"}}
	for v := range t.All() {
		if v == "z" {
			break
		}
		fmt.Print(v, " ")
	}
	fmt.Println()
	n1, n2 := &node{id: 1}, &node{id: 2}
	e := &edge{from: n1, to: n2, w: 2}
	n1.edges = append(n1.edges, e)
	n2.edges = append(n2.edges, &edge{n2, n1, 3})
	e.to.edges[0].w *= 2
	fmt.Println(n1.edges[0].to.id, n2.edges[0].w, n1.edges[0].to.edges[0].to == n1, e.from.edges[0] == e, len(n2.edges))
	for _, x := range n2.edges {
		x.to.id = 7
	}
	fmt.Println(n1.id)
	f := Union[int]
	fmt.Println(len(f(Set[int]{1: {}}, nil)))
	var anyMap map[string]any = map[string]any{"k": ID(2), "l": []ID{1}, "m": map[string]ID{"q": 4}}
	fmt.Println(anyMap, anyMap["k"].(ID), anyMap["l"].([]ID)[0])
	if _, ok := anyMap["k"].(int); !ok {
		fmt.Println("not int")
	}
	if s, ok := anyMap["k"].(fmt.Stringer); ok {
		fmt.Println(s.String(), s)
	}
	x := struct {
		ID
		*Config
		tags map[string]struct{}
	}{3, &Config{"c", 1}, nil}
	fmt.Println(x.String(), x.Name, x.tags == nil, x.Config.N)
	x.N++
	arr := [...]ID{2: 5, 0: 1}
	fmt.Println(arr, len(arr), x.N, arr == [3]ID{1, 0, 5})
	matrix := [2][3]int{{1, 2, 3}, {4, 5, 6}}
	for i, row := range matrix {
		for j := range row {
			matrix[i][j] *= 10
			row[j] = 0
		}
	}
	fmt.Println(matrix)
	type local struct{ v any }
	ls := []local{{1}, {"a"}, {ID(3)}, {nil}, {local{2}}}
	fmt.Println(ls)
	fmt.Printf("%v %+v %#v\n", ls[4], ls[4], ls[0])
}
