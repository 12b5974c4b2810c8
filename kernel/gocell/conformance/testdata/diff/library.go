package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
	"unicode"
)

type person struct {
	Name string
	Age  int
}

type byAge []person

func (b byAge) Len() int           { return len(b) }
func (b byAge) Less(i, j int) bool { return b[i].Age < b[j].Age }
func (b byAge) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[k]++
}

type tree[K cmp.Ordered, V any] struct {
	root *node[K, V]
	size int
}
type node[K cmp.Ordered, V any] struct {
	key         K
	value       V
	left, right *node[K, V]
}

func (t *tree[K, V]) put(k K, v V) {
	p := &t.root
	for *p != nil {
		switch c := cmp.Compare(k, (*p).key); {
		case c < 0:
			p = &(*p).left
		case c > 0:
			p = &(*p).right
		default:
			(*p).value = v
			return
		}
	}
	*p = &node[K, V]{key: k, value: v}
	t.size++
}

func (t *tree[K, V]) all() iter.Seq2[K, V] {
	var walk func(n *node[K, V], yield func(K, V) bool) bool
	walk = func(n *node[K, V], yield func(K, V) bool) bool {
		return n == nil || walk(n.left, yield) && yield(n.key, n.value) && walk(n.right, yield)
	}
	return func(yield func(K, V) bool) { walk(t.root, yield) }
}

type number interface{ ~int | ~float64 }

func sum[T number](xs ...T) (total T) {
	for _, x := range xs {
		total += x
	}
	return
}

func filter[T any](s iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range s {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

func reduce[T, A any](xs []T, start A, f func(A, T) A) A {
	for _, x := range xs {
		start = f(start, x)
	}
	return start
}

type lineWriter struct {
	lines []string
	buf   bytes.Buffer
}

func (w *lineWriter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			w.lines = append(w.lines, w.buf.String())
			w.buf.Reset()
		} else {
			w.buf.WriteByte(b)
		}
	}
	return len(p), nil
}

type temperature float64

func (t temperature) String() string { return strconv.FormatFloat(float64(t), 'f', 1, 64) + "K" }

var errBase = errors.New("base")

type opError struct {
	Op  string
	Err error
}

func (e *opError) Error() string { return e.Op + ": " + e.Err.Error() }
func (e *opError) Unwrap() error { return e.Err }

func main() {
	people := []person{{"Ann", 30}, {"Bob", 25}, {"Cy", 35}}
	sort.Sort(byAge(people))
	fmt.Println(people)
	slices.SortFunc(people, func(a, b person) int { return cmp.Or(-cmp.Compare(a.Age, b.Age), strings.Compare(a.Name, b.Name)) })
	fmt.Println(people, slices.IndexFunc(people, func(p person) bool { return p.Name == "Bob" }))
	i, found := slices.BinarySearch([]int{1, 3, 5}, 3)
	fmt.Println(i, found, slices.Contains([]string{"a"}, "b"), slices.Equal([]int{1}, []int{1}))
	groups := map[bool][]int{}
	for v := range 6 {
		groups[v%2 == 0] = append(groups[v%2 == 0], v)
	}
	fmt.Println(groups, slices.Collect(maps.Values(map[int]int{1: 2})), slices.Sorted(maps.Keys(map[string]int{"x": 1, "a": 2})))
	for c := range slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(c, " ")
	}
	for i, v := range slices.Backward([]string{"a", "b"}) {
		fmt.Print(i, v, " ")
	}
	fmt.Println(slices.Repeat([]int{1}, 3), slices.Insert([]int{1, 4}, 1, 2, 3), slices.Compact([]int{1, 1, 2}), slices.MaxFunc(people, func(a, b person) int { return a.Age - b.Age }))

	var t tree[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		t.put(w, i)
	}
	for k, v := range t.all() {
		if k == "quick" {
			break
		}
		fmt.Print(k, "=", v, " ")
	}
	fmt.Println(t.size, sum(1, 2, 3), sum(1.5, temperature(2).half()), sum[temperature](1, 2))
	next, stop := iter.Pull(filter(slices.Values([]int{1, 2, 3, 4}), func(i int) bool { return i%2 == 0 }))
	a, ok := next()
	b, ok2 := next()
	_, ok3 := next()
	stop()
	fmt.Println(a, ok, b, ok2, ok3)
	fmt.Println(reduce([]string{"a", "bb"}, 0, func(n int, s string) int { return n + len(s) }))

	c := &counter{}
	var wg sync.WaitGroup
	var hits atomic.Int64
	var latest atomic.Pointer[person]
	for i := range 20 {
		wg.Go(func() {
			c.add([]string{"x", "y"}[i%2])
			hits.Add(1)
			latest.Store(&people[i%3])
		})
	}
	wg.Wait()
	fmt.Println(c.n, hits.Load(), latest.Load() != nil)

	jobs, results := make(chan int), make(chan int, 10)
	for range 3 {
		go func() {
			for j := range jobs {
				results <- j * j
			}
		}()
	}
	go func() {
		defer close(jobs)
		for i := range 5 {
			jobs <- i
		}
	}()
	total := 0
	for range 5 {
		total += <-results
	}
	fmt.Println(total)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))
	case <-time.After(5 * time.Second):
		fmt.Println("late")
	}
	once := sync.OnceValue(func() int { fmt.Print("once "); return 7 })
	fmt.Println(once(), once())

	err := fmt.Errorf("ctx: %w", &opError{"read", errors.Join(errBase, io.EOF)})
	var op *opError
	fmt.Println(errors.Is(err, io.EOF), errors.Is(err, errBase), errors.As(err, &op), op.Op)
	fmt.Printf("%q\n", err)

	w := &lineWriter{}
	fmt.Fprintf(w, "one\ntwo %v\n", temperature(3))
	tw := tabwriter.NewWriter(w, 0, 8, 1, ' ', 0)
	fmt.Fprintln(tw, "a\tb\tc")
	fmt.Fprintln(tw, "aaa\tbbb\tccc")
	tw.Flush()
	fmt.Printf("%q\n", w.lines)
	s := bufio.NewScanner(strings.NewReader("1 2\n3 4\n"))
	s.Split(bufio.ScanWords)
	n := 0
	for s.Scan() {
		v, err := strconv.Atoi(s.Text())
		if err == nil {
			n += v
		}
	}
	_, err = strconv.Atoi("x1")
	fmt.Println(n, err)
	re := regexp.MustCompile(`(\w+)@(\w+)`)
	fmt.Println(re.FindStringSubmatch("bob@home"), re.ReplaceAllStringFunc("a@b", strings.ToUpper))
	fmt.Println(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, "a1b2"), strings.FieldsFunc("a,b;c", func(r rune) bool { return r == ',' || r == ';' }))
	for part := range strings.SplitSeq("x-y-z", "-") {
		fmt.Print(part, ".")
	}
	fmt.Println()
	rng := rand.New(rand.NewPCG(1, 2))
	fmt.Println(rng.IntN(100), rng.Float64(), rng.Perm(4), rand.N(1))
	fmt.Println(math.Inf(1), math.MaxInt64, math.Pi, -math.MaxFloat64, math.NaN())
	fmt.Println(time.Duration(1500)*time.Millisecond, time.Date(2024, 2, 30, 0, 0, 0, 0, time.UTC).Format(time.RFC1123))
	var sb strings.Builder
	for i := 3; i > 0; i-- {
		fmt.Fprintf(&sb, "%d...", i)
	}
	fmt.Fprintln(os.Stdout, sb.String(), sb.Len())
	type key struct{ a, b int }
	memo := map[key]float64{}
	var path func(i, j int) float64
	path = func(i, j int) float64 {
		if i == 0 || j == 0 {
			return 1
		}
		k := key{i, j}
		if v, ok := memo[k]; ok {
			return v
		}
		memo[k] = path(i-1, j) + path(i, j-1)
		return memo[k]
	}
	fmt.Println(path(12, 12), len(memo))
}

func (t temperature) half() float64 { return float64(t) / 2 }
