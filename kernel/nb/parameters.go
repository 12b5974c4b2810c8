package nb

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The tags of the cells that hold parameters, as in papermill.
const (
	tagParameters = "parameters"
	tagInjected   = "injected-parameters"
)

// SetParameters sets values in place of those that the cell tagged parameters
// declares. Each setting is NAME=VALUE: VALUE is a number, true or false, the
// text of a string without quotes, or for a variable of another type a Go expression
// or a time such as 90s. As papermill does, it adds a cell that sets the values after the cell
// tagged parameters, in place of one that an earlier run added. A name that the
// cell does not declare and a value of another type are errors.
func (n *Notebook) SetParameters(settings []string) error {
	if len(settings) == 0 {
		return nil
	}
	at := slices.IndexFunc(n.Cells, func(c *Cell) bool { return c.Type == Code && c.HasTag(tagParameters) })
	if at < 0 {
		return errors.New("no cell is tagged parameters, so none can be set; tag the cell that declares them")
	}
	declared, err := parametersOf(n.Cells[at].Source)
	if err != nil {
		return fmt.Errorf("the cell tagged parameters: %w", err)
	}
	lines := []string{"// Parameters"}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		p, ok := declared.find(strings.TrimSpace(name))
		if !ok {
			return fmt.Errorf("there is no parameter %q; the cell tagged parameters declares %s", name, declared.names())
		}
		line, err := p.set(value)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.name, err)
		}
		lines = append(lines, line)
	}
	injected := &Cell{
		Type:     Code,
		Source:   strings.Join(lines, "\n"),
		Metadata: map[string]any{"tags": []any{tagInjected}},
	}
	n.Cells = slices.DeleteFunc(n.Cells, func(c *Cell) bool { return c.HasTag(tagInjected) })
	at = slices.IndexFunc(n.Cells, func(c *Cell) bool { return c.Type == Code && c.HasTag(tagParameters) })
	n.Cells = slices.Insert(n.Cells, at+1, injected)
	n.completeIDs()
	return nil
}

// parameter is a variable or constant of the cell tagged parameters.
type parameter struct {
	name     string
	typ      types.Type // nil when it takes other cells or packages to know it
	written  string     // of a constant: its type as written
	constant bool
}

type parameters []parameter

func (ps parameters) find(name string) (parameter, bool) {
	i := slices.IndexFunc(ps, func(p parameter) bool { return p.name == name })
	if i < 0 {
		return parameter{}, false
	}
	return ps[i], true
}

func (ps parameters) names() string {
	if len(ps) == 0 {
		return "none"
	}
	var names []string
	for _, p := range ps {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// parametersOf finds what a cell declares at its top level.
func parametersOf(source string) (parameters, error) {
	fset := token.NewFileSet()
	const before = "package p\nfunc _() {\n"
	text := before + withoutImports(source) + "\n}"
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("it may hold imports and declarations of variables and constants only: %w", err)
	}
	// What a type is can be told without the packages of the expressions.
	info := types.Info{Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Error: func(error) {}}
	_, _ = conf.Check("p", fset, []*ast.File{file}, &info)

	var found parameters
	add := func(id *ast.Ident, isConstant bool, written ast.Expr) {
		if id.Name == "_" {
			return
		}
		p := parameter{name: id.Name, constant: isConstant}
		if o := info.Defs[id]; o != nil && o.Type() != types.Typ[types.Invalid] {
			p.typ = types.Default(o.Type())
		}
		if written != nil {
			from := fset.Position(written.Pos()).Offset
			p.written = text[from:fset.Position(written.End()).Offset]
		}
		found = slices.DeleteFunc(found, func(have parameter) bool { return have.name == p.name })
		found = append(found, p)
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE {
					add(id, false, nil)
				}
			}
		case *ast.DeclStmt:
			g := s.Decl.(*ast.GenDecl)
			for _, spec := range g.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range v.Names {
						add(id, g.Tok == token.CONST, v.Type)
					}
				}
			}
		}
	}
	return found, nil
}

// withoutImports blanks the lines of import declarations.
func withoutImports(source string) string {
	lines := strings.Split(source, "\n")
	inside := false
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		starts := strings.HasPrefix(trimmed, "import ") || strings.HasPrefix(trimmed, "import(") || trimmed == "import"
		if inside || starts {
			inside = (inside || strings.Contains(trimmed, "(")) && !strings.Contains(trimmed, ")")
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// set gives the Go that sets the parameter to a value.
func (p parameter) set(value string) (string, error) {
	expression, err := p.expression(value)
	if err != nil {
		return "", err
	}
	if !p.constant {
		return p.name + " = " + expression, nil
	}
	if p.written != "" {
		return "const " + p.name + " " + p.written + " = " + expression, nil
	}
	return "const " + p.name + " = " + expression, nil
}

// expression turns a value as given on the command line into Go of the
// parameter's type.
func (p parameter) expression(value string) (string, error) {
	basic, ok := p.typ, false
	var b *types.Basic
	if basic != nil {
		b, ok = basic.Underlying().(*types.Basic)
	}
	if ok && b.Info()&types.IsString != 0 {
		return strconv.Quote(value), nil
	}
	value = strings.TrimSpace(value)
	if !ok {
		if _, err := parser.ParseExpr(value); err == nil {
			return value, nil
		}
		if d, err := time.ParseDuration(value); err == nil { // of another type it is a compile error
			return fmt.Sprintf("time.Duration(%d)", d), nil
		}
		return "", fmt.Errorf("%q is no Go expression, nor a time such as 90s", value)
	}
	if b.Info()&types.IsBoolean != 0 {
		v, err := strconv.ParseBool(value)
		if err != nil {
			return "", fmt.Errorf("%q is neither true nor false", value)
		}
		return strconv.FormatBool(v), nil
	}
	// Other basic types are numbers: any constant expression that fits.
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, b.Name()+"("+value+")")
	if err != nil || tv.Value == nil {
		return "", fmt.Errorf("%q is no %s", value, b.Name())
	}
	if p.constant && p.written == "" && b.Info()&types.IsFloat != 0 && !strings.ContainsAny(value, ".eEpP") {
		if v, err := types.Eval(token.NewFileSet(), nil, token.NoPos, value); err == nil && v.Value.Kind() == constant.Int {
			return "float64(" + value + ")", nil
		}
	}
	return value, nil
}
