package worker

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hillock/kernel/server"
)

// answering runs a cell whose inputs are answered with 1, 2, 3, ….
func answering(t *testing.T, s *Supervisor, code string) (server.Result, *page) {
	t.Helper()
	p, n := newPage(), 0
	p.answer = func(context.Context, string, bool) (string, error) { n++; return fmt.Sprint(n), nil }
	return s.Execute(t.Context(), server.Cell{Code: code}, p), p
}

func TestReadingAsksForLines(t *testing.T) {
	s := supervise(t, Options{})
	r, p := answering(t, s, "scan a\nscan b\nprint end")
	if want := "input \"\" false|stdout a1\n|input \"\" false|stdout b2\nend\n"; r.Failure != nil || p.String() != want {
		t.Errorf("got %v, %q", r.Failure, p)
	}
	r, p = answering(t, s, "readlines 3")
	if n := strings.Count(p.String(), "input"); r.Failure != nil || n != 3 || !strings.Contains(p.String(), "read 3\n") {
		t.Errorf("got %v, %q", r.Failure, p)
	}
}

func TestPromptAndPassword(t *testing.T) {
	s := supervise(t, Options{})
	r, p := answering(t, s, "print before\ninput Key: \nprint after")
	if want := "stdout before\n|input \"Key:\" true|stdout got 1\nafter\n"; r.Failure != nil || p.String() != want {
		t.Errorf("got %v, %q", r.Failure, p)
	}
}

func TestReadingFailsWhereThereIsNoOneToAsk(t *testing.T) {
	s := supervise(t, Options{})
	for _, code := range []string{"scan a", "readlines 1", "input x"} {
		r, p := do(s, code)
		if r.Failure == nil || !strings.Contains(r.Failure.Value+p.String(), "allow_stdin") {
			t.Errorf("%s: %v, %q", code, r.Failure, p)
		}
	}
	if r, p := answering(t, s, "scan a"); r.Failure != nil {
		t.Errorf("the next cell: %v, %q", r.Failure, p)
	}
}

func TestReadingIsInterrupted(t *testing.T) {
	s := supervise(t, Options{})
	for _, code := range []string{"scan a", "input a"} {
		p := newPage()
		p.answer = func(ctx context.Context, _ string, _ bool) (string, error) { <-ctx.Done(); return "", ctx.Err() }
		done, interrupt := launch(s, server.Cell{Code: code}, p)
		p.wait(t, "input")
		interrupt()
		if r := <-done; r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Errorf("%s: %+v", code, r.Failure)
		}
	}
	if r, p := answering(t, s, "scan a"); r.Failure != nil || !strings.Contains(p.String(), "a1") {
		t.Errorf("the next cell: %v, %q", r.Failure, p)
	}
}

// A cell whose question was interrupted does not go on, even when nothing else
// tells it to stop.
func TestAnInterruptedQuestionStopsItsCell(t *testing.T) {
	s := superviseGo(t, Options{})
	for range 20 {
		p := newPage()
		p.answer = func(context.Context, string, bool) (string, error) { return "", server.ErrInterrupted }
		r := s.Execute(t.Context(), server.Cell{Code: "import \"fmt\"\nvar word string\nfmt.Scan(&word)\nword"}, p)
		if r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Fatalf("%+v, %v", r.Failure, r.Value)
		}
	}
	if got := shown(t, s, "1 + 1"); got != "2" {
		t.Errorf("the next cell: %q", got)
	}
}
