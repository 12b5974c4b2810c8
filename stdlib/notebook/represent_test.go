package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

type asHTML struct{ s string }

func (a asHTML) HTML() string { return a.s }

type asBytes struct{}

func (*asBytes) SVG() []byte            { return []byte("<svg/>") }
func (*asBytes) PNG() ([]byte, error)   { return []byte{1, 2}, nil }
func (*asBytes) Markdown() HTML         { return "*a*" }
func (*asBytes) LaTeX() (string, error) { return "", errors.New("no formula") }
func (*asBytes) JSON() map[string]int   { return map[string]int{"a": 1} }

type asBundle struct{}

func (asBundle) MIMEBundle() (map[string]any, map[string]any) {
	return map[string]any{MIMEHTML: "<i>"}, map[string]any{MIMEHTML: map[string]any{"isolated": true}}
}

type faulty struct{}

func (faulty) HTML() string   { panic("in HTML") }
func (faulty) String() string { panic("in String") }

type withArguments struct{ X int }

func (withArguments) HTML(width int) string { return "" }

func TestMethodsOfAValue(t *testing.T) {
	b := Represent(asHTML{"<b>"})
	if b.Data[MIMEHTML] != "<b>" || b.Data[MIMEText] != `notebook.asHTML{s: "<b>"}` {
		t.Errorf("%v", b.Data)
	}
	b = Represent(asBytes{}) // its methods are those of the pointer
	if b.Data[MIMESVG] != "<svg/>" || !reflect.DeepEqual(b.Data[MIMEPNG], []byte{1, 2}) || b.Data[MIMEMarkdown] != "*a*" ||
		string(b.Data[MIMEJSON].(json.RawMessage)) != `{"a":1}` {
		t.Errorf("%v", b.Data)
	}
	if _, ok := b.Data[MIMELaTeX]; ok || !strings.Contains(b.Data[MIMEText].(string), "LaTeX failed: no formula") {
		t.Errorf("a method that fails: %v", b.Data)
	}
	b = Represent(asBundle{})
	if b.Data[MIMEHTML] != "<i>" || b.Metadata[MIMEHTML].(map[string]any)["isolated"] != true || b.Data[MIMEText] == nil {
		t.Errorf("%v %v", b.Data, b.Metadata)
	}
	b = Represent(faulty{})
	if s := b.Data[MIMEText].(string); !strings.Contains(s, "panic in String: in String") || !strings.Contains(s, "panic in HTML: in HTML") {
		t.Errorf("%v", b.Data)
	}
	if b = Represent(withArguments{}); len(b.Data) != 1 {
		t.Errorf("a method with arguments was called: %v", b.Data)
	}
	if b = Represent((*asBytes)(nil)); b.Data[MIMEText] != "<nil>" || len(b.Data) != 1 {
		t.Errorf("a nil pointer: %v", b.Data)
	}
}

type node struct {
	Name string
	Next *node
}

type month time.Month

func (m month) String() string { return "month " + fmt.Sprint(int(m)) }

func TestText(t *testing.T) {
	loop := &node{Name: "a"}
	loop.Next = loop
	self := []any{1}
	self[0] = self
	long := make([]int, 1000)
	sentence := strings.Repeat("so it goes ", 6)
	tree := map[string]any{}
	tree["tree"] = tree
	for _, x := range []struct {
		value any
		want  string
	}{
		{nil, "<nil>"},
		{42, "42"},
		{int8(-3), "-3"},
		{0.1, "0.1"},
		{float32(0.1), "0.1"},
		{math.Inf(1), "+Inf"},
		{1 + 2i, "(1+2i)"},
		{true, "true"},
		{"a\tb", `"a\tb"`},
		{"one\ntwo", "`one\ntwo`"},
		{[]string{"a b", "c"}, `["a b" "c"]`},
		{[]string{sentence, "b"}, fmt.Sprintf("[%q \"b\"]", sentence)},
		{[]string{sentence, sentence}, fmt.Sprintf("[\n    %q\n    %[1]q\n]", sentence)},
		{[]int(nil), "[]"},
		{[2]bool{true, false}, "[true false]"},
		{map[string]int{"b": 2, "a": 1}, `map["a":1 "b":2]`},
		{map[float64]string{2: "x", -1: "y"}, `map[-1:"y" 2:"x"]`},
		{struct{ X, y int }{1, 2}, "{X: 1, y: 2}"},
		{node{"a", nil}, `notebook.node{Name: "a", Next: <nil>}`},
		{&node{Name: "a"}, `&notebook.node{Name: "a", Next: <nil>}`},
		{loop, `&notebook.node{Name: "a", Next: &…}`},
		{self, "[[…]]"},
		{tree, `map["tree":map[…]]`},
		{long, "[" + strings.Repeat("0 ", 58) + "… 0 0] (1,000 values)"},
		{time.Second, "1s"},
		{month(3), "month 3"},
		{[]month{3}, "[month 3]"},
		{errors.New("tetanus"), "error: tetanus"},
		{[]error{errors.New("a"), nil}, "[a <nil>]"},
		{func(int) string { return "" }, "func(int) string"},
		{make(chan int), "chan int"},
		{mat.NewDense(2, 3, nil).T(), "⎡0  0⎤\n⎢0  0⎥\n⎣0  0⎦"},
		{[]any{mat.NewDense(2, 3, nil)}, "[2×3 matrix]"},
		{[]any{1, "a", nil, 2.5, node{}}, `[1 "a" <nil> 2.5 notebook.node{Name: "", Next: <nil>}]`},
	} {
		if got := Represent(x.value).Data[MIMEText]; got != x.want {
			t.Errorf("%T: %s, want %s", x.value, got, x.want)
		}
	}
}

// However large a value is, its text is not.
func TestTextIsBounded(t *testing.T) {
	word := strings.Repeat("x", 10_000)
	wide := map[string][][]map[int][]string{}
	for i := range 300 {
		var list [][]map[int][]string
		for range 30 {
			m := map[int][]string{}
			for k := range 100 {
				m[k] = []string{word}
			}
			list = append(list, []map[int][]string{m})
		}
		wide[fmt.Sprint(i)] = list
	}
	for name, v := range map[string]any{
		"nested":      wide,
		"long string": strings.Repeat("τ", 1_000_000),
		"many":        make([]struct{ A, B [100]float64 }, 100_000),
		"matrix":      mat.NewDense(2000, 2000, nil),
	} {
		for mime, data := range Represent(v).Data {
			if n := len(fmt.Sprint(data)); n > 300_000 {
				t.Errorf("%s: %s has %d bytes", name, mime, n)
			}
		}
	}
}

// point stands for a type that a cell declared.
type point struct {
	name  string
	value any
	text  string
}

func (p point) TypeName() string { return p.name }
func (p point) Unwrap() any      { return p.value }

// picture stands for an image whose type a cell has declared.
type picture struct{ image image.Image }

func (p picture) TypeName() string { return "main.picture" }
func (p picture) Unwrap() any      { return struct{}{} }
func (p picture) Method(name string) (any, bool) {
	fn, ok := map[string]any{"ColorModel": p.image.ColorModel, "Bounds": p.image.Bounds, "At": p.image.At}[name]
	return fn, ok
}

func (p point) Method(name string) (any, bool) {
	switch {
	case name == "String" && p.text != "":
		return func() string { return p.text }, true
	case name == "HTML" && p.text != "":
		return func() string { return "<p>" + p.text }, true
	}
	return nil, false
}

// points stands for a slice of it, or a struct with such a field.
type points struct{ point }

func (p points) Elem(part any) any { return point{"main.Point", part, fmt.Sprint("P", part)} }
func (p points) Key(part any) any  { return part }
func (p points) Field(i int, part any) (string, any) {
	return []string{"x", "y"}[i], point{"main.Point", part, fmt.Sprint("P", part)}
}

func TestTypesOfCells(t *testing.T) {
	raw := struct{ XX, Xy int }{1, 2}
	for _, x := range []struct {
		value any
		want  string
	}{
		{point{"main.Point", raw, ""}, "Point{XX: 1, Xy: 2}"},
		{point{"main.Point", raw, "here"}, "here"},
		{points{point{"main.Pair", raw, ""}}, "Pair{x: P1, y: P2}"},
		{points{point{"[]main.Point", []int{1, 2}, ""}}, "[P1 P2]"},
		{points{point{"map[string]main.Point", map[string]int{"a": 1}, ""}}, `map["a":P1]`},
		{points{point{"*main.Point", new(int), ""}}, "&P0"},
		{point{"*main.Point", (*int)(nil), "here"}, "<nil>"},
	} {
		if got := Represent(x.value).Data[MIMEText]; got != x.want {
			t.Errorf("%s: %s, want %s", x.value.(Dynamic).TypeName(), got, x.want)
		}
	}
	if got := Represent(point{"main.Point", raw, "here"}).Data[MIMEHTML]; got != "<p>here" {
		t.Errorf("its HTML is %v", got)
	}
}

func TestTables(t *testing.T) {
	type base struct{ ID int }
	type row struct {
		base
		Name   string
		Rate   float64
		hidden int
	}
	type outer struct {
		Base base
		When time.Duration
		Data []float64
	}
	b := Represent([]row{{base{7}, "<script>", 1.5, 1}, {base{8}, "b", 1.0 / 3, 2}})
	if got, want := b.Data[MIMEText], "   ID  Name          Rate\n0   7  <script>       1.5\n1   8  b         0.333333"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if h := b.Data[MIMEHTML].(string); !strings.Contains(h, "<table") || !strings.Contains(h, "&lt;script&gt;") || strings.Contains(h, "<script>") {
		t.Error(h)
	}
	b = Represent([]*outer{{base{1}, time.Minute, make([]float64, 50)}, nil})
	if got, want := b.Data[MIMEText].(string), "1m0s"; !strings.Contains(got, want) || !strings.Contains(got, "(50 values)") || !strings.Contains(got, "{ID: 1}") {
		t.Errorf("%s\nlacks %s", got, want)
	}
	long := Represent(make([]row, 12_345)).Data
	if lines := strings.Count(long[MIMEText].(string), "\n"); lines > rowLimit+5 || !strings.HasSuffix(long[MIMEText].(string), "12,345 rows × 3 columns") {
		t.Errorf("a long table has %d lines:\n%s", lines, long[MIMEText])
	}
	for _, v := range []any{[]time.Time{{}}, []int{1}, []struct{ x int }{{1}}, map[string]int{}, []row{}} {
		if h, ok := Represent(v).Data[MIMEHTML]; ok {
			t.Errorf("%T is shown as %s", v, h)
		}
	}
	if h, ok := Represent(map[string]int{"a<": 1}).Data[MIMEHTML].(string); !ok || !strings.Contains(h, "a&lt;") {
		t.Errorf("a map is shown as %s", h)
	}
}

func TestMatrices(t *testing.T) {
	b := Represent(mat.NewDense(2, 2, []float64{1, 1e-9, math.NaN(), math.Inf(-1)}))
	if got, want := b.Data[MIMEText], "⎡  1  1e-09⎤\n⎣NaN   -Inf⎦"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := b.Data[MIMELaTeX], `$$\begin{bmatrix}1 & 1\cdot 10^{-9} \\ \mathrm{NaN} & -\infty\end{bmatrix}$$`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if h := b.Data[MIMEHTML].(string); strings.Count(h, "<td") != 4 {
		t.Error(h)
	}
	large := Represent(mat.NewVecDense(500, nil)).Data[MIMEText].(string)
	if strings.Count(large, "\n") != 10 || !strings.HasSuffix(large, "500 × 1 matrix") || !strings.Contains(large, "⋮") {
		t.Error(large)
	}
	for _, v := range []any{&mat.Dense{}, (*mat.Dense)(nil), mat.NewTriDense(2, mat.Upper, nil)} {
		if Represent(v).Data[MIMEText] == "" {
			t.Errorf("%T has no text", v)
		}
	}
}

func TestImages(t *testing.T) {
	img := image.NewRGBA(image.Rect(5, 5, 35, 25))
	img.Set(6, 6, color.White)
	b := Represent(img)
	decoded, format, err := image.Decode(strings.NewReader(string(b.Data[MIMEPNG].([]byte))))
	if err != nil || format != "png" || decoded.Bounds().Size() != image.Pt(30, 20) {
		t.Fatalf("%v %v", format, err)
	}
	if _, green, _, alpha := decoded.At(1, 1).RGBA(); green != 0xffff || alpha != 0xffff {
		t.Errorf("the white pixel became %v", decoded.At(1, 1))
	}
	if b.Data[MIMEText] != "image of 30 × 20 pixels" {
		t.Error(b.Data[MIMEText])
	}
	if b := Represent(picture{img}); b.Data[MIMEText] != "image of 30 × 20 pixels" || !bytes.Equal(b.Data[MIMEPNG].([]byte), Represent(img).Data[MIMEPNG].([]byte)) {
		t.Errorf("image of a cell's type is %v", b.Data[MIMEText])
	}
	if b := Represent(image.NewGray(image.Rectangle{})); b.Data[MIMEText] != "empty image" || len(b.Data) != 1 {
		t.Error(b.Data)
	}
	if b := Represent(PNG(b.Data[MIMEPNG].([]byte))); b.Data[MIMEText] != "PNG picture of 30 × 20 pixels" {
		t.Error(b.Data[MIMEText])
	}
}

func TestVegaLite(t *testing.T) {
	for _, spec := range []any{
		`{"mark": "bar", "title": "rates"}`, []byte(`{"mark": "bar", "title": "rates"}`),
		map[string]any{"mark": "bar", "title": "rates"},
	} {
		b, err := VegaLite(spec)
		var document map[string]any
		if err == nil {
			err = json.Unmarshal(b.Data[MIMEVegaLite].(json.RawMessage), &document)
		}
		if err != nil || document["mark"] != "bar" || !strings.Contains(document["$schema"].(string), "vega-lite/v5") ||
			b.Data[MIMEText] != "Vega-Lite plot “rates”" {
			t.Errorf("%v: %v, %v", spec, b, err)
		}
	}
	for _, spec := range []any{"", "[]", "{", 5, func() {}} {
		if b, err := VegaLite(spec); err == nil {
			t.Errorf("%v became %v", spec, b)
		}
	}
}
