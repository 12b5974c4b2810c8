package main

import (
	"bufio"
	"bytes"
	"container/heap"
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

type P struct {
	Name string
	N    int
}
type H []P

func (h H) Len() int           { return len(h) }
func (h H) Less(i, j int) bool { return h[i].N < h[j].N }
func (h H) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *H) Push(x any)        { *h = append(*h, x.(P)) }
func (h *H) Pop() any {
	o := *h
	x := o[len(o)-1]
	*h = o[:len(o)-1]
	return x
}

type rd struct{ n int }

func (r *rd) Read(b []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	r.n--
	return copy(b, "line\n"), nil
}

type wr struct{ b strings.Builder }

func (w *wr) Write(b []byte) (int, error) { return w.b.Write(bytes.ToUpper(b)) }

type img struct{}

func (img) ColorModel() color.Model { return color.RGBAModel }
func (img) Bounds() image.Rectangle { return image.Rect(0, 0, 2, 2) }
func (img) At(x, y int) color.Color { return color.RGBA{uint8(x), uint8(y), 0, 255} }

type T struct{ c float64 }

func (t T) MarshalJSON() ([]byte, error)  { return []byte(fmt.Sprintf(`"%gC"`, t.c)), nil }
func (t *T) UnmarshalJSON(b []byte) error { _, err := fmt.Sscanf(string(b), `"%gC"`, &t.c); return err }

type M string

func (m M) MarshalText() ([]byte, error) { return []byte("<" + string(m) + ">"), nil }

type key struct{}
type key2 int

type Shape interface {
	Area() float64
	fmt.Stringer
}
type Sq struct{ a float64 }

func (s Sq) Area() float64  { return s.a * s.a }
func (s Sq) String() string { return fmt.Sprint("Sq ", s.a) }

type Emb struct {
	Shape
	*bytes.Buffer
	sync.Mutex
	n int
}

type sl []int

func (s sl) Len() int           { return len(s) }
func (s sl) Less(i, j int) bool { return s[i] < s[j] }
func (s sl) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

type point struct{ Name string }

// local gives a value of a type that no other call's or function's type is.
func local() any {
	type point struct{ Name string }
	return point{"a"}
}

func deepEqual() {
	p, q := point{"a"}, point{"a"}
	fmt.Println(reflect.DeepEqual(p, q), reflect.DeepEqual(p, local()), reflect.DeepEqual(local(), local()))
	fmt.Println(reflect.DeepEqual([]any{p}, []any{q}), reflect.DeepEqual([]any{p}, []any{local()}), reflect.DeepEqual([]any{&p}, []any{&q}))
	fmt.Println(reflect.DeepEqual(map[string]any{"a": key2(1)}, map[string]any{"a": key2(1)}), reflect.DeepEqual(map[string]any{"a": key2(1)}, map[string]any{"a": 1}))
	fmt.Println(reflect.DeepEqual(map[any]any{p: 1}, map[any]any{q: 1}), reflect.DeepEqual(map[any]any{p: 1}, map[any]any{local(): 1}))
	fmt.Println(reflect.DeepEqual(struct{ V any }{p}, struct{ V any }{q}), reflect.DeepEqual(struct{ v any }{p}, struct{ v any }{&q}))
	fmt.Println(reflect.DeepEqual(nil, p), reflect.DeepEqual([]point(nil), []point{}), reflect.DeepEqual([]key2{1}, []int{1}))
	type ring struct {
		next *ring
		v    any
	}
	a, b := &ring{v: p}, &ring{v: q}
	a.next, b.next = a, b
	fmt.Println(reflect.DeepEqual(a, b))
	b.v = local()
	fmt.Println(reflect.DeepEqual(a, b), reflect.DeepEqual(fmt.Sprint, fmt.Sprint), reflect.DeepEqual(errors.New("a"), errors.New("a")))
}

func main() {
	h := &H{{"a", 3}, {"b", 1}}
	heap.Init(h)
	heap.Push(h, P{"c", 2})
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h).(P), " ")
	}
	fmt.Println()
	ps := []P{{"x", 3}, {"y", 1}, {"z", 2}}
	sort.Slice(ps, func(i, j int) bool { return ps[i].N < ps[j].N })
	fmt.Println(ps)
	slices.SortFunc(ps, func(a, b P) int { return strings.Compare(b.Name, a.Name) })
	fmt.Println(ps, slices.Index(ps, P{"x", 3}), slices.Contains(ps, P{"q", 1}))
	fmt.Println(slices.MaxFunc(ps, func(a, b P) int { return a.N - b.N }), slices.Equal(ps, ps))
	s := sl{3, 1, 2}
	sort.Sort(s)
	fmt.Println(s)
	sort.Sort(sort.Reverse(s))
	fmt.Println(s, sort.IsSorted(s))
	sc := bufio.NewScanner(&rd{3})
	for sc.Scan() {
		fmt.Print(sc.Text(), ";")
	}
	fmt.Println()
	b, err := io.ReadAll(io.LimitReader(&rd{9}, 12))
	fmt.Printf("%q %v\n", b, err)
	w := &wr{}
	fmt.Fprintf(w, "hi %d", 3)
	n, err := io.Copy(w, &rd{2})
	fmt.Println(w.b.String(), n, err)
	io.MultiWriter(w, os.Stdout).Write([]byte("multi\n"))
	log.New(w, "p:", 0).Println("logged", P{"l", 1})
	fmt.Printf("%q\n", w.b.String())
	var pb bytes.Buffer
	fmt.Println(png.Encode(&pb, img{}))
	im, err := png.Decode(&pb)
	fmt.Println(im.Bounds(), im.At(1, 1), err)
	var ii image.Image = img{}
	fmt.Println(ii.At(1, 0))
	jb, err := json.Marshal(map[string]any{"t": T{3}, "m": M("q"), "ts": []T{{1}}, "p": &T{4}, "st": struct{ T T }{T{5}}})
	fmt.Println(string(jb), err)
	jb, err = json.Marshal(map[M]T{"k": {2}})
	fmt.Println(string(jb), err)
	var ts struct {
		A T
		B []*T
		C map[string]T
	}
	fmt.Println(json.Unmarshal([]byte(`{"A":"3C","B":["4C"],"C":{"x":"5C"}}`), &ts), ts.A.c, ts.B[0].c, ts.C["x"].c)
	ctx := context.WithValue(context.Background(), key{}, P{"ctx", 1})
	ctx = context.WithValue(ctx, key2(1), "k2")
	ctx = context.WithValue(ctx, 1, "int")
	fmt.Println(ctx.Value(key{}).(P).Name, ctx.Value(key2(1)), ctx.Value(1), ctx.Value(key2(2)), ctx.Value(struct{}{}))
	var av atomic.Value
	av.Store(P{"av", 2})
	fmt.Println(av.Load().(P), av.CompareAndSwap(P{"av", 2}, P{"aw", 3}), av.Load())
	pool := sync.Pool{New: func() any { return &P{"new", 0} }}
	x := pool.Get().(*P)
	x.Name = "used"
	pool.Put(x)
	fmt.Println(x)
	var sm sync.Map
	sm.Store(P{"k", 1}, Sq{2})
	sm.Store(key2(1), 1)
	v, ok := sm.Load(P{"k", 1})
	fmt.Println(v, ok)
	_, ok = sm.Load(1)
	fmt.Println(ok)
	sm.Range(func(k, v any) bool {
		switch k := k.(type) {
		case P:
			fmt.Println("P", k.Name, v.(Shape).Area())
		}
		return true
	})
	l := list.New()
	l.PushBack(P{"l", 1})
	l.PushBack(Sq{3})
	l.PushBack(7)
	for e := l.Front(); e != nil; e = e.Next() {
		switch v := e.Value.(type) {
		case P:
			fmt.Println("P", v)
		case Shape:
			fmt.Println("Shape", v.Area(), v)
		case int:
			fmt.Println("int", v)
		}
	}
	e := Emb{Shape: Sq{2}, Buffer: &bytes.Buffer{}}
	e.WriteString("abc")
	e.Lock()
	e.Unlock()
	fmt.Println(e.Area(), e.Len(), e.Shape, e.Buffer.String())
	var sh Shape = Sq{5}
	f := sh.Area
	g := Sq.Area
	k := (*Sq).String
	q := Sq{6}
	fmt.Println(f(), g(Sq{2}), k(&q))
	ch := make(chan Shape, 3)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() { defer wg.Done(); ch <- Sq{float64(i)} }()
	}
	wg.Wait()
	close(ch)
	sum := 0.0
	for s := range ch {
		sum += s.Area()
	}
	fmt.Println(sum)
	ms := map[P][]Shape{{"a", 1}: {Sq{1}}}
	fmt.Println(ms[P{"a", 1}][0].Area(), slices.Collect(maps.Keys(ms)))
	var o sync.Once
	o.Do(func() { fmt.Println("once") })
	deepEqual()
	var ap atomic.Pointer[P]
	ap.Store(&P{"ap", 1})
	fmt.Println(ap.Load().Name)
	fmt.Fprintln(os.Stdout, bytes.NewReader(nil) != nil, strings.NewReplacer("a", "b").Replace("aa"))
	fmt.Sscan("3 4", &ps[0].N, &s[0])
	fmt.Println(ps[0].N, s[0])
}
