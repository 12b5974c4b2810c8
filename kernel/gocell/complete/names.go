package complete

import (
	"go/token"
	"go/types"
	"strings"

	"hillock/stdlib/symbols"
)

// names proposes what can be seen by name at a position.
func (c *completer) names(ch *checked, pos token.Pos, want types.Type, typesOnly bool) {
	top := ch.pkg.Scope()
	inner := top.Innermost(pos)
	if inner == nil {
		inner = top
	}
	hidden := map[string]bool{}
	for scope := inner; scope != nil; scope = scope.Parent() {
		near := nearLocal
		switch {
		case scope == types.Universe:
			near = nearBuiltin
		case scope == top:
			near = nearSession
		case scope.Parent() == top:
			near = nearPackage
		}
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			if hidden[name] || name == "_" || strings.HasPrefix(name, "hillock_") {
				continue
			}
			if near == nearLocal {
				if _, visible := inner.LookupParent(name, pos); visible != obj {
					continue // declared further down
				}
			}
			hidden[name] = true
			c.name(ch, obj, near, want, typesOnly)
		}
	}
}

// name proposes one object.
func (c *completer) name(ch *checked, obj types.Object, near int, want types.Type, typesOnly bool) {
	kind, signature := describe(obj, ch.pkg)
	if typesOnly && kind != Type && kind != Package {
		return
	}
	c.add(candidate{
		Match: Match{obj.Name(), kind, signature},
		near:  near,
		fits:  near != nearPackage && fits(obj, want),
	})
}

// fits says whether an object, or what it gives when called, has a type that is
// wanted.
func fits(obj types.Object, want types.Type) bool {
	if want == nil {
		return false
	}
	if i, ok := want.Underlying().(*types.Interface); ok && i.Empty() {
		return false // everything does
	}
	switch obj := obj.(type) {
	case *types.Var, *types.Const:
		return types.AssignableTo(obj.Type(), want)
	case *types.Func:
		results := obj.Signature().Results()
		return types.AssignableTo(obj.Type(), want) ||
			results.Len() == 1 && obj.Signature().TypeParams().Len() == 0 && types.AssignableTo(results.At(0).Type(), want)
	}
	return false
}

// unimported proposes packages that are not imported yet.
func (c *completer) unimported() {
	for _, path := range symbols.Packages() {
		name, _ := symbols.Name(path)
		if best, _ := symbols.Resolve(name); best != path {
			continue
		}
		c.add(candidate{Match: Match{Text: name, Kind: Package, Signature: path}, near: nearUnimported})
	}
}

// keywords proposes those that can stand here.
func (c *completer) keywords(isStatement, typesOnly bool, before scanning) {
	words := []string{"chan", "func", "interface", "map", "struct"}
	switch {
	case typesOnly:
	case isStatement:
		words = append(words, "break", "const", "continue", "defer", "fallthrough", "for", "go", "goto",
			"if", "import", "return", "select", "switch", "type", "var")
		if before.last(0).tok == token.RBRACE {
			words = append(words, "else")
		}
		if strings.Contains(before.open, "{") {
			words = append(words, "case", "default")
		}
	default:
		switch before.last(0).tok {
		case token.ASSIGN, token.DEFINE, token.FOR:
			words = append(words, "range")
		}
	}
	for _, word := range words {
		c.add(candidate{Match: Match{Text: word, Kind: Keyword}, near: nearKeyword})
	}
}
