package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/kernel/gocell"
	"hillock/kernel/interp"
	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// TestMain lets the test binary be the interpreter's process too, with cells
// that are names of Go functions: what is tested here is what happens between
// the processes, not the language.
func TestMain(m *testing.M) {
	if os.Getenv(pipesVariable) == "" {
		os.Exit(m.Run())
	}
	if os.Getenv("HILLOCK_TEST_EXIT") != "" {
		os.Exit(7)
	}
	if lives := os.Getenv("HILLOCK_TEST_LIVES"); lives != "" {
		f, err := os.OpenFile(lives, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			_, _ = f.WriteString(".")
		}
		os.Exit(1)
	}
	open := func(o interp.Options) (session, error) { return &script{streams: o}, nil }
	if os.Getenv("HILLOCK_TEST_GO") != "" {
		open = func(o interp.Options) (session, error) { return interp.New(o) }
	}
	err := serve(context.Background(), open)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// script is a session whose cells are lines, each the name of a deed and what
// it is given.
type script struct {
	streams interp.Options
	lives   int // cells that have run, as state that can be lost
}

// Run does what the cell's lines say.
func (s *script) Run(ctx context.Context, cell interp.Cell) interp.Result {
	s.lives++
	for line := range strings.Lines(cell.Code) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "value" {
			return interp.Result{Shown: []any{rest}}
		}
		do, ok := deeds[name]
		if !ok {
			return interp.Result{Err: fmt.Errorf("no deed %q", name)}
		}
		if err := do(ctx, s, rest); err != nil {
			if ctx.Err() != nil {
				err = interp.ErrInterrupted
			}
			return interp.Result{Err: err}
		}
	}
	return interp.Result{Hidden: true}
}

func (s *script) Eval(ctx context.Context, expression string) (any, error) {
	if expression == "bad" {
		return nil, errors.New("bad expression")
	}
	return s.lives, nil
}

func (s *script) IsComplete(code string) (gocell.Completeness, string) {
	if strings.HasSuffix(code, "{") {
		return gocell.Incomplete, "\t"
	}
	return gocell.Complete, ""
}

func (s *script) State() *gocell.World    { return gocell.NewWorld(gocell.Config{}) }
func (s *script) Vars() []interp.Variable { return nil }
func (s *script) Reset() error            { s.lives = 0; return nil }

var release = make(chan struct{}) // lets late goroutines go on

// deeds are what cells can do.
var deeds = map[string]func(ctx context.Context, s *script, rest string) error{
	"print": func(_ context.Context, s *script, rest string) error {
		_, err := fmt.Fprintln(s.streams.Stdout, rest)
		return err
	},
	"complain": func(_ context.Context, s *script, rest string) error {
		_, err := fmt.Fprintln(s.streams.Stderr, rest)
		return err
	},
	"raw":    func(_ context.Context, _ *script, rest string) error { fmt.Fprintln(os.Stdout, rest); return nil },
	"rawerr": func(_ context.Context, _ *script, rest string) error { fmt.Fprintln(os.Stderr, rest); return nil },
	"rawfd2": func(_ context.Context, _ *script, rest string) error {
		fmt.Fprintln(firstStderr, rest)
		return nil
	},
	"display": func(_ context.Context, _ *script, rest string) error { notebook.Display(rest); return nil },
	"clear":   func(context.Context, *script, string) error { notebook.ClearOutput(true); return nil },
	"lives": func(_ context.Context, s *script, _ string) error {
		_, err := fmt.Fprint(s.streams.Stdout, s.lives)
		return err
	},
	"lines": func(_ context.Context, s *script, rest string) error {
		n := 0
		_, _ = fmt.Sscan(rest, &n)
		for i := range n {
			fmt.Fprintln(s.streams.Stdout, i)
		}
		return nil
	},
	"flood": func(ctx context.Context, s *script, _ string) error {
		text := strings.Repeat("all work and no play makes jack a dull boy\n", 100)
		for ctx.Err() == nil {
			_, _ = io.WriteString(s.streams.Stdout, text)
		}
		return ctx.Err()
	},
	"late": func(_ context.Context, s *script, rest string) error {
		go func() {
			<-release
			fmt.Fprintln(s.streams.Stdout, rest)
			notebook.Display(rest)
		}()
		return nil
	},
	"release": func(context.Context, *script, string) error { release <- struct{}{}; return nil },
	"wait":    func(ctx context.Context, _ *script, _ string) error { <-ctx.Done(); return ctx.Err() },
	"deaf":    func(context.Context, *script, string) error { select {} },
	"exit": func(_ context.Context, _ *script, rest string) error {
		n := 0
		_, _ = fmt.Sscan(rest, &n)
		os.Exit(n)
		return nil
	},
	"overflow": func(context.Context, *script, string) error { return fmt.Errorf("came back with %d", overflow(1)) },
	"maps": func(context.Context, *script, string) error {
		m := map[int]int{}
		for range 8 {
			go func() {
				for i := 0; ; i++ {
					m[i%100]++
				}
			}()
		}
		select {}
	},
	"panics": func(_ context.Context, _ *script, rest string) error { go panic(rest); select {} },
	"latepanic": func(_ context.Context, _ *script, rest string) error {
		go func() { <-release; panic(rest) }()
		return nil
	},
	"hoard": func(context.Context, *script, string) error {
		for {
			b := make([]byte, 8<<20)
			for i := range b {
				b[i] = 1
			}
			hoard = append(hoard, b)
		}
	},
	"pid": func(_ context.Context, s *script, _ string) error {
		_, err := fmt.Fprint(s.streams.Stdout, os.Getpid())
		return err
	},
	"scan": func(_ context.Context, s *script, rest string) error {
		var a string
		if _, err := fmt.Fscan(s.streams.Stdin, &a); err != nil {
			return err
		}
		_, err := fmt.Fprintln(s.streams.Stdout, rest+a)
		return err
	},
	"readlines": func(_ context.Context, s *script, rest string) error {
		n := 0
		_, _ = fmt.Sscan(rest, &n)
		lines := bufio.NewScanner(os.Stdin)
		for range n {
			if !lines.Scan() {
				return lines.Err()
			}
			fmt.Fprintln(s.streams.Stdout, "read", lines.Text())
		}
		return nil
	},
	"input": func(_ context.Context, s *script, rest string) error {
		text, err := notebook.Password(rest)
		if err == nil {
			fmt.Fprintln(s.streams.Stdout, "got", text)
		}
		return err
	},
	"leave": func(_ context.Context, s *script, rest string) error {
		cmd := exec.Command("sleep", rest)
		cmd.Stdout = os.Stdout
		err := cmd.Start()
		if err == nil {
			fmt.Fprint(s.streams.Stdout, cmd.Process.Pid)
		}
		return err
	},
	"where": func(_ context.Context, s *script, _ string) error {
		dir, err := os.Getwd()
		fmt.Fprintln(s.streams.Stdout, dir, os.Getenv("NEURON"))
		return err
	},
	"closestd": func(context.Context, *script, string) error {
		return errors.Join(os.Stdout.Close(), os.Stderr.Close())
	},
}

var hoard [][]byte

var firstStderr = os.Stderr // before the process takes it over

// overflow calls itself for ever, behind the back of those who look for that.
func overflow(n int) int { return again(n+1) + n }

var again func(int) int

func init() { again = overflow }

// page is an Output that keeps what it gets, in order.
type page struct {
	mu     sync.Mutex
	events []string // "stdout text", "display text", …; text of one stream is joined
	answer func(ctx context.Context, prompt string, password bool) (string, error)
	told   chan struct{} // gets something at each event
}

func newPage() *page { return &page{told: make(chan struct{}, 1)} }

func (p *page) add(kind, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.events); n > 0 && strings.HasPrefix(kind, "std") && strings.HasPrefix(p.events[n-1], kind+" ") {
		p.events[n-1] += text
	} else {
		p.events = append(p.events, kind+" "+text)
	}
	select {
	case p.told <- struct{}{}:
	default:
	}
}

func (p *page) Stream(name server.StreamName, text string) { p.add(string(name), text) }
func (p *page) Display(b server.Bundle, id string)         { p.add("display", plainText(b)) }
func (p *page) Update(b server.Bundle, id string)          { p.add("update", id+plainText(b)) }
func (p *page) Clear(wait bool)                            { p.add("clear", fmt.Sprint(wait)) }
func (p *page) Comm(event server.CommEvent)                { p.add("comm", event.ID) }
func (p *page) Input(ctx context.Context, prompt string, password bool) (string, error) {
	p.add("input", fmt.Sprintf("%q %v", prompt, password))
	if p.answer == nil {
		return "", server.ErrNoInput
	}
	return p.answer(ctx, prompt, password)
}

// plainText gives the text of a string that was shown.
func plainText(b server.Bundle) string {
	text, _ := b.Data["text/plain"].(string)
	if s, err := strconv.Unquote(text); err == nil {
		return s
	}
	return text
}

// String gives everything that was got.
func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.events, "|")
}

// wait waits until the page holds text.
func (p *page) wait(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(time.Minute) // against hanging, not a measure
	for !strings.Contains(p.String(), text) {
		select {
		case <-p.told:
		case <-deadline:
			t.Fatalf("no %q in %q", text, p.String())
		}
	}
}

// supervise starts a supervisor whose cells are scripts.
func supervise(t *testing.T, o Options) *Supervisor {
	t.Helper()
	o.Arguments = []string{"worker"}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// do runs a cell.
func do(s *Supervisor, code string) (server.Result, *page) {
	p := newPage()
	return s.Execute(context.Background(), server.Cell{Count: 1, Code: code}, p), p
}

// launch starts a cell. interrupt wants it to stop.
func launch(s *Supervisor, cell server.Cell, p *page) (done <-chan server.Result, interrupt func()) {
	wishes, results := make(chan struct{}, 1), make(chan server.Result, 1)
	cell.Interrupts = wishes
	go func() { results <- s.Execute(context.Background(), cell, p) }()
	return results, func() { wishes <- struct{}{} }
}

// mustDo runs a cell that has to succeed, and gives what it put out.
func mustDo(t *testing.T, s *Supervisor, code string) string {
	t.Helper()
	r, p := do(s, code)
	if r.Failure != nil {
		t.Fatalf("%s: %v", code, r.Failure)
	}
	return p.String()
}
