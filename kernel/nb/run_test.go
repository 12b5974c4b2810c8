package nb

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// script is a language whose cells are names of Go functions.
type script struct {
	server.Language
	cells map[string]func(ctx context.Context, out server.Output) server.Result
	ran   []string
}

func (s *script) Info() server.Info { return server.Info{Name: "go", Version: "1.26"} }

func (s *script) Execute(ctx context.Context, c server.Cell, out server.Output) server.Result {
	s.ran = append(s.ran, c.Code)
	if f := s.cells[c.Code]; f != nil {
		return f(ctx, out)
	}
	return server.Result{}
}

func textBundle(s string) server.Bundle { return server.Bundle{Data: map[string]any{"text/plain": s}} }

func barOf(s string, done bool) server.Bundle {
	b := textBundle(s)
	b.Metadata = map[string]any{notebook.ProgressKey: map[string]any{"done": done}}
	return b
}

func codeCells(sources ...string) *Notebook {
	n := &Notebook{}
	for _, s := range sources {
		n.Cells = append(n.Cells, &Cell{Type: Code, Source: s, Count: 9, Outputs: []*Output{{Type: Stream, Text: "old"}}})
	}
	return n
}

// summary tells what a cell's outputs hold.
func summary(c *Cell) []string {
	var list []string
	for _, o := range c.Outputs {
		s := o.Text + o.ErrorName
		if o.Data != nil {
			s, _ = o.Data["text/plain"].(string)
		}
		list = append(list, string(o.Type)+" "+o.Name+s)
	}
	return list
}

func TestRunRecords(t *testing.T) {
	language := &script{cells: map[string]func(context.Context, server.Output) server.Result{
		"streams": func(_ context.Context, out server.Output) server.Result {
			out.Stream("stdout", "a")
			out.Stream("stdout", "b\n")
			out.Stream("stderr", "c")
			out.Stream("stdout", "d")
			v := textBundle("42")
			return server.Result{Value: &v}
		},
		"displays": func(_ context.Context, out server.Output) server.Result {
			out.Display(textBundle("one"), "id")
			out.Display(textBundle("two"), "")
			out.Display(textBundle("one again"), "id")
			out.Update(textBundle("three"), "id")
			out.Update(textBundle("nobody's"), "other")
			return server.Result{}
		},
		"from another cell": func(_ context.Context, out server.Output) server.Result {
			out.Update(textBundle("four"), "id")
			return server.Result{}
		},
		"clear": func(_ context.Context, out server.Output) server.Result {
			out.Stream("stdout", "gone")
			out.Clear(false)
			out.Stream("stdout", "gone, too")
			out.Clear(true)
			out.Stream("stdout", "left")
			return server.Result{}
		},
		"clear at the end": func(_ context.Context, out server.Output) server.Result {
			out.Stream("stdout", "left")
			out.Clear(true)
			return server.Result{}
		},
		"endless": func(_ context.Context, out server.Output) server.Result {
			for range 20 {
				out.Stream("stdout", strings.Repeat("x", 1<<20))
			}
			return server.Result{}
		},
	}}
	n := codeCells("streams", "", "displays", "from another cell", "clear", "clear at the end", "endless", "skipped")
	n.Cells[7].Metadata = map[string]any{"tags": []any{"skip-execution"}}
	var out, err bytes.Buffer
	if e := Run(t.Context(), n, language, &Console{Out: &out, Err: &err, Columns: 80}); e != nil {
		t.Fatal(e)
	}
	for i, want := range [][]string{
		{"stream stdoutab\n", "stream stderrc", "stream stdoutd", "execute_result 42"},
		nil,
		{"display_data four", "display_data two", "display_data four"},
		nil,
		{"stream stdoutleft"},
		{"stream stdoutleft"},
	} {
		if got := summary(n.Cells[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("cell %d: %q, want %q", i, got, want)
		}
	}
	if n := len(n.Cells[6].Outputs[0].Text); n > streamLimit+100 {
		t.Errorf("%d bytes of an endless stream are kept", n)
	}
	var counts []int
	for _, c := range n.Cells {
		counts = append(counts, c.Count)
	}
	if want := []int{1, 0, 2, 3, 4, 5, 6, 0}; !reflect.DeepEqual(counts, want) {
		t.Errorf("counts %v, want %v", counts, want)
	}
	if want := []string{"streams", "displays", "from another cell", "clear", "clear at the end", "endless"}; !reflect.DeepEqual(language.ran, want) {
		t.Errorf("ran %q", language.ran)
	}
	data, e := n.Bytes()
	if e == nil {
		_, e = Read(data)
	}
	if e != nil {
		t.Error("the executed notebook can't be written and read:", e)
	}
	if !strings.HasPrefix(out.String(), "ab\nd42\n") && !strings.HasPrefix(out.String(), "ab\nd\n42\n") {
		t.Errorf("standard output begins %.40q", out.String())
	}
	if !strings.Contains(err.String(), "[1/8] streams\nc") {
		t.Errorf("standard error begins %.80q", err.String())
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	failure := &server.Failure{Name: "panic", Value: "no", Traceback: []string{"\x1b[31mpanic\x1b[0m: no", "cell[2]:3 in f"}}
	fail := func(context.Context, server.Output) server.Result { return server.Result{Failure: failure} }
	source := "one\n\nthree\n"
	language := &script{cells: map[string]func(context.Context, server.Output) server.Result{"may": fail, source: fail}}
	n := codeCells("may", source, "after")
	n.Cells[0].Metadata = map[string]any{"tags": []any{"raises-exception"}}
	var out, err bytes.Buffer
	e := Run(t.Context(), n, language, &Console{Out: &out, Err: &err, Columns: 80})
	var failed *CellError
	if !errors.As(e, &failed) || failed.Number != 2 || failed.Failure != failure {
		t.Fatalf("%v", e)
	}
	if got := summary(n.Cells[1]); !reflect.DeepEqual(got, []string{"error panic"}) || len(n.Cells[2].Outputs) != 0 || n.Cells[2].Count != 0 {
		t.Errorf("%q and %q", got, summary(n.Cells[2]))
	}
	for _, want := range []string{"\n    1 │ one\n    2 │ \n→   3 │ three\npanic: no\ncell[2]:3 in f\n"} {
		if !strings.Contains(err.String(), want) {
			t.Errorf("%q lacks %q", err.String(), want)
		}
	}
}

func TestRunIsStopped(t *testing.T) {
	wait := func(ctx context.Context, out server.Output) server.Result {
		<-ctx.Done()
		out.Stream("stdout", "late")
		return server.Result{Failure: &server.Failure{Name: "interrupted"}}
	}
	language := &script{cells: map[string]func(context.Context, server.Output) server.Result{"wait": wait}}
	console := &Console{Out: new(bytes.Buffer), Err: new(bytes.Buffer), Columns: 80}

	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, &TimeoutError{"10ms"})
	defer cancel()
	n := codeCells("wait", "after")
	err := Run(ctx, n, language, console)
	var limit *TimeoutError
	if !errors.As(err, &limit) || !strings.Contains(err.Error(), "longer than 10ms") {
		t.Errorf("%v", err)
	}
	if got := summary(n.Cells[0]); !reflect.DeepEqual(got, []string{"stream stdoutlate", "error timeout"}) {
		t.Errorf("%q", got)
	}

	ctx, stop := context.WithCancel(t.Context())
	language.cells["wait"] = func(ctx context.Context, out server.Output) server.Result {
		stop()
		return wait(ctx, out)
	}
	if err := Run(ctx, codeCells("wait"), language, console); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := Run(ctx, codeCells("wait"), language, console); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that begins after its end: %v", err)
	}
}

func TestConsoleRedrawsBars(t *testing.T) {
	draw := func(redraw bool) string {
		var both bytes.Buffer
		c := &Console{Out: &both, Err: &both, Redraw: redraw, Columns: 30}
		c.begin(1, 1, &Cell{Source: "x"})
		c.display(barOf("slow 0%, 5 s left", false), "a")
		c.update(barOf("slow 50%, 2 s left\ninner 1/2", false), "a")
		c.stream(server.Stdout, "between")
		c.update(barOf("slow 100%", true), "a")
		c.display(barOf("stays at 10%", false), "b")
		c.display(textBundle("live"), "c")
		c.update(textBundle("last"), "c")
		c.end(&Cell{Source: "x"}, nil)
		return both.String()
	}
	want := "[1/1] x\n\rslow 0%, 5 s left\rslow 50% · inner 1/2\r" + strings.Repeat(" ", 20) + "\rbetween\n" +
		"\rslow 100%\n\rstays at 10%\r            \rlive\nstays at 10%\nlast\n"
	if got := draw(true); got != want {
		t.Errorf("in a terminal\n%q, want\n%q", got, want)
	}
	if got, want := draw(false), "[1/1] x\nbetween\nslow 100%\nlive\nstays at 10%\nlast\n"; got != want {
		t.Errorf("elsewhere\n%q, want\n%q", got, want)
	}
}

func TestConsoleAsks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(path, []byte("Ann\r\nlast"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var shown bytes.Buffer
	c := &Console{Out: new(bytes.Buffer), Err: &shown, In: in, Columns: 80}
	for _, want := range []string{"Ann", "last"} {
		if got, err := c.input(t.Context(), "name? ", false); got != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := c.input(t.Context(), "name? ", true); err == nil {
		t.Error("an answer came from an empty file")
	}
	c.In = nil
	if _, err := c.input(t.Context(), "name? ", false); !errors.Is(err, errNoInput) {
		t.Errorf("%v", err)
	}
	if got := shown.String(); got != "name? name? name? " {
		t.Errorf("%q", got)
	}
}
