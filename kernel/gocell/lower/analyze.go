package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// analysis is what is known of a function's variables before it is emitted.
type analysis struct {
	shared   map[types.Object]bool // captured by a function literal, or address taken
	assigned map[types.Object]bool // assigned after its declaration
	recovers map[ast.Node]bool     // function bodies that call recover directly
	defers   map[ast.Node]bool     // function bodies that defer
	jumps    bool                  // has goto
}

func analyze(info *types.Info, roots ...ast.Node) *analysis {
	a := &analysis{
		shared:   map[types.Object]bool{},
		assigned: map[types.Object]bool{},
		recovers: map[ast.Node]bool{},
		defers:   map[ast.Node]bool{},
	}
	w := &analyzer{analysis: a, info: info, depth: map[types.Object]int{}}
	for _, root := range roots {
		w.walk(root)
	}
	return a
}

type analyzer struct {
	*analysis
	info  *types.Info
	depth map[types.Object]int // literal nesting at declaration
	level int
	body  []ast.Node
}

func (w *analyzer) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body == nil {
				return false
			}
			if n.Recv != nil {
				w.walk(n.Recv)
			}
			w.walk(n.Type)
			w.body = append(w.body, n.Body)
			w.walk(n.Body)
			w.body = w.body[:len(w.body)-1]
			return false
		case *ast.FuncLit:
			w.level++
			w.body = append(w.body, n.Body)
			w.walk(n.Type)
			w.walk(n.Body)
			w.body = w.body[:len(w.body)-1]
			w.level--
			return false
		case *ast.RangeStmt:
			// A loop over a function runs its body as a function literal.
			if t := w.info.TypeOf(n.X); t != nil {
				if _, ok := types.Unalias(t).(*types.TypeParam); ok || isFunc(t) {
					w.markAssigned(n.Key)
					w.markAssigned(n.Value)
					w.walk(n.X)
					if n.Key != nil {
						w.walk(n.Key)
					}
					if n.Value != nil {
						w.walk(n.Value)
					}
					w.level++
					w.walk(n.Body)
					w.level--
					return false
				}
			}
			if n.Tok == token.ASSIGN {
				w.markAssigned(n.Key)
				w.markAssigned(n.Value)
			}
		case *ast.Ident:
			if obj, ok := w.info.Defs[n].(*types.Var); ok {
				w.depth[obj] = w.level
			}
			if obj, ok := w.info.Uses[n].(*types.Var); ok {
				if d, ok := w.depth[obj]; ok && d < w.level {
					w.shared[obj] = true
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				w.markShared(n.X)
			}
		case *ast.SliceExpr:
			if t := w.info.TypeOf(n.X); t != nil {
				if _, ok := t.Underlying().(*types.Array); ok {
					w.markShared(n.X)
				} else if _, ok := types.Unalias(t).(*types.TypeParam); ok {
					w.markShared(n.X)
				}
			}
		case *ast.SelectorExpr:
			if s := w.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				w.markShared(n.X)
			}
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok && w.info.Defs[id] != nil {
					continue
				}
				w.markAssigned(x)
			}
		case *ast.IncDecStmt:
			w.markAssigned(n.X)
		case *ast.DeferStmt:
			if len(w.body) > 0 {
				w.defers[w.body[len(w.body)-1]] = true
			}
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && len(w.body) > 0 {
				if b, ok := w.info.Uses[id].(*types.Builtin); ok && b.Name() == "recover" {
					w.recovers[w.body[len(w.body)-1]] = true
				}
			}
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				w.jumps = true
			}
		}
		return true
	})
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func (w *analyzer) markAssigned(x ast.Expr) {
	if id := w.assignedRoot(x); id != nil {
		if obj := w.info.Uses[id]; obj != nil {
			w.assigned[obj] = true
		}
	}
}

func (w *analyzer) markShared(x ast.Expr) {
	if id := root(x); id != nil {
		if obj := w.info.Uses[id]; obj != nil {
			w.shared[obj] = true
		}
	}
}

// assignedRoot is the variable that an assignment to x changes, if it does not
// go through a pointer, slice or map.
func (w *analyzer) assignedRoot(x ast.Expr) *ast.Ident {
	for {
		var inner ast.Expr
		switch e := x.(type) {
		case *ast.Ident:
			return e
		case *ast.ParenExpr:
			x = e.X
			continue
		case *ast.SelectorExpr:
			inner = e.X
		case *ast.IndexExpr:
			inner = e.X
		default:
			return nil
		}
		if t := w.info.TypeOf(inner); t != nil {
			switch t.Underlying().(type) {
			case *types.Pointer, *types.Slice, *types.Map:
				if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
					return nil
				}
			}
		}
		x = inner
	}
}

// root is the variable that an addressable expression is a part of.
func root(x ast.Expr) *ast.Ident {
	for {
		switch e := x.(type) {
		case *ast.Ident:
			return e
		case *ast.ParenExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		default:
			return nil
		}
	}
}

// calls says whether evaluating an expression may have effects.
func calls(info *types.Info, nodes ...ast.Expr) bool {
	found := false
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if tv, ok := info.Types[n]; ok && tv.Value != nil {
					return false
				}
				if tv, ok := info.Types[n.Fun]; ok && tv.IsType() {
					return true
				}
				if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
					if b, ok := info.Uses[id].(*types.Builtin); ok {
						switch b.Name() {
						case "len", "cap", "real", "imag", "min", "max", "complex", "new", "make":
							return true
						}
					}
				}
				found = true
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					found = true
				}
			case *ast.FuncLit:
				return false
			}
			return !found
		})
	}
	return found
}
