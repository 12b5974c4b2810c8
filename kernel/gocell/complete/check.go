package complete

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// mark stands for the identifier that is being written. It is longer than what
// people write, and valid Go.
const mark = "hillock_cursor_mark"

// behind is where positions begin in a cell that is being written: behind those
// of all earlier cells, whose variables it would not see otherwise.
const behind = 1 << 40

// checked is a cell after checking, as far as it could be.
type checked struct {
	fset *token.FileSet
	file *ast.File
	pkg  *types.Package
	info *types.Info
	path []ast.Node // from the file to the identifier that was looked for; nil when it was not found
}

// ident is the identifier that was looked for.
func (c *checked) ident() *ast.Ident { return c.path[len(c.path)-1].(*ast.Ident) }

// parent gives the nth node around the identifier, or nil.
func (c *checked) parent(n int) ast.Node {
	if i := len(c.path) - 1 - n; i >= 0 {
		return c.path[i]
	}
	return nil
}

// checkMarked checks a cell with the identifier [start, end) replaced by mark,
// or, with keep, as it is. Of several ways to mend the piece that is being
// written, the first that parses is taken, else the first that has the
// identifier. It gives nil when there is none.
func checkMarked(state State, code string, start, end int, keep bool) *checked {
	list := pieces(code[:start] + mark + code[end:])
	current := -1
	for i, p := range list {
		if p.start <= start && start+len(mark) <= p.end {
			current = i
		}
	}
	if current < 0 {
		return nil
	}
	text := code[:start] + mark + code[end:]
	others := map[int]string{}
	for i, p := range list {
		if i != current {
			others[p.start] = usable(p, text[p.start:p.end])
		}
	}
	lineStart, _ := line(code, start)
	lineStart = max(lineStart, list[current].start)
	var best *ast.File
	var fset *token.FileSet
	for _, mended := range mendings(text, list[current], start+len(mark), lineStart) {
		source := lay(imports(state), list, func(p piece) (pieceKind, string) {
			if p != list[current] {
				return p.kind, others[p.start]
			}
			if mended.loose {
				return statement, mended.text
			}
			return p.kind, mended.text
		})
		fs := token.NewFileSet()
		fs.AddFile("", behind, 0)
		file, err := parser.ParseFile(fs, "", source, parser.SkipObjectResolution)
		if file == nil || find(file, isMark) == nil {
			continue
		}
		if best == nil || err == nil {
			best, fset = file, fs
		}
		if err == nil {
			break
		}
	}
	if best == nil {
		return nil
	}
	path := find(best, isMark)
	if keep {
		path[len(path)-1].(*ast.Ident).Name = code[start:end]
	}
	return checkFile(state, fset, best, path)
}

func isMark(id *ast.Ident) bool { return id.Name == mark }

// mending is a way to make a piece parse.
type mending struct {
	text  string
	loose bool // it is a statement, whatever the piece was
}

// mendings gives ways to complete a piece with a mark that ends at an offset:
// as it stands, as a call, cut off behind the mark with all brackets closed, and
// the line with the mark by itself.
func mendings(text string, p piece, end, lineStart int) []mending {
	whole, before, after := text[p.start:p.end], text[p.start:end], text[end:p.end]
	closers := scan(before).closers()
	list := []mending{
		{whole, false},
		{before + "()" + after, false},
		{before + closers, false},
		{before + "()" + closers, false},
		{before + ": 0" + closers, false},
		{before + " int" + closers, false},
	}
	if alone := text[lineStart:end]; lineStart > p.start {
		closers := scan(alone).closers()
		list = append(list, mending{alone + closers, true}, mending{alone + "()" + closers, true})
	}
	return list
}

// imports gives the import declarations of the session.
func imports(state State) string {
	var b strings.Builder
	for _, im := range state.Imports() {
		fmt.Fprintf(&b, "import %s %q\n", im.Name, im.Path)
	}
	return b.String()
}

// checkFile checks a file whose function bodyName holds the cell's statements.
// The nodes of the path lead to the identifier that is looked at.
func checkFile(state State, fset *token.FileSet, file *ast.File, at []ast.Node) *checked {
	dropShadowed(file)
	declared := topNames(file)
	freeMethods(file, declared)
	objects := map[string]types.Object{}
	path := "main"
	for _, obj := range state.Objects() {
		if obj.Pkg() != nil {
			path = obj.Pkg().Path()
		}
		if !declared[obj.Name()] {
			objects[obj.Name()] = obj
		}
	}
	addImports(state, file, objects, declared)
	c := &checked{fset: fset, file: file, path: at}
	c.check(state, path, objects)
	if hoist(c, objects) {
		c.check(state, path, objects)
	}
	return c
}

// check runs the type checker and takes what it finds out.
func (c *checked) check(state State, path string, objects map[string]types.Object) {
	c.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Instances:  map[*ast.Ident]types.Instance{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes:     map[ast.Node]*types.Scope{},
	}
	c.pkg = types.NewPackage(path, "main")
	for _, obj := range objects {
		c.pkg.Scope().Insert(obj)
	}
	config := types.Config{
		Importer:                 state.Importer(),
		Error:                    func(error) {},
		DisableUnusedImportCheck: true,
	}
	// A half-written cell can be anything. What the checker had found when it
	// gave up is still of use.
	defer func() { _ = recover() }()
	_ = types.NewChecker(&config, c.fset, c.pkg, c.info).Files([]*ast.File{c.file})
}

// topNames gives the names that a file declares at package level, and those of
// its imports.
func topNames(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names[decl.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names[spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names[name.Name] = true
					}
				case *ast.ImportSpec:
					names[importName(spec)] = true
				}
			}
		}
	}
	return names
}

// importName is the name by which a file knows an import.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path := strings.Trim(spec.Path.Value, "`\"")
	if name, ok := symbols.Name(path); ok {
		return name
	}
	return path
}

// dropShadowed removes imports of earlier cells, which stand first in the file,
// whose names the cell declares anew.
func dropShadowed(file *ast.File) {
	last := map[string]ast.Decl{}
	for _, decl := range file.Decls {
		g, ok := decl.(*ast.GenDecl)
		switch {
		case ok && g.Tok == token.IMPORT:
			for _, spec := range g.Specs {
				last[importName(spec.(*ast.ImportSpec))] = decl
			}
		case ok:
			for _, spec := range g.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					last[spec.Name.Name] = decl
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						last[name.Name] = decl
					}
				}
			}
		default:
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				last[f.Name.Name] = decl
			}
		}
	}
	kept := file.Decls[:0:0]
	for _, decl := range file.Decls {
		if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.IMPORT && len(g.Specs) == 1 {
			if name := importName(g.Specs[0].(*ast.ImportSpec)); name != "." && name != "_" && last[name] != decl {
				continue
			}
		}
		kept = append(kept, decl)
	}
	file.Decls = kept
}

// addImports imports packages that the cell uses without importing them, as
// running it would.
func addImports(state State, file *ast.File, objects map[string]types.Object, declared map[string]bool) {
	known := map[string]bool{}
	for _, im := range state.Imports() {
		known[im.Name] = true
	}
	used := map[string][]string{}
	local := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && !known[x.Name] && !declared[x.Name] && objects[x.Name] == nil {
				if used[x.Name] == nil {
					used[x.Name] = []string{}
				}
				if ast.IsExported(n.Sel.Name) {
					used[x.Name] = append(used[x.Name], n.Sel.Name)
				}
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, lhs := range n.Lhs {
					if id, ok := lhs.(*ast.Ident); ok {
						local[id.Name] = true
					}
				}
			}
		case *ast.RangeStmt:
			for _, lhs := range []ast.Expr{n.Key, n.Value} {
				if id, ok := lhs.(*ast.Ident); ok && n.Tok == token.DEFINE {
					local[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				local[id.Name] = true
			}
		}
		return true
	})
	for name, members := range used {
		if local[name] {
			continue
		}
		path, ok := symbols.Resolve(name, members...)
		if !ok {
			path, ok = symbols.Resolve(name)
		}
		if ok {
			file.Decls = append([]ast.Decl{importDecl(name, path)}, file.Decls...)
		}
	}
}

// freeMethods turns methods of types of earlier cells, which the checker would
// refuse, into functions whose first parameter is the receiver.
func freeMethods(file *ast.File, declared map[string]bool) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
			continue
		}
		t := f.Recv.List[0].Type
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if id, ok := t.(*ast.Ident); ok && id.Name != mark && !declared[id.Name] {
			f.Type.Params.List = append(f.Recv.List, f.Type.Params.List...)
			f.Recv = nil
			f.Name = &ast.Ident{NamePos: f.Name.NamePos, Name: "_"}
		}
	}
}

// importDecl makes an import declaration.
func importDecl(name, path string) *ast.GenDecl {
	return &ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{&ast.ImportSpec{
		Name: ast.NewIdent(name),
		Path: &ast.BasicLit{Kind: token.STRING, Value: fmt.Sprintf("%q", path)},
	}}}
}

// hoist makes the variables of the cell's statements visible in its functions,
// as they are when it runs. It says whether the cell has to be checked again:
// only when what was looked for is in such a function.
func hoist(c *checked, objects map[string]types.Object) bool {
	if len(c.path) < 2 {
		return false
	}
	f, ok := c.path[1].(*ast.FuncDecl)
	if !ok || f.Name.Name == bodyName {
		return false
	}
	again := false
	for _, decl := range c.file.Decls {
		body, ok := decl.(*ast.FuncDecl)
		if !ok || body.Name.Name != bodyName || body.Recv != nil {
			continue
		}
		scope := c.info.Scopes[body.Type]
		if scope == nil {
			continue
		}
		for _, name := range scope.Names() {
			if v, ok := scope.Lookup(name).(*types.Var); ok {
				objects[name] = types.NewVar(token.NoPos, c.pkg, name, v.Type())
				again = true
			}
		}
	}
	return again
}
