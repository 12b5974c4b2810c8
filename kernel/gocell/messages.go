package gocell

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ownPath is the import path of every cell's package: names that are not
// exported are seen from cell to cell because their paths are equal.
const ownPath = "main"

// goVersion is the language version of cells.
const goVersion = "go1.26"

// cellPackage is the name of a cell's package. Names of types of earlier cells
// carry it in the checker's messages, so that they can be told apart.
func cellPackage(count int) string { return "cell·" + strconv.Itoa(count) }

// qualified finds names with a cell's package.
var qualified = regexp.MustCompile(`cell·(\d+)\.([\pL_][\pL\p{Nd}_]*)`)

// isOwn says whether an object was declared in a cell.
func isOwn(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == ownPath
}

// plainNames writes the names of a message as a person knows them: T for the T
// that a cell would see now, T (of cell 3) for one that has been declared again.
// redeclared says that the cell in question declares the name itself.
func (w *World) plainNames(message string, redeclared func(name string) bool) string {
	return qualified.ReplaceAllStringFunc(message, func(match string) string {
		parts := qualified.FindStringSubmatch(match)
		count, _ := strconv.Atoi(parts[1])
		name := parts[2]
		if e := w.names[name]; e != nil && e.object != nil && e.object.Pkg() != nil &&
			e.object.Pkg().Name() == cellPackage(count) && !redeclared(name) {
			return name
		}
		return fmt.Sprintf("%s (of cell %d)", name, count)
	})
}

// TypeString writes a type as a person knows it: own types without a package,
// and those that have been declared again as T (of cell 3).
func (w *World) TypeString(t types.Type) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.typeString(t)
}

func (w *World) typeString(t types.Type) string {
	text := types.TypeString(t, (*types.Package).Name)
	return w.plainNames(text, func(string) bool { return false })
}

// rewordings turn words that betray how a cell is checked into the compiler's.
var rewordings = strings.NewReplacer(
	" in argument to "+hostName+".Show", "",
	"hillock_must1", "must",
	"hillock_must3", "must",
	"hillock_must4", "must",
)

// diagnose turns an error of the checker into a diagnostic.
func (w *World) diagnose(fset *token.FileSet, e types.Error, redeclared func(string) bool) Diagnostic {
	at := fset.Position(e.Pos)
	d := Diagnostic{
		Cell:    at.Filename,
		Line:    at.Line,
		Column:  at.Column,
		Message: w.plainNames(rewordings.Replace(e.Msg), redeclared),
	}
	d.Source = w.sourceLine(at.Filename, at.Line)
	return d
}

// sourceLine gives a line of a cell's text.
func (w *World) sourceLine(name string, line int) string {
	lines := strings.Split(w.sources[name], "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

// sortDiagnostics puts diagnostics in the order of the text and drops doubles.
func sortDiagnostics(list []Diagnostic) []Diagnostic {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(list)
}

// SourceLine gives a line of a cell's text, from 1, or "".
func (w *World) SourceLine(cell string, line int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sourceLine(cell, line)
}

// Refuse makes the error of a cell that the checker accepted and something
// after it can't run. Where at is not known, the error names the cell alone.
func (w *World) Refuse(at token.Position, cell, message string) *CompileError {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := Diagnostic{Cell: cell, Message: w.plainNames(message, func(string) bool { return false })}
	if at.IsValid() {
		d.Cell, d.Line, d.Column = at.Filename, at.Line, at.Column
		d.Source = w.sourceLine(at.Filename, at.Line)
	}
	return &CompileError{Diagnostics: []Diagnostic{d}}
}

// IsError says whether a type is error.
func IsError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
