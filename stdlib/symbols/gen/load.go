package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// platform is an operating system and an architecture that hillock runs on.
type platform struct{ os, arch string }

// platforms are those hillock is built for. The first one's type data is used
// on all of them.
var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles               []string
	Imports               []string
	ImportMap             map[string]string
	Standard              bool
	Error                 *struct{ Err string }
}

// program is a set of packages checked from source for one platform, function
// bodies left out.
type program struct {
	fset     *token.FileSet
	packages map[string]*types.Package
	files    map[string][]*ast.File // with comments, for packages asked for by name
	listed   map[string]*listed
}

// load checks the packages at paths and all they import for a platform.
func load(p platform, paths []string) (*program, error) {
	list, err := goList(p, paths)
	if err != nil {
		return nil, err
	}
	prog := &program{
		fset:     token.NewFileSet(),
		packages: map[string]*types.Package{"unsafe": types.Unsafe},
		files:    map[string][]*ast.File{},
		listed:   map[string]*listed{},
	}
	wanted := map[string]bool{}
	for _, path := range paths {
		wanted[path] = true
	}
	for _, l := range list { // in the order of dependencies
		if l.ImportPath == "unsafe" {
			continue
		}
		if l.Error != nil {
			return nil, fmt.Errorf("list %s: %s", l.ImportPath, l.Error.Err)
		}
		prog.listed[l.ImportPath] = l
		if err := prog.check(p, l, wanted[l.ImportPath]); err != nil {
			return nil, fmt.Errorf("%s/%s: check %s: %w", p.os, p.arch, l.ImportPath, err)
		}
	}
	return prog, nil
}

// goList lists packages and what they import, what is imported first.
func goList(p platform, paths []string) ([]*listed, error) {
	args := append([]string{"list", "-deps", "-json=ImportPath,Name,Dir,GoFiles,Imports,ImportMap,Standard,Error"}, paths...)
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var list []*listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		l := new(listed)
		if err := dec.Decode(l); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		list = append(list, l)
	}
}

// parse parses the files of a package.
func (prog *program) parse(l *listed, mode parser.Mode) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range l.GoFiles {
		src, err := os.ReadFile(filepath.Join(l.Dir, name))
		if err != nil {
			return nil, err
		}
		// Positions name the file within its package: no path of this machine.
		file, err := parser.ParseFile(prog.fset, path.Join(l.ImportPath, name), src, mode|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// check parses and checks one package whose imports are checked.
func (prog *program) check(p platform, l *listed, comments bool) error {
	var mode parser.Mode
	if comments {
		mode = parser.ParseComments
	}
	files, err := prog.parse(l, mode)
	if err != nil {
		return err
	}
	config := types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Sizes:            types.SizesFor("gc", p.arch),
		Importer: importerFunc(func(path string) (*types.Package, error) {
			if mapped := l.ImportMap[path]; mapped != "" {
				path = mapped
			}
			if pkg := prog.packages[path]; pkg != nil {
				return pkg, nil
			}
			return nil, fmt.Errorf("package %s is not loaded", path)
		}),
	}
	pkg, err := config.Check(l.ImportPath, prog.fset, files, nil)
	if err != nil {
		return err
	}
	prog.packages[l.ImportPath] = pkg
	if comments {
		prog.files[l.ImportPath] = files
	}
	return nil
}

// importerFunc is an importer made of a function.
type importerFunc func(path string) (*types.Package, error)

// Import calls f.
func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// isInternal says whether a package can't be imported by cells.
func isInternal(path string) bool {
	return strings.HasPrefix(path, "internal/") || strings.Contains(path, "/internal/") ||
		strings.HasSuffix(path, "/internal") || strings.HasPrefix(path, "vendor/") || strings.HasPrefix(path, "cmd/")
}
