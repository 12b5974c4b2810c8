package interp

import (
	"errors"
	"testing"
)

func TestHintsOfCompileErrors(t *testing.T) {
	b := newBook(t)
	b.want(`import (old "math/rand"; "math/rand/v2"; "net/http"; "strconv"; "hillock/stdlib/sbi"; "hillock/stdlib/viz")
var (
	inf *sbi.Inference
	post *sbi.Posterior
	random *rand.Rand
	other *old.Rand
)
func two() (int, error) { return 1, nil }
func three() (int, string, error) { return 1, "", nil }
func pair() (int, string) { return 1, "" }
func take(n int) int { return n }
stale := func(theta []float64, rng *old.Rand) ([]float64, error) { return theta, nil }
plain := func(theta []float64, rng *rand.Rand) ([]float64, error) { return theta, nil }`, "")
	packages := "rand.Rand is of \"math/rand\", while sbi.SimulatorFunc has that of \"math/rand/v2\": import \"math/rand/v2\" instead"
	must := func(call, what string) string {
		return "write must(" + call + "): it gives the " + what + " without the error, which ends the cell if there is one"
	}
	tests := []struct{ code, hint string }{
		{"sbi.SimulatorFunc(func(theta []float64, rng *old.Rand) ([]float64, error) { return nil, nil })", packages},
		{"var s sbi.SimulatorFunc = stale", packages},
		{"inf.Round(ctx, stale, 10)", packages + "; then wrap it: sbi.SimulatorFunc(stale)"},
		{"random = other", "rand.Rand is of \"math/rand\", while what is wanted has that of \"math/rand/v2\": import \"math/rand/v2\" instead"},
		{"inf.Round(ctx, plain, 10)", "wrap it: sbi.SimulatorFunc(plain)"},
		{"inf.Round(ctx, func(p []float64, r *rand.Rand) ([]float64, error) { return p, nil }, 10)", "wrap it: sbi.SimulatorFunc(…)"},
		{"[]sbi.Simulator{plain}", "wrap it: sbi.SimulatorFunc(plain)"},
		{"http.Handle(`/`, func(w http.ResponseWriter, r *http.Request) {})", "wrap it: http.HandlerFunc(…)"},
		{"inf.Round(ctx, take, 10)", ""},
		{"inf.Round(ctx, 3, 10)", ""},
		{"sbi.SimulatorFunc(take)", ""},
		{"random = 3", ""},
		{"viz.PairPlot(post.Sample(ctx, 100))", must("post.Sample(…)", "value")},
		{"s := post.Sample(ctx, 100)", must("post.Sample(…)", "value")},
		{"post.Sample(ctx, 100).Len()", must("post.Sample(…)", "value")},
		{"a, b := three()", must("three()", "values")},
		{"a := three()", ""},
		{"a := pair()", ""},
		{"1 + two()", must("two()", "value")},
		{"take(strconv.Atoi(`1`))", must("strconv.Atoi(…)", "value")},
		{"func f() int { return two() }", must("two()", "value")},
		{"func f() (int, string) { return three() }", must("three()", "values")},
		{"take(1, 2)", ""},
		{"take(pair())", ""},
		{"take(missing())", ""},
		{"must := 1\na := two()", ""},
	}
	for _, test := range tests {
		_, err := b.run(test.code)
		var refused *CompileError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v, want a compile error", test.code, err)
		} else if got := refused.Diagnostics[0].Hint; got != test.hint {
			t.Errorf("%s\n%v\nhint %q\nwant %q", test.code, err, got, test.hint)
		}
	}
}
