package worker

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"hillock/kernel/server"
)

// superviseGo starts a supervisor whose cells are Go.
func superviseGo(t *testing.T, o Options) *Supervisor {
	t.Helper()
	o.Environment = append(o.Environment, "HILLOCK_TEST_GO=1", "GORACE=log_path="+filepath.Join(t.TempDir(), "races"))
	return supervise(t, o)
}

// shown runs a cell of Go and gives the text of its value.
func shown(t *testing.T, s *Supervisor, code string) string {
	t.Helper()
	r, _ := do(s, code)
	if r.Failure != nil {
		t.Fatalf("%s: %s", code, strings.Join(r.Failure.Traceback, "\n"))
	}
	if r.Value == nil {
		return ""
	}
	return plainText(*r.Value)
}

func TestGoIsKilledInEveryWay(t *testing.T) {
	s := superviseGo(t, Options{MemoryLimit: 800 << 20})
	tests := []struct{ code, name, value string }{
		{"func down(n int) int { return down(n+1) + 1 }\ndown(0)", "stack overflow", "infinite recursion"},
		{"m := map[int]int{}\nfor g := range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ { m[i%8+g] = i }\n\t}()\n}\nselect {}", "concurrent map ", "at the same time"},
		{"func crash(x []int) int { return x[3] }\ngo func() { crash(nil) }()\nselect {}", "panic in a goroutine", "index out of range [3] with length 0 (cell[1]:1 in crash)"},
		{"go func() {\n\tdefer func() { recover() }()\n\tpanic(1)\n}()\ngo func() {\n\tpanic(2)\n}()\nselect {}", "panic in a goroutine", "(cell[1]:6)"},
		{"import \"os\"\nos.Exit(3)", "exit status 3", "os.Exit"},
		{"import \"log\"\nlog.Fatal(\"bye\")", "exit status 1", "os.Exit"},
		{"import \"bytes\"\nvar hoard [][]byte\nfor { hoard = append(hoard, bytes.Repeat([]byte{1}, 8<<20)) }", "out of memory", "839 MB"},
	}
	for _, test := range tests {
		shown(t, s, "treasure := 1")
		r, p := do(s, test.code)
		f := r.Failure
		if f == nil || !strings.HasPrefix(f.Name, test.name) || !strings.Contains(f.Value, test.value) || !strings.Contains(f.Value, "variables") {
			t.Errorf("%s: %+v", test.code, f)
		}
		if got := p.String(); strings.Contains(got, "goroutine ") || strings.Contains(got, "yaegi") || strings.Contains(got, "panic") {
			t.Errorf("%s put out %q", test.code, got)
		}
		if r, _ := do(s, "treasure"); r.Failure == nil || !strings.Contains(r.Failure.Value, "undefined: treasure") {
			t.Errorf("after %s: %+v", test.code, r)
		}
	}
}

func TestGoIsInterrupted(t *testing.T) {
	s := superviseGo(t, Options{})
	shown(t, s, "import (\"fmt\"; \"time\"; \"os\"; \"bufio\")\nkept := 41")
	cells := map[string]string{
		"loop":     "for { kept += 0 }",
		"function": "spin := func() { for i := 0; ; i++ { _ = i * i } }\nspin()",
		"receive":  "<-make(chan int)",
		"sleep":    "time.Sleep(time.Hour)",
		"context":  "<-ctx.Done()",
		"print":    "for { fmt.Println(\"line\") }",
		"read":     "bufio.NewScanner(os.Stdin).Scan()",
	}
	if runtime.GOOS != "windows" {
		cells["command"] = "!sleep 3600"
	}
	for name, code := range cells {
		t.Log(name)
		p := newPage()
		p.answer = func(ctx context.Context, _ string, _ bool) (string, error) { <-ctx.Done(); return "", ctx.Err() }
		done, interrupt := launch(s, server.Cell{Count: 2, Code: "fmt.Println(\"begun\")\n" + code}, p)
		p.wait(t, "begun")
		interrupt()
		if r := <-done; r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Errorf("%s: %+v", name, r.Failure)
		}
		if got := shown(t, s, "kept + 1"); got != "42" {
			t.Errorf("after %s: kept + 1 is %s", name, got)
		}
	}
}

func TestFailuresOfGo(t *testing.T) {
	s := superviseGo(t, Options{})
	tests := []struct {
		code, name, value string
		traceback         []string // each in it
	}{
		{"a := 1\nb := missing + a", "compile error", "cell[1]:2:6: undefined: missing", []string{"b := missing + a", "^"}},
		{"func g(x []int) int {\n\treturn x[5]\n}\ng(nil)", "panic", "runtime error: index out of range [5] with length 0", []string{"cell[1]:2", "return x[5]"}},
		{"panic(\"boom\")", "panic", "boom", []string{"cell[1]:1"}},
		{"import \"errors\"\nfunc try() (int, error) { return 0, errors.New(\"no luck\") }\ntry()", "error", "no luck", nil},
		{"must(try())", "error", "no luck", nil},
		{"%levitate", "error", "unknown magic %levitate", nil},
	}
	for _, test := range tests {
		r, _ := do(s, test.code)
		if r.Failure == nil || r.Failure.Name != test.name || !strings.Contains(r.Failure.Value, test.value) {
			t.Errorf("%s: %+v", test.code, r.Failure)
			continue
		}
		text := strings.NewReplacer(ansiRed, "", ansiGreen, "", ansiBlue, "", ansiReset, "").Replace(strings.Join(r.Failure.Traceback, "\n"))
		for _, want := range test.traceback {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in %s", test.code, want, text)
			}
		}
		if strings.Contains(text, "yaegi") || strings.Contains(text, "prelude") {
			t.Errorf("%s: frames of the interpreter in %s", test.code, text)
		}
	}
}

func TestMustInAGoroutineIsAPanicOfTheGoroutine(t *testing.T) {
	s := superviseGo(t, Options{})
	r, _ := do(s, "import \"errors\"\nfunc fail() (int, error) { return 0, errors.New(\"no luck\") }\nfunc work() {\n\tmust(fail())\n}\ngo work()\nselect {}")
	if r.Failure == nil {
		t.Fatal("the cell goes on")
	}
	text := strings.NewReplacer(ansiRed, "", ansiGreen, "", ansiBlue, "", ansiReset, "").Replace(strings.Join(r.Failure.Traceback, "\n"))
	if r.Failure.Name != "panic in a goroutine" || !strings.Contains(text, "no luck") || !strings.Contains(text, "cell[1]:4 in work") || strings.Contains(text, "prelude") {
		t.Errorf("%s: %s", r.Failure.Name, text)
	}
}

func TestGoReadsFromThePerson(t *testing.T) {
	s := superviseGo(t, Options{})
	r, p := answering(t, s, "import (\"fmt\"; \"os\"; \"bufio\")\nvar a int\nfmt.Scan(&a)\nl := bufio.NewScanner(os.Stdin)\nl.Scan()\nfmt.Println(a, l.Text())")
	if r.Failure != nil || !strings.Contains(p.String(), "stdout 1") {
		t.Errorf("got %v, %q", r.Failure, p)
	}
}

func TestLateGoroutineOfGoPrintsToItsCell(t *testing.T) {
	s := superviseGo(t, Options{})
	_, first := do(s, "import (\"fmt\"; \"hillock/stdlib/notebook\")\ngo_on := make(chan bool)\ngo func() { <-go_on; fmt.Println(\"late\"); notebook.Display(\"shown\"); go_on <- true }()")
	r, second := do(s, "fmt.Println(\"new\")\ngo_on <- true\n<-go_on")
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if first.String() != "stdout late\n|display shown" || second.String() != "stdout new\n" {
		t.Errorf("got %q and %q", first, second)
	}
}

func TestCompletionAndInspectionWhileGoRuns(t *testing.T) {
	s := superviseGo(t, Options{})
	shown(t, s, "import \"fmt\"\nvoltage := -70.0")
	p := newPage()
	done, interrupt := launch(s, server.Cell{Count: 2, Code: "fmt.Println(\"begun\")\nfor {}"}, p)
	p.wait(t, "begun")
	c, err := s.Complete(t.Context(), "volt", 4)
	if err != nil || len(c.Matches) == 0 || c.Matches[0].Text != "voltage" {
		t.Errorf("got %+v, %v", c, err)
	}
	i, err := s.Inspect(t.Context(), "fmt.Println", 8, 0)
	if err != nil || !i.Found || !strings.Contains(plainText(i.Bundle), "Println formats") {
		t.Errorf("got %+v, %v", i, err)
	}
	interrupt()
	<-done
	i, err = s.Inspect(t.Context(), "voltage", 3, 0)
	if err != nil || !i.Found || !strings.Contains(plainText(i.Bundle), "-70") {
		t.Errorf("got %+v, %v", i, err)
	}
}
