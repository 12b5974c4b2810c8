// Package fresh lets a package's tests check that its generated assembly is what
// its generator makes, and runs on the processors that it is for.
package fresh

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Assembly fails the test when name.s or its Go declarations name.go in the
// test's folder differ from what the generator in ./gen makes for package pkg, for a
// name that ends in _arm64 the one in ./gen/neon, or when kernels for AVX2 need more
// than that. The first line, which holds the command, may differ.
func Assembly(t *testing.T, name, pkg string) {
	t.Helper()
	dir := t.TempDir()
	generator := "./gen"
	if strings.HasSuffix(name, "_arm64") {
		generator = "./gen/neon"
	}
	command := exec.Command("go", "run", generator, "-out", filepath.Join(dir, name+".s"), "-stubs", filepath.Join(dir, name+".go"), "-pkg", pkg)
	command.Env = append(os.Environ(), "GOOS=", "GOARCH=") // the generator runs here, whatever the tests are for
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	for _, file := range []string{name + ".s", name + ".go"} {
		if !bytes.Equal(body(t, file), body(t, filepath.Join(dir, file))) {
			t.Errorf("%s is stale: run go generate in its folder", file)
		}
	}
	for _, line := range pastAVX2(string(body(t, name+".s"))) {
		t.Errorf("%s.s: processors with no more than AVX2 do not have this: %s", name, line)
	}
}

var (
	names256 = regexp.MustCompile(`AVX2|256`)
	only512  = regexp.MustCompile(`\b(Z\d+|K[0-7]|[XY](1[6-9]|2\d|3[01]))\b`)
)

// pastAVX2 gives the lines that only processors with AVX-512 run. The generator gives
// a function that comes to need more than sixteen vectors those that AVX-512 has,
// without a word. Functions for AVX-512 are left out: they have 512 in their names, or
// require it and have no other instructions' name.
func pastAVX2(text string) []string {
	var lines []string
	requires, skip := "", true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "// Requires:") {
			requires = line
			continue
		}
		if rest, ok := strings.CutPrefix(line, "TEXT ·"); ok {
			name, _, _ := strings.Cut(rest, "(")
			needs := strings.Contains(requires, "AVX512")
			skip = strings.Contains(name, "512") || needs && !names256.MatchString(name)
			if needs && !skip {
				lines = append(lines, name+" "+requires)
			}
			requires = ""
		}
		if !skip && only512.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
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
