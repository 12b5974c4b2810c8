// Package fresh lets a package's tests check that its generated assembly is what
// its generator makes.
package fresh

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Assembly fails the test when name.s or its Go declarations name.go in the
// test's folder differ from what the avo generator in ./gen makes for package
// pkg. The first line, which holds the command, may differ.
func Assembly(t *testing.T, name, pkg string) {
	t.Helper()
	dir := t.TempDir()
	command := exec.Command("go", "run", "./gen", "-out", filepath.Join(dir, name+".s"), "-stubs", filepath.Join(dir, name+".go"), "-pkg", pkg)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	for _, file := range []string{name + ".s", name + ".go"} {
		if !bytes.Equal(body(t, file), body(t, filepath.Join(dir, file))) {
			t.Errorf("%s is stale: run go generate in its folder", file)
		}
	}
}

// body is a file without its first line.
func body(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
