package main

import (
	"bytes"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

type Color int

func (c Color) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("color-%d", int(c))), nil }
func (c *Color) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "color-%d", (*int)(c))
	return err
}

type Base struct {
	ID   int `json:"id"`
	note string
}
type Item struct {
	Base
	Name   string           `json:"name"`
	Price  float64          `json:"price,omitempty"`
	Tags   []string         `json:"tags"`
	C      Color            `json:"c"`
	M      map[string]*Base `json:"m,omitempty"`
	Any    any              `json:"any"`
	T      time.Time        `json:"t"`
	Skip   int              `json:"-"`
	N      int64            `json:",string"`
	hidden int
	P      *Item `json:"p,omitempty"`
	K      map[Color]int
}
type NotFound struct{ Key string }

func (n *NotFound) Error() string { return "not found: " + n.Key }

type IntHeap []int

func (h IntHeap) Len() int           { return len(h) }
func (h IntHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h IntHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *IntHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *IntHeap) Pop() any {
	old := *h
	n := len(old)
	x := old[n-1]
	*h = old[:n-1]
	return x
}

type upper struct{ r io.Reader }

func (u upper) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

type Animal interface {
	Sound() string
	Name() string
}
type Dog struct{ name string }

func (d Dog) Sound() string { return "woof" }
func (d Dog) Name() string  { return d.name }

func find(k string) error { return fmt.Errorf("lookup: %w", &NotFound{k}) }

func main() {
	it := Item{Base: Base{7, "n"}, Name: "a<b>", Tags: nil, C: 3, M: map[string]*Base{"x": {ID: 1}}, Any: []any{1, Color(2), "s", Base{3, ""}}, N: 5, P: &Item{Name: "child"}, K: map[Color]int{1: 2}}
	b, err := json.Marshal(it)
	fmt.Println(string(b), err)
	b, _ = json.MarshalIndent(map[string]any{"item": it.Base, "list": []Base{{1, ""}}}, "", " ")
	fmt.Println(string(b))
	var back Item
	err = json.Unmarshal([]byte(`{"id": 9, "NAME":"zz","tags":["q"],"c":"color-5","m":{"k":{"id":4}},"any":{"a":[1]},"t":"2020-01-02T03:04:05Z","N":"12","p":{"name":"inner"},"K":{"color-8":1}}`), &back)
	fmt.Printf("%+v %v\n", back.Base, err)
	fmt.Println(back.Name, back.Tags, int(back.C), back.M["k"].ID, back.Any, back.T, back.N, back.P.Name, len(back.K), back.K[8])
	err = json.Unmarshal([]byte(`{"id":"x"}`), &back)
	fmt.Println(err)
	var list []Base
	fmt.Println(json.NewDecoder(strings.NewReader(`[{"id":1},{"id":2}]`)).Decode(&list), list)
	e := find("k")
	var nf *NotFound
	fmt.Println(errors.As(e, &nf), nf.Key, e)
	var pe *os.PathError
	fmt.Println(errors.As(e, &pe))
	people := []struct {
		Name string
		Age  int
	}{{"A", 3}, {"B", 1}}
	sort.Slice(people, func(i, j int) bool { return people[i].Age < people[j].Age })
	fmt.Println(people)
	h := &IntHeap{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 3)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	fmt.Println()
	data, _ := io.ReadAll(upper{strings.NewReader("hello")})
	fmt.Println(string(data))
	var a Animal = Dog{"rex"}
	fmt.Println(a.Sound(), a.Name(), a)
	if s, ok := a.(fmt.Stringer); ok {
		fmt.Println("stringer", s)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for i := range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(total)
	ch := make(chan Dog, 2)
	ch <- Dog{"x"}
	close(ch)
	for d := range ch {
		fmt.Println(d)
	}
	select {
	case d, ok := <-ch:
		fmt.Println(d, ok)
	default:
	}
	var m sync.Map
	m.Store("k", Dog{"q"})
	v, ok := m.Load("k")
	fmt.Println(v.(Dog).name, ok)
	func() {
		defer func() { fmt.Println("rec:", recover()) }()
		_ = a.(fmt.Stringer)
	}()
	func() {
		defer func() { fmt.Println("rec:", recover()) }()
		var x any = 5
		_ = x.(string)
	}()
	func() {
		defer func() { fmt.Println("rec:", recover()) }()
		panic(Dog{"p"})
	}()
	func() {
		defer func() { fmt.Println("rec:", recover()) }()
		panic(&NotFound{"z"})
	}()
	x := map[Dog]int{{"a"}: 1}
	x[Dog{"b"}]++
	fmt.Println(x, len(x))
	fmt.Printf("%T %T %T\n", people, x, h)
}
