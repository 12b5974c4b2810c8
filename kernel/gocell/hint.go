package gocell

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// hint gives advice on an error of the checker that its words don't give, or "".
func (e *editor) hint(a *attempt, err types.Error) string {
	if a.file == nil {
		return ""
	}
	if text := e.mustHint(a, err); text != "" {
		return text
	}
	return a.conversionHint(err)
}

// at gives the nodes that begin where an error is, the outermost first.
func (a *attempt) at(err types.Error) []ast.Node {
	var nodes []ast.Node
	ast.Inspect(a.file, func(n ast.Node) bool {
		if n != nil && n.Pos() == err.Pos {
			nodes = append(nodes, n)
		}
		return n != nil
	})
	return nodes
}

// mustHint says where must is missing: around a call that has an error behind the
// values that are wanted of it.
func (e *editor) mustHint(a *attempt, err types.Error) string {
	var wanted int // values; 0 when the message does not tell
	switch {
	case strings.HasSuffix(err.Msg, "in single-value context"):
		wanted = 1
	case strings.HasPrefix(err.Msg, "assignment mismatch: "):
		if _, scan := fmt.Sscanf(err.Msg, "assignment mismatch: %d", &wanted); scan != nil {
			return ""
		}
	case strings.HasPrefix(err.Msg, "too many return values"), strings.HasPrefix(err.Msg, "too many arguments in call"):
		_, want, _ := strings.Cut(err.Msg, "want (")
		wanted = 1 + strings.Count(want, ",")
	case strings.HasPrefix(err.Msg, "cannot use ") && strings.Contains(err.Msg, "(value of interface type error) as "):
	default:
		return ""
	}
	if e.world.names["must"] != nil {
		return ""
	}
	for id := range a.info.Defs {
		if id.Name == "must" { // their own
			return ""
		}
	}
	for _, n := range a.at(err) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		sig, ok := a.info.TypeOf(call.Fun).(*types.Signature)
		if !ok {
			continue
		}
		values := sig.Results().Len() - 1
		if values < 1 || values > 3 || wanted != 0 && values != wanted || !IsError(sig.Results().At(values).Type()) {
			continue
		}
		arguments := ""
		if len(call.Args) > 0 {
			arguments = "…"
		}
		what := "value"
		if values > 1 {
			what = "values"
		}
		return fmt.Sprintf("write must(%s(%s)): it gives the %s without the error, which ends the cell if there is one", types.ExprString(call.Fun), arguments, what)
	}
	return ""
}

var (
	// intended finds what a value was to be.
	intended = regexp.MustCompile(`^cannot (?:convert .*\) to type|use .*?\) as) (.*?)(?: value in .*|: .*)?$`)
	// dotted finds a type of a package.
	dotted = regexp.MustCompile(`([\pL_][\pL\p{Nd}_]*)\.([\pL_][\pL\p{Nd}_]*)`)
)

// conversionHint says what a value needs to become what is wanted: the type that
// adapts a function to an interface, or a type of another package of the same name.
func (a *attempt) conversionHint(err types.Error) string {
	m := intended.FindStringSubmatch(err.Msg)
	if m == nil {
		return ""
	}
	var have types.Type
	expr := ""
	for _, n := range a.at(err) {
		x, ok := n.(ast.Expr)
		if tv := a.info.Types[x]; ok && tv.IsValue() {
			have, expr = tv.Type, types.ExprString(x)
			if _, ok := x.(*ast.FuncLit); ok {
				expr = "…"
			}
			break
		}
	}
	if have == nil {
		return ""
	}
	packages := a.packages()
	wanted := named(packages, m[1])
	if len(wanted) == 1 && m[1] == plainType(wanted[0].Type()) {
		if _, ok := have.Underlying().(*types.Signature); ok && types.IsInterface(wanted[0].Type()) {
			return adapterHint(have, expr, wanted[0])
		}
		if under := wanted[0].Type().Underlying(); plainSignature(under) == plainSignature(have.Underlying()) {
			return otherPackageHint(have, m[1], mentioned(under))
		}
	}
	if m[1] != plainType(have) {
		return ""
	}
	others := map[string][]string{}
	for _, t := range wanted {
		name := plainType(t.Type())
		if own := mentioned(have)[name]; !slices.Contains(own, t.Pkg().Path()) {
			others[name] = append(others[name], t.Pkg().Path())
		}
	}
	return otherPackageHint(have, "what is wanted", others)
}

// adapterHint names the one type of functions that makes an interface of a function.
func adapterHint(have types.Type, expr string, wanted *types.TypeName) string {
	iface := wanted.Type().Underlying().(*types.Interface)
	var fits, alike []*types.TypeName
	scope := wanted.Pkg().Scope()
	for _, name := range scope.Names() {
		t, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !t.Exported() || !types.Implements(t.Type(), iface) {
			continue
		}
		if _, ok := t.Type().Underlying().(*types.Signature); !ok {
			continue
		}
		switch under := t.Type().Underlying(); {
		case types.Identical(under, have.Underlying()):
			fits = append(fits, t)
		case plainSignature(under) == plainSignature(have.Underlying()):
			alike = append(alike, t)
		}
	}
	switch {
	case len(fits) == 1:
		return fmt.Sprintf("wrap it: %s(%s)", plainType(fits[0].Type()), expr)
	case len(fits) == 0 && len(alike) == 1:
		name := plainType(alike[0].Type())
		return otherPackageHint(have, name, mentioned(alike[0].Type().Underlying())) + fmt.Sprintf("; then wrap it: %s(%s)", name, expr)
	}
	return ""
}

// otherPackageHint says that a value has a type of one package where that of another
// of the same name is wanted.
func otherPackageHint(have types.Type, wanted string, paths map[string][]string) string {
	mine := mentioned(have)
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		theirs := paths[name]
		if len(theirs) != 1 || slices.Contains(mine[name], theirs[0]) {
			continue
		}
		return fmt.Sprintf("%s is of %q, while %s has that of %q: import %q instead", name, mine[name][0], wanted, theirs[0], theirs[0])
	}
	return ""
}

// packages gives the packages that a cell mentions and those that they import, the
// nearest first.
func (a *attempt) packages() []*types.Package {
	seen := map[*types.Package]bool{nil: true}
	var list []*types.Package
	add := func(p *types.Package) {
		if !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	for _, object := range a.info.Uses {
		if name, ok := object.(*types.PkgName); ok {
			add(name.Imported())
		}
		add(object.Pkg())
	}
	for i := 0; i < len(list); i++ {
		for _, p := range list[i].Imports() {
			add(p)
		}
	}
	return list
}

// named finds the types of packages that a text mentions.
func named(packages []*types.Package, text string) []*types.TypeName {
	var list []*types.TypeName
	for _, m := range dotted.FindAllStringSubmatch(text, -1) {
		for _, p := range packages {
			if t, ok := p.Scope().Lookup(m[2]).(*types.TypeName); ok && p.Name() == m[1] && p.Path() != ownPath && !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list
}

// mentioned gives, by name, the paths of the packages whose types a type mentions.
func mentioned(t types.Type) map[string][]string {
	paths := map[string][]string{}
	for _, m := range dottedPath.FindAllStringSubmatch(types.TypeString(t, func(p *types.Package) string { return "«" + p.Path() + "»" + p.Name() }), -1) {
		if m[1] != ownPath && !slices.Contains(paths[m[2]], m[1]) {
			paths[m[2]] = append(paths[m[2]], m[1])
		}
	}
	return paths
}

// dottedPath finds a type of a package with its path.
var dottedPath = regexp.MustCompile(`«([^»]*)»([\pL_][\pL\p{Nd}_]*\.[\pL_][\pL\p{Nd}_]*)`)

// plainType writes a type with names of packages.
func plainType(t types.Type) string { return types.TypeString(t, (*types.Package).Name) }

// plainSignature writes a function's type without its parameters' names.
func plainSignature(t types.Type) string {
	sig, ok := t.(*types.Signature)
	if !ok {
		return plainType(t)
	}
	bare := func(list *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range list.Variables() {
			vars = append(vars, types.NewParam(v.Pos(), nil, "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return plainType(types.NewSignatureType(nil, nil, nil, bare(sig.Params()), bare(sig.Results()), sig.Variadic()))
}
