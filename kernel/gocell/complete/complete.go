// Package complete proposes continuations of a cell that is being written and
// describes what stands in it, from types: those of the cell, of the session's
// state and of every package that cells can import.
//
// A cell that is being written seldom parses. Its pieces (declarations and
// statements) are therefore looked at one by one: those that parse are kept, the
// one with the cursor is mended, and types are checked with errors ignored.
//
// A package that is not imported yet completes as if it were; hillock imports it
// when the cell is run (symbols.Resolve tells which one a name means). So a
// proposal never has to change the text anywhere but at the cursor, which is all
// that Jupyter's protocol can express.
package complete

import "go/types"

// State is what a session knows. Of makes one from a *gocell.World.
type State interface {
	// Imports are the packages that earlier cells imported.
	Imports() []Import
	// Objects is everything else that a new cell can see by name.
	Objects() []types.Object
	// Importer gives the types of packages, the same ones as Objects have.
	Importer() types.Importer
}

// Import is a package that cells can use by name.
type Import struct{ Name, Path string }

// Documenter is a State that knows the declarations of its objects.
type Documenter interface {
	// Document gives the comment before an object's declaration in a cell, and
	// the source of the declaration.
	Document(obj types.Object) (comment, source string)
}

// Valuer is a State that knows the values of its variables.
type Valuer interface {
	// Value gives the value of a live variable in a few words, or false.
	Value(name string) (text string, ok bool)
}

// Reader is a State whose types can change.
type Reader interface {
	// Read calls f while they don't.
	Read(f func())
}

// read calls f while the state does not change.
func read(state State, f func()) {
	if r, ok := state.(Reader); ok {
		r.Read(f)
		return
	}
	f()
}

// Kind says what a match stands for.
type Kind string

// The kinds of matches.
const (
	Function Kind = "function"
	Type     Kind = "type"
	Variable Kind = "variable"
	Constant Kind = "constant"
	Field    Kind = "field"
	Method   Kind = "method"
	Package  Kind = "package"
	Keyword  Kind = "keyword"
	Magic    Kind = "magic"
	Label    Kind = "label"
	File     Kind = "file"
)

// Match is a proposal.
type Match struct {
	Text      string // what replaces the range
	Kind      Kind
	Signature string // of a function; a variable's or field's type; a constant's value; a package's path
}

// Completion is a list of proposals, best first, for the range [Start, End) of
// the code, counted in code points.
type Completion struct {
	Matches    []Match
	Start, End int
}

// At proposes continuations of code at cursor, a count of code points. It never
// fails: where nothing is known there are no matches.
func At(state State, code string, cursor int) Completion {
	at := byteOffset(code, cursor)
	c := &completer{state: state}
	var start, end int
	read(state, func() { start, end = c.complete(code, at) })
	return Completion{
		Matches: c.sorted(code[start:min(at, end)]),
		Start:   codePoints(code, start),
		End:     codePoints(code, end),
	}
}
