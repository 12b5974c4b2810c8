// Package conformance measures how much of Go runs right: it runs Go's own test
// programs, and programs of this project, through the lowering and the
// interpreter and compares what they print with what compiled Go prints.
//
// The normal tests run a fixed sample. All of it:
//
//	HILLOCK_CONFORMANCE=all go test ./kernel/gocell/conformance
//
// and, to write the list of programs that must stay right,
//
//	HILLOCK_CONFORMANCE=record go test ./kernel/gocell/conformance
//
// What compiled Go prints is kept in testdata as hashes, written by
// go generate ./kernel/gocell/conformance.
package conformance

//go:generate go run ./golden

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// excluded are packages that no program of the measure imports: they reach
// below the language.
var excluded = map[string]bool{
	"unsafe": true, "runtime": true, "runtime/debug": true, "syscall": true, "os/exec": true, "C": true,
}

// Root gives the folder of Go's own test programs.
func Root() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find GOROOT: %w", err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "test")
	if _, err := os.Stat(root); err != nil {
		return "", fmt.Errorf("this installation of Go lacks its test programs: %w", err)
	}
	return root, nil
}

// Programs gives the programs of the measure, by their slash-separated paths
// below root: those that say "// run" and import nothing excluded.
func Programs(root string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		ok, err := selected(path)
		if ok {
			rel, _ := filepath.Rel(root, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	sort.Strings(list)
	return list, err
}

// selected says whether a file is a program of the measure.
func selected(path string) (bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//go:build") || strings.HasPrefix(line, "// +build") {
			continue
		}
		if line != "// run" {
			return false, nil
		}
		break
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
	if err != nil {
		return false, nil // not a program of this Go
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if excluded[name] || strings.HasPrefix(name, "internal/") {
			return false, nil
		}
	}
	return file.Name.Name == "main", nil
}

// Golden is what compiled Go prints.
type Golden struct {
	Hash   string // of standard output; "varies" when two runs differ
	Status int    // the exit status
}

// Hash is the form in which outputs are kept.
func Hash(output []byte) string {
	sum := sha256.Sum256(output)
	return hex.EncodeToString(sum[:8])
}

// ReadGolden reads the outputs that the generator has written.
func ReadGolden(path string) (map[string]Golden, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	golden := map[string]Golden{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var name string
		var g Golden
		if _, err := fmt.Sscan(lines.Text(), &name, &g.Hash, &g.Status); err != nil {
			return nil, fmt.Errorf("%s: line %q: %w", path, lines.Text(), err)
		}
		golden[name] = g
	}
	return golden, lines.Err()
}
