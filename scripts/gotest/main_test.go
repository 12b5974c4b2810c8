package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReportOfRealPackages runs `go test -json` on a module with a test for
// each outcome and checks the counts and what is shown.
func TestReportOfRealPackages(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n",
		"good/good_test.go": `package good
import "testing"
func TestOne(t *testing.T) { t.Log("quiet") }
func TestTwo(t *testing.T) { t.Run("a", func(*testing.T) {}); t.Run("b", func(*testing.T) {}) }
`,
		"bad/bad_test.go": `package bad
import "testing"
func TestPasses(t *testing.T) {}
func TestFails(t *testing.T) { t.Error("the reason") }
func TestSkips(t *testing.T) { t.Skip("the excuse") }
`,
		"broken/broken_test.go": "package broken\nvar x int = \"text\"\n",
		"dies/dies_test.go": `package dies
import ("os"; "testing")
func TestMain(*testing.M) { os.Stdout.WriteString("famous last words\n"); os.Exit(7) }
func TestNothing(*testing.T) {}
`,
		"empty/empty.go": "package empty\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-json", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	events, err := cmd.Output()
	if err == nil {
		t.Fatal("the failing tests passed")
	}
	var shown strings.Builder
	c, err := report(strings.NewReader(string(events)), &shown)
	if err != nil {
		t.Fatal(err)
	}
	// Passed: TestOne, TestTwo, TestPasses. Failed: TestFails, TestSkips, the
	// package that does not build and the one that dies.
	if want := (counts{passed: 3, failed: 4}); c != want {
		t.Errorf("counted %+v, want %+v; shown:\n%s", c, want, &shown)
	}
	for _, want := range []string{"the reason", "the excuse", "famous last words", "cannot use"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q is not shown in\n%s", want, &shown)
		}
	}
	if strings.Contains(shown.String(), "quiet") {
		t.Errorf("the output of a passing test is shown in\n%s", &shown)
	}
}
