package gocell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// CallLine gives the line on which a function of a cell calls another, where
// there is just one such line. Methods are named "T_Method" for the caller and
// by their own name alone for the callee.
func (w *World) CallLine(cell, function, callee string) (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.declarations {
		name := d.object.Name()
		if d.base != nil {
			name = d.base.Name() + "_" + name
		}
		if _, ok := d.object.(*types.Func); ok && d.cell == cell && name == function {
			return callLine(w.fset, d.tree, callee)
		}
	}
	return 0, false
}

// StatementCallLine gives the line on which the statement of a cell that begins
// on a line calls a function by that name, where there is just one such line.
func (w *World) StatementCallLine(cell string, line int, callee string) (int, bool) {
	file, fset := w.parseFrom(cell, line, "package p; func _() {", 0)
	if file == nil || len(file.Decls) == 0 {
		return 0, false
	}
	f, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok || f.Body == nil || len(f.Body.List) == 0 {
		return 0, false
	}
	at, ok := callLine(fset, f.Body.List[0], callee)
	return line + at - 1, ok
}

// LiteralCallLine is StatementCallLine for a function literal, the only one that
// begins on the line.
func (w *World) LiteralCallLine(cell string, line int, callee string) (int, bool) {
	first := w.SourceLine(cell, line)
	if strings.Count(first, "func") != 1 {
		return 0, false
	}
	file, fset := w.parseFrom(cell, line, "package p; var _ = ", strings.Index(first, "func"))
	var literal *ast.FuncLit
	if file != nil {
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.FuncLit); ok && literal == nil {
				literal = l
			}
			return literal == nil
		})
	}
	if literal == nil {
		return 0, false
	}
	at, ok := callLine(fset, literal, callee)
	return line + at - 1, ok
}

// parseFrom parses a cell's text from a line, without the first bytes of that,
// behind a head of one line. What stands at the head's end parses; what follows
// it need not.
func (w *World) parseFrom(cell string, line int, head string, skip int) (*ast.File, *token.FileSet) {
	w.mu.Lock()
	lines := strings.Split(w.sources[cell], "\n")
	w.mu.Unlock()
	if line < 1 || line > len(lines) {
		return nil, nil
	}
	text := head + strings.Join(lines[line-1:], "\n")[skip:]
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	return file, fset
}

// callLine gives the line in n on which a function is called by a name, where
// there is just one.
func callLine(fset *token.FileSet, n ast.Node, callee string) (int, bool) {
	lines := map[int]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f := ast.Unparen(call.Fun)
			if index, ok := f.(*ast.IndexExpr); ok {
				f = index.X
			}
			if sel, ok := f.(*ast.SelectorExpr); ok && sel.Sel.Name == callee || identName(f) == callee {
				lines[fset.Position(f.End()).Line] = true
			}
		}
		return true
	})
	for line := range lines {
		return line, len(lines) == 1
	}
	return 0, false
}
