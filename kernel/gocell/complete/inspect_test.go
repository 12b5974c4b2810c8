package complete

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestInspect(t *testing.T) {
	for _, c := range []struct {
		marked string
		detail int
		want   string // separated by |, all in the plain text
	}{
		{"fmt.Print‸ln(3)", 0, "func Println(a ...any) (n int, err error)|from fmt|Println formats using the default formats"},
		{"fmt.Println(‸", 0, "func Println(a ...any)"},
		{"fmt.Println(3, ‸)", 0, "func Println(a ...any)"},
		{"fmt.Println(3)‸", 0, "func Println(a ...any)"},
		{"must(adex.Simulate(‸", 0, "func Simulate(ctx context.Context|from hillock/stdlib/adex"},
		{"must(adex.Simulate(ctx, adex.Params{C: 100, ‸", 0, "type Params struct|pF"},
		{"p := adex.Params{G‸L: 10}", 0, "GL float64|field of adex.Params|nS"},
		{"params.V‸T", 0, "VT float64|field of adex.Params|mV"},
		{"b := adex.Batch{}; b.Stim‸ulus", 0, "field of adex.Batch|all runs"},
		{"first.Ra‸te", 0, "Rate float64|field of Neuron"},
		{"tra‸ces", 0, "var traces []float64|= [-70 -69.5 …] (1000 values)"},
		{"traces := 3\ntra‸ces", 0, "var traces int|!= [-70"},
		{"para‸ms", 0, "var params adex.Params|Params"},
		{"para‸ms", 1, "var params adex.Params|type Params struct|Rheobase("},
		{"first.Spi‸ke(3)", 0, "Spike(at float64) bool"},
		{"first.Re‸set(3)", 0, "Reset(to float64)"},
		{"Me‸an(traces)", 0, "func Mean(xs []float64) float64|Mean gives the mean of what xs holds.|!math.NaN"},
		{"Me‸an(traces)", 1, "func Mean(xs []float64) float64 { return math.NaN() }"},
		{"Neur‸on{}", 0, "type Neuron struct|methods: Reset, Spike"},
		{"Neur‸on{}", 1, "func (Neuron) Spike(at float64) bool"},
		{"ad‸ex.Params{}", 0, "import \"hillock/stdlib/adex\"|AdEx"},
		{"ad‸ex.Params{}", 1, "type Params struct|func Simulate("},
		{"strings.Fie‸lds(\"x\")", 0, "func Fields(s string) []string"},
		{"stri‸ngs", 0, "import \"strings\"|simple functions to manipulate"},
		{"import \"math/ra‸nd\"", 0, "import \"math/rand\"|pseudo-random"},
		{"math.P‸i", 0, "const Pi = 3.14159|from math"},
		{"os.O_TR‸UNC", 0, "const O_TRUNC int =|truncate"},
		{"app‸end(traces, 1)", 0, "func append(slice []Type, elems ...Type) []Type|appends elements"},
		{"var x float‸64", 0, "type float64|IEEE 754"},
		{"mu‸st(1, nil)", 0, "func must[T any](v T, err error) T|here: func(v int, err error) int"},
		{"slices.Sor‸t(traces)", 0, "func Sort[S ~[]E, E cmp.Ordered](x S)|here: func(x []float64)|from slices"},
		{"for name, n := range neurons { n‸ }", 0, "var n *Neuron"},
		{"switch x := any(first).(type) {\ncase Neuron:\n\tx‸.Spike(2)\n}", 0, "var x Neuron"},
		{"d := mat.NewDense(2, 2, nil)\nd.Mu‸l(d, d)", 0, "func (m *Dense) Mul(a, b Matrix)|Mul takes the matrix product"},
		{"%ti‸me x", 0, "runs the statement"},
		{"%doc mat.New‸Dense", 0, "func NewDense(r, c int, data []float64) *Dense"},
		{"日本 := 3; 日‸本", 0, "var 日本 int"},
		{"fmt.Println(3, \"t‸\")", 0, ""},
		{"x := 1 // tra‸ces", 0, ""},
		{"nosuch‸", 0, ""},
		{"fmt.NoSuch‸", 0, ""},
		{"‸", 0, ""},
	} {
		code, at := cursor(t, c.marked)
		d, ok := Inspect(newSession(t), code, at, c.detail)
		if ok != (c.want != "") {
			t.Errorf("%q: found %v: %s", c.marked, ok, d.Plain)
			continue
		}
		for _, part := range strings.Split(c.want, "|") {
			if strings.HasPrefix(part, "!") {
				if strings.Contains(d.Plain, part[1:]) {
					t.Errorf("%q has %q:\n%s", c.marked, part[1:], d.Plain)
				}
			} else if !strings.Contains(d.Plain, part) {
				t.Errorf("%q lacks %q:\n%s", c.marked, part, d.Plain)
			}
		}
	}
}

func TestInspectMarkdown(t *testing.T) {
	d, _ := Inspect(newSession(t), "fmt.Println", 11, 0)
	if !strings.HasPrefix(d.Markdown, "```go\nfunc Println(a ...any) (n int, err error)\n```\n") {
		t.Errorf("markdown is %q", d.Markdown)
	}
	d, _ = Inspect(newSession(t), "slices.SortFunc", 15, 0)
	if strings.Contains(d.Markdown, "](/") || strings.Contains(d.Markdown, "](#") {
		t.Errorf("a link leads nowhere: %q", d.Markdown)
	}
}

func TestDoc(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"adex", "import \"hillock/stdlib/adex\""},
		{"math/rand/v2", "func NewPCG(seed1 uint64, seed2 uint64) *PCG"},
		{"math/rand/v2.PCG", "A PCG is a PCG generator"},
		{"adex.Params", "type Params struct"},
		{"adex.Params.C", "pF"},
		{"mat.Dense.Mul", "Mul takes the matrix product"},
		{"fmt.Println?", "func Println"},
		{"fmt.Println??", "func Println"},
		{"traces", "var traces []float64"},
		{"first.Rate", "Rate float64"},
		{"Neuron.Spike", "Spike(at float64) bool"},
		{"len", "func len(v Type) int"},
		{"%time", "runs the statement"},
		{"rand.NormFloat64", "standard normal"},
		{"nosuch", ""},
		{"no/such", ""},
		{"no/such.Thing", ""},
		{"", ""},
		{"?", ""},
	} {
		d, ok := Doc(newSession(t), c.name)
		if ok != (c.want != "") || !strings.Contains(d.Plain, c.want) {
			t.Errorf("%s: %v\n%s", c.name, ok, d.Plain)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, seed := range []string{"fmt.Println(‸", "a.b.c(‸)", "x{‸}", "%doc ‸", "import \"‸\"", "日‸本", "f(\xff‸", "a?‸"} {
		code, at := cursor(f, seed)
		f.Add(code, at)
	}
	state := newSession(f)
	f.Fuzz(func(t *testing.T, code string, at int) {
		for detail := range 2 {
			d, ok := Inspect(state, code, at, detail)
			if ok && d.Plain == "" {
				t.Error("found, but nothing to show")
			}
			if utf8.ValidString(code) && !utf8.ValidString(d.Plain) {
				t.Errorf("%q is not text", d.Plain)
			}
		}
		Doc(state, code)
	})
}

func BenchmarkInspect(b *testing.B) {
	state := newSession(b)
	code, at := cursor(b, "run := must(adex.Simul‸ate(ctx, adex.Params{C: 100}, adex.Step{}, adex.Options{}))")
	for b.Loop() {
		if _, ok := Inspect(state, code, at, 0); !ok {
			b.Fatal("nothing found")
		}
	}
}
