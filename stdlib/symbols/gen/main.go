// Gen writes the symbol tables, type data, documentation and generic sources of
// all that cells can import. It is run by go generate in hillock/stdlib/symbols.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
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
		out, err := g.generate()
		if err == nil {
			err = write(dir, g.name, out)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("group %s: %w", g.name, err))
		}
	}
	return failed
}

// output is what is generated for a group: files by name, and the archives by
// name with the files in them.
type output struct {
	files    map[string][]byte
	archives map[string]map[string][]byte
}

// write writes a group's files and deletes tables of packages that are no
// longer there.
func write(dir, group string, out output) error {
	files := maps.Clone(out.files)
	for name, content := range out.archives {
		var err error
		if files[name], err = archive(content); err != nil {
			return err
		}
	}
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

// generate generates what belongs to the group.
func (g group) generate() (output, error) {
	prog, err := load(platforms[0], g.paths)
	if err != nil {
		return output{}, err
	}
	files, docFiles, typeFiles := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	var differs map[string]bool
	if g.name == "std" {
		if differs, err = platformConstants(g.paths); err != nil {
			return output{}, err
		}
		if files, err = genericFiles(); err != nil {
			return output{}, err
		}
		if files["platform.go"], err = platformFile(prog, differs); err != nil {
			return output{}, err
		}
		if docFiles["builtin"], err = builtinDocs(); err != nil {
			return output{}, err
		}
	}
	packages := sortedPackages(prog)
	for _, pkg := range packages {
		path := pkg.Path()
		if files["internal/"+g.name+"/"+identifier(path)+".go"], err = tableFile(pkg, g.name, differs); err != nil {
			return output{}, err
		}
		if typeFiles[path], err = typeData(pkg); err != nil {
			return output{}, err
		}
		if docFiles[path], err = docData(prog, path, 0); err != nil {
			return output{}, err
		}
	}
	if files["internal/"+g.name+"/index.go"], err = indexFile(g.name, packages); err != nil {
		return output{}, err
	}
	return output{files, map[string]map[string][]byte{
		"data/types_" + g.name + ".zip": typeFiles,
		"data/docs_" + g.name + ".zip":  docFiles,
	}}, nil
}
