package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"hillock/stdlib/symbols/internal/std"
)

// dir is the folder of the generated files.
const dir = ".."

// What is checked in for gonum and for hillock's own packages is what would be
// generated now.
func TestNotStale(t *testing.T) {
	for _, name := range []string{"gonum", "hillock"} {
		list, err := groups(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := list[0].generate()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, name, out.files)
		for archive, files := range out.archives {
			compareArchive(t, name, archive, files)
		}
		have, err := filepath.Glob(filepath.Join(dir, "internal", name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range have {
			if out.files["internal/"+name+"/"+filepath.Base(file)] == nil {
				t.Errorf("%s is of a package that is gone: go generate -run %s ./stdlib/symbols", file, name)
			}
		}
	}
}

// The tables of the standard library have what the Go that they were made with
// has. Another Go has another standard library.
func TestStandardLibraryNotStale(t *testing.T) {
	if version := goVersion(); version != std.GoVersion {
		t.Logf("the tables are those of %s, this is %s", std.GoVersion, version)
		return
	}
	list, err := groups("std")
	if err != nil {
		t.Fatal(err)
	}
	prog, err := load(platform{runtime.GOOS, runtime.GOARCH}, list[0].paths)
	if err != nil {
		t.Fatal(err)
	}
	differs := map[string]bool{}
	text, err := os.ReadFile(filepath.Join(dir, "platform.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\{"(.*)", "(.*)", types`).FindAllStringSubmatch(string(text), -1) {
		differs[m[1]+"."+m[2]] = true
	}
	files, err := genericFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range sortedPackages(prog) {
		file, err := tableFile(pkg, "std", differs)
		if err != nil {
			t.Fatal(err)
		}
		files["internal/std/"+identifier(pkg.Path())+".go"] = file
	}
	compare(t, "std", files)
}

// stale reports that a file is not what would be generated.
func stale(t *testing.T, group, what string) {
	t.Helper()
	t.Errorf("%s is stale: go generate -run %s ./stdlib/symbols", what, group)
}

// compare compares generated files with those that are checked in.
func compare(t *testing.T, group string, files map[string][]byte) {
	t.Helper()
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), want) {
			stale(t, group, name)
		}
	}
}

// compareArchive compares generated files with those in an archive that is
// checked in.
func compareArchive(t *testing.T, group, name string, want map[string][]byte) {
	t.Helper()
	r, err := zip.OpenReader(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	seen := 0
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		have, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := want[f.Name]; !ok || !bytes.Equal(have, text) {
			stale(t, group, f.Name+" in "+name)
		}
		seen++
	}
	if seen != len(want) {
		stale(t, group, name)
	}
}
