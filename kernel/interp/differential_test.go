package interp

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"hillock/kernel/gocell"
)

// section is a sequence of cells of testdata/cells.txt.
type section struct {
	name  string
	cells []string
}

// sections reads the sequences. A line of dashes divides cells.
func sections(t *testing.T) []section {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "cells.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []section
	for _, text := range strings.Split("\n"+string(data), "\n== ")[1:] {
		name, body, _ := strings.Cut(text, "\n")
		list = append(list, section{name, strings.Split(body, "\n--\n")})
	}
	return list
}

// compiledText makes of a sequence what a person would write in a file: types and
// functions at package level, each cell's statements in a block within the block
// of the cell before.
func compiledText(t *testing.T, s section, pkg string) string {
	t.Helper()
	var head, top, body, tail strings.Builder
	globals := strings.HasSuffix(s.name, "(package variables)")
	imported := map[string]bool{}
	fmt.Fprintf(&head, "package %s\n", pkg)
	for _, cell := range s.cells {
		pieces, err := gocell.Split(cell)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		body.WriteString("{\n")
		tail.WriteString("}\n")
		for _, p := range pieces {
			switch {
			case p.Kind == gocell.ImportPiece:
				for _, i := range p.Imports {
					if !imported[i.Path] {
						imported[i.Path] = true
						fmt.Fprintf(&head, "import %s %q\n", i.Name, i.Path)
					}
				}
			case p.Kind == gocell.TypePiece, p.Kind == gocell.ConstPiece, p.Kind == gocell.FuncPiece, p.Kind == gocell.VarPiece && globals:
				top.WriteString(p.Text + "\n")
			default:
				body.WriteString(p.Text + "\n")
				for _, name := range p.Names {
					body.WriteString("_ = " + name + "\n")
				}
			}
		}
	}
	return head.String() + top.String() + "func Main() {\n" + body.String() + tail.String() + "}\n"
}

// addresses differ from run to run.
var addresses = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// TestCellsDoWhatCompiledGoDoes runs sequences of cells and the same text as a
// compiled program, and compares what they print.
func TestCellsDoWhatCompiledGoDoes(t *testing.T) {
	list := sections(t)
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module cells\n\ngo 1.26\n")
	var imports, calls strings.Builder
	for i, s := range list {
		pkg := fmt.Sprintf("section%d", i)
		write(filepath.Join(pkg, "section.go"), compiledText(t, s, pkg))
		fmt.Fprintf(&imports, "import %q\n", "cells/"+pkg)
		fmt.Fprintf(&calls, "\tfmt.Print(%q)\n\t%s.Main()\n", "\n=== "+s.name+"\n", pkg)
	}
	write("main.go", "package main\n\nimport \"fmt\"\n"+imports.String()+"\nfunc main() {\n"+calls.String()+"}\n")
	program := filepath.Join(dir, "cells")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatalf("compiled program: %v\n%s", err, out)
	}
	want := map[string]string{}
	for _, part := range strings.Split(string(out), "\n=== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		want[name] = text
	}
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			var printed bytes.Buffer
			session, err := New(Options{Stdout: &printed, Stderr: &printed})
			if err != nil {
				t.Fatal(err)
			}
			for i, code := range s.cells {
				name := fmt.Sprintf("cell[%d]", i+1)
				r := session.Run(context.Background(), Cell{Name: name, Count: i + 1, Code: code + "\n;"})
				if r.Err != nil {
					t.Errorf("%s: %v", name, r.Err)
				}
			}
			got := addresses.ReplaceAllString(strings.TrimSpace(printed.String()), "0x")
			if want := addresses.ReplaceAllString(strings.TrimSpace(want[s.name]), "0x"); got != want {
				t.Errorf("cells print\n%s\ncompiled Go prints\n%s", got, want)
			}
		})
	}
}
