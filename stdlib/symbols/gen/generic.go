package main

import (
	"bytes"
	"embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ours are functions written for the interpreter, by package: they take the
// place of those of the standard library that need unsafe or the runtime.
//
//go:embed generic/*.go
var ours embed.FS

// genericSource names a package of the standard library with generic functions
// and the files of it that are taken over, less what ours replaces. With no
// files, ours is all there is.
type genericSource struct {
	path  string
	files []string
	drop  []string // functions that nothing reaches any more
}

var genericSources = []genericSource{
	{"cmp", []string{"cmp.go"}, nil},
	{"errors", nil, nil},
	{"iter", nil, nil},
	{"maps", []string{"maps.go", "iter.go"}, []string{"clone"}},
	{"math/rand/v2", nil, nil},
	{"reflect", nil, nil},
	{"slices", []string{"slices.go", "iter.go", "sort.go", "zsortanyfunc.go", "zsortordered.go"},
		[]string{"overlaps", "startIdx", "rotateLeft", "rotateRight"}},
	{"sync", nil, nil},
	{"sync/atomic", nil, nil},
	{"unique", nil, nil},
}

// notice stands above what is taken from the standard library.
const notice = `// Taken from Go's standard library:
// Copyright The Go Authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the file LICENSE-GO.

`

// goSource reads a file of the Go that go run uses, named from its root.
func goSource(name string) ([]byte, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), filepath.FromSlash(name)))
}

// text gives the source of the package's generic functions as one file.
func (g genericSource) text() ([]byte, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	own, err := ours.ReadFile("generic/" + identifier(g.path) + ".go")
	if err == nil {
		file, err := parser.ParseFile(fset, g.path, own, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	for _, name := range g.files {
		src, err := goSource("src/" + g.path + "/" + name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("generic source of %s: no file", g.path)
	}
	var b bytes.Buffer
	b.WriteString(generated)
	if len(g.files) > 0 {
		b.WriteString(notice)
	}
	fmt.Fprintf(&b, "package %s\n\n", files[0].Name.Name)
	decls, used := g.decls(files)
	paths := map[string]bool{}
	for _, file := range files {
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			if spec.Name == nil && used[packageName(path)] && !paths[path] {
				paths[path] = true
				fmt.Fprintf(&b, "import %q\n", path)
			}
		}
	}
	for _, decl := range decls {
		b.WriteString("\n")
		if err := format.Node(&b, fset, decl); err != nil {
			return nil, err
		}
		b.WriteString("\n")
	}
	return format.Source(b.Bytes())
}

// decls gives the declarations to keep, what is ours first, and the names that
// they use.
func (g genericSource) decls(files []*ast.File) (decls []ast.Decl, used map[string]bool) {
	seen := map[string]bool{}
	for _, name := range g.drop {
		seen[name] = true
	}
	used = map[string]bool{}
	for _, file := range files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				if decl.Tok == token.IMPORT {
					continue
				}
			case *ast.FuncDecl:
				if decl.Recv == nil && seen[decl.Name.Name] {
					continue
				}
				if decl.Recv == nil {
					seen[decl.Name.Name] = true
				}
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok {
						used[x.Name] = true
					}
				}
				return true
			})
			decls = append(decls, decl)
		}
	}
	return decls, used
}

// packageName is the name of a package of the standard library.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	if last := parts[len(parts)-1]; len(last) != 2 || last[0] != 'v' {
		return last
	}
	return parts[len(parts)-2]
}

// genericFiles gives the sources of all generic functions, and the licence of
// those that are Go's.
func genericFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, g := range genericSources {
		text, err := g.text()
		if err != nil {
			return nil, err
		}
		files["generic/"+identifier(g.path)+".go.txt"] = text
	}
	license, err := goSource("LICENSE")
	if err != nil {
		return nil, err
	}
	files["generic/LICENSE-GO"] = license
	return files, nil
}
