package complete

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expected gives the type that is wanted where the mark stands, or nil.
func expected(ch *checked) types.Type {
	id := ch.ident()
	switch parent := ch.parent(1).(type) {
	case *ast.CallExpr:
		return parameter(ch, parent, id)
	case *ast.KeyValueExpr:
		if lit, ok := ch.parent(2).(*ast.CompositeLit); ok && parent.Value == id {
			return valueType(ch, lit, parent.Key)
		}
	case *ast.CompositeLit:
		if t := ch.info.TypeOf(parent); t != nil {
			if list, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
				return list.Elem()
			}
		}
	case *ast.AssignStmt:
		if parent.Tok != token.DEFINE && len(parent.Lhs) == len(parent.Rhs) {
			for i, e := range parent.Rhs {
				if e == id {
					return ch.info.TypeOf(parent.Lhs[i])
				}
			}
		}
	case *ast.ValueSpec:
		if parent.Type != nil && parent.Type != id {
			return ch.info.TypeOf(parent.Type)
		}
	case *ast.BinaryExpr:
		if parent.Op == token.LAND || parent.Op == token.LOR {
			return types.Typ[types.Bool]
		}
		if parent.Op != token.SHL && parent.Op != token.SHR && parent.Y == id {
			return known(ch.info.TypeOf(parent.X))
		}
	case *ast.IfStmt:
		if parent.Cond == id {
			return types.Typ[types.Bool]
		}
	case *ast.IndexExpr:
		if parent.Index == id {
			return indexType(ch.info.TypeOf(parent.X))
		}
	case *ast.SendStmt:
		if t := ch.info.TypeOf(parent.Chan); t != nil && parent.Value == id {
			if c, ok := t.Underlying().(*types.Chan); ok {
				return c.Elem()
			}
		}
	case *ast.ReturnStmt:
		return result(ch, parent, id)
	}
	return nil
}

// known gives nil for a type that is not known.
func known(t types.Type) types.Type {
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	return t
}

// parameter gives the type of the parameter that an argument is for.
func parameter(ch *checked, call *ast.CallExpr, arg ast.Expr) types.Type {
	t := ch.info.TypeOf(call.Fun)
	if t == nil {
		return nil
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	for i, a := range call.Args {
		if a != arg {
			continue
		}
		n := sig.Params().Len()
		switch {
		case sig.Variadic() && i >= n-1:
			if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
				return s.Elem()
			}
		case i < n:
			return known(sig.Params().At(i).Type())
		}
	}
	return nil
}

// valueType gives the type of a literal's value behind a key.
func valueType(ch *checked, lit *ast.CompositeLit, key ast.Expr) types.Type {
	t := ch.info.TypeOf(lit)
	if s := structOf(t); s != nil {
		name, ok := key.(*ast.Ident)
		for field := range s.Fields() {
			if ok && field.Name() == name.Name {
				return field.Type()
			}
		}
		return nil
	}
	if t != nil {
		if m, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
			return m.Elem()
		}
	}
	return nil
}

// indexType gives the type of an index into t.
func indexType(t types.Type) types.Type {
	if known(t) == nil {
		return nil
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		return m.Key()
	}
	return types.Typ[types.Int]
}

// result gives the type that a function returns at the place of e.
func result(ch *checked, ret *ast.ReturnStmt, e ast.Expr) types.Type {
	var sig *types.Signature
	for _, n := range ch.path {
		switch f := n.(type) {
		case *ast.FuncDecl:
			if obj, ok := ch.info.Defs[f.Name].(*types.Func); ok {
				sig = obj.Signature()
			}
		case *ast.FuncLit:
			if t := ch.info.TypeOf(f); t != nil {
				sig, _ = t.(*types.Signature)
			}
		}
	}
	if sig == nil {
		return nil
	}
	for i, r := range ret.Results {
		if r == e && i < sig.Results().Len() {
			return sig.Results().At(i).Type()
		}
	}
	return nil
}
