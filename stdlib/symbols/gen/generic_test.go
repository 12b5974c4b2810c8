package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goTests are Go's own tests of packages whose generic functions are taken
// over, and how they are made to test ours. They need what is internal to the
// standard library only to be milder.
var goTests = []struct {
	path    string
	files   []string
	replace map[string]string // regular expression to text
}{
	{"slices", []string{"slices_test.go", "iter_test.go", "sort_test.go"},
		map[string]string{`\. "slices"`: `. "gt/slices"`, `"internal/(\w+)"`: `"gt/$1"`}},
	{"maps", []string{"maps_test.go", "iter_test.go"}, nil},
	{"cmp", []string{"cmp_test.go"}, map[string]string{`"cmp"`: `"gt/cmp"`}},
	{"iter", []string{"pull_test.go"}, map[string]string{`\. "iter"`: ". \"gt/iter\"\n\t\"iter\"", `\bSeq(2?)\[`: `iter.Seq$1[`}},
}

// mild stands in for internal packages of the standard library.
var mild = map[string]string{
	"asan/asan.go": "package asan\n\nconst Enabled = false\n",
	"msan/msan.go": "package msan\n\nconst Enabled = false\n",
	"race/race.go": "package race\n\nconst Enabled = false\n",
	"testenv/testenv.go": "package testenv\n\nimport \"testing\"\n\nfunc OptimizationOff() bool { return true }\n\n" +
		"func SkipIfOptimizationOff(t testing.TB) { t.Skip(\"counts allocations\") }\n",
}

// The generic sources, compiled, pass Go's own tests, and ours beside them. Only
// the number of goroutines that iter.Pull takes is another.
func TestGenericSourcesPassTests(t *testing.T) {
	module := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module gt\n\ngo 1.26\n")
	for name, text := range mild {
		write(name, text)
	}
	for _, g := range genericSources {
		text, err := g.text()
		if err != nil {
			t.Fatal(err)
		}
		write(g.path+"/source.go", string(text))
	}
	for _, p := range goTests {
		for _, name := range p.files {
			text, err := goSource("src/" + p.path + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			source := string(text)
			for old, new := range p.replace {
				source = regexp.MustCompile(old).ReplaceAllString(source, new)
			}
			write(p.path+"/"+name, source)
		}
	}
	own, err := os.ReadFile("testdata/own_test.go")
	if err != nil {
		t.Fatal(err)
	}
	write("own/own_test.go", string(own))

	cmd := exec.Command("go", "test", "-timeout", "60s", "-skip", "^TestPull2?$", "./...")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, p := range []string{"own", "slices", "maps", "cmp", "iter"} {
		if !strings.Contains(string(out), "ok  \tgt/"+p) {
			t.Errorf("no tests of %s:\n%s", p, out)
		}
	}
}
