package gocell

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Split divides a cell into its imports, declarations and statements, in the
// order of the text. The pieces' texts, one after the other, are the cell
// without its package clause. Code that does not parse gives a *CompileError.
func Split(code string) ([]Piece, error) {
	p, errs := parseCell(token.NewFileSet(), "cell", code)
	if len(errs) > 0 {
		return nil, &CompileError{Diagnostics: errs}
	}
	spans := withComments(code, p.pieces)
	parts := p.namesByOffset()
	var pieces []Piece
	for i, piece := range p.pieces {
		if piece.Kind == packagePiece {
			continue
		}
		piece.Text = strings.Trim(code[spans[i][0]:spans[i][1]], " \t\r\n")
		for offset, n := range parts {
			if piece.start <= offset && offset < piece.end {
				piece.Names = append(piece.Names, n.names...)
				piece.Imports = append(piece.Imports, n.imports...)
			}
		}
		slices.Sort(piece.Names)
		pieces = append(pieces, piece)
	}
	return pieces, nil
}

// part is what a piece declares.
type part struct {
	names   []string
	imports []Import
}

// namesByOffset gives what a cell declares by the offset of the declaration.
func (p *parsed) namesByOffset() map[int]part {
	parts := map[int]part{}
	add := func(file token.Pos, base int, n part) { parts[int(file)-base] = n }
	if p.file != nil {
		base := int(p.file.FileStart) + len("package main\n")
		for _, d := range p.file.Decls {
			add(d.Pos(), base, p.declared(d))
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
				n := part{}
				for _, i := range p.importsOf(g) {
					n.imports = append(n.imports, i)
					if i.Name != "" && i.Name != "." && i.Name != "_" {
						n.names = append(n.names, i.Name)
					}
				}
				add(d.Pos(), base, n)
			}
		}
	}
	if p.body != nil {
		base := int(p.body.Body.Lbrace) + len("{\n")
		for _, s := range p.body.Body.List {
			var n part
			switch s := s.(type) {
			case *ast.DeclStmt:
				n = p.declared(s.Decl)
			case *ast.AssignStmt:
				if s.Tok == token.DEFINE {
					for _, l := range s.Lhs {
						if name := identName(l); name != "" && name != "_" {
							n.names = append(n.names, name)
						}
					}
				}
			}
			add(s.Pos(), base, n)
		}
	}
	return parts
}

// declared gives the names that a declaration declares; methods as T.Method.
func (p *parsed) declared(d ast.Decl) part {
	var n part
	switch d := d.(type) {
	case *ast.FuncDecl:
		n.names = append(n.names, joined(receiver(d), d.Name.Name))
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				n.names = append(n.names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if id.Name != "_" {
						n.names = append(n.names, id.Name)
					}
				}
			}
		}
	}
	return n
}
