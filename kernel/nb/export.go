package nb

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/lower"
	"hillock/stdlib/symbols"
)

// Export gives the notebook as a Go program that does what the notebook does:
// each cell becomes a function, the variables of the cells become the program's,
// what a cell shows is given to notebook.Display, and Markdown becomes comments.
// A name that cells declare more than once gets a name for each meaning. It
// fails where a cell is no valid Go, and at what a program can't do.
func (n *Notebook) Export(title string) ([]byte, error) {
	x := newExporter(n)
	var comment string
	count := 0
	for _, c := range n.Cells {
		switch c.Type {
		case Markdown:
			comment += commented(c.Source)
		case Code:
			if strings.TrimSpace(c.Source) == "" || c.HasTag(tagSkip) {
				continue
			}
			count++
			if err := x.cell(count, c.Source, comment); err != nil {
				return nil, fmt.Errorf("cell %d: %w", count, err)
			}
			comment = ""
		}
	}
	text, err := x.program(title, comment)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// exporter makes a program of cells, one after the other.
type exporter struct {
	world   *gocell.World
	sources map[string]string // of the cells, by the name that positions have
	names   map[types.Object]string
	taken   map[string]bool // names that stand for something in the program
	written map[string]bool // identifiers that occur in cells
	imports map[string]string
	blank   []string // imports for their effects
	hooks   map[types.Object]*hook
	methods map[string]string // text of the methods by type and name
	order   []*cellText
}

// hook is a function that several cells declare with the same signature: those
// that call it call the latest.
type hook struct {
	name string // of the variable that holds the present version
	typ  string
}

// cellText is what a cell becomes.
type cellText struct {
	comment string
	decls   []string
	vars    []string // name and type
	body    []string
	name    string // of its function
}

// The packages that the exported program itself uses.
const (
	pathContext  = "context"
	pathFmt      = "fmt"
	pathOS       = "os"
	pathSignal   = "os/signal"
	pathNotebook = "hillock/stdlib/notebook"
)

func newExporter(n *Notebook) *exporter {
	x := &exporter{
		world:   gocell.NewWorld(gocell.Config{Importer: symbols.Importer()}),
		sources: map[string]string{},
		names:   map[types.Object]string{},
		taken:   map[string]bool{"main": true, "init": true, "_": true},
		written: map[string]bool{},
		imports: map[string]string{},
		hooks:   map[types.Object]*hook{},
		methods: map[string]string{},
	}
	for _, name := range types.Universe.Names() {
		x.taken[name] = true
	}
	for _, c := range n.CodeCells() {
		for _, name := range identifiersOf(c.Source) {
			x.written[name] = true
		}
	}
	return x
}

// unique gives a name that nothing in the program has, wanted itself if it is
// the name that the cells write.
func (x *exporter) unique(wanted string, own bool) string {
	name := wanted
	for i := 2; x.taken[name] || (name != wanted || !own) && x.written[name]; i++ {
		name = wanted + strconv.Itoa(i)
	}
	x.taken[name] = true
	return name
}

// importName gives the name under which the program imports a package.
func (x *exporter) importName(path string) string {
	if name, ok := x.imports[path]; ok {
		return name
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	if pkg, err := x.world.Importer().Import(path); err == nil {
		base = pkg.Name()
	}
	name := x.unique(base, true)
	x.imports[path] = name
	return name
}

// cell adds a cell to the program.
func (x *exporter) cell(count int, source, comment string) error {
	source, magics := withoutMagics(source)
	label := "cell[" + strconv.Itoa(count) + "]"
	x.sources[label] = source
	checked, err := x.world.Check(label, count, source)
	if err != nil {
		return err
	}
	checked.Commit()
	pieces, err := gocell.Split(source)
	if err != nil {
		return err
	}
	out := &cellText{comment: comment, body: magics}
	r := x.resolve(checked.Unit)
	if err := x.declare(out, r, checked.Unit); err != nil {
		return err
	}
	for _, d := range checked.Unit.Files[0].Decls {
		if position := checked.Unit.Fset.Position(d.Pos()); position.IsValid() && position.Filename != label {
			if err := x.carried(out, r, d); err != nil {
				return err
			}
		}
	}
	at, end := 0, 0 // of the present piece and the one before
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		at += strings.Index(source[at:], p.Text)
		// The semicolons of a for divide it into pieces.
		for p.Kind == gocell.StatementPiece && i+1 < len(pieces) && !isStatement(p.Text) {
			i++
			next := at + len(p.Text)
			next += strings.Index(source[next:], pieces[i].Text) + len(pieces[i].Text)
			p.Text = source[at:next]
		}
		if len(out.body) > len(magics) && strings.Count(source[end:at], "\n") > 1 {
			out.body = append(out.body, "")
		}
		if err := x.piece(out, r, checked, p, at, i == len(pieces)-1); err != nil {
			return err
		}
		at += len(p.Text)
		end = at
	}
	if main := checked.Unit.Pkg.Scope().Lookup("main"); main != nil && main.Pkg() == checked.Unit.Pkg && callsMain(checked.Unit) {
		out.body = append(out.body, x.names[main]+"()")
	}
	x.order = append(x.order, out)
	return nil
}

// callsMain says whether the cell runs the main that it declares.
func callsMain(unit *lower.Unit) bool {
	if unit.Body == nil || len(unit.Body.Body.List) == 0 {
		return false
	}
	s, ok := unit.Body.Body.List[len(unit.Body.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "main" && call.Lparen == id.Pos()
}

// declare names what the cell declares for the rest of the notebook.
func (x *exporter) declare(out *cellText, r *resolver, unit *lower.Unit) error {
	var fresh []types.Object
	scope := unit.Pkg.Scope()
	for _, name := range scope.Names() {
		if o := scope.Lookup(name); o.Pkg() == unit.Pkg && (unit.Body == nil || name != unit.Body.Name.Name) && x.names[o] == "" {
			if _, isPackage := o.(*types.PkgName); !isPackage {
				fresh = append(fresh, o)
			}
		}
	}
	for _, v := range unit.Globals {
		if x.names[v] == "" && !slices.Contains(fresh, types.Object(v)) {
			fresh = append(fresh, v)
		}
	}
	slices.SortFunc(fresh, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	for _, o := range fresh {
		old := unit.Same[o]
		if old == nil {
			x.names[o] = x.unique(o.Name(), true)
			continue
		}
		switch o := o.(type) {
		case *types.Func:
			if err := x.hook(r, o, old); err != nil {
				return err
			}
		default:
			x.names[o] = x.names[old]
		}
	}
	for _, o := range fresh {
		if v, ok := o.(*types.Var); ok && unit.Same[o] == nil {
			typ, err := x.typeText(v.Type())
			if err != nil {
				return fmt.Errorf("the variable %s: %w", v.Name(), err)
			}
			out.vars = append(out.vars, x.names[v]+" "+typ)
		}
	}
	return nil
}

// hook makes a function that takes an earlier one's place.
func (x *exporter) hook(r *resolver, o *types.Func, old types.Object) error {
	sig := o.Type().(*types.Signature)
	h := x.hooks[old]
	if h == nil {
		// The first version has been written under the name that all use: give
		// it a name of its own, in the text that there is by now.
		typ, err := x.typeText(sig)
		if err != nil {
			return err
		}
		h = &hook{name: x.names[old], typ: typ}
		first := x.unique(h.name+"Of1", false)
		for _, c := range x.order {
			for i, d := range c.decls {
				if renamed, ok := strings.CutPrefix(d, "func "+h.name+"("); ok {
					c.decls[i] = "var " + h.name + " " + h.typ + "\n\nfunc " + first + "(" + renamed
					c.body = append([]string{h.name + " = " + first}, c.body...)
				}
			}
		}
		x.hooks[old] = h
	}
	x.hooks[o] = h
	x.names[o] = h.name
	r.versions[o] = x.unique(h.name+"Of"+strconv.Itoa(len(x.order)+1), false)
	return nil
}

// carried adds a declaration of an earlier cell that this cell gave a new
// meaning, since something that it uses was declared again.
func (x *exporter) carried(out *cellText, r *resolver, d ast.Decl) error {
	if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
		return nil // declared by declare
	}
	if g, ok := d.(*ast.GenDecl); ok {
		for _, spec := range g.Specs {
			if text := r.text(spec); text != "" {
				out.decls = append(out.decls, g.Tok.String()+" "+text)
			}
		}
		return nil
	}
	return x.addFunc(out, r, d.(*ast.FuncDecl), r.text(d))
}

// addFunc adds a function or method of an earlier cell.
func (x *exporter) addFunc(out *cellText, r *resolver, f *ast.FuncDecl, text string) error {
	if f.Recv != nil {
		return x.addMethod(out, r.text(f.Recv.List[0].Type), f.Name.Name, text)
	}
	if o := r.unit.Info.Defs[f.Name]; o != nil && r.versions[o] != "" {
		out.body = append(out.body, x.names[o]+" = "+r.versions[o])
	}
	out.decls = append(out.decls, text)
	return nil
}

// program puts everything together.
func (x *exporter) program(title, last string) ([]byte, error) {
	ctx, must := x.preludeNames()
	var body, calls strings.Builder
	for i, c := range x.order {
		if c.comment != "" {
			body.WriteString("\n" + c.comment + "\n")
		}
		if len(c.vars) == 1 {
			body.WriteString("var " + c.vars[0] + "\n\n")
		} else if len(c.vars) > 1 {
			body.WriteString("var (\n" + strings.Join(c.vars, "\n") + "\n)\n\n")
		}
		for _, d := range c.decls {
			body.WriteString(d + "\n\n")
		}
		for len(c.body) > 0 && strings.TrimSpace(c.body[0]) == "" {
			c.body = c.body[1:]
		}
		if len(c.body) > 0 {
			c.name = x.unique("cell"+strconv.Itoa(i+1), false)
			body.WriteString("func " + c.name + "() {\n" + strings.Join(c.body, "\n") + "\n}\n\n")
			calls.WriteString(c.name + "()\n")
		}
	}
	body.WriteString("\n" + last)
	support, start := x.support(ctx, must)

	var b strings.Builder
	b.WriteString("// " + title + " as a program, made by hillock export.\npackage main\n\n")
	b.WriteString(x.importBlock())
	b.WriteString("func main() {\n" + start + calls.String() + "}\n\n" + body.String() + support)
	mended, err := mend(b.String(), x.world.Importer())
	if err != nil {
		return nil, err
	}
	text, err := format.Source([]byte(mended))
	if err != nil {
		return nil, fmt.Errorf("the program does not parse: %w", err)
	}
	return text, nil
}

// importBlock gives the program's imports, Go's own first.
func (x *exporter) importBlock() string {
	var groups [2][]string
	add := func(path, name string) {
		line := strconv.Quote(path)
		if name != "" {
			line = name + " " + line
		}
		group := 0
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") || first == "hillock" {
			group = 1
		}
		groups[group] = append(groups[group], line)
	}
	for path, name := range x.imports {
		base := path[strings.LastIndexByte(path, '/')+1:]
		if name == base {
			name = ""
		}
		add(path, name)
	}
	for _, path := range x.blank {
		add(path, "_")
	}
	for i := range groups {
		slices.SortFunc(groups[i], func(a, b string) int {
			return strings.Compare(a[strings.IndexByte(a, '"'):], b[strings.IndexByte(b, '"'):])
		})
		groups[i] = slices.Compact(groups[i])
	}
	if len(groups[0])+len(groups[1]) == 0 {
		return ""
	}
	return "import (\n" + strings.Join(groups[0], "\n") + "\n\n" + strings.Join(groups[1], "\n") + "\n)\n\n"
}
