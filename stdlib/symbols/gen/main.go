// Gen writes the symbol tables, type data, documentation and generic sources of
// all that cells can import. It is run by go generate in hillock/stdlib/symbols.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	dir := flag.String("dir", ".", "the folder of hillock/stdlib/symbols")
	only := flag.String("only", "", "generate only this group: std, gonum or hillock")
	flag.Parse()
	if err := run(*dir, *only); err != nil {
		log.Fatal(err)
	}
}

// run generates the groups and writes what has changed. A group that fails
// leaves its files as they were.
func run(dir, only string) error {
	all, err := groups(only)
	if err != nil {
		return err
	}
	var failed error
	for _, g := range all {
		files, err := g.generate()
		if err == nil {
			err = write(dir, g.name, files)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("group %s: %w", g.name, err))
		}
	}
	return failed
}

// write writes a group's files and deletes tables of packages that are no
// longer there.
func write(dir, group string, files map[string][]byte) error {
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	tables, err := filepath.Glob(filepath.Join(dir, "internal", group, "*.go"))
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, ok := files["internal/"+group+"/"+filepath.Base(table)]; !ok {
			if err := os.Remove(table); err != nil {
				return err
			}
		}
	}
	return nil
}

// generate gives the group's generated files by name.
func (g group) generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	prog, err := load(platforms[0], g.paths)
	if err != nil {
		return nil, err
	}
	var differs map[string]bool
	if g.name == "std" {
		if differs, err = platformConstants(g.paths); err != nil {
			return nil, err
		}
		if files, err = genericFiles(); err != nil {
			return nil, err
		}
		if files["platform.go"], err = platformFile(prog, differs); err != nil {
			return nil, err
		}
	}
	typeFiles, docFiles := map[string][]byte{}, map[string][]byte{}
	var packages []*types.Package
	for _, path := range slices.Sorted(slices.Values(g.paths)) {
		pkg := prog.packages[path]
		packages = append(packages, pkg)
		name := "internal/" + g.name + "/" + identifier(path) + ".go"
		if files[name], err = tableFile(pkg, g.name, differs); err != nil {
			return nil, err
		}
		if typeFiles[path], err = typeData(pkg); err != nil {
			return nil, err
		}
		if docFiles[path], err = docData(prog, path, 0); err != nil {
			return nil, err
		}
	}
	if g.name == "std" {
		if docFiles["builtin"], err = builtinDocs(); err != nil {
			return nil, err
		}
	}
	if files["internal/"+g.name+"/index.go"], err = indexFile(g.name, packages); err != nil {
		return nil, err
	}
	if files["data/types_"+g.name+".zip"], err = archive(typeFiles); err != nil {
		return nil, err
	}
	files["data/docs_"+g.name+".zip"], err = archive(docFiles)
	return files, err
}
