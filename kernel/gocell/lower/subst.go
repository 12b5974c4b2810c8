package lower

import "go/types"

// env is a substitution of type arguments for the type parameters of the
// function being emitted.
type env struct {
	params map[*types.TypeParam]types.Type
	locals map[*types.Named]*types.Named // local types of this instance
	cache  map[types.Type]types.Type
}

func newEnv(params *types.TypeParamList, args []types.Type) *env {
	v := &env{
		params: map[*types.TypeParam]types.Type{},
		locals: map[*types.Named]*types.Named{},
		cache:  map[types.Type]types.Type{},
	}
	for i := range params.Len() {
		v.params[params.At(i)] = args[i]
	}
	return v
}

// subst replaces type parameters in t, and generic types of compiled packages
// by those of their sources.
func (e *emitter) subst(v *env, t types.Type) types.Type {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if _, ok := t.(*types.Basic); ok {
		return t
	}
	cache := e.canonical
	if v != nil {
		cache = v.cache
	}
	if r, ok := cache[t]; ok {
		return r
	}
	r := e.subst1(v, t)
	cache[t] = r
	return r
}

func (e *emitter) subst1(v *env, t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if v != nil {
			if a, ok := v.params[t]; ok {
				return a
			}
		}
		return t
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return e.substLocal(v, t)
		}
		args := make([]types.Type, t.TypeArgs().Len())
		same := true
		for i := range args {
			args[i] = e.subst(v, t.TypeArgs().At(i))
			same = same && args[i] == t.TypeArgs().At(i)
		}
		origin := t.Origin()
		if from := e.world.shared.typeOf(e, origin); from != nil {
			origin, same = from, from == t.Origin() && same
		}
		if same {
			return t
		}
		inst, err := types.Instantiate(e.world.shared.context, origin, args, false)
		if err != nil {
			panic("lower: " + err.Error())
		}
		return inst
	case *types.Pointer:
		if elem := e.subst(v, t.Elem()); elem != t.Elem() {
			return types.NewPointer(elem)
		}
	case *types.Slice:
		if elem := e.subst(v, t.Elem()); elem != t.Elem() {
			return types.NewSlice(elem)
		}
	case *types.Array:
		if elem := e.subst(v, t.Elem()); elem != t.Elem() {
			return types.NewArray(elem, t.Len())
		}
	case *types.Chan:
		if elem := e.subst(v, t.Elem()); elem != t.Elem() {
			return types.NewChan(t.Dir(), elem)
		}
	case *types.Map:
		key, elem := e.subst(v, t.Key()), e.subst(v, t.Elem())
		if key != t.Key() || elem != t.Elem() {
			return types.NewMap(key, elem)
		}
	case *types.Tuple:
		if vars, changed := e.substVars(v, t); changed {
			return types.NewTuple(vars...)
		}
	case *types.Signature:
		params, c1 := e.substVars(v, t.Params())
		results, c2 := e.substVars(v, t.Results())
		if c1 || c2 {
			return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), t.Variadic())
		}
	case *types.Struct:
		fields := make([]*types.Var, t.NumFields())
		tags := make([]string, t.NumFields())
		changed := false
		for i := range fields {
			f := t.Field(i)
			ft := e.subst(v, f.Type())
			fields[i], tags[i] = f, t.Tag(i)
			if ft != f.Type() {
				fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), ft, f.Embedded())
				changed = true
			}
		}
		if changed {
			return types.NewStruct(fields, tags)
		}
	case *types.Interface:
		changed := false
		var methods []*types.Func
		for m := range t.Methods() {
			sig := e.subst(v, m.Signature()).(*types.Signature)
			if sig != m.Signature() {
				changed = true
				m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig)
			}
			methods = append(methods, m)
		}
		if changed {
			return types.NewInterfaceType(methods, nil).Complete()
		}
	}
	return t
}

func (e *emitter) substVars(v *env, t *types.Tuple) ([]*types.Var, bool) {
	vars := make([]*types.Var, t.Len())
	changed := false
	for i := range vars {
		old := t.At(i)
		vars[i] = old
		if nt := e.subst(v, old.Type()); nt != old.Type() {
			vars[i] = types.NewParam(old.Pos(), old.Pkg(), old.Name(), nt)
			changed = true
		}
	}
	return vars, changed
}

// substLocal gives a type declared in a generic function a copy per instance.
func (e *emitter) substLocal(v *env, t *types.Named) types.Type {
	obj := t.Obj()
	if v == nil || len(v.params) == 0 || obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() || obj.Parent() == nil {
		return t
	}
	if !e.state.isOwn(obj.Pkg()) || !v.encloses(obj) {
		return t
	}
	if n, ok := v.locals[t]; ok {
		return n
	}
	n := types.NewNamed(types.NewTypeName(obj.Pos(), obj.Pkg(), obj.Name(), nil), nil, nil)
	v.locals[t] = n
	n.SetUnderlying(t.Underlying()) // until the substitution below is known
	under := e.subst(v, t.Underlying())
	n.SetUnderlying(under)
	return n
}

// encloses says whether a local object stands in the function whose parameters
// v replaces.
func (v *env) encloses(obj types.Object) bool {
	for p := range v.params {
		for s := obj.Parent(); s != nil; s = s.Parent() {
			if s == p.Obj().Parent() {
				return true
			}
		}
	}
	return false
}
