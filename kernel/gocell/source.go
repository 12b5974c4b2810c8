package gocell

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// bodyName is the name of the function that a cell's statements become. It can
// be written in Go, but nobody does.
const bodyName = "hillock_body"

// hostName is the name under which the statements that are added to a cell
// reach the interpreter's host package.
const hostName = "hillock_host"

// HostPath is the import path of the package whose Show takes the values of the
// trailing expression.
const HostPath = "hillock/kernel/interp/host"

// parsed is a cell after parsing.
type parsed struct {
	name   string // "cell[9]"
	code   string
	pieces []Piece
	// vars says that variable declarations stand at package level: the cell has
	// no statements.
	vars bool

	file *ast.File     // package-level declarations
	body *ast.FuncDecl // statements; nil when there are none
	// trailing is the expression at the end that is to be shown, or nil.
	trailing ast.Expr
}

// parseCell parses a cell into fset. On syntax errors it returns them with what
// could be parsed.
func parseCell(fset *token.FileSet, name, code string) (*parsed, []Diagnostic) {
	p := &parsed{name: name, code: code}
	var stray int
	p.pieces, stray = cut(code)
	lines := strings.Split(code, "\n")
	if stray >= 0 {
		line := 1 + strings.Count(code[:stray], "\n")
		column := stray - strings.LastIndexByte(code[:stray], '\n')
		return p, []Diagnostic{{Cell: name, Line: line, Column: column, Source: lines[line-1],
			Message: "syntax error: unexpected " + code[stray:stray+1] + ", nothing is open here"}}
	}

	if line, open := openComment(code); open {
		return p, []Diagnostic{{Cell: name, Line: line, Column: 1, Source: lines[line-1],
			Message: "syntax error: comment not terminated"}}
	}

	p.vars = true
	for _, piece := range p.pieces {
		if piece.Kind == StatementPiece {
			p.vars = false
		}
	}
	inBody := func(piece Piece) bool {
		return piece.Kind == StatementPiece || piece.Kind == VarPiece && !p.vars
	}
	inFile := func(piece Piece) bool { return piece.Kind != packagePiece && !inBody(piece) }

	var errs []Diagnostic
	parse := func(before, after string, keep func(Piece) bool) *ast.File {
		text := before + mask(code, p.pieces, keep) + after
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
		if file != nil && file.Package.IsValid() {
			tf := fset.File(file.Package)
			tf.AddLineColumnInfo(len(before), name, 1, 1)
		}
		list, _ := err.(scanner.ErrorList)
		if err != nil && list == nil {
			errs = append(errs, Diagnostic{Cell: name, Message: err.Error()})
		}
		beforeLines := strings.Count(before, "\n")
		for _, e := range list {
			if e.Msg == "imports must appear before other declarations" {
				continue // in a cell they may stand anywhere
			}
			line := e.Pos.Line - beforeLines
			d := Diagnostic{Cell: name, Line: line, Column: e.Pos.Column, Message: "syntax error: " + e.Msg}
			if line > len(lines) || line < 1 {
				d.Line = len(lines)
				d.Column = len(lines[len(lines)-1]) + 1
				d.Message = "syntax error: unexpected end of cell"
			}
			d.Source = lines[d.Line-1]
			errs = append(errs, d)
		}
		return file
	}

	p.file = parse("package main\n", "", inFile)
	for _, piece := range p.pieces {
		if inBody(piece) {
			file := parse("package main\nfunc "+bodyName+"() {\n", "\n}", inBody)
			if file != nil {
				for _, d := range file.Decls {
					if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == bodyName && f.Recv == nil && p.body == nil {
						p.body = f
					}
				}
			}
			break
		}
	}
	errs = sortDiagnostics(errs)
	if len(errs) > 0 {
		return p, errs
	}
	p.findTrailing()
	return p, nil
}

// findTrailing notes the trailing expression and marks its piece.
func (p *parsed) findTrailing() {
	if p.body == nil || len(p.body.Body.List) == 0 || len(p.pieces) == 0 {
		return
	}
	last := &p.pieces[len(p.pieces)-1]
	if last.Kind != StatementPiece || last.closed {
		return
	}
	if s, ok := p.body.Body.List[len(p.body.Body.List)-1].(*ast.ExprStmt); ok {
		p.trailing = s.X
		last.Kind = ExpressionPiece
	}
}

// identifiers gives every name that occurs in a node, those of fields and
// methods too.
func identifiers(nodes ...ast.Node) map[string]bool {
	names := map[string]bool{}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names[id.Name] = true
			}
			return true
		})
	}
	return names
}
