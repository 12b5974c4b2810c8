package gocell

import (
	"go/ast"
	"go/token"
	"go/types"
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
	config Config
}

// NewWorld makes the world of a session in which nothing has run.
func NewWorld(config Config) *World { return &World{config: config} }

// Import is a package that is visible in the cells.
type Import struct {
	Name string // as cells write it; "." for a dot import
	Path string
}

// Imports lists the live imports by name.
func (w *World) Imports() []Import { return nil }

// Objects gives everything that a new cell can see by name, except packages and
// what Go predeclares.
func (w *World) Objects() []types.Object { return nil }

// Importer gives the importer that cells are checked with.
func (w *World) Importer() types.Importer { return w.config.Importer }

// Partial is a cell that is being written, checked as far as it can be.
type Partial struct {
	Fset *token.FileSet
	File *ast.File
	Pkg  *types.Package
	Info *types.Info
	// Pos maps an offset in the cell's text to a position in File.
	Pos func(offset int) token.Pos
}

// CheckPartial parses and checks a cell that may be unfinished and changes
// nothing: syntax errors and type errors leave holes in Info. It never fails.
func (w *World) CheckPartial(code string) *Partial { return &Partial{} }
