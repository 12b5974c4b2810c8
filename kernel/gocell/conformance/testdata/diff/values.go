package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
	"sync"
	"time"
)

type V struct {
	A  [3]int
	S  []int
	M  map[string]int
	In struct{ X, Y float64 }
}

func (v V) With(i, x int) V { v.A[i] = x; return v }
func (v *V) Set(i, x int)   { v.A[i] = x }

type Grid [2][2]V

type I interface{ With(i, x int) V }

type Mat [][]float64

func (m Mat) T() Mat {
	r := make(Mat, len(m[0]))
	for i := range r {
		r[i] = make([]float64, len(m))
		for j := range m {
			r[i][j] = m[j][i]
		}
	}
	return r
}

type Neuron struct {
	V, W   float64
	spikes []time.Duration
	hook   func(*Neuron)
}

type Opt func(*Neuron)

func WithV(v float64) Opt { return func(n *Neuron) { n.V = v } }
func New(opts ...Opt) *Neuron {
	n := &Neuron{hook: func(n *Neuron) { n.W++ }}
	for _, o := range opts {
		o(n)
	}
	return n
}
func (n *Neuron) Step(dt float64) (spiked bool) {
	defer func() {
		if n.hook != nil {
			n.hook(n)
		}
	}()
	n.V += dt
	if n.V > 1 {
		n.V = math.Copysign(0, -1)
		return true
	}
	return
}

type State int

const (
	Idle State = iota
	Busy
	_
	Done
)

func (s State) String() string { return [...]string{"idle", "busy", "?", "done"}[s] }

type Queue[T any] struct {
	mu    sync.Mutex
	items []T
}

func (q *Queue[T]) Push(x ...T) { q.mu.Lock(); defer q.mu.Unlock(); q.items = append(q.items, x...) }
func (q *Queue[T]) Each(yield func(int, T) bool) {
	for i, x := range q.items {
		if !yield(i, x) {
			return
		}
	}
}

type Visitor interface{ Visit(n Node) Visitor }
type Node interface{ Children() []Node }
type Leaf struct{ v int }
type Branch struct{ kids []Node }

func (Leaf) Children() []Node      { return nil }
func (b *Branch) Children() []Node { return b.kids }

type counter struct{ n *int }

func (c counter) Visit(n Node) Visitor {
	if l, ok := n.(Leaf); ok {
		*c.n += l.v
		return nil
	}
	return c
}
func Walk(v Visitor, n Node) {
	if v = v.Visit(n); v == nil {
		return
	}
	for _, c := range n.Children() {
		Walk(v, c)
	}
}

type Logger struct {
	io.Writer
	prefix string
}

func (l Logger) Log(s string) { fmt.Fprintf(l, "%s: %s\n", l.prefix, s) }

type Service struct {
	*Logger
	Name string
	State
}

func main() {
	v := V{S: []int{1}, M: map[string]int{"a": 1}}
	w := v.With(0, 5)
	var i I = v
	v.Set(1, 7)
	u := i.With(2, 9)
	fmt.Println(v.A, w.A, u.A, i.(V).A)
	x := any(v)
	v.A[0] = 100
	y := x.(V)
	y.A[2] = 3
	fmt.Println(v.A, x.(V).A, y.A)
	var g Grid
	h := g
	g[1][0].A[2] = 4
	pg := &g[1][0]
	pg.Set(0, 8)
	pg.In.X = 2.5
	fmt.Println(g[1][0].A, h[1][0].A, g[1][0].In)
	arr := [3]V{}
	for i, e := range arr {
		arr[2].A[0] = 9
		fmt.Print(i, e.A[0], " ")
	}
	for i := range arr {
		arr[i].A[1] = i
	}
	fmt.Println(arr[2].A)
	m := map[string]V{"k": v}
	t := m["k"]
	t.A[0] = -1
	fmt.Println(m["k"].A[0], t.A[0], len(m["none"].S))
	mp := map[string]*V{"k": &v}
	mp["k"].A[0]++
	fmt.Println(v.A[0], Mat{{1, 2}, {3, 4}, {5, 6}}.T())
	n := New(WithV(0.5), func(n *Neuron) { n.W = 10 })
	for n.W < 14 {
		fmt.Print(n.Step(0.3), " ", n.V, ";")
	}
	fmt.Println(1/n.V, math.Signbit(n.V))
	fmt.Println(Idle, Busy, Done, []State{Idle, Done}, map[State]int{Done: 1, Idle: 2})
	fmt.Printf("%d %v %s %x\n", Done, Done, Done, Done)
	var q Queue[V]
	q.Push(v, w)
	for i, e := range q.Each {
		if i == 1 {
			break
		}
		fmt.Println(i, e.A)
	}
	var qs Queue[Node]
	qs.Push(Leaf{3}, &Branch{[]Node{Leaf{4}, &Branch{[]Node{Leaf{5}}}}})
	total := 0
	for _, n := range qs.Each {
		Walk(counter{&total}, n)
	}
	fmt.Println(total)
	var b bytes.Buffer
	s := Service{&Logger{&b, "p"}, "svc", Busy}
	s.Log("hello")
	s.prefix = "q"
	s.Log(s.Name)
	fmt.Print(b.String(), s.State, " ", s.String(), "\n")
	lg := s.Log
	s.Logger = &Logger{io.Discard, ""}
	lg("kept")
	fmt.Print(b.String())
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("why"))
	fmt.Println(ctx.Err(), context.Cause(ctx))
	ctx2, c2 := context.WithTimeout(context.Background(), time.Millisecond)
	defer c2()
	select {
	case <-ctx2.Done():
		fmt.Println(errors.Is(ctx2.Err(), context.DeadlineExceeded))
	}
	res := make(chan [2]V, 1)
	go func() { res <- [2]V{v, w} }()
	r := <-res
	r[0].A[0] = 0
	fmt.Println(r[1].A, v.A[0])
	type kv struct {
		k string
		v float64
	}
	kvs := []kv{{"b", 2}, {"a", math.Inf(1)}, {"c", math.NaN()}, {"d", -0.0}}
	sort.Slice(kvs, func(i, j int) bool { return kvs[i].k < kvs[j].k })
	fmt.Println(kvs, fmt.Sprintf("%+v|%#v", kvs[0], kvs[1]))
	var nilmap map[State]V
	fmt.Println(nilmap[Busy].A, len(nilmap), nilmap == nil)
	var np *Neuron
	func() {
		defer func() { fmt.Println("r:", recover()) }()
		np.Step(1)
	}()
	var ni Node
	func() {
		defer func() { fmt.Println("r:", recover()) }()
		ni.Children()
	}()
	func() {
		defer func() { fmt.Println("r:", recover()) }()
		_ = any(v) == any(v)
	}()
	func() {
		defer func() { fmt.Println("r:", recover()) }()
		_ = ni.(*Branch)
	}()
	func() {
		defer func() { fmt.Println("r:", recover()) }()
		_ = any(Leaf{1}).(Visitor)
	}()
	var u8 uint8 = 250
	u8 += 10
	var i32 int32 = math.MaxInt32
	i32++
	fmt.Println(u8, i32, -7/2, -7%3, 7&^5, 1<<u8, uint32(1)<<31, ^0, int8(-128)/int8(i32>>31))
	f := 16777216.0
	fmt.Println(float32(f)+1 == float32(f), float32(0.1), float64(float32(0.1)), math.MaxUint64/3, 07, 0b11, 1e3, 'a', "\u00e9"[0])
	str := "héllo, 世界"
	for i, c := range str {
		if c > 127 {
			fmt.Print(i, ":", string(c), " ")
		}
	}
	fmt.Println(len(str), strings.ToUpper(str), []byte(str)[1], []rune(str)[1])
	c := complex(1, 2)
	c *= 2i
	fmt.Println(c, real(c), imag(c), c == complex(-4, 2))
	var fs []func() int
	for i := 0; i < 3; i++ {
		defer func() { fmt.Print("d", i, " ") }()
		fs = append(fs, func() int { i *= 10; return i })
	}
	fmt.Println(fs[0](), fs[1](), fs[2](), fs[2]())
outer:
	for i := range 3 {
		switch {
		case i == 1:
			continue outer
		case i == 2:
			break outer
		default:
			fmt.Println("i", i)
			fallthrough
		case false:
			fmt.Println("fell")
		}
	}
	k := 0
again:
	k++
	if k < 3 {
		goto again
	}
	fmt.Println(k, min(3, 1, 2), max(1.5, 2), len([...]int{5: 1}))
	clear(mp)
	fmt.Println(len(mp))
	a1 := []V{v, w}
	a2 := append(a1[:1], V{})
	fmt.Println(a1[1].A, len(a2), cap(a2) >= 2)
	copy(a1, a1[1:])
	fmt.Println(a1[0].A)
	sl := a1[:1:1]
	sl = append(sl, v)
	fmt.Println(a1[1].A, sl[1].A)
	ap := (*[2]V)(a1)
	ap[0].A[0] = 77
	fmt.Println(a1[0].A[0])
}
