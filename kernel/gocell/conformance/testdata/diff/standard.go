package main

import (
	"bytes"
	"cmp"
	"container/ring"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"expvar"
	"flag"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"math/rand"
	"os"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"
	"unique"
)

type P struct {
	Name string
	N    int
}
type S int

func (s S) String() string { return fmt.Sprintf("S(%d)", int(s)) }

type Animal interface{ Sound() string }
type Dog struct{ name string }

func (d Dog) Sound() string { return d.name + " woof" }

type Cat struct{ Dog }

func (c *Cat) Sound() string { return "meow" }

type Named interface {
	Animal
	Name() string
}

func (d Dog) Name() string { return d.name }

type myerr struct{ op string }

func (m *myerr) Error() string   { return m.op }
func (m *myerr) Timeout() bool   { return true }
func (m *myerr) Is(e error) bool { return e == fs.ErrNotExist }

type level int

func (l *level) Set(s string) error { n, err := strconv.Atoi(s); *l = level(n); return err }
func (l *level) String() string     { return fmt.Sprint(int(*l)) }

type logv struct{ a int }

func (l logv) LogValue() slog.Value { return slog.IntValue(l.a) }

type less []P

func (l less) Len() int           { return len(l) }
func (l less) Less(i, j int) bool { return l[i].Name < l[j].Name }
func (l less) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

type up struct{ r io.Reader }

func (u up) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	copy(b, bytes.ToUpper(b[:n]))
	return n, err
}

type clock func() time.Time

func (c clock) Now() int { return c().Year() }

type Num interface{ ~int | ~float64 }

func Sum[T Num](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

type Set[T comparable] map[T]struct{}

func (s Set[T]) Add(x T)          { s[x] = struct{}{} }
func (s Set[T]) Has(x T) bool     { _, ok := s[x]; return ok }
func (s Set[T]) All() iter.Seq[T] { return maps.Keys(s) }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "PANIC", r)
		}
	}()
	f()
}

func classify(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case Named:
		return "named " + v.Name()
	case Animal:
		return "animal " + v.Sound()
	case fmt.Stringer:
		return "stringer " + v.String()
	case error:
		return "error " + v.Error()
	case int, S:
		return fmt.Sprintf("int-ish %v", v)
	case []P:
		return fmt.Sprint("ps", len(v))
	case map[string]P:
		return "map"
	case func(P) int:
		return fmt.Sprint("func", v(P{"", 4}))
	case chan P:
		return "chan"
	case *P:
		return "ptr " + v.Name
	case [2]P:
		return "arr"
	}
	return fmt.Sprintf("other %T", x)
}

func main() {
	for _, x := range []any{nil, Dog{"rex"}, &Cat{Dog{"tom"}}, Cat{}, S(1), &myerr{"op"}, 3, []P{{}}, map[string]P{}, func(P) int { return 7 }, make(chan P), &P{Name: "q"}, [2]P{}, P{}, "s", Set[int]{}} {
		fmt.Println(classify(x))
	}
	var err error = fmt.Errorf("x: %w", &myerr{"read"})
	var to interface{ Timeout() bool }
	fmt.Println(errors.As(err, &to) && to.Timeout(), errors.Is(err, fs.ErrNotExist), os.IsTimeout(errors.Unwrap(err)))
	var l level
	set := flag.NewFlagSet("x", flag.ContinueOnError)
	set.Var(&l, "l", "level")
	fmt.Println(set.Parse([]string{"-l", "5"}), l, set.Lookup("l").Value)
	var b bytes.Buffer
	lg := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		if a.Key == "time" {
			return slog.Attr{}
		}
		return a
	}}))
	try("slog", func() { lg.Info("hi", "s", S(3), "p", P{"a", 1}, "l", logv{4}, "e", err, "pp", &P{"z", 2}) })
	fmt.Print(b.String())
	b.Reset()
	lj := slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		if a.Key == "time" {
			return slog.Attr{}
		}
		return a
	}}))
	try("slogj", func() {
		lj.Info("hi", "s", S(3), "p", P{"a", 1}, "l", logv{4}, "e", err, slog.Any("any", []any{P{"q", 1}}))
	})
	fmt.Print(b.String())
	ps := less{{"b", 1}, {"a", 2}}
	sort.Sort(sort.Reverse(ps))
	sort.Stable(ps)
	fmt.Println(ps, sort.SearchInts([]int{1, 2}, 2))
	slices.SortFunc(ps, func(a, b P) int { return cmp.Compare(b.N, a.N) })
	fmt.Println(ps)
	i, ok := slices.BinarySearchFunc(ps, 2, func(p P, n int) int { return cmp.Compare(n, p.N) })
	fmt.Println(i, ok)
	data, _ := io.ReadAll(up{strings.NewReader("hello")})
	fmt.Println(string(data))
	fmt.Println(clock(func() time.Time { return time.Unix(0, 0).UTC() }).Now(), Sum(1, 2), Sum(1.5, 2), Sum[S](1, 2))
	s := Set[P]{}
	s.Add(P{"a", 1})
	for p := range s.All() {
		fmt.Println(p, s.Has(P{"a", 1}), s.Has(P{}))
	}
	h := unique.Make(P{"u", 1})
	fmt.Println(h == unique.Make(P{"u", 1}), h.Value().Name)
	try("binary", func() {
		var bb bytes.Buffer
		e := binary.Write(&bb, binary.LittleEndian, struct {
			A uint16
			B S8
		}{1, 2})
		fmt.Println(bb.Bytes(), e)
	})
	try("html", func() {
		var bb bytes.Buffer
		fmt.Println(template.Must(template.New("").Parse("{{.}}")).Execute(&bb, map[string]any{"a": 1}), bb.String())
	})
	tw := tabwriter.NewWriter(os.Stdout, 0, 8, 1, ' ', 0)
	fmt.Fprintln(tw, "a\tb\tc")
	fmt.Fprintln(tw, S(1), "\t", P{}, "\t")
	tw.Flush()
	cw := csv.NewWriter(os.Stdout)
	cw.Write([]string{fmt.Sprint(S(2)), "x,y"})
	cw.Flush()
	r := rand.New(rand.NewSource(1))
	rand.New(src{}).Int()
	_ = r
	var m sync.Map
	act, loaded := m.LoadOrStore("k", P{"v", 1})
	fmt.Println(act.(P).Name, loaded)
	act, loaded = m.LoadOrStore("k", P{"w", 1})
	fmt.Println(act.(P).Name, loaded, m.CompareAndSwap("k", P{"v", 1}, S(3)), m.CompareAndDelete("k", 3), m.CompareAndDelete("k", S(3)))
	var at atomic.Value
	fmt.Println(at.Load() == nil)
	at.Store([]P{{"z", 1}})
	fmt.Println(at.Load().([]P)[0].Name)
	try("atomic", func() { at.Store([]S{1}) })
	try("atomic", func() { at.Swap(S(1)) })
	o := sync.OnceValue(func() P { return P{"once", 1} })
	fmt.Println(o(), o())
	rg := ring.New(3)
	for i := 0; i < 3; i++ {
		rg.Value = P{fmt.Sprint(i), i}
		rg = rg.Next()
	}
	rg.Do(func(x any) { fmt.Print(x.(P).Name, " ") })
	fmt.Println()
	dec := json.NewDecoder(strings.NewReader(`{"Name":"j","N":2} {"Name":"k"}`))
	for {
		var p P
		if err := dec.Decode(&p); err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(p)
	}
	var anyv any
	json.Unmarshal([]byte(`{"a":[1,{"b":null}]}`), &anyv)
	fmt.Println(anyv)
	var into struct {
		P  *P
		Ps []P
		M  map[string]P
		A  any
		R  json.RawMessage
		D  time.Duration `json:"dur"`
	}
	fmt.Println(json.Unmarshal([]byte(`{"P":{"Name":"x"},"Ps":[{"N":3}],"M":{"k":{"N":4}},"A":{"Name":"q"},"R":[1, 2],"dur":5}`), &into), into.P.Name, into.Ps, into.M, into.A, string(into.R), into.D)
	fmt.Println(json.Unmarshal([]byte(`{"P":3}`), &into))
	fmt.Println(json.Unmarshal([]byte(`{"Ps":[{"N":"x"}]}`), &into))
	try("reflect", func() { fmt.Println(reflect.TypeOf(P{}).String(), reflect.TypeOf(P{}).Kind()) })
	fmt.Println(testing.AllocsPerRun(1, func() {}) >= 0)
	x := expvar.NewInt("v")
	x.Add(2)
	fmt.Println(x)
	fmt.Println(strings.Map(func(r rune) rune { return r + 1 }, "abc"), slices.IndexFunc(ps, func(p P) bool { return p.Name == "b" }))
	fmt.Println(slices.Collect(maps.Values(map[int]P{1: {"mv", 1}})), slices.Sorted(maps.Keys(map[S]int{3: 1, 1: 2})))
}

type S8 int8
type src struct{}

func (src) Int63() int64 { return 4 }
func (src) Seed(int64)   {}
