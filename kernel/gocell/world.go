package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"sync"

	"hillock/kernel/gocell/lower"
)

// Config says what a world is built on. The zero value can import nothing.
type Config struct {
	// Importer gives the packages that cells may import.
	Importer types.Importer
}

// World is the state of a session as the type checker sees it: what earlier
// cells declared and what they imported. Its methods may be called at any time
// from several goroutines.
type World struct {
	// methods is held while types of earlier cells get other methods, and is
	// taken before mu.
	methods  sync.RWMutex
	mu       sync.Mutex
	importer *hostImporter
	fset     *token.FileSet
	// names is what a new cell sees: objects of earlier cells and imports.
	names map[string]*entry
	// dots are the dot imports, in order.
	dots []Import
	// declarations are the declarations of live functions, methods and types.
	declarations map[types.Object]*declaration
	// sources are the texts of the cells by name, for messages.
	sources map[string]string
	// prelude declares ctx and must. It is nil until a cell uses one of them.
	prelude *lower.Unit
	preview *types.Package // of it, for those who only look
	// captured are the variables that a function or a pointer may still reach
	// after their name has been given away.
	captured map[*types.Var]bool
}

// entry is what a name stands for: an object or an import.
type entry struct {
	object types.Object
	path   string // of an import
	cell   int    // count of the cell that declared it last
}

// NewWorld makes the world of a session in which nothing has run.
func NewWorld(config Config) *World {
	w := &World{importer: &hostImporter{Importer: config.Importer}}
	w.clear()
	return w
}

func (w *World) clear() {
	w.fset = token.NewFileSet()
	w.names = map[string]*entry{}
	w.dots = nil
	w.declarations = map[types.Object]*declaration{}
	w.sources = map[string]string{}
	w.prelude, w.preview = nil, nil
	w.captured = map[*types.Var]bool{}
}

// Reset forgets everything that cells declared and imported.
func (w *World) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clear()
}

// Import is a package that is visible in the cells.
type Import struct {
	Name string // as cells write it; "." for a dot import
	Path string
}

// Imports lists the live imports by name.
func (w *World) Imports() []Import {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.Clone(w.dots)
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		if e := w.names[name]; e.object == nil {
			list = append(list, Import{Name: name, Path: e.path})
		}
	}
	return list
}

// Declared is an object that cells declared, and where.
type Declared struct {
	Object types.Object
	Cell   int // count of the cell that declared it last
}

// Objects gives everything that a new cell can see by name, except packages and
// what Go predeclares, sorted by name. It includes ctx and must.
func (w *World) Objects() []Declared {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Declared
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		if e := w.names[name]; e.object != nil {
			list = append(list, Declared{e.object, e.cell})
		}
	}
	for _, name := range []string{"ctx", "must"} {
		if w.names[name] != nil {
			continue
		}
		if o := w.preludeToSee().Scope().Lookup(name); o != nil {
			list = append(list, Declared{Object: o})
		}
	}
	return list
}

// preludeToSee gives the prelude's package to look at. It is not the one that cells
// use as long as none does: that has to reach the interpreter together with the
// first that does.
func (w *World) preludeToSee() *types.Package {
	switch {
	case w.prelude != nil:
		return w.prelude.Pkg
	case w.preview == nil:
		w.preview = types.NewPackage(ownPath, "cell·0")
		if unit, err := checkPrelude(w.fset, w.importer); err == nil {
			w.preview = unit.Pkg
		}
	}
	return w.preview
}

// Importer gives the importer that cells are checked with.
func (w *World) Importer() types.Importer { return w.importer }

// Document gives the comment before the declaration of an object of a cell, and
// the declaration itself, or nil.
func (w *World) Document(object types.Object) (comment string, node ast.Node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.declarations[object]
	if d == nil {
		return "", nil
	}
	return d.comment(), d.node()
}

// loadPrelude makes ctx and must known.
func (w *World) loadPrelude() error {
	if w.prelude != nil {
		return nil
	}
	unit, err := checkPrelude(w.fset, w.importer)
	if err != nil {
		return err
	}
	w.prelude = unit
	return nil
}

// predeclared gives an object of the prelude if it is loaded and a cell has not
// taken its name.
func (w *World) predeclared(name string) types.Object {
	if w.prelude == nil || w.names[name] != nil {
		return nil
	}
	return w.prelude.Pkg.Scope().Lookup(name)
}

// lookup gives what a name of an earlier cell stands for, or nil, nil.
func (w *World) lookup(pkg *types.Package, name string) (types.Object, error) {
	if e := w.names[name]; e != nil {
		if e.object != nil {
			return e.object, nil
		}
		imported, err := w.importer.Import(e.path)
		if err != nil {
			return nil, err
		}
		return types.NewPkgName(token.NoPos, pkg, name, imported), nil
	}
	if o := w.predeclared(name); o != nil {
		return o, nil
	}
	for i := len(w.dots) - 1; i >= 0; i-- {
		imported, err := w.importer.Import(w.dots[i].Path)
		if err != nil {
			return nil, err
		}
		if o := imported.Scope().Lookup(name); o != nil && o.Exported() {
			return o, nil
		}
	}
	return nil, nil
}
