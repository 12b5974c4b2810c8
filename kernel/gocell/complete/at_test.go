package complete

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// cursor divides a text at its mark ‸ and gives the cursor in code points.
func cursor(t testing.TB, marked string) (code string, at int) {
	t.Helper()
	before, after, ok := strings.Cut(marked, "‸")
	if !ok {
		t.Fatalf("no cursor in %q", marked)
	}
	return before + after, utf8.RuneCountInString(before)
}

// has says how a list of matches differs from what is wanted: names in order,
// a name with ! in front must not be there.
func check(t *testing.T, marked string, want string) {
	t.Helper()
	code, at := cursor(t, marked)
	got := At(newSession(t), code, at)
	index := map[string]int{}
	var texts []string
	for i, m := range got.Matches {
		index[m.Text] = i
		texts = append(texts, m.Text)
	}
	if len(texts) > 25 {
		texts = append(texts[:25], "…")
	}
	last := -1
	for _, name := range strings.Fields(want) {
		if strings.HasPrefix(name, "!") && name != "!" {
			if _, ok := index[name[1:]]; ok {
				t.Errorf("%q proposes %s: %v", marked, name[1:], texts)
			}
			continue
		}
		i, ok := index[name]
		if !ok {
			t.Errorf("%q does not propose %s: %v", marked, name, texts)
			continue
		}
		if i < last {
			t.Errorf("%q proposes %s too early: %v", marked, name, texts)
		}
		last = i
	}
	if want == "" && len(texts) > 0 {
		t.Errorf("%q proposes %v", marked, texts)
	}
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct{ marked, want string }{
		// Members of packages, imported by the session, the cell or nobody yet.
		{"fmt.‸", "Append Print Println !print"},
		{"fmt.Prin‸", "Print Printf Println Fprint !Errorf"},
		{"fmt.prinl‸", "!Print"},
		{"fmt.println‸", "Println Fprintln"},
		{"import \"strings\"\nstrings.ToU‸", "ToUpper ToUpperSpecial"},
		{"import (\n\tst \"strings\"\n)\nst.ToU‸", "ToUpper"},
		{"strings.ToU‸", "ToUpper"},
		{"rand.‸", "ChaCha8 N NormFloat64 !Reader"},
		{"x := rand.New‸", "New NewPCG"},
		{"var p plot.‸", "Axis Plot !New"},
		{"mat.NewD‸", "NewDense NewDiagDense"},
		{"mat.nd‸", "NewDense"},

		// Packages.
		{"strin‸", "strings"},
		{"x := strin‸", "string strings"},
		{"fm‸", "fmt"},
		{"import \"math/‸\"", "math/big math/bits math/rand math/rand/v2 !fmt"},
		{"import \"hillock/stdlib/a‸", "hillock/stdlib/adex"},
		{"import (\n\t\"fmt\"\n\tm \"gonum.org/v1/gonum/ma‸\n)", "gonum.org/v1/gonum/mat"},
		{"x := \"math/‸\"", ""},

		// Fields and methods, promoted ones too.
		{"first.‸", "Base label Rate Spike Depth Reset"},
		{"neurons[\"a\"].‸", "Rate Spike Depth Reset"},
		{"n := &first\nn.Sp‸", "Spike"},
		{"for name, n := range neurons {\n\tn.‸\n}", "Rate Spike"},
		{"for name, n := range neurons {\n\tn.‸", "Rate Spike"},
		{"for name, n := range neurons {\n\tn.‸\nx := 3\nfmt.Println(x)", "Rate Spike"},
		{"x := must(adex.Simulate(ctx, params, adex.Step{}, adex.Options{}))\nx.‸", "V"},
		{"must(adex.Simulate(ctx, params, adex.Step{}, adex.Options{})).‸", "V"},
		{"ctx.‸", "Deadline Done Err Value"},
		{"Neuron.‸", "Spike !Rate"},
		{"(*Neuron).‸", "Spike"},
		{"f := func(n *Neuron) { n.‸ }", "Rate Spike"},
		{"func f(n *Neuron) bool { return n.Sp‸ }", "Spike"},
		{"func f(n *Neuron) bool {\n\tif n.‸", "Rate Spike"},
		{"func (n *Neuron) Twice() float64 { return n.‸ }", "Rate Spike"},
		{"if err := fmt.Errorf(\"x\"); err.‸", "Error"},
		{"defer first.‸", "Spike Reset"},
		{"go first.Re‸", "Reset"},
		{"fmt.Println(first.‸", "Rate Spike"},
		{"fmt.Println(first.‸)\nmore := 3", "Rate Spike"},
		{"switch x := any(first).(type) {\ncase Neuron:\n\tx.‸\n}", "Rate Spike"},
		{"x := struct{ A, B int }{}\nx.‸", "A B"},
		{"type T struct{ A int }\nfunc (t T) M() {}\nvar t T\nt.‸", "A M"},
		{"import \"time\"\ntime.Now().Un‸", "Unix UnixMilli"},
		{"3.‸", ""},
		{"x := 1.5‸", ""},
		{"fmt.Sprint(3).‸", ""},
		{"fmt.Println().‸", ""},

		// Names that can be seen.
		{"alpha := 1\nal‸", "alpha"},
		{"al‸\nalpha := 1", "!alpha"},
		{"func f(gain float64) float64 { return ga‸ }", "gain"},
		{"func f() {\n\tfor step := range 3 {\n\t\tgo func() { st‸ }()\n\t}\n}", "step struct"},
		{"{\n\tinner := 1\n}\ninn‸", "!inner"},
		{"func f(x float64) {\n\tvar total float64\n\ttot‸", "total"},
		{"tra‸", "traces"},
		{"Me‸", "Mean"},
		{"mu‸", "must"},
		{"le‸", "len"},
		{"gain := 2.0\nfunc f() { ga‸ }", "gain"},
		{"const limit = 3\nlim‸", "limit"},
		{"fun‸", "func"},
		{"for i := ra‸", "range"},
		{"x := 1 // tra‸", ""},
		{"/* tra‸ */", ""},
		{"x := 't‸'", ""},
		{"func tra‸", ""},
		{"var tra‸", ""},
		{"tra‸ := 3", ""},
		{"hillock_‸", ""},

		// What fits comes first.
		{"Mean(‸)", "traces count Mean"},
		{"Mean(‸", "traces count Mean"},
		{"first.Rate = ‸", "Mean count"},
		{"neurons[‸]", "!strings"},
		{"var k int = ‸", "count traces"},
		{"func f() []float64 { return ‸ }", "traces count"},

		// Types.
		{"var x Ne‸", "Neuron !neurons"},
		{"func f(n *Ne‸", "Neuron"},
		{"type T struct { n ‸ }", "Neuron !traces"},
		{"x := []Ne‸", "Neuron"},
		{"y := any(1).(Neu‸)", "Neuron"},
		{"var p adex.Par‸", "Params"},

		// Fields of literals.
		{"p := adex.Params{‸", "C GL EL"},
		{"p := adex.Params{‸}", "C GL EL !traces"},
		{"p := adex.Params{C: 100, ‸}", "GL EL !C"},
		{"p := adex.Params{C: 100,\n\t‸\n}", "GL EL !C"},
		{"p := adex.Params{C: 100, G‸", "GL !C"},
		{"p := &adex.Params{V‸}", "VT Vr"},
		{"x := must(adex.Simulate(ctx, adex.Params{C: 1, ‸", "GL !C"},
		{"n := Neuron{‸}", "Rate label Base"},
		{"n := []Neuron{{Ra‸}}", "Rate"},
		{"n := map[string]*Neuron{\"a\": {Ra‸}}", "Rate"},
		{"n := Neuron{Rate: cou‸}", "count !label"},
		{"n := Neuron{Rate: ‸}", "Mean !label"},

		// Labels.
		{"outer:\n\tfor {\n\t\tbreak ou‸\n\t}", "outer"},
		{"func f() {\nagain:\n\tgoto ‸\n}", "again"},

		// Cells that do not parse elsewhere.
		{"x := )\ny := 3\nfirst.‸", "Rate Spike"},
		{"x := = 3\nfirst.‸", "Rate Spike"},
		{"foo(\n\ny := 3\nfirst.‸", "Rate Spike"},
		{"func broken() { x := := 3 }\nbro‸", "broken"},
		{"if count > 2 {\n\tfirst.‸", "Rate Spike"},
		{"if count > 2 {\n} else if first.‸", "Rate Spike"},
		{"switch {\ncase first.‸", "Rate Spike"},
		{"select {\ncase <-ctx.‸", "Done"},
		{"for i := 0; i < first.‸", "Rate Spike"},
		{"f := func() {\n\tfirst.‸\n", "Rate Spike"},

		// Over several lines.
		{"x := strings.NewReplacer(\"a\", \"b\").\n\tRepl‸", "Replace"},
		{"fmt.Println(\n\tfirst.‸,\n\tcount,\n)", "Rate Spike"},
		{"must(adex.Simulate(ctx, adex.Params{\n\tC: 100,\n\tG‸\n}, adex.Step{}, adex.Options{}))", "GL"},
		{"simulate := func(theta []float64) float64 {\n\tth‸", "theta"},
		{"slices.SortFunc(traces, func(a, b float64) int {\n\tif first.‸\n", "Rate"},
		{"for _, x := range []Neuron{first} {\n\tx.‸\n}\nfmt.Println()", "Rate"},
		{"for _, x := range []Neuron{first} {\n\tx.‸", "Rate"},
		{"if n, ok := neurons[\"a\"]; ok {\n\tn.‸", "Rate"},
		{"var x = map[string]func(n Neuron) float64{\n\t\"a\": func(n Neuron) float64 { return n.‸ },\n}", "Rate"},
		{"go func() {\n\tdefer first.Re‸\n}()", "Reset"},
		{"x, err := must(adex.Simulate(ctx, params, adex.Step{}, adex.Options{})), 3; x.‸", "V"},
		{"c := make(chan Neuron); (<-c).‸", "Rate"},
		{"f := Neuron{}.Spike; f(cou‸)", "count"},

		// Magics.
		{"%ti‸", "%time %timeit"},
		{"%‸", "%cd %doc %env %help"},
		{"%doc fmt.Prin‸", "Print Println"},
		{"%doc adex.Params.‸", "C"},
		{"%time fmt.Prin‸", "Print"},
		{"%timeit tra‸", "traces"},
		{"!ls tra‸", ""},
		{"%time\nfirst.‸", "Rate"},
		{"x := 10\nx = x\n%vars\nfirst.‸", "Rate"},
		{"x := 7 +\n!tra‸", "traces"},
	} {
		check(t, c.marked, c.want)
	}
}

func TestRange(t *testing.T) {
	for _, c := range []struct {
		marked     string
		start, end int
	}{
		{"fmt.Pri‸", 4, 7},
		{"fmt.Pri‸ntln", 4, 11},
		{"fmt.‸", 4, 4},
		{"日本 := \"🎉\"\nfmt.Pri‸", 14, 17},
		{"x := \"日本🎉\"; fmt.‸Pri", 16, 19},
		{"日本‸", 0, 2},
		{"\xff\xfe; fmt.Pri‸", 8, 11},
		{"import \"math/ra‸nd\"", 8, 17},
		{"  %ti‸me x", 2, 7},
		{"%doc 日.Pri‸", 7, 10},
	} {
		code, at := cursor(t, c.marked)
		got := At(newSession(t), code, at)
		if got.Start != c.start || got.End != c.end {
			t.Errorf("%q: range %d to %d, want %d to %d", c.marked, got.Start, got.End, c.start, c.end)
		}
	}
}

func TestUnicodeNamesComplete(t *testing.T) {
	check(t, "日本語 := \"🎉\"\nτ_w := 日‸", "日本語")
	check(t, "s := \"日本🎉\"; s2 := fmt.Sprin‸", "Sprint Sprintln")
}

func TestKindsAndSignatures(t *testing.T) {
	for _, c := range []struct {
		marked string
		want   Match
	}{
		{"fmt.Printl‸", Match{"Println", Function, "func(a ...any) (n int, err error)"}},
		{"math.P‸", Match{"Pi", Constant, "= 3.14159"}},
		{"adex.Para‸", Match{"Params", Type, "struct"}},
		{"trac‸", Match{"traces", Variable, "[]float64"}},
		{"neuro‸", Match{"neurons", Variable, "map[string]*Neuron"}},
		{"first.Ra‸", Match{"Rate", Field, "float64"}},
		{"first.Sp‸", Match{"Spike", Method, "func(at float64) bool"}},
		{"adex.Params{G‸}", Match{"GL", Field, "float64"}},
		{"strin‸", Match{"strings", Package, "strings"}},
		{"rand‸", Match{"rand", Package, "math/rand/v2"}},
		{"retur‸", Match{"return", Keyword, ""}},
		{"%tim‸", Match{"%time", Magic, ""}},
		{"os.O_RDO‸", Match{"O_RDONLY", Constant, "int = 0"}},
		{"http.MethodG‸", Match{"MethodGet", Constant, "= \"GET\""}},
		{"Mea‸", Match{"Mean", Function, "func(xs []float64) float64"}},
	} {
		code, at := cursor(t, c.marked)
		got := At(newSession(t), code, at)
		found := false
		for _, m := range got.Matches {
			found = found || m == c.want
		}
		if !found {
			t.Errorf("%q: no %v in %v", c.marked, c.want, got.Matches)
		}
	}
}

func TestScore(t *testing.T) {
	for _, c := range []struct {
		typed   string
		in, out []string // names that continue it, best first, and that do not
	}{
		{"New", []string{"NewDense", "newline"}, []string{"Renew"[:2]}},
		{"nd", []string{"ndarray", "NDim", "NewDense"}, []string{"Dense", "Number"}},
		{"sv", []string{"SparseVector", "svd"[:0] + "SVD"}, []string{"Save"}},
		{"logis", []string{"Logistic", "MultiLogistic"}, []string{"Log"}},
	} {
		for _, name := range c.in {
			if score(c.typed, name) == 0 {
				t.Errorf("%s does not lead to %s", c.typed, name)
			}
		}
		for _, name := range c.out {
			if score(c.typed, name) != 0 {
				t.Errorf("%s leads to %s", c.typed, name)
			}
		}
	}
}

func FuzzAt(f *testing.F) {
	for _, seed := range []string{
		"fmt.‸", "for i := range x {\n\ty.‸", "%doc ‸", "import \"‸", "func f(‸", "switch x := y.(type) { case ‸", "a{‸", "日本🎉.‸",
		"if x {‸", "`‸", "type T[‸", "x.(‸", "go func(‸", "\xff‸", "}‸{", "‸!", "!‸", "%cd‸", "%time‸\n!", "a[‸:", "func (‸", "var x, ‸ = ",
	} {
		code, at := cursor(f, seed)
		f.Add(code, at)
	}
	state := newSession(f)
	f.Fuzz(func(t *testing.T, code string, at int) {
		c := At(state, code, at)
		if n := utf8.RuneCountInString(code); c.Start < 0 || c.Start > c.End || c.End > n {
			t.Errorf("range %d to %d of %d", c.Start, c.End, n)
		}
	})
}

func BenchmarkAt(b *testing.B) {
	state := newSession(b)
	code, at := cursor(b, earlier[len("package main\n"):]+"\nrun := must(adex.Simulate(ctx, adex.Params{C: 100, ‸}, adex.Step{}, adex.Options{}))\n")
	for b.Loop() {
		At(state, code, at)
	}
}
