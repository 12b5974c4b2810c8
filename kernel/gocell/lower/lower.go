// Package lower turns type-checked Go 1.26 into Go source that yaegi v0.16.1
// runs right. It emits new source text from the typed tree rather than rewriting
// the tree; generics become instances as the text is written.
package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// Unit is a checked piece of Go: a program's package, or a notebook cell.
type Unit struct {
	// Name stands for the unit in positions: "cell[9]" or a file's name.
	Name  string
	Fset  *token.FileSet
	Files []*ast.File // package-level declarations
	Pkg   *types.Package
	Info  *types.Info // with every map filled, FileVersions and InitOrder too

	// Body is the function that runs a cell's statements, or nil for a program.
	// It is checked as a declaration of Files, but is not callable by name.
	Body *ast.FuncDecl
	// Globals are the variables declared at the top level of Body that live on
	// after it: they are emitted as package variables.
	Globals []*types.Var
	// Same maps an object of this unit to the earlier one whose place it takes
	// (a variable declared again with the same type, a function with the same
	// signature): both share one emitted name, so that earlier code sees the new
	// value. The earlier object may come from any earlier unit.
	Same map[types.Object]types.Object
	// Show lists the trailing expression of Body, if its values are to be handed
	// out: the emitted code passes them to the result hook (see Lowered).
	Show ast.Expr
}

// Lowered is what a unit became.
type Lowered struct {
	// Sources are to be given to yaegi in this order, each under its own file
	// name. World.Position leads positions in them back to the unit.
	Sources []Source
	// Entry is the expression that runs the unit ("hillock_cell_9()" or
	// "hillock_main()") once Sources are loaded.
	Entry string
	// commit makes the world remember the unit.
	commit func()
}

// Source is a piece of emitted text.
type Source struct {
	Name string
	Text string
}

// Commit makes the world remember what the unit declared. Without it a later
// unit is lowered as if this one had never been.
func (l *Lowered) Commit() {
	if l.commit != nil {
		l.commit()
	}
}

// UnsupportedError says that a construct can't be run right, where it stands,
// and what to write instead.
type UnsupportedError struct {
	Pos     token.Position
	What    string // "struct tags on local types"
	Instead string // "declare the type at top level"
}

// Error begins with the word unsupported.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("unsupported: %s; %s", e.What, e.Instead)
}
