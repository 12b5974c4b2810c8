package worker

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hillock/kernel/server"
)

func TestCellPrintsAndShowsAValue(t *testing.T) {
	s := supervise(t, Options{})
	r, p := do(s, "print hello\ncomplain dear me\nvalue 42")
	if r.Failure != nil || r.Value == nil || plainText(*r.Value) != "42" {
		t.Errorf("got %+v, %v", r.Value, r.Failure)
	}
	if !strings.Contains(p.String(), "stdout hello\n") || !strings.Contains(p.String(), "stderr dear me\n") {
		t.Errorf("got %q", p)
	}
}

func TestSilentCellShowsNoValueAndExpressionsAreEvaluated(t *testing.T) {
	s := supervise(t, Options{})
	r := s.Execute(context.Background(), server.Cell{
		Code: "value 42", Silent: true, UserExpressions: map[string]string{"a": "x", "b": "bad"},
	}, newPage())
	if r.Value != nil {
		t.Errorf("a silent cell shows %v", r.Value)
	}
	if a := r.Expressions["a"]; a.Failure != nil || a.Value.Data["text/plain"] != "1" {
		t.Errorf("a is %+v", a)
	}
	if b := r.Expressions["b"]; b.Failure == nil || b.Failure.Value != "bad expression" {
		t.Errorf("b is %+v", b)
	}
}

func TestTextAndDisplaysKeepTheirOrder(t *testing.T) {
	s := supervise(t, Options{})
	var code, want strings.Builder
	for i := range 200 {
		fmt.Fprintf(&code, "print %d\ndisplay d%d\nraw r%d\ncomplain %d\nclear\n", i, i, i, i)
		fmt.Fprintf(&want, "stdout %d\n|display d%d|stdout r%d\n|stderr %d\n|clear true|", i, i, i, i)
	}
	got := mustDo(t, s, code.String())
	// Between two events the two streams have no order.
	got = reorder(got)
	if w := strings.TrimSuffix(want.String(), "|"); got != w {
		t.Errorf("got\n%q\nexpected\n%q", got, w)
	}
}

// reorder puts stdout before stderr between two other events.
func reorder(events string) string {
	parts := strings.Split(events, "|")
	for i := 1; i < len(parts); i++ {
		if strings.HasPrefix(parts[i-1], "stderr") && strings.HasPrefix(parts[i], "stdout") {
			parts[i-1], parts[i] = parts[i], parts[i-1]
		}
	}
	return strings.Join(parts, "|")
}

func TestManyLinesComeInOrder(t *testing.T) {
	s := supervise(t, Options{})
	const n = 100_000
	start := time.Now()
	got := mustDo(t, s, "lines "+strconv.Itoa(n))
	t.Logf("%d lines in %v", n, time.Since(start))
	var want strings.Builder
	want.WriteString("stdout ")
	for i := range n {
		fmt.Fprintln(&want, i)
	}
	if got != want.String() {
		t.Errorf("got %d bytes, expected %d", len(got), want.Len())
	}
}

func TestLateOutputGoesToTheCellThatStartedIt(t *testing.T) {
	s := supervise(t, Options{})
	_, first := do(s, "late old")
	long := strings.Repeat("日本🎉", 1000)
	_, second := do(s, "late "+long)
	third := mustDo(t, s, "print new\nrelease\nrelease\nraw newer")
	first.wait(t, "display old")
	second.wait(t, "display "+long)
	if got := first.String(); got != "stdout old\n|display old" {
		t.Errorf("the first cell got %q", got)
	}
	if got := second.String(); got != "stdout "+long+"\n|display "+long {
		t.Errorf("the second cell got %q", got)
	}
	if third != "stdout new\nnewer\n" {
		t.Errorf("the third cell got %q", third)
	}
}

func TestCellMayCloseItsStreams(t *testing.T) {
	s := supervise(t, Options{})
	mustDo(t, s, "closestd")
	if got := mustDo(t, s, "print still here\ndisplay here too"); got != "stdout still here\n|display here too" {
		t.Errorf("got %q", got)
	}
}

func TestTextPastStandardErrorIsCaught(t *testing.T) {
	s := supervise(t, Options{})
	_, p := do(s, "rawfd2 from below")
	p.wait(t, "stderr from below\n")
}

func TestInterruptKeepsState(t *testing.T) {
	s := supervise(t, Options{})
	for _, deed := range []string{"wait", "flood"} {
		p := newPage()
		done, interrupt := launch(s, server.Cell{Code: "print begun\n" + deed}, p)
		p.wait(t, "begun")
		interrupt()
		if r := <-done; r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Errorf("%s: %+v", deed, r.Failure)
		}
	}
	if got := mustDo(t, s, "lives"); got != "stdout 3" {
		t.Errorf("state is %q", got)
	}
}

func TestInterruptByContext(t *testing.T) {
	s := supervise(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	p := newPage()
	go func() { p.wait(t, "begun"); cancel() }()
	r := s.Execute(ctx, server.Cell{Code: "print begun\nwait"}, p)
	if r.Failure == nil || r.Failure.Name != "interrupted" {
		t.Errorf("got %+v", r.Failure)
	}
}

func TestSecondInterruptRestartsAStuckInterpreter(t *testing.T) {
	s := supervise(t, Options{})
	p := newPage()
	done, interrupt := launch(s, server.Cell{Code: "print begun\ndeaf"}, p)
	p.wait(t, "begun")
	interrupt()
	p.wait(t, "press interrupt again")
	interrupt()
	if r := <-done; r.Failure == nil || r.Failure.Name != "interrupted" || !strings.Contains(r.Failure.Value, "variables") {
		t.Errorf("got %+v", r.Failure)
	}
	if got := mustDo(t, s, "lives"); got != "stdout 1" {
		t.Errorf("state is %q", got)
	}
}

func TestIsComplete(t *testing.T) {
	s := supervise(t, Options{})
	c, err := s.IsComplete(context.Background(), "for {")
	if err != nil || c.Status != server.Incomplete || c.Indent != "\t" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestQueryIsAnsweredWhileACellRuns(t *testing.T) {
	s := supervise(t, Options{})
	p := newPage()
	done, interrupt := launch(s, server.Cell{Code: "print begun\nwait"}, p)
	p.wait(t, "begun")
	if _, err := s.IsComplete(context.Background(), "x"); err != nil {
		t.Error(err)
	}
	interrupt()
	<-done
}

func TestCloseEndsTheProcess(t *testing.T) {
	s := supervise(t, Options{})
	pid, err := strconv.Atoi(strings.TrimPrefix(mustDo(t, s, "pid"), "stdout "))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if alive(pid) {
		t.Errorf("process %d is still there", pid)
	}
	if r, _ := do(s, "print"); r.Failure == nil {
		t.Error("a cell ran after Close")
	}
}

func TestMissingExecutable(t *testing.T) {
	if _, err := New(Options{Executable: "/nonexistent/hillock"}); err == nil {
		t.Error("no error")
	}
}

func TestProcessThatIsNoInterpreter(t *testing.T) {
	s := supervise(t, Options{Environment: []string{"HILLOCK_TEST_EXIT=1"}})
	for range 2 {
		r, _ := do(s, "print")
		if r.Failure == nil || r.Failure.Name != "no interpreter" || !strings.Contains(r.Failure.Value, "exit status 7") {
			t.Errorf("got %+v", r.Failure)
		}
	}
}

func TestDirectoryAndEnvironment(t *testing.T) {
	dir := t.TempDir()
	s := supervise(t, Options{Directory: dir, Environment: []string{"NEURON=adex"}})
	got := mustDo(t, s, "where")
	if want := "stdout " + dir + " adex\n"; got != want {
		if resolved, err := os.Readlink(dir); err != nil || got != "stdout "+resolved+" adex\n" {
			t.Errorf("got %q, expected %q", got, want)
		}
	}
}
