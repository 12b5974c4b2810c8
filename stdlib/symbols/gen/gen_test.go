package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
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
		files, err := list[0].generate()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, name, files)
		have, err := filepath.Glob(filepath.Join(dir, "internal", name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range have {
			if files["internal/"+name+"/"+filepath.Base(file)] == nil {
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

// compare compares generated files with those that are checked in.
func compare(t *testing.T, group string, files map[string][]byte) {
	t.Helper()
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v: go generate -run %s ./stdlib/symbols", err, group)
			continue
		}
		if strings.HasSuffix(name, ".zip") {
			for _, difference := range compareArchives(t, have, want) {
				t.Errorf("%s: %s is stale: go generate -run %s ./stdlib/symbols", name, difference, group)
			}
		} else if !bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), want) {
			t.Errorf("%s is stale: go generate -run %s ./stdlib/symbols", name, group)
		}
	}
}

// compareArchives names the files in which two archives differ.
func compareArchives(t *testing.T, a, b []byte) []string {
	t.Helper()
	read := func(data []byte) map[string]string {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range r.File {
			content, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(content)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = string(text)
		}
		return files
	}
	have, want := read(a), read(b)
	var differ []string
	for name := range have {
		if _, ok := want[name]; !ok {
			differ = append(differ, name)
		}
	}
	for name, text := range want {
		if have[name] != text {
			differ = append(differ, name)
		}
	}
	return differ
}
