package interp

import (
	"strings"
	"testing"
)

// TestForgottenErrorsAreNoted: of the project's packages, each once a cell, and
// nothing changes where there is none, or where the error is taken.
func TestForgottenErrorsAreNoted(t *testing.T) {
	b := newBook(t)
	b.want(`import "hillock/stdlib/sbi"; import "os"; import "errors"
p := sbi.BoxUniform([]float64{0}, []float64{1})
inf, err := sbi.NewNPE(p, sbi.Options{Quiet: true})
for range 3 {
	inf.Train(ctx)
}
sbi.LoadPosterior("nowhere")
os.Remove("nowhere")
func own() error { return errors.New("mine") }
own()
"end"`, `"end"`)
	if len(b.noted) != 2 || !strings.HasPrefix(b.noted[0], "inf.Train failed, and nothing looks at its error: sbi: ") ||
		!strings.HasPrefix(b.noted[1], "sbi.LoadPosterior failed") || !strings.Contains(b.noted[1], "must(sbi.LoadPosterior(…))") {
		t.Errorf("noted %q", b.noted)
	}
	b.noted = nil
	b.want(`_, err = inf.Train(ctx)
inf.Append(nil, nil)
func() { defer inf.Train(ctx) }()
err != nil`, `true`)
	if len(b.noted) != 0 {
		t.Errorf("noted %q", b.noted)
	}
	b.noted = nil
	b.want(`inf.Train(ctx)
1`, `1`)
	if len(b.noted) != 1 {
		t.Errorf("noted %q in another cell", b.noted)
	}
}

// TestLookingBeforeTheFirstCellChangesNothing: completion and inspection see ctx and
// must, which no cell has used yet.
func TestLookingBeforeTheFirstCellChangesNothing(t *testing.T) {
	for name, code := range map[string]string{"must": "import \"strconv\"\nmust(strconv.Atoi(\"3\"))", "ctx": "ctx.Err() == nil"} {
		b := newBook(t)
		seen := map[string]bool{}
		for range 2 {
			for _, d := range b.session.State().Objects() {
				seen[d.Object.Name()] = true
			}
		}
		if !seen["ctx"] || !seen["must"] {
			t.Errorf("seen are %v", seen)
		}
		b.want(code, map[string]string{"must": "3", "ctx": "true"}[name])
		b.session.State().Objects()
		b.want(code, map[string]string{"must": "3", "ctx": "true"}[name])
	}
}
