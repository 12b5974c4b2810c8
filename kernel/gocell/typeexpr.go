package gocell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// typeExpr writes a type of an attempt so that the next attempt understands it.
// Types that this cell declares are named, since each attempt makes them anew;
// everything else gets an alias, which also serves types that can't be named
// here.
func (e *editor) typeExpr(t types.Type, at token.Pos) ast.Expr {
	if !e.declaredHere(t) {
		return e.alias(t, at)
	}
	expr := func(t types.Type) ast.Expr { return e.typeExpr(t, at) }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		var x ast.Expr = &ast.Ident{NamePos: at, Name: t.Obj().Name()}
		if !e.isHere(t.Obj()) {
			x = e.alias(t.Origin(), at)
		}
		if args := t.TypeArgs(); args.Len() > 0 {
			index := &ast.IndexListExpr{X: x, Lbrack: at, Rbrack: at}
			for arg := range args.Types() {
				index.Indices = append(index.Indices, expr(arg))
			}
			return index
		}
		return x
	case *types.Pointer:
		return &ast.StarExpr{Star: at, X: expr(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: at, Elt: expr(t.Elem())}
	case *types.Array:
		length := &ast.BasicLit{ValuePos: at, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: at, Len: length, Elt: expr(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: at, Key: expr(t.Key()), Value: expr(t.Elem())}
	case *types.Chan:
		dir := map[types.ChanDir]ast.ChanDir{types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV}[t.Dir()]
		return &ast.ChanType{Begin: at, Dir: dir, Value: &ast.ParenExpr{Lparen: at, X: expr(t.Elem()), Rparen: at}}
	case *types.Signature:
		f := &ast.FuncType{Func: at, Params: e.fields(t.Params(), at), Results: e.fields(t.Results(), at)}
		if t.Variadic() {
			last := f.Params.List[len(f.Params.List)-1]
			last.Type = &ast.Ellipsis{Ellipsis: at, Elt: expr(t.Params().At(t.Params().Len() - 1).Type().(*types.Slice).Elem())}
		}
		return f
	case *types.Struct:
		s := &ast.StructType{Struct: at, Fields: &ast.FieldList{Opening: at, Closing: at}}
		for i := range t.NumFields() {
			f := t.Field(i)
			field := &ast.Field{Type: expr(f.Type())}
			if !f.Embedded() {
				field.Names = []*ast.Ident{{NamePos: at, Name: f.Name()}}
			}
			if tag := t.Tag(i); tag != "" {
				field.Tag = &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote(tag)}
			}
			s.Fields.List = append(s.Fields.List, field)
		}
		return s
	case *types.Interface:
		i := &ast.InterfaceType{Interface: at, Methods: &ast.FieldList{Opening: at, Closing: at}}
		for m := range t.ExplicitMethods() {
			i.Methods.List = append(i.Methods.List, &ast.Field{
				Names: []*ast.Ident{{NamePos: at, Name: m.Name()}}, Type: expr(m.Signature())})
		}
		for u := range t.EmbeddedTypes() {
			i.Methods.List = append(i.Methods.List, &ast.Field{Type: expr(u)})
		}
		return i
	}
	return e.alias(t, at)
}

// fields writes parameters or results.
func (e *editor) fields(t *types.Tuple, at token.Pos) *ast.FieldList {
	list := &ast.FieldList{Opening: at, Closing: at}
	for v := range t.Variables() {
		list.List = append(list.List, &ast.Field{Type: e.typeExpr(v.Type(), at)})
	}
	return list
}

// alias gives a type a name that nobody writes.
func (e *editor) alias(t types.Type, at token.Pos) ast.Expr {
	if b, ok := t.(*types.Basic); ok && types.Universe.Lookup(b.Name()) != nil && !e.declaredNames()[b.Name()] && e.world.names[b.Name()] == nil {
		return &ast.Ident{NamePos: at, Name: b.Name()}
	}
	name := fmt.Sprintf("hillock_type%d", len(e.aliases))
	tn := types.NewTypeName(token.NoPos, nil, name, t)
	e.aliases = append(e.aliases, tn)
	return &ast.Ident{NamePos: at, Name: name}
}

// isHere says whether an object is one that this cell declares.
func (e *editor) isHere(o types.Object) bool {
	return e.pkg != nil && o.Pkg() == e.pkg
}

// declaredHere says whether a type mentions one that this cell declares.
func (e *editor) declaredHere(t types.Type) bool {
	here := e.declaredHere
	tuple := func(t *types.Tuple) bool {
		for v := range t.Variables() {
			if here(v.Type()) {
				return true
			}
		}
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if e.isHere(t.Obj()) {
			return true
		}
		for arg := range t.TypeArgs().Types() {
			if here(arg) {
				return true
			}
		}
	case *types.Pointer:
		return here(t.Elem())
	case *types.Slice:
		return here(t.Elem())
	case *types.Array:
		return here(t.Elem())
	case *types.Map:
		return here(t.Key()) || here(t.Elem())
	case *types.Chan:
		return here(t.Elem())
	case *types.Signature:
		return tuple(t.Params()) || tuple(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if here(f.Type()) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if here(m.Signature()) {
				return true
			}
		}
		for u := range t.EmbeddedTypes() {
			if here(u) {
				return true
			}
		}
	}
	return false
}
