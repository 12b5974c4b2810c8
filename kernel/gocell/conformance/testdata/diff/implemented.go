package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"io/fs"
	"log"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing/fstest"
	"text/template"
	"time"
)

type Vec struct{ X, Y float64 }

func (v Vec) Format(f fmt.State, c rune) {
	switch c {
	case 'v', 's':
		fmt.Fprintf(f, "<%g,%g>", v.X, v.Y)
	default:
		fmt.Fprintf(f, "%%!%c(Vec)", c)
	}
}

type Handler struct{ hits int }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.hits++
	fmt.Fprintf(w, "hit %d %s", h.hits, r.URL.Path)
}

type RT func(*http.Request) (*http.Response, error)

func (f RT) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type upper struct{ w io.Writer }

func (u upper) Write(p []byte) (int, error) { return u.w.Write(bytes.ToUpper(p)) }

type closer struct {
	io.Reader
	closed *bool
}

func (c closer) Close() error { *c.closed = true; return errors.New("closed") }

type Src struct{ s uint64 }

func (s *Src) Uint64() uint64 { s.s += 0x9e3779b97f4a7c15; return s.s }

type Color int

func (c Color) MarshalText() ([]byte, error) { return []byte([]string{"red", "blue"}[c]), nil }
func (c *Color) UnmarshalText(b []byte) error {
	i := slices.Index([]string{"red", "blue"}, string(b))
	if i < 0 {
		return fmt.Errorf("no color %q", b)
	}
	*c = Color(i)
	return nil
}

var _ encoding.TextMarshaler = Color(0)

type Shape struct {
	Kind  string   `json:"kind"`
	Color Color    `json:"color"`
	Area  float64  `json:"area,omitempty"`
	Tags  []string `json:"tags,omitempty"`
	Inner *Shape   `json:"inner,omitempty"`
	Any   any      `json:"any"`
	skip  int
	Skip2 int `json:"-"`
	Str   int `json:"str,string"`
	Embedded
	M map[Color]int   `json:"m,omitempty"`
	T time.Time       `json:"t,omitzero"`
	R json.RawMessage `json:"r,omitempty"`
	B []byte
}
type Embedded struct {
	E1 int
	E2 *int
}

type memFS map[string]string

func (m memFS) Open(name string) (fs.File, error) {
	if s, ok := m[name]; ok {
		return &memFile{strings.NewReader(s), name}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

type memFile struct {
	*strings.Reader
	name string
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Mode() fs.FileMode          { return 0 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }

type tmplData struct{ A int }

type multi []error

func (m multi) Error() string   { return fmt.Sprint(len(m), " errors") }
func (m multi) Unwrap() []error { return m }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "PANIC", r)
		}
	}()
	f()
}

type hundreds int

func (h *hundreds) Scan(st fmt.ScanState, verb rune) error {
	var x int
	_, err := fmt.Fscan(st, &x)
	*h = hundreds(x * 100)
	return err
}

type plainInt int

func scanning() {
	var h hundreds
	var n plainInt
	var name Name
	fmt.Println(fmt.Sscan("4 5 q", &h, &n, &name))
	fmt.Println(h, n, name)
	fmt.Println(fmt.Sscanf("7-8", "%v-%d", &h, &n))
	fmt.Println(h, n)
}

type Name string

func main() {
	scanning()
	fmt.Printf("%v %s %d %v\n", Vec{1, 2}, Vec{3, 4}, Vec{}, []Vec{{5, 6}})
	fmt.Println(Vec{1, 2}, &Vec{1, 2}, map[string]Vec{"a": {}}, []any{Vec{9, 9}}, struct{ V Vec }{Vec{7, 7}})
	h := &Handler{}
	srv := httptest.NewRecorder()
	h.ServeHTTP(srv, httptest.NewRequest("GET", "/x", nil))
	mux := http.NewServeMux()
	mux.Handle("/y", h)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest("GET", "/y", nil))
	fmt.Println(srv.Body, rec.Body, h.hits)
	client := http.Client{Transport: RT(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 418, Body: io.NopCloser(strings.NewReader("tea")), Request: r}, nil
	})}
	resp, err := client.Get("http://example.invalid/")
	fmt.Println(resp.StatusCode, err)
	var b bytes.Buffer
	w := bufio.NewWriter(upper{&b})
	fmt.Fprintf(w, "abc %v", Vec{1, 1})
	w.Flush()
	fmt.Println(b.String())
	closed := false
	var rc io.ReadCloser = closer{strings.NewReader("data"), &closed}
	data, err := io.ReadAll(rc)
	fmt.Println(string(data), err, rc.Close(), closed)
	r := rand.New(&Src{1})
	fmt.Println(r.IntN(100), r.IntN(100), r.Float64() < 1, r.Perm(4))
	s := Shape{Kind: "k", Color: 1, Any: Vec{1, 2}, Str: 5, M: map[Color]int{1: 2, 0: 1}, B: []byte("hi"), Inner: &Shape{Any: []any{Color(0), Embedded{3, nil}}}}
	jb, err := json.Marshal(s)
	fmt.Println(string(jb), err)
	jb, err = json.MarshalIndent([]Shape{{}}, ">", "  ")
	fmt.Println(string(jb), err)
	var s2 Shape
	fmt.Println(json.Unmarshal([]byte(`{"kind":"z","color":"blue","E1":4,"E2":5,"m":{"red":3},"str":"77","any":{"a":[1]},"inner":{"kind":"in"},"B":"aGk=","unknown":1,"KIND":"case"}`), &s2), s2.Kind, s2.Color, s2.E1, *s2.E2, s2.M, s2.Str, s2.Any, s2.Inner.Kind, string(s2.B))
	fmt.Println(json.Unmarshal([]byte(`{"color":"green"}`), &s2))
	fmt.Println(json.Unmarshal([]byte(`{"kind":1}`), &s2))
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	fmt.Println(e.Encode(map[string]any{"v": Embedded{1, nil}, "h": "<>"}))
	fsys := memFS{"a.txt": "hello"}
	text, err := fs.ReadFile(fsys, "a.txt")
	fmt.Println(string(text), err)
	_, err = fs.ReadFile(fsys, "b.txt")
	fmt.Println(err, errors.Is(err, fs.ErrNotExist))
	_ = fstest.MapFS{}
	try("tmpl", func() {
		t := template.Must(template.New("t").Funcs(template.FuncMap{"double": func(x int) int { return 2 * x }}).Parse("{{double .}}\n"))
		fmt.Println(t.Execute(os.Stdout, 4))
	})
	var hs hash.Hash = fnv.New32a()
	io.WriteString(hs, "x")
	fmt.Println(hex.EncodeToString(hs.Sum(nil)))
	var me error = multi{io.EOF, fs.ErrExist}
	fmt.Println(me, errors.Is(me, io.EOF), errors.Is(me, fs.ErrExist), errors.Is(fmt.Errorf("w: %w", me), io.EOF))
	var pe *fs.PathError
	fmt.Println(errors.As(fmt.Errorf("a: %w", func() error { _, e := fsys.Open("q"); return e }()), &pe), pe.Path)
	big1 := new(big.Int).Exp(big.NewInt(3), big.NewInt(50), nil)
	fmt.Println(big1, regexp.MustCompile(`a(.)`).ReplaceAllStringFunc("abac", strings.ToUpper))
	var mu sync.RWMutex
	mu.RLock()
	mu.RUnlock()
	var gz bytes.Buffer
	zw := gzip.NewWriter(&gz)
	tw := tar.NewWriter(zw)
	tw.WriteHeader(&tar.Header{Name: "f", Size: 2})
	tw.Write([]byte("hi"))
	tw.Close()
	zw.Close()
	zr, _ := gzip.NewReader(closer{&gz, &closed})
	tr := tar.NewReader(zr)
	hd, err := tr.Next()
	fmt.Println(hd.Name, err)
	log.SetFlags(0)
	log.SetOutput(upper{os.Stdout})
	log.Printf("%v %T", Vec{2, 2}, Vec{})
	u, _ := url.Parse("http://a/b?c=d")
	fmt.Println(u.Query(), filepath.Join("a", "..", "b"))
	ws := sort.StringSlice{"b", "a"}
	sort.Sort(ws)
	fmt.Println(ws, sort.SearchStrings(ws, "b"))
	type entry struct {
		Color
		when time.Duration
	}
	es := []entry{{1, time.Second}, {0, time.Minute}}
	slices.SortFunc(es, func(a, b entry) int { return int(a.Color - b.Color) })
	fmt.Printf("%v %+v %d\n", es, es, es)
	t := time.AfterFunc(time.Hour, func() {})
	fmt.Println(t.Stop())
}
