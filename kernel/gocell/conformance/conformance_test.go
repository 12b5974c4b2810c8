package conformance_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/kernel/gocell/conformance"
	"hillock/kernel/gocell/lower"
	"hillock/kernel/interp"
)

// programVariable makes the test binary run the program that it names, in a
// process of its own.
const programVariable = "HILLOCK_CONFORMANCE_PROGRAM"

// Exit statuses of a program that did not run to its own end.
const (
	statusRefused = 97 // it needs what is not supported, and was told so
	statusFailed  = 98 // it could not be run
)

func TestMain(m *testing.M) {
	if path := os.Getenv(programVariable); path != "" {
		os.Exit(runProgram(path))
	}
	os.Exit(m.Run())
}

// runProgram runs a program in this process and gives its exit status.
func runProgram(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	os.Args = os.Args[:1]
	err = interp.RunProgram(context.Background(), []interp.ProgramFile{{Name: path, Text: string(text)}}, interp.ProgramOptions{})
	var unsupported *lower.UnsupportedError
	var status interp.ExitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &unsupported):
		fmt.Fprintln(os.Stderr, err)
		return statusRefused
	}
	fmt.Fprintln(os.Stderr, err)
	return statusFailed
}

// outcome is how a program came out.
type outcome string

const (
	right    outcome = "right"
	wrong    outcome = "wrong"   // ended well with another output: the worst
	failed   outcome = "fail"    // ended with an error, or can't be run
	refused  outcome = "refused" // said that something is unsupported
	timedOut outcome = "timeout"
)

// run runs a program in a child process, and gives what it printed. With
// together, stdout holds standard error too, in the order of writing.
func run(path string, limit time.Duration, together bool) (stdout, stderr []byte, status int, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), programVariable+"="+path)
	cmd.Dir = filepath.Dir(path)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if together {
		cmd.Stderr = &out
	}
	err = cmd.Run()
	if ctx.Err() != nil {
		return out.Bytes(), errs.Bytes(), 0, ctx.Err()
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return out.Bytes(), errs.Bytes(), exit.ExitCode(), nil
	}
	return out.Bytes(), errs.Bytes(), 0, err
}

// judge runs one of Go's programs and compares it with compiled Go: with the
// .out file beside it if there is one, as Go's own test runner does, and with
// what the generator has seen otherwise.
func judge(root, name string, golden map[string]conformance.Golden, limit time.Duration) (outcome, string) {
	path := filepath.Join(root, filepath.FromSlash(name))
	expected, noOutput := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out")
	stdout, stderr, status, err := run(path, limit, noOutput == nil)
	message := string(stderr)
	if noOutput == nil {
		message = string(stdout)
	}
	want, known := golden[name]
	unsupported := status == statusRefused || strings.Contains(message, "panic: unsupported: ")
	message = message[:min(len(message), 400)]
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return timedOut, ""
	case err != nil:
		return failed, err.Error()
	case unsupported:
		return refused, message
	case status != want.Status:
		return failed, message
	}
	if noOutput == nil {
		if !bytes.Equal(stdout, expected) {
			return wrong, message
		}
		return right, ""
	}
	if known && want.Hash != "varies" && conformance.Hash(stdout) != want.Hash {
		return wrong, string(stdout[:min(len(stdout), 400)])
	}
	return right, ""
}

// TestGoPrograms runs Go's own test programs: a sample of those that must be
// right, or all.
func TestGoPrograms(t *testing.T) {
	root, err := conformance.Root()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	golden, err := conformance.ReadGolden("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	pass := readPass(t)
	mode := os.Getenv("HILLOCK_CONFORMANCE")
	var names []string
	if mode == "" {
		for i, name := range pass {
			if i%7 == 3 {
				names = append(names, name)
			}
		}
	} else if names, err = conformance.Programs(root); err != nil {
		t.Fatal(err)
	}
	limit := 60 * time.Second
	if mode != "" {
		limit = 20 * time.Second
	}
	type result struct {
		outcome outcome
		message string
	}
	results := map[string]result{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	next := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for name := range next {
				o, message := judge(root, name, golden, limit)
				mu.Lock()
				results[name] = result{o, message}
				mu.Unlock()
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	workers.Wait()
	counts := map[outcome]int{}
	var passed []string
	var report strings.Builder
	for _, name := range slices.Sorted(maps.Keys(results)) {
		r := results[name]
		counts[r.outcome]++
		if r.outcome == right {
			passed = append(passed, name)
			continue
		}
		fmt.Fprintf(&report, "%s %s: %s\n", r.outcome, name, strings.TrimSpace(r.message))
		if slices.Contains(pass, name) && mode != "record" {
			t.Errorf("%s: %s, must be right: %s", name, r.outcome, r.message)
		}
		if r.outcome == wrong {
			t.Errorf("%s: a wrong result without an error: %s", name, r.message)
		}
	}
	fmt.Fprintf(&report, "%d programs: %v\n", len(names), counts)
	t.Logf("%d programs: %v", len(names), counts)
	if path := os.Getenv("HILLOCK_CONFORMANCE_REPORT"); path != "" {
		if err := os.WriteFile(path, []byte(report.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if mode == "record" {
		if err := os.WriteFile("testdata/pass.txt", []byte(strings.Join(passed, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// readPass reads the list of programs that must be right.
func readPass(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/pass.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// TestPassList keeps the measure from shrinking: at least 640 of Go's programs
// must be right.
func TestPassList(t *testing.T) {
	if n := len(readPass(t)); n < 740 {
		t.Errorf("the list of programs that must be right has %d, expected at least 740", n)
	}
}

// TestOwnPrograms compares the project's own programs with compiled Go.
func TestOwnPrograms(t *testing.T) {
	paths, err := filepath.Glob("testdata/diff/*.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatal("no programs in testdata/diff")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".go"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			full, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			stdout, stderr, status, err := run(full, 60*time.Second, false)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Appendf(stdout, "exit status %d\n", status)
			if !bytes.Equal(got, want) {
				t.Errorf("printed\n%s\ncompiled Go prints\n%s\nstandard error:\n%s", got, want, stderr)
			}
		})
	}
}
