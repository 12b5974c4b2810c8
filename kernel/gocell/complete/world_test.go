package complete

import (
	"fmt"
	"strings"
	"testing"

	"hillock/kernel/gocell"
	"hillock/stdlib/symbols"
)

// The state of a real session has what earlier cells declared, with its
// comments, sources and values.
func TestWorld(t *testing.T) {
	world := gocell.NewWorld(gocell.Config{Importer: symbols.Importer()})
	for i, code := range []string{
		"import \"strings\"\n\n// Cell is a cell.\ntype Cell struct{ Rate float64 }\n\n// Twice doubles.\nfunc Twice(x float64) float64 { return 2 * x }",
		"/* " + strings.Repeat("far down ", 1000) + "*/ first := Cell{Rate: 3}\nx := Twice(first.Rate)",
		"func (c Cell) Double() float64 { return Twice(c.Rate) }",
	} {
		c, err := world.Check("cell", i+1, code)
		if err != nil {
			t.Fatalf("cell %d: %v", i+1, err)
		}
		c.Commit()
	}
	state := Of(world, func(name string) (string, bool) { return "value of " + name, true })
	for _, c := range []struct{ marked, want string }{
		{"firs‸", "first"},
		{"first.‸", "Rate Double"},
		{"Twi‸", "Twice"},
		{"strings.ToU‸", "ToUpper"},
		{"c‸", "ctx"},
		{"mus‸", "must"},
		{"y := x; y‸", "y"},
		{"c := Cell{‸", "Rate"},
		{"func (c *Cell) Half() float64 { return c.Ra‸ }", "Rate"},
		{"func Twice(z Cell) Cell { return z.‸ }", "Rate"},
	} {
		code, at := cursor(t, c.marked)
		texts := map[string]bool{}
		for _, m := range At(state, code, at).Matches {
			texts[m.Text] = true
		}
		for _, want := range strings.Fields(c.want) {
			if !texts[want] {
				t.Errorf("%q does not propose %s: %v", c.marked, want, texts)
			}
		}
	}
	for _, c := range []struct{ marked, want string }{
		{"firs‸t", "var first Cell|value of first"},
		{"Twi‸ce(3)", "func Twice(x float64) float64|Twice doubles.|return 2 * x"},
		{"Cel‸l{}", "type Cell struct{ Rate float64 }|Cell is a cell."},
		{"first.Doub‸le()", "Double() float64"},
	} {
		code, at := cursor(t, c.marked)
		d, _ := Inspect(state, code, at, 1)
		for _, want := range strings.Split(c.want, "|") {
			if !strings.Contains(d.Plain, want) {
				t.Errorf("%q lacks %q:\n%s", c.marked, want, d.Plain)
			}
		}
	}
}

// Completion may be asked for while a cell gives a type of an earlier cell
// another method.
func TestCompletionBesideCheck(t *testing.T) {
	world := gocell.NewWorld(gocell.Config{Importer: symbols.Importer()})
	run := func(count int, code string) error {
		c, err := world.Check("cell", count, code)
		if err == nil {
			c.Commit()
		}
		return err
	}
	if err := run(1, "type Cell struct{ Rate float64 }\nvar c Cell"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		for i := range 20 {
			if err := run(2+i, fmt.Sprintf("func (c Cell) M%d() float64 { return c.Rate }", i)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if got := len(At(Of(world, nil), "c.M", 3).Matches); got != 20 {
				t.Errorf("%d methods, want 20", got)
			}
			return
		default:
			At(Of(world, nil), "c.M", 3)
			Inspect(Of(world, nil), "c.M3", 4, 1)
		}
	}
}
