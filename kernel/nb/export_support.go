package nb

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"hillock/kernel/magic"
)

// preludeName gives the program's name for what every cell has.
func (x *exporter) preludeName(name string) string {
	wanted := strings.TrimPrefix(name, "hillock_")
	key := types.NewLabel(token.NoPos, nil, name) // stands for the object in no cell
	for o, have := range x.names {
		if l, ok := o.(*types.Label); ok && l.Name() == name {
			return have
		}
	}
	x.names[key] = x.unique(wanted, true)
	return x.names[key]
}

// preludeNames gives the names under which the program uses ctx and the forms of
// must, "" for those that it does not use.
func (x *exporter) preludeNames() (ctx string, must map[string]string) {
	must = map[string]string{}
	for o, name := range x.names {
		if l, ok := o.(*types.Label); ok {
			if l.Name() == "ctx" {
				ctx = name
			} else {
				must[l.Name()] = name
			}
		}
	}
	return ctx, must
}

// support gives the declarations of ctx and must, and what main does first.
func (x *exporter) support(ctx string, must map[string]string) (decls, start string) {
	var b strings.Builder
	if ctx != "" {
		context, signal, os := x.importName(pathContext), x.importName(pathSignal), x.importName(pathOS)
		fmt.Fprintf(&b, "// %s ends when the program is interrupted.\nvar %s %s.Context\n\n", ctx, ctx, context)
		stop := x.unique("stop", false)
		start = fmt.Sprintf("var %s func()\n%s, %s = %s.NotifyContext(%s.Background(), %s.Interrupt)\ndefer %s()\n\n",
			stop, ctx, stop, signal, context, os, stop)
	}
	if len(must) == 0 {
		return b.String(), start
	}
	fail := x.unique("fail", false)
	fmt.Fprintf(&b, "// %s ends the program if there is an error.\nfunc %s(err error) {\nif err != nil {\n%s.Fprintln(%s.Stderr, \"error:\", err)\n%s.Exit(1)\n}\n}\n\n",
		fail, fail, x.importName(pathFmt), x.importName(pathOS), x.importName(pathOS))
	for _, form := range []struct{ name, types, values, results, result string }{
		{"hillock_must1", "", "", "", ""},
		{"must", "[T any]", "value T, ", " T", "\nreturn value"},
		{"hillock_must3", "[A, B any]", "a A, b B, ", " (A, B)", "\nreturn a, b"},
		{"hillock_must4", "[A, B, C any]", "a A, b B, c C, ", " (A, B, C)", "\nreturn a, b, c"},
	} {
		if name := must[form.name]; name != "" {
			what := "gives what it is given, or ends the program if there is an error"
			if form.result == "" {
				what = "ends the program if there is an error"
			}
			fmt.Fprintf(&b, "// %s %s.\nfunc %s%s(%serr error)%s {\n%s(err)%s\n}\n\n",
				name, what, name, form.types, form.values, form.results, fail, form.result)
		}
	}
	return b.String(), start
}

// mend makes a program compile that go/types accepts but for what cells may
// leave unused: variables, values and imports.
func mend(source string, importer types.Importer) (string, error) {
	for range 20 {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "main.go", source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return "", fmt.Errorf("the program does not parse: %w", err)
		}
		var errs []types.Error
		conf := types.Config{Importer: importer, GoVersion: "go1.26", Error: func(err error) {
			var te types.Error
			if errors.As(err, &te) {
				errs = append(errs, te)
			}
		}}
		_, _ = conf.Check("main", fset, []*ast.File{file}, nil)
		if len(errs) == 0 {
			return source, nil
		}
		var edits []edit
		for _, e := range errs {
			offset := fset.Position(e.Pos).Offset
			made, ok := mendOne(file, fset, e, offset)
			if !ok {
				line := fset.Position(e.Pos).Line
				lines := strings.Split(source, "\n")
				return "", fmt.Errorf("the program does not compile: %s: %s", e.Msg, strings.TrimSpace(lines[line-1]))
			}
			edits = append(edits, made...)
		}
		source = applyEdits(source, 0, len(source), edits)
	}
	return "", errors.New("the program does not compile: unused variables remain")
}

var unusedVariable = regexp.MustCompile(`^(?:declared and not used: (\S+)|(\S+) declared and not used)$`)

// mendOne gives the edits that make one error go.
func mendOne(file *ast.File, fset *token.FileSet, e types.Error, offset int) ([]edit, bool) {
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	if m := unusedVariable.FindStringSubmatch(e.Msg); m != nil {
		return useVariable(file, e.Pos, m[1]+m[2], at)
	}
	switch {
	case strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, "imported as") && strings.HasSuffix(e.Msg, "and not used"):
		for _, s := range file.Imports {
			if s.Pos() <= e.Pos && e.Pos <= s.End() {
				return []edit{{at(s.Pos()), at(s.End()), ""}}, true
			}
		}
	case strings.HasSuffix(e.Msg, "is not used"), strings.Contains(e.Msg, ") is not used"):
		var edits []edit
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.ExprStmt); ok && s.Pos() <= e.Pos && e.Pos < s.End() && edits == nil {
				if s.X.Pos() <= e.Pos {
					edits = []edit{{at(s.Pos()), at(s.Pos()), "_ = "}}
				}
			}
			return true
		})
		return edits, edits != nil
	case strings.HasPrefix(e.Msg, "label ") && strings.HasSuffix(e.Msg, "not used"):
		var edits []edit
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.LabeledStmt); ok && s.Label.Pos() == e.Pos {
				edits = []edit{{at(s.Pos()), at(s.Colon) + 1, ""}}
			}
			return true
		})
		return edits, edits != nil
	}
	return nil, false
}

// useVariable uses a variable right after its declaration.
func useVariable(file *ast.File, pos token.Pos, name string, at func(token.Pos) int) (edits []edit, ok bool) {
	use := "_ = " + name
	var path []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		id, isIdent := n.(*ast.Ident)
		if !isIdent || id.Pos() != pos || ok {
			return true
		}
		for i := len(path) - 2; i >= 0 && !ok; i-- {
			switch s := path[i].(type) {
			case *ast.TypeSwitchStmt:
				if a, isAssign := s.Assign.(*ast.AssignStmt); isAssign && a.Lhs[0] == ast.Expr(id) {
					edits, ok = []edit{{at(a.Pos()), at(a.Rhs[0].Pos()), ""}}, true
				}
			case *ast.RangeStmt:
				edits, ok = []edit{{at(s.Body.Lbrace) + 1, at(s.Body.Lbrace) + 1, "\n" + use + "\n"}}, true
			case *ast.ForStmt:
				edits, ok = []edit{{at(s.Body.Lbrace) + 1, at(s.Body.Lbrace) + 1, "\n" + use + "\n"}}, true
			case *ast.IfStmt:
				edits, ok = []edit{{at(s.Body.Lbrace) + 1, at(s.Body.Lbrace) + 1, "\n" + use + "\n"}}, true
			case *ast.SwitchStmt: // nowhere to use it without changing what the switch does
				return false
			case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
				end := at(path[i+1].End())
				if c, isComm := s.(*ast.CommClause); isComm && path[i+1] == ast.Node(c.Comm) {
					end = at(c.Colon) + 1
				}
				edits, ok = []edit{{end, end, "\n" + use + "\n"}}, true
			}
		}
		return true
	})
	return edits, ok
}

// withoutMagics takes the lines out of a cell that are no Go: they become
// comments of the cell's function. What %time measures stays.
func withoutMagics(source string) (string, []string) {
	var magics []string
	lines := strings.Split(source, "\n")
	for _, p := range magic.Split(source) {
		if p.Name == "" {
			continue
		}
		line := strings.TrimSpace(lines[p.Line-1])
		lines[p.Line-1] = ""
		if p.Name == "%time" && p.Text != "" {
			lines[p.Line-1] = p.Text
			continue
		}
		magics = append(magics, "// "+line)
	}
	return strings.Join(lines, "\n"), magics
}
