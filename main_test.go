package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hillock/kernel/nb"
)

// asCommand makes the test's own binary the command, for itself and for the
// processes that it starts.
const asCommand = "HILLOCK_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(runMain(os.Args[1:]))
	}
	testscript.Main(m, map[string]func(){"hillock": main})
}

// TestScripts runs the command as people do: testdata/script says what they
// type and what they must see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// Whatever a notebook prints and shows, the exported program does, too.
func TestExportedProgramsDoWhatNotebooksDo(t *testing.T) {
	files, err := filepath.Glob("testdata/export/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no notebooks to export", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			cells, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := &nb.Notebook{}
			for cell := range strings.SplitSeq(strings.TrimSuffix(string(cells), "\n"), "\n----\n") {
				n.Cells = append(n.Cells, &nb.Cell{Type: nb.Code, Source: cell})
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "notebook.ipynb")
			if err := n.WriteFile(path); err != nil {
				t.Fatal(err)
			}
			interpreted := output(t, []string{asCommand + "=1"}, self, "run", path)
			program := filepath.Join(dir, "main.go")
			output(t, []string{asCommand + "=1"}, self, "export", path, "-o", program)
			compiled := output(t, nil, "go", "run", program)
			text, _ := os.ReadFile(program)
			if measured := "time: "; compiled != withoutLines(interpreted, measured) {
				t.Errorf("interpreted\n%s\ncompiled\n%s\nfrom\n%s", interpreted, compiled, text)
			}
			output(t, nil, "go", "vet", program)
			if unformatted := output(t, nil, "gofmt", "-l", program); unformatted != "" {
				t.Error("the program is not formatted")
			}
		})
	}
}

// withoutLines leaves out the lines that begin with prefix.
func withoutLines(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, prefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// output runs a program, which must succeed, and gives what it printed.
func output(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}
