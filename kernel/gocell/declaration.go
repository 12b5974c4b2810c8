package gocell

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"strings"

	"hillock/kernel/gocell/lower"
)

// declaration is a live function, method or type of a cell, kept as text: it is
// checked anew when something that it uses is declared again.
type declaration struct {
	object types.Object // *types.Func or *types.TypeName
	// base is the type of a method's receiver.
	base         *types.TypeName
	cell         string // name of the cell that has the text
	count        int    // and its number
	text         string // from func, or the type's name
	line, column int    // where text begins in the cell
	doc          string
	// uses are the objects of cells that it refers to.
	uses map[types.Object]bool
	tree ast.Node
}

func (d *declaration) comment() string { return d.doc }

func (d *declaration) node() ast.Node { return d.tree }

// name is how notes call it.
func (d *declaration) name() string {
	if d.base != nil {
		return d.base.Name() + "." + d.object.Name()
	}
	return d.object.Name()
}

// parse gives the declaration as new syntax whose positions are those of the
// cell that it comes from.
func (d *declaration) parse(fset *token.FileSet) ast.Decl {
	before := "package main\n"
	if _, ok := d.object.(*types.TypeName); ok {
		before += "type "
	}
	file, err := parser.ParseFile(fset, d.cell, before+d.text, parser.SkipObjectResolution)
	if err != nil || len(file.Decls) != 1 {
		return nil
	}
	fset.File(file.Package).AddLineColumnInfo(len(before), d.cell, d.line, d.column)
	return file.Decls[0]
}

// usesOf gives the objects of cells that a node refers to.
func usesOf(info *types.Info, n ast.Node) map[types.Object]bool {
	uses := map[types.Object]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := info.Uses[id]; isOwn(o) {
				if f, ok := o.(*types.Func); ok {
					o = f.Origin()
				}
				uses[o] = true
			}
		}
		return true
	})
	return uses
}

// record makes the declarations of an accepted attempt.
func (e *editor) record(a *attempt, decl ast.Decl) []*declaration {
	fset := e.world.fset
	make := func(object types.Object, n ast.Node, doc *ast.CommentGroup) *declaration {
		from, to := fset.Position(n.Pos()), fset.Position(n.End())
		d := &declaration{
			object: object, cell: from.Filename, count: e.count,
			text: between(e.world.sources[from.Filename], from, to),
			line: from.Line, column: from.Column,
			uses: usesOf(a.info, n), tree: n,
		}
		if doc != nil {
			d.doc = doc.Text()
		}
		return d
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		f, ok := a.info.Defs[decl.Name].(*types.Func)
		if !ok || f.Name() == "_" || f.Name() == "init" && decl.Recv == nil {
			return nil
		}
		d := make(f, decl, decl.Doc)
		if decl.Recv != nil {
			if d.base = baseOf(f); d.base == nil {
				return nil
			}
		}
		if decl.Doc != nil {
			// The text begins at func.
			at := fset.Position(decl.Type.Func)
			d.text = between(e.world.sources[at.Filename], at, fset.Position(decl.End()))
			d.line, d.column = at.Line, at.Column
		}
		return []*declaration{d}
	case *ast.GenDecl:
		if decl.Tok != token.TYPE {
			return nil
		}
		var list []*declaration
		for _, s := range decl.Specs {
			s := s.(*ast.TypeSpec)
			tn, ok := a.info.Defs[s.Name].(*types.TypeName)
			if !ok {
				continue
			}
			doc := s.Doc
			if doc == nil {
				doc = decl.Doc
			}
			d := make(tn, s, doc)
			at := fset.Position(s.Name.Pos())
			d.text = between(e.world.sources[at.Filename], at, fset.Position(s.End()))
			d.line, d.column = at.Line, at.Column
			list = append(list, d)
		}
		return list
	}
	return nil
}

// between gives the text of a cell from one position to another.
func between(code string, from, to token.Position) string {
	offset := func(p token.Position) int {
		at := 0
		for range p.Line - 1 {
			next := strings.IndexByte(code[at:], '\n')
			if next < 0 {
				return len(code)
			}
			at += next + 1
		}
		return min(at+p.Column-1, len(code))
	}
	start, end := offset(from), offset(to)
	if start > end {
		return ""
	}
	return code[start:end]
}

// baseOf gives the name of a method's type.
func baseOf(f *types.Func) *types.TypeName {
	recv := f.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Origin().Obj()
	}
	return nil
}

// words gives a declaration's text without comments and layout.
func words(fset *token.FileSet, n ast.Node) string {
	var b bytes.Buffer
	if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&b, fset, n); err != nil {
		return ""
	}
	return b.String()
}

// preserveTypes keeps a type of an earlier cell when this cell declares it again
// word for word and the words mean the same: values that exist keep their type,
// and methods of this cell become theirs.
func (e *editor) preserveTypes() {
	w := e.world
	e.preserved = map[string]*types.TypeName{}
	type candidate struct {
		spec *ast.TypeSpec
		old  *declaration
	}
	candidates := map[string]candidate{}
	declared := map[string]bool{}
	for _, d := range e.decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				declared[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						declared[n.Name] = true
					}
				case *ast.TypeSpec:
					name := s.Name.Name
					declared[name] = true
					entry := w.names[name]
					if entry == nil || entry.object == nil || s.TypeParams != nil || s.Assign.IsValid() {
						continue
					}
					tn, ok := entry.object.(*types.TypeName)
					if !ok {
						continue
					}
					named, ok := tn.Type().(*types.Named)
					old := w.declarations[tn]
					if !ok || old == nil || methods(named) == nil {
						continue
					}
					oldSpec, ok := old.tree.(*ast.TypeSpec)
					if ok && words(w.fset, s) == words(w.fset, oldSpec) {
						candidates[name] = candidate{s, old}
					}
				}
			}
		}
	}
	for _, spec := range e.parsed.imports() {
		if spec.Name != "" {
			declared[spec.Name] = true
		}
	}
	for again := true; again; {
		again = false
		for name, c := range candidates {
			if !e.meansTheSame(c.spec, c.old, declared, func(n string) bool { _, ok := candidates[n]; return ok }) {
				delete(candidates, name)
				again = true
			}
		}
	}
	if len(candidates) == 0 {
		return
	}
	var decls []ast.Decl
	for _, d := range e.decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			decls = append(decls, d)
			continue
		}
		kept := *g
		kept.Specs = nil
		for _, s := range g.Specs {
			if c, ok := candidates[s.(*ast.TypeSpec).Name.Name]; ok {
				e.preserved[c.spec.Name.Name] = c.old.object.(*types.TypeName)
				continue
			}
			kept.Specs = append(kept.Specs, s)
		}
		if len(kept.Specs) > 0 {
			decls = append(decls, &kept)
		}
	}
	e.decls = decls
}

// meansTheSame says whether the names in a type's declaration stand for what
// they stood for when it was declared first.
func (e *editor) meansTheSame(spec *ast.TypeSpec, old *declaration, declared map[string]bool, preserved func(string) bool) bool {
	own := map[string]types.Object{}
	for o := range old.uses {
		own[o.Name()] = o
	}
	same := true
	ast.Inspect(spec.Type, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || preserved(id.Name) {
			return true
		}
		entry := e.world.names[id.Name]
		switch {
		case declared[id.Name]:
			// A field may have the name of something that the cell declares:
			// then the type is declared anew, which is safe.
			same = false
		case own[id.Name] != nil:
			same = same && entry != nil && entry.object == own[id.Name]
		case entry != nil && entry.cell > old.count:
			same = false
		}
		return true
	})
	return same
}

// noteCaptures remembers which variables functions or pointers can reach.
func (w *World) noteCaptures(u *lower.Unit) {
	mark := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if v, ok := u.Info.Uses[id].(*types.Var); ok && isOwn(v) && !v.IsField() {
					w.captured[v] = true
				}
			}
			return true
		})
	}
	for _, file := range u.Files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f != u.Body {
				mark(f)
			}
		}
	}
	if u.Body == nil {
		return
	}
	ast.Inspect(u.Body.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			mark(n)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				mark(n.X)
			}
		case *ast.SliceExpr:
			mark(n.X)
		case *ast.SelectorExpr:
			// A method with a pointer receiver takes the address.
			if s := u.Info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				mark(n.X)
			}
		case *ast.GoStmt:
			mark(n)
		}
		return true
	})
}
