package gocell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// Partial is a cell that is being written, checked as far as it can be.
type Partial struct {
	Fset *token.FileSet
	// File holds everything: declarations, and the statements as a function.
	File *ast.File
	// Body is that function, or nil.
	Body *ast.FuncDecl
	Pkg  *types.Package
	Info *types.Info

	spans []span
}

// span maps offsets of the cell to positions of a parsed part of it.
type span struct {
	start, end int // offsets in the cell
	shift      int // position minus offset
}

// Pos gives the position of an offset in the cell's text. Of the two parts that
// a cell is parsed as, it takes the one that has the text there.
func (p *Partial) Pos(offset int) token.Pos {
	for _, s := range p.spans {
		if s.start <= offset && offset <= s.end {
			return token.Pos(s.shift + offset)
		}
	}
	return token.NoPos
}

// CheckPartial parses and checks a cell that may be unfinished and changes
// nothing: syntax errors and type errors leave holes in Info. It never fails.
func (w *World) CheckPartial(code string) (result *Partial) {
	w.mu.Lock()
	defer w.mu.Unlock()
	result = &Partial{Fset: token.NewFileSet(), Info: newInfo(), Pkg: types.NewPackage(ownPath, "cell·")}
	defer func() {
		// The parser and the checker are not made for every broken text.
		if r := recover(); r != nil && result.File == nil {
			result.File = &ast.File{Name: ast.NewIdent(result.Pkg.Name())}
		}
	}()
	// Positions must lie behind those of earlier cells to see their variables.
	result.Fset.AddFile("", w.fset.Base(), 0)

	pieces, stray := cut(code)
	inBody := func(p Piece) bool { return p.Kind == StatementPiece || p.Kind == VarPiece }
	if stray >= 0 {
		pieces = []Piece{{Kind: StatementPiece, start: 0, end: len(code)}}
	}
	parse := func(before, after string, keep func(Piece) bool) *ast.File {
		base := result.Fset.Base()
		file, _ := parser.ParseFile(result.Fset, "cell", before+mask(code, pieces, keep)+after,
			parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
		for i, p := range pieces {
			if keep(p) {
				end := p.end
				// White space behind a piece belongs to it: that is where
				// people write on.
				if i+1 < len(pieces) {
					end = max(end, pieces[i+1].start-1)
				} else {
					end = len(code)
				}
				result.spans = append(result.spans, span{p.start, end, base + len(before)})
			}
		}
		return file
	}
	result.File = parse("package main\n", "", func(p Piece) bool { return p.Kind != packagePiece && !inBody(p) })
	body := parse("package main\nfunc "+bodyName+"() {\n", "\n}", inBody)
	if body != nil {
		for _, d := range body.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if f.Name.Name == bodyName && result.Body == nil {
					result.Body = f
				}
				result.File.Decls = append(result.File.Decls, f)
			}
		}
	}
	if err := w.loadPrelude(); err != nil {
		return result
	}
	used := identifiers(result.File)
	e := &editor{world: w, parsed: &parsed{file: result.File}, decls: result.File.Decls}
	declared := e.declaredNames()
	for name := range used {
		if declared[name] {
			continue
		}
		if o, err := w.lookup(result.Pkg, name); err == nil && o != nil {
			result.Pkg.Scope().Insert(o)
		}
	}
	result.File.Name = ast.NewIdent(result.Pkg.Name())
	conf := types.Config{Importer: w.importer, GoVersion: goVersion, Error: func(error) {}}
	types.NewChecker(&conf, result.Fset, result.Pkg, result.Info).Files([]*ast.File{result.File})
	return result
}
