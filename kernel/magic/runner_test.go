package magic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hillock/kernel/gocell/complete"
	"hillock/kernel/interp"
)

// session is a Session that notes what it is given.
type session struct {
	ran   []string
	reset bool
	fail  error
}

func (s *session) Run(_ context.Context, cell interp.Cell) interp.Result {
	s.ran = append(s.ran, cell.Code)
	if strings.Contains(cell.Code, "refused") {
		return interp.Result{Hidden: true, Err: &interp.CompileError{}}
	}
	return interp.Result{Shown: []any{len(s.ran)}, Err: s.fail}
}

func (s *session) Vars() []interp.Variable {
	return []interp.Variable{{Name: "v", Type: "float64", Value: "-70", Size: 8}, {Name: "spikes", Type: "[]float64", Value: "[…]", Size: 8e6}}
}

func (s *session) Reset() error { s.reset = true; return nil }

// buffer is a stream that several goroutines may write.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	got  chan struct{} // gets something at each write
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.got <- struct{}{}:
	default:
	}
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// bench is a runner with what it talks to.
type bench struct {
	*Runner
	session  *session
	out, err *buffer
	groups   []string
}

func newBench() *bench {
	b := &bench{session: &session{}, out: &buffer{got: make(chan struct{}, 1)}, err: &buffer{got: make(chan struct{}, 1)}}
	b.Runner = &Runner{
		Session: b.session,
		Stdout:  b.out,
		Stderr:  b.err,
		Document: func(name string) (complete.Description, bool) {
			return complete.Description{Plain: "about " + name}, name != "unheard"
		},
		Group: func(group int, ended bool) { b.groups = append(b.groups, fmt.Sprint(ended)) },
	}
	return b
}

func (b *bench) do(code string) Result {
	return b.Run(context.Background(), interp.Cell{Name: "cell[1]", Count: 1, Code: code})
}

func TestPartsRunInOrderAndTheLastOneShows(t *testing.T) {
	b := newBench()
	r := b.do("one()\n%vars\ntwo()")
	if r.Err != nil || len(r.Shown) != 1 || r.Shown[0] != 2 || len(b.session.ran) != 2 || b.session.ran[1] != "\n\ntwo()" {
		t.Errorf("got %+v, ran %q", r, b.session.ran)
	}
	if r := b.do("one()\n%vars"); !r.Hidden {
		t.Errorf("a command at the end shows %v", r.Shown)
	}
}

func TestFailureEndsTheCell(t *testing.T) {
	b := newBench()
	b.session.fail = errors.New("failed")
	if r := b.do("one()\n%reset"); r.Err == nil || b.session.reset {
		t.Errorf("got %v, reset %v", r.Err, b.session.reset)
	}
}

func TestUnknownCommandRunsNothing(t *testing.T) {
	b := newBench()
	r := b.do("one()\n%levitate")
	if r.Err == nil || !strings.Contains(r.Err.Error(), "cell[1]:2: unknown magic %levitate") || !strings.Contains(r.Err.Error(), "%timeit") {
		t.Errorf("got %v", r.Err)
	}
	if len(b.session.ran) != 0 {
		t.Errorf("ran %q", b.session.ran)
	}
}

func TestEndedContextEndsTheCell(t *testing.T) {
	b := newBench()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r := b.Run(ctx, interp.Cell{Code: "one()"}); !errors.Is(r.Err, interp.ErrInterrupted) || len(b.session.ran) != 0 {
		t.Errorf("got %v, ran %q", r.Err, b.session.ran)
	}
}

func TestTime(t *testing.T) {
	b := newBench()
	if r := b.do("%time one()"); r.Err != nil || len(r.Shown) != 1 || !strings.HasPrefix(b.out.String(), "time: ") {
		t.Errorf("got %+v, %q", r, b.out)
	}
	b = newBench()
	if r := b.do("%%time\none()\n!exit 0\ntwo()"); r.Err != nil || r.Shown[0] != 2 || strings.Count(b.out.String(), "time: ") != 1 {
		t.Errorf("got %+v, %q", r, b.out)
	}
	b = newBench()
	if r := b.do("%time refused"); r.Err == nil || b.out.String() != "" {
		t.Errorf("got %+v, %q", r, b.out)
	}
}

func TestTimeit(t *testing.T) {
	b := newBench()
	if r := b.do("%timeit x + 1"); r.Err != nil || !strings.Contains(b.out.String(), "a loop") {
		t.Errorf("got %v, %q", r.Err, b.out)
	}
	if r := b.do("%timeit refused"); r.Err == nil {
		t.Error("what is refused was timed")
	}
	if r := b.do("%timeit"); r.Err == nil {
		t.Error("nothing was timed")
	}
}

func TestDoc(t *testing.T) {
	b := newBench()
	for _, code := range []string{"%doc fmt.Println", "fmt.Println?", "fmt.Println??", "?fmt.Println", "??fmt.Println"} {
		if r := b.do(code); r.Err != nil || len(r.Pages) != 1 || r.Pages[0].Plain != "about fmt.Println" {
			t.Errorf("%s: %+v", code, r)
		}
	}
	for _, code := range []string{"%doc", "unheard?"} {
		if r := b.do(code); r.Err == nil {
			t.Errorf("%s: no error", code)
		}
	}
}

func TestVarsHelpReset(t *testing.T) {
	b := newBench()
	b.do("%vars")
	if got := b.out.String(); !strings.Contains(got, "spikes  []float64  8.0 MB  […]") {
		t.Errorf("got %q", got)
	}
	b.do("%help\n%reset")
	if got := b.out.String(); !strings.Contains(got, "%timeit") || !strings.Contains(got, "!COMMAND") || !b.session.reset {
		t.Errorf("got %q", got)
	}
}

func TestEnv(t *testing.T) {
	t.Setenv("HILLOCK_TEST", "")
	b := newBench()
	if r := b.do("%env HILLOCK_TEST=a b\n%env HILLOCK_TEST\n%env"); r.Err != nil || os.Getenv("HILLOCK_TEST") != "a b" ||
		!strings.HasPrefix(b.out.String(), "a b\n") || !strings.Contains(b.out.String(), "HILLOCK_TEST=a b\n") {
		t.Errorf("got %v, %q", r.Err, b.out)
	}
	if r := b.do("%env HILLOCK_UNSET"); r.Err == nil {
		t.Error("no error for what is not set")
	}
}

func TestCd(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.Mkdir("sub folder", 0o755); err != nil {
		t.Fatal(err)
	}
	b := newBench()
	if r := b.do("%cd sub folder"); r.Err != nil || b.out.String() != filepath.Join(dir, "sub folder")+"\n" {
		t.Errorf("got %v, %q", r.Err, b.out)
	}
	if r := b.do("%cd missing"); r.Err == nil {
		t.Error("no error for a missing folder")
	}
}
