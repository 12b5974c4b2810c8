package nb

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/lower"
)

// place is a byte of a cell's source.
type place struct {
	cell   string
	offset int
}

// resolver knows what the identifiers of a cell stand for, and writes source
// text with the names that the program has for them.
type resolver struct {
	exporter *exporter
	unit     *lower.Unit
	objects  map[place]types.Object
	versions map[types.Object]string
	lines    map[string][]int // where the lines of a cell begin
}

func (x *exporter) resolve(unit *lower.Unit) *resolver {
	r := &resolver{
		exporter: x, unit: unit,
		objects:  map[place]types.Object{},
		versions: map[types.Object]string{},
		lines:    map[string][]int{},
	}
	note := func(id *ast.Ident, o types.Object) {
		if o == nil {
			return
		}
		at := r.position(id.Pos())
		if at.cell == "" {
			return
		}
		written := identifierAt(x.sources[at.cell][at.offset:])
		if written != o.Name() && !(written == "must" && strings.HasPrefix(o.Name(), "hillock_must")) {
			return // an identifier that the checker's editor put there
		}
		if have := r.objects[at]; have != nil && x.rank(have) > x.rank(o) {
			return
		}
		r.objects[at] = o
	}
	for id, o := range unit.Info.Uses {
		note(id, o)
	}
	for id, o := range unit.Info.Defs {
		note(id, o)
	}
	return r
}

// rank says which of two objects at one place the source means.
func (x *exporter) rank(o types.Object) int {
	if v, ok := o.(*types.Var); ok && v.IsField() {
		return 0
	}
	return 1
}

// position gives the place of a position.
func (r *resolver) position(pos token.Pos) place {
	p := r.unit.Fset.Position(pos)
	source, ok := r.exporter.sources[p.Filename]
	if !ok {
		return place{offset: -1}
	}
	starts := r.lines[p.Filename]
	if starts == nil {
		starts = []int{0}
		for i := range len(source) {
			if source[i] == '\n' {
				starts = append(starts, i+1)
			}
		}
		r.lines[p.Filename] = starts
	}
	if p.Line < 1 || p.Line > len(starts) {
		return place{offset: -1}
	}
	return place{p.Filename, min(starts[p.Line-1]+p.Column-1, len(source))}
}

// text gives the source of a node with the program's names.
func (r *resolver) text(n ast.Node) string {
	from, to := r.position(n.Pos()), r.position(n.End())
	if from.cell == "" || from.cell != to.cell || from.offset > to.offset {
		return ""
	}
	return r.patch(from.cell, from.offset, to.offset, nil)
}

// edit replaces the text between two offsets.
type edit struct {
	from, to int
	text     string
}

// patch gives the source between two offsets with the program's names and with
// further edits.
func (r *resolver) patch(cell string, from, to int, edits []edit) string {
	source := r.exporter.sources[cell]
	all := slices.Clone(edits)
	for at, o := range r.objects {
		if at.cell != cell || at.offset < from || at.offset >= to {
			continue
		}
		old := identifierAt(source[at.offset:])
		if name, ok := r.name(o, source[:at.offset]); ok && name != old {
			all = append(all, edit{at.offset, at.offset + len(old), name})
		}
	}
	return applyEdits(source, from, to, all)
}

// applyEdits gives a part of a text with edits; of edits that overlap, the one
// that begins first counts.
func applyEdits(source string, from, to int, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	var b strings.Builder
	at := from
	for _, e := range edits {
		if e.from < at || e.to > to {
			continue
		}
		b.WriteString(source[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(source[at:to])
	return b.String()
}

// identifierAt gives the identifier that text begins with.
func identifierAt(text string) string {
	for i, c := range text {
		if !token.IsIdentifier("a" + string(c)) {
			return text[:i]
		}
	}
	return text
}

// name gives the program's name for an object that stands after before; ok is
// false when the cell's own name is right.
func (r *resolver) name(o types.Object, before string) (string, bool) {
	x := r.exporter
	if p, ok := o.(*types.PkgName); ok {
		return x.importName(p.Imported().Path()), true
	}
	if version, ok := r.versions[o]; ok && strings.HasSuffix(strings.TrimRight(before, " \t"), "func") {
		return version, true
	}
	if name, ok := x.names[o]; ok {
		return name, true
	}
	if f, ok := o.(*types.Func); ok && f.Origin() != f {
		return r.name(f.Origin(), before)
	}
	if v, ok := o.(*types.Var); ok && v.Embedded() {
		t := types.Unalias(v.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if named, ok := t.(*types.Named); ok && named.Obj().Name() == v.Name() {
			name, ok := x.names[named.Obj()]
			return name, ok
		}
	}
	if isPrelude(o) {
		return x.preludeName(o.Name()), true
	}
	// What a dot import brought in.
	if o.Pkg() != nil && o.Pkg() != r.unit.Pkg && o.Parent() == o.Pkg().Scope() && o.Exported() && !isSelected(before) &&
		!strings.Contains(o.Pkg().Name(), "·") {
		return x.importName(o.Pkg().Path()) + "." + o.Name(), true
	}
	return "", false
}

// isPrelude says whether an object is one that every cell has.
func isPrelude(o types.Object) bool {
	switch o.Name() {
	case "ctx", "must", "hillock_must1", "hillock_must3", "hillock_must4":
		return o.Pkg() != nil && o.Pkg().Name() == "cell·0" && o.Parent() == o.Pkg().Scope()
	}
	return false
}

// isSelected says whether what follows text is selected by a dot.
func isSelected(text string) bool {
	text = strings.TrimRight(text, " \t\n")
	return strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "...")
}

// piece adds a piece of a cell to the program.
func (x *exporter) piece(out *cellText, r *resolver, checked *gocell.Checked, p gocell.Piece, at int, last bool) error {
	cell := r.unit.Name
	end := at + len(p.Text)
	inFunc := p.Kind == gocell.StatementPiece || p.Kind == gocell.ExpressionPiece || p.Kind == gocell.VarPiece
	before := "package p\n"
	if inFunc {
		before += "func _() {\n"
	}
	text := before + p.Text
	if inFunc {
		text += "\n}"
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || len(file.Decls) == 0 {
		return fmt.Errorf("a piece of the cell does not parse alone: %w", err)
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset - len(before) + at }

	switch p.Kind {
	case gocell.ImportPiece:
		for _, i := range p.Imports {
			if i.Name == "_" {
				x.blank = append(x.blank, i.Path)
			}
		}
	case gocell.FuncPiece:
		d := file.Decls[0].(*ast.FuncDecl)
		text := r.patch(cell, at, end, nil)
		if d.Recv != nil {
			// Its receiver's name in the program is that in the patched text.
			base := d.Recv.List[0].Type
			return x.addMethod(out, r.patch(cell, offset(base.Pos()), offset(base.End()), nil), d.Name.Name, text)
		}
		if o := r.objects[place{cell, offset(d.Name.Pos())}]; o != nil && r.versions[o] != "" {
			out.body = append([]string{x.names[o] + " = " + r.versions[o]}, out.body...)
		}
		out.decls = append(out.decls, text)
	case gocell.TypePiece, gocell.ConstPiece:
		g := file.Decls[0].(*ast.GenDecl)
		out.decls = append(out.decls, x.declText(r, g, cell, at, end, offset)...)
	case gocell.VarPiece:
		g, ok := file.Decls[0].(*ast.FuncDecl).Body.List[0].(*ast.DeclStmt)
		if !ok {
			return fmt.Errorf("a declaration of variables that is none")
		}
		out.body = append(out.body, r.patch(cell, at, end, varEdits(r, g.Decl.(*ast.GenDecl), cell, offset)))
	default:
		body := file.Decls[0].(*ast.FuncDecl).Body.List
		var edits []edit
		if len(body) > 0 {
			edits = x.statementEdits(checked, body[0], offset, last && p.Kind == gocell.ExpressionPiece)
		}
		out.body = append(out.body, r.patch(cell, at, end, edits))
	}
	return nil
}

// isStatement says whether text parses as statements.
func isStatement(text string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+text+"\n}", parser.SkipObjectResolution)
	return err == nil
}

// addMethod adds a method, of which a program can have one.
func (x *exporter) addMethod(out *cellText, base, name, text string) error {
	key, _, _ := strings.Cut(strings.TrimLeft(base, "*("), "[")
	key = strings.TrimSpace(key) + "." + name
	if before, ok := x.methods[key]; ok {
		if before == text {
			return nil
		}
		return fmt.Errorf("the method %s is declared in two cells, which a program can't do; delete one of them", key)
	}
	x.methods[key] = text
	out.decls = append(out.decls, text)
	return nil
}

// declText gives declarations of types or constants. A type that an earlier cell
// declares in the same words has no object here and is left out.
func (x *exporter) declText(r *resolver, g *ast.GenDecl, cell string, at, end int, offset func(token.Pos) int) []string {
	kept := 0
	for _, s := range g.Specs {
		if t, ok := s.(*ast.TypeSpec); ok {
			if _, isType := r.objects[place{cell, offset(t.Name.Pos())}].(*types.TypeName); !isType {
				continue
			}
		}
		kept++
	}
	if kept == len(g.Specs) {
		return []string{r.patch(cell, at, end, nil)}
	}
	var texts []string
	for _, s := range g.Specs {
		t, ok := s.(*ast.TypeSpec)
		if !ok || r.objects[place{cell, offset(t.Name.Pos())}] == nil {
			continue
		}
		texts = append(texts, "type "+r.patch(cell, offset(t.Pos()), offset(t.End()), nil))
	}
	return texts
}

// varEdits turns a declaration of variables into assignments.
func varEdits(r *resolver, g *ast.GenDecl, cell string, offset func(token.Pos) int) []edit {
	var edits []edit
	remove := func(from, to int) { edits = append(edits, edit{from, to, ""}) }
	if g.Lparen.IsValid() {
		remove(offset(g.Pos()), offset(g.Lparen)+1)
		remove(offset(g.Rparen), offset(g.Rparen)+1)
	}
	for _, s := range g.Specs {
		v := s.(*ast.ValueSpec)
		from := offset(v.Pos())
		if !g.Lparen.IsValid() {
			from = offset(g.Pos())
		}
		switch {
		case len(v.Values) > 0:
			remove(from, offset(v.Pos()))
			if v.Type != nil {
				remove(offset(v.Type.Pos()), offset(v.Type.End()))
			}
		default:
			// A fresh variable is zero; one that takes an earlier one's place
			// becomes zero.
			var zero []string
			for _, id := range v.Names {
				o := r.objects[place{cell, offset(id.Pos())}]
				if o != nil && r.unit.Same[o] != nil {
					t := r.patch(cell, offset(v.Type.Pos()), offset(v.Type.End()), nil)
					zero = append(zero, r.exporter.names[o]+" = *new("+t+")")
				}
			}
			edits = append(edits, edit{from, offset(v.End()), strings.Join(zero, "; ")})
		}
	}
	return edits
}

// statementEdits makes a statement fit for the program: a definition becomes an
// assignment, and a trailing expression is shown.
func (x *exporter) statementEdits(checked *gocell.Checked, s ast.Stmt, offset func(token.Pos) int, trailing bool) []edit {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			at := offset(s.TokPos)
			return []edit{{at, at + 2, "="}}
		}
	case *ast.ExprStmt:
		if !trailing || len(checked.Results) == 0 {
			return nil
		}
		from, to := offset(s.X.Pos()), offset(s.X.End())
		display := x.importName(pathNotebook) + ".Display"
		n := len(checked.Results)
		fails := types.Identical(checked.Results[n-1], types.Universe.Lookup("error").Type())
		switch {
		case n == 1 && fails && isCall(s.X): // an error that it gives ends the cell
			return []edit{{from, from, x.preludeName("hillock_must1") + "("}, {to, to, ")"}}
		case n == 1 && fails:
			return []edit{{from, from, "if err := "}, {to, to, "; err != nil {\n" + display + "(err)\n}"}}
		case n == 1:
			return []edit{{from, from, display + "("}, {to, to, ")"}}
		case n > 4 && fails:
			return []edit{{from, from, display + "(" + x.importName(pathNotebook) + ".Values("}, {to, to, "))"}}
		}
		must := ""
		if fails {
			must = x.preludeName(map[int]string{2: "must", 3: "hillock_must3", 4: "hillock_must4"}[n])
		}
		open, end := display+"("+must+"(", "))"
		if shown := n; fails {
			shown--
			if shown > 1 {
				open, end = display+"("+x.importName(pathNotebook)+".Values("+must+"(", ")))"
			}
		} else {
			open = display + "(" + x.importName(pathNotebook) + ".Values("
		}
		return []edit{{from, from, open}, {to, to, end}}
	}
	return nil
}

// isCall says whether an expression is a call.
func isCall(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok
}

// identifiersOf lists the identifiers of a text.
func identifiersOf(source string) []string {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	var names []string
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return names
		}
		if tok == token.IDENT {
			names = append(names, lit)
		}
	}
}

// commented gives text as comments.
func commented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString(strings.TrimRight("// "+strings.TrimRight(line, "\r\n"), " ") + "\n")
	}
	b.WriteString("\n")
	return b.String()
}
