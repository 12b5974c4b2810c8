package worker

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hillock/kernel/interp"
	"hillock/kernel/server"
)

func TestDeathsAreNamed(t *testing.T) {
	// The race detector would report the race that kills the process.
	races := "GORACE=log_path=" + filepath.Join(t.TempDir(), "races")
	s := supervise(t, Options{MemoryLimit: 800 << 20, Environment: []string{races}})
	tests := []struct{ code, name, value string }{
		{"exit 3", "exit status 3", "os.Exit"},
		{"exit 0", "exit status 0", "os.Exit"},
		{"exit 2", "exit status 2", "os.Exit"},
		{"overflow", "stack overflow", "infinite recursion"},
		{"maps", "concurrent map ", "goroutines use a map at the same time"},
		{"panics boom", "panic in a goroutine", "boom"},
		{"hoard", "out of memory", "839 MB"},
	}
	for _, test := range tests {
		r, p := do(s, "print last words\n"+test.code)
		f := r.Failure
		if f == nil || !strings.HasPrefix(f.Name, test.name) || !strings.Contains(f.Value, test.value) ||
			!strings.Contains(f.Value, "variables") || len(f.Traceback) == 0 {
			t.Errorf("%s: %+v", test.code, f)
		}
		if got := p.String(); got != "stdout last words\n" {
			t.Errorf("%s put out %q", test.code, got)
		}
		if got := mustDo(t, s, "lives"); got != "stdout 1" {
			t.Errorf("after %s: state is %q", test.code, got)
		}
	}
}

func TestKilledFromOutside(t *testing.T) {
	s := supervise(t, Options{})
	pid := mustDo(t, s, "pid")
	p := newPage()
	done := make(chan server.Result)
	go func() { done <- s.Execute(t.Context(), server.Cell{Code: "print begun\nwait"}, p) }()
	p.wait(t, "begun")
	kill(t, pid)
	if r := <-done; r.Failure == nil || !strings.Contains(r.Failure.Value, "variables") {
		t.Errorf("got %+v", r.Failure)
	}
	if got := mustDo(t, s, "lives"); got != "stdout 1" {
		t.Errorf("state is %q", got)
	}
}

// Whenever the interpreter is killed just as a cell is handed to it, no one has
// interrupted the cell.
func TestKilledAsACellBegins(t *testing.T) {
	s := supervise(t, Options{})
	for i := range 30 {
		kill(t, regexp.MustCompile(`stdout \d+`).FindString(mustDo(t, s, "pid")))
		time.Sleep(time.Duration(i) * 100 * time.Microsecond)
		r, p := do(s, "print begun")
		if f := r.Failure; f != nil && (f.Name != "killed" || !strings.Contains(f.Value, "variables")) {
			t.Errorf("cell ends with %s: %s", f.Name, f.Value)
		}
		if said := p.String(); strings.Contains(said, "did not stop") {
			t.Errorf("said is %q", said)
		}
	}
}

func TestDeathBetweenCellsIsTold(t *testing.T) {
	s := supervise(t, Options{})
	_, last := do(s, "pid")
	kill(t, last.String())
	last.wait(t, "hillock: ")
	r, p := do(s, "lives")
	if r.Failure != nil || !strings.Contains(p.String(), "variables") || !strings.Contains(p.String(), "stdout 1") {
		t.Errorf("got %v, %q", r.Failure, p)
	}
	if got := mustDo(t, s, "lives"); got != "stdout 2" {
		t.Errorf("the cell after that got %q", got)
	}
}

func TestPanicOfALateGoroutineIsTold(t *testing.T) {
	s := supervise(t, Options{})
	mustDo(t, s, "latepanic boom")
	r, last := do(s, "release")
	if r.Failure == nil { // the panic came after the cell's end
		last.wait(t, "panic in a goroutine: boom")
	} else if r.Failure.Name != "panic in a goroutine" {
		t.Errorf("got %+v", r.Failure)
	}
	if got := mustDo(t, s, "lives"); !strings.HasSuffix(got, "stdout 1") {
		t.Errorf("got %q", got)
	}
}

// kill ends the process whose number a cell has printed.
func kill(t *testing.T, printed string) {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimPrefix(printed, "stdout "))
	if err != nil {
		t.Fatal(err)
	}
	victim, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Kill(); err != nil {
		t.Fatal(err)
	}
}

func TestProgramsEndWithTheInterpreter(t *testing.T) {
	s := supervise(t, Options{})
	r, p := do(s, "leave 600\nexit 1")
	if r.Failure == nil || r.Failure.Name != "exit status 1" {
		t.Errorf("got %+v", r.Failure)
	}
	pid, err := strconv.Atoi(strings.TrimPrefix(p.String(), "stdout "))
	if err != nil {
		t.Fatal(err)
	}
	// The program is dead, and disappears once init has seen it.
	for deadline := time.Now().Add(time.Minute); alive(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("program %d is still there", pid)
		}
	}
}

func TestInterpreterThatDiesByItselfIsNotRestartedForEver(t *testing.T) {
	lives := filepath.Join(t.TempDir(), "lives")
	s := supervise(t, Options{Environment: []string{"HILLOCK_TEST_LIVES=" + lives}})
	for range 3 {
		if r, _ := do(s, "print"); r.Failure == nil {
			t.Error("a cell ran")
		}
	}
	text, err := os.ReadFile(lives)
	if err != nil || len(text) > 10 {
		t.Errorf("the interpreter was started %d times, %v", len(text), err)
	}
}

func TestUntilNextLook(t *testing.T) {
	for left, want := range map[uint64]time.Duration{0: shortestWatch, 400 << 20: 97 * time.Millisecond, 1 << 40: longestWatch} {
		if got := untilNextLook(left).Truncate(time.Millisecond); got != want {
			t.Errorf("%d bytes left: %v, expected %v", left, got, want)
		}
	}
}

func TestLastWords(t *testing.T) {
	tests := []struct{ words, name, detail string }{
		{"panic: boom\n\ngoroutine 7 [running]:\n", "panic in a goroutine", "boom"},
		{"panic: boom [recovered, repanicked]\n\ngoroutine 7 [running]:\n", "panic in a goroutine", "boom"},
		{"panic: boom [recovered]\n\tpanic: boom [recovered]\n\tpanic: boom\n\ngoroutine 7 [running]:\n", "panic in a goroutine", "boom"},
		{"panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation]\n\ngoroutine 7", "panic in a goroutine", "runtime error: invalid memory address or nil pointer dereference"},
		{"panic: two\nlines\n\ngoroutine 7 [running]:\n", "panic in a goroutine", "two\nlines"},
		{"runtime: goroutine stack exceeds 536870912-byte limit\nfatal error: stack overflow\n", "stack overflow", "infinite recursion, or recursion deeper than the interpreter can go"},
		{"fatal error: concurrent map iteration and map write\n", "concurrent map iteration and map write", "goroutines use a map at the same time; guard it with a sync.Mutex"},
		{"runtime: cannot allocate 1 page\nfatal error: out of memory\n", "out of memory", "the system refused to give more"},
		{"fatal error: sync: unlock of unlocked mutex\n", "fatal error", "sync: unlock of unlocked mutex"},
	}
	for _, test := range tests {
		if d, ok := lastWords([]byte(test.words), nil); !ok || d.name != test.name || d.detail != test.detail {
			t.Errorf("%q: got %+v, %v", test.words, d, ok)
		}
	}
	if d, ok := lastWords([]byte("hello"), nil); ok {
		t.Errorf("hello is taken for %+v", d)
	}
}

func TestPlacesOfAPanicAreFound(t *testing.T) {
	var shown bytes.Buffer
	c := coroner{text: func(b []byte) { shown.Write(b) }}
	var b bytes.Buffer
	inner := interp.Frame{Func: "f", Cell: "cell[9]", Line: 3, Source: "panic(1)"}
	outer := interp.Frame{Cell: "cell[9]", Line: 7}
	tellPlace(&b, place{6, interp.Frame{Cell: "cell[1]", Line: 1}}) // of a panic that was recovered
	b.WriteString("said past os.Stderr\n")
	for _, f := range []interp.Frame{inner, inner, outer} {
		tellPlace(&b, place{7, f})
	}
	b.WriteString("panic: boom\n\ngoroutine 7 gp=0x1 m=1 [running]:\n")
	c.write(b.Bytes())
	d, ok := lastWords(c.report())
	if !ok || d.detail != "boom (cell[9]:3 in f)" || !slices.Equal(d.frames, []interp.Frame{inner, outer}) {
		t.Errorf("got %+v, %v", d, ok)
	}
	if shown.String() != "said past os.Stderr\n" {
		t.Errorf("shown: %q", shown.String())
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]uint64{"4GB": 4e9, "512 MiB": 512 << 20, "1.5gib": 3 << 29, "1000": 1000, "10kB": 10_000, "7B": 7} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v; expected %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GB", "-1GB", "much", "0", "NaN", "inf", "1e40GB"} {
		if got, err := parseBytes(text); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

func TestMemoryVariable(t *testing.T) {
	t.Setenv(memoryVariable, "3GB")
	if n, err := (Options{}).memoryLimit(); err != nil || n != 3e9 {
		t.Errorf("got %d, %v", n, err)
	}
	t.Setenv(memoryVariable, "lots")
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), memoryVariable) {
		t.Errorf("got %v", err)
	}
	t.Setenv(memoryVariable, "")
	if _, err := New(Options{MemoryLimit: 1 << 20}); err == nil {
		t.Error("1 MB is taken for enough")
	}
	if n, err := (Options{}).memoryLimit(); err != nil || n < leastMemory {
		t.Errorf("got %d, %v", n, err)
	}
}
