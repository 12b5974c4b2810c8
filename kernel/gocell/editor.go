package gocell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// hookName is a name that is both in the package and imported by the file, so
// that the checker complains about it once: exactly when it has collected the
// declarations and before it looks at types. Methods of a cell join a type of an
// earlier cell at that moment (see attachMethods).
const hookName = "hillock_hook"

// receiversName is the name of a package made up for a check that holds the
// receiver types of such methods: the checker would look for the declaration of
// a receiver that is a plain name.
const receiversName = "hillock_receivers"

// editor brings a parsed cell into a form that the checker understands, checking
// it as often as that takes.
type editor struct {
	world  *World
	parsed *parsed
	count  int
	used   map[string]bool // every identifier of the cell

	pkg   *types.Package // of the latest attempt
	decls []ast.Decl     // package-level declarations, as they are now
	body  *ast.FuncDecl  // statements, or nil
	show  ast.Expr       // what the last statement of body shows, or nil

	foreign   []foreignMethod
	receivers *types.Package             // holds the types of foreign
	preserved map[string]*types.TypeName // types declared again word for word
	promoted  map[string]bool            // variables of body that the cell's functions use
	aliases   []*types.TypeName          // names for types that have none here
	carried   []*carry
	dropped   map[*declaration]string // declarations that can't be carried, and why
	checked   map[*ast.CallExpr]bool  // calls of must that have their form
	extra     []types.Error           // errors that the checker does not know
}

// foreignMethod is a method whose type an earlier cell declared.
type foreignMethod struct {
	decl  *ast.FuncDecl
	named *types.Named
	field *ast.Field // the receiver
	typ   ast.Expr   // its type as it was written
	stand ast.Expr   // what stands for it during the check
}

// prepare makes the changes that need no types.
func (e *editor) prepare() error {
	e.decls = slices.Clone(e.parsed.file.Decls)
	e.body = e.parsed.body
	e.promoted = map[string]bool{}
	e.dropped = map[*declaration]string{}
	e.checked = map[*ast.CallExpr]bool{}
	e.runMain()
	e.prepareStatements()
	e.preserveTypes()
	e.extendGenerics()
	return nil
}

// extendGenerics declares a generic type of an earlier cell again when this cell
// adds methods to it: its instances could not learn new methods.
func (e *editor) extendGenerics() {
	here := map[string]bool{}
	for _, d := range e.decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			here[joined(receiver(f), f.Name.Name)] = true
		}
	}
	local := localTypes(e.decls)
	for _, d := range e.decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || receiver(f) == "" || local[receiver(f)] {
			continue
		}
		named := e.ownNamed(receiver(f))
		if named == nil || methods(named) != nil {
			continue
		}
		local[named.Obj().Name()] = true
		for _, old := range e.world.liveDeclarations() {
			if old.object == named.Obj() || old.base == named.Obj() && !here[joined(old.base.Name(), old.object.Name())] {
				e.join(old)
			}
		}
	}
}

// runMain adds a call of main to a cell that declares it and does not mention it
// otherwise: a program that was pasted into a cell runs.
func (e *editor) runMain() {
	var decl *ast.FuncDecl
	for _, d := range e.decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			decl = f
		}
	}
	if decl == nil {
		return
	}
	mentions := 0
	count := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "main" {
			mentions++
		}
		return true
	}
	for _, d := range e.decls {
		ast.Inspect(d, count)
	}
	if e.body != nil {
		ast.Inspect(e.body, count)
	}
	if mentions > 1 {
		return
	}
	at := decl.Name.Pos()
	call := &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: "main"}, Lparen: at, Rparen: at}
	e.needBody()
	e.body.Body.List = append(e.body.Body.List, &ast.ExprStmt{X: call})
	e.parsed.trailing = nil
}

// needBody gives the cell an empty body if it has none.
func (e *editor) needBody() {
	if e.body != nil {
		return
	}
	file, err := parser.ParseFile(e.world.fset, e.parsed.name, "package main\nfunc "+bodyName+"() {\n}", parser.SkipObjectResolution)
	if err != nil {
		return
	}
	e.body = file.Decls[0].(*ast.FuncDecl)
}

// prepareStatements hands the trailing expression to Show, and lets the values
// of other expressions be unused.
func (e *editor) prepareStatements() {
	if e.body == nil {
		return
	}
	list := e.body.Body.List
	for i, s := range list {
		s, ok := s.(*ast.ExprStmt)
		if !ok || s.X == e.parsed.trailing {
			continue
		}
		switch x := ast.Unparen(s.X).(type) {
		case *ast.CallExpr:
		case *ast.UnaryExpr:
			if x.Op != token.ARROW {
				list[i] = discard(s.X)
			}
		default:
			list[i] = discard(s.X)
		}
	}
	if x := e.parsed.trailing; x != nil && !e.prints(x) {
		at := x.Pos()
		e.show = x
		list[len(list)-1] = &ast.ExprStmt{X: &ast.CallExpr{
			Fun: &ast.SelectorExpr{
				X:   &ast.Ident{NamePos: at, Name: hostName},
				Sel: &ast.Ident{NamePos: at, Name: "Show"},
			},
			Lparen: at,
			Args:   []ast.Expr{x},
			Rparen: x.End(),
		}}
	}
	e.markLines()
}

// markLines tells the host the line of each statement that calls something
// before it runs, so that a panic in what it calls can be traced to it.
func (e *editor) markLines() {
	var list []ast.Stmt
	for _, s := range e.body.Body.List {
		calls := false
		ast.Inspect(s, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				calls = calls || !isHostCall(call)
			}
			return !calls
		})
		if at := s.Pos(); calls && at.IsValid() {
			line := strconv.Itoa(e.world.fset.Position(at).Line)
			list = append(list, &ast.ExprStmt{X: &ast.CallExpr{
				Fun: &ast.SelectorExpr{
					X:   &ast.Ident{NamePos: at, Name: hostName},
					Sel: &ast.Ident{NamePos: at, Name: "Line"},
				},
				Lparen: at,
				Args:   []ast.Expr{&ast.BasicLit{ValuePos: at, Kind: token.INT, Value: line}},
				Rparen: at,
			}})
		}
		list = append(list, s)
	}
	e.body.Body.List = list
}

// isHostCall says whether an expression is a call that was added to the cell.
func isHostCall(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && identName(sel.X) == hostName
}

// discard assigns a value to the blank identifier.
func discard(x ast.Expr) ast.Stmt {
	return &ast.AssignStmt{
		Lhs:    []ast.Expr{&ast.Ident{NamePos: x.Pos(), Name: "_"}},
		TokPos: x.Pos(),
		Tok:    token.ASSIGN,
		Rhs:    []ast.Expr{x},
	}
}

// prints says whether an expression is a call of one of fmt's printing
// functions: nobody wants to see how many bytes were written.
func (e *editor) prints(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	name := strings.TrimPrefix(sel.Sel.Name, "F")
	return e.importPath(pkg.Name) == "fmt" && (strings.HasPrefix(name, "Print") || strings.HasPrefix(name, "print"))
}

// importPath gives the path of the import that a name stands for in the cell.
func (e *editor) importPath(name string) string {
	for _, spec := range e.parsed.imports() {
		if spec.Name == name {
			return spec.Path
		}
		if spec.Name == "" {
			if pkg, err := e.world.importer.Import(spec.Path); err == nil && pkg.Name() == name {
				return spec.Path
			}
		}
	}
	if entry := e.world.names[name]; entry != nil {
		return entry.path
	}
	return ""
}

// assemble gives the file to check.
func (e *editor) assemble() *ast.File {
	file := e.parsed.file
	file.Decls = slices.Clone(e.decls)
	for _, c := range e.carried {
		file.Decls = append(file.Decls, c.decl)
	}
	e.findForeign(file.Decls)
	if len(e.foreign) > 0 {
		at := file.Name.Pos()
		file.Decls = append([]ast.Decl{&ast.GenDecl{TokPos: at, Tok: token.IMPORT, Specs: []ast.Spec{&ast.ImportSpec{
			Name: &ast.Ident{NamePos: at, Name: hookName},
			Path: &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: `"unsafe"`},
		}}}}, file.Decls...)
	}
	if e.body != nil {
		file.Decls = append(file.Decls, e.body)
	}
	return file
}

// declaredNames gives the names that the file declares at package level or
// imports.
func (e *editor) declaredNames() map[string]bool {
	names := map[string]bool{}
	add := func(d ast.Decl) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				}
			}
		}
	}
	for _, d := range e.decls {
		add(d)
	}
	for _, c := range e.carried {
		add(c.decl)
	}
	for _, spec := range e.parsed.imports() {
		name := spec.Name
		if name == "" {
			if pkg, err := e.world.importer.Import(spec.Path); err == nil {
				name = pkg.Name()
			}
		}
		names[name] = true
	}
	return names
}

// receiver gives the name of a method's type, or "".
func receiver(d *ast.FuncDecl) string {
	if id := receiverIdent(d); id != nil {
		return id.Name
	}
	return ""
}

// receiverIdent gives the identifier of a method's type, or nil.
func receiverIdent(d *ast.FuncDecl) *ast.Ident {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return nil
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.ParenExpr:
			t = x.X
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}

// localTypes gives the names of the types that declarations declare.
func localTypes(decls []ast.Decl) map[string]bool {
	local := map[string]bool{}
	for _, d := range decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				local[s.(*ast.TypeSpec).Name.Name] = true
			}
		}
	}
	return local
}

// findForeign notes the methods whose type an earlier cell declared, and gives
// them a receiver type that the checker accepts until restoreReceivers.
func (e *editor) findForeign(decls []ast.Decl) {
	e.foreign = nil
	e.receivers = types.NewPackage(receiversName, receiversName)
	e.receivers.MarkComplete()
	local := localTypes(decls)
	for _, d := range decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		id := receiverIdent(f)
		if id == nil || local[id.Name] {
			continue
		}
		named := e.ownNamed(id.Name)
		if named == nil || methods(named) == nil {
			continue
		}
		name := fmt.Sprintf("T%d", len(e.foreign))
		e.receivers.Scope().Insert(types.NewTypeName(token.NoPos, e.receivers, name, named))
		field := f.Recv.List[0]
		m := foreignMethod{decl: f, named: named, field: field, typ: field.Type}
		at := id.Pos()
		field.Type = &ast.SelectorExpr{X: &ast.Ident{NamePos: at, Name: receiversName}, Sel: &ast.Ident{NamePos: at, Name: name}}
		if star, ok := ast.Unparen(m.typ).(*ast.StarExpr); ok {
			field.Type = &ast.StarExpr{Star: star.Star, X: field.Type}
		}
		m.stand = field.Type
		e.foreign = append(e.foreign, m)
	}
}

// restoreReceivers gives methods of types of earlier cells the receiver that was
// written.
func (e *editor) restoreReceivers(a *attempt) {
	for _, f := range e.foreign {
		f.field.Type = f.typ
		pointer := a.info.Types[f.stand]
		base := pointer
		if star, ok := f.stand.(*ast.StarExpr); ok {
			base = a.info.Types[star.X]
		}
		ast.Inspect(f.typ, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.Ident:
				a.info.Uses[x] = f.named.Obj()
				a.info.Types[x] = base
			case *ast.StarExpr:
				a.info.Types[x] = pointer
			case *ast.ParenExpr:
				a.info.Types[x] = base
				if _, ok := ast.Unparen(x).(*ast.StarExpr); ok {
					a.info.Types[x] = pointer
				}
			}
			return true
		})
		ast.Inspect(f.stand, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.Ident:
				delete(a.info.Uses, x)
			case ast.Expr:
				delete(a.info.Types, x)
			}
			return true
		})
	}
}

// ownNamed gives the type of an earlier cell that a name stands for, or nil.
func (e *editor) ownNamed(name string) *types.Named {
	entry := e.world.names[name]
	if entry == nil || !isOwn(entry.object) {
		return nil
	}
	tn, ok := entry.object.(*types.TypeName)
	if !ok {
		return nil
	}
	named, _ := types.Unalias(tn.Type()).(*types.Named)
	return named
}

// attachMethods gives methods of this cell to types of earlier cells.
func (e *editor) attachMethods(a *attempt) {
	seen := map[*types.Named]map[string]bool{}
	for _, f := range e.foreign {
		m, ok := a.info.Defs[f.decl.Name].(*types.Func)
		if !ok || m.Name() == "_" {
			continue
		}
		if seen[f.named] == nil {
			seen[f.named] = map[string]bool{}
		}
		if seen[f.named][m.Name()] {
			a.errs = append(a.errs, types.Error{Fset: e.world.fset, Pos: f.decl.Name.Pos(),
				Msg: "method " + f.named.Obj().Name() + "." + m.Name() + " already declared in this cell"})
			continue
		}
		seen[f.named][m.Name()] = true
		if s, ok := f.named.Underlying().(*types.Struct); ok {
			for field := range s.Fields() {
				if field.Name() == m.Name() {
					a.errs = append(a.errs, types.Error{Fset: e.world.fset, Pos: f.decl.Name.Pos(),
						Msg: "field and method with the same name " + m.Name()})
				}
			}
		}
		replaced, undo, ok := setMethod(f.named, m)
		if !ok {
			continue
		}
		a.undo = append(a.undo, undo)
		if replaced != nil {
			a.same[m] = replaced
		}
	}
}
