package lower

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// index evaluates x[i] as a value.
func (f *fn) index(x *ast.IndexExpr) val {
	t := f.typeOf(x.X)
	if m, ok := core(t).(*types.Map); ok {
		vals := f.ordered([]types.Type{f.unpackedType(t), m.Key()}, func() val { return f.under(x.X) }, func() val { return f.as(x.Index, m.Key()) })
		return val{s: vals[0].operand() + "[" + f.mapKey(vals[1], m.Key()).s + "]", atom: true, early: true}
	}
	it := f.indexType(x.Index)
	vals := f.ordered([]types.Type{f.unpackedType(t), it}, func() val { return f.under(x.X) }, func() val { return f.as(x.Index, it) })
	text := f.element(vals[0], t, vals[1], x.Index, x)
	return val{s: text, atom: true}
}

// mapKey makes a key ready for yaegi, which wants a variable for interface keys.
func (f *fn) mapKey(k val, t types.Type) val {
	if isInterface(t) {
		return f.keep(k, t)
	}
	return k
}

func (f *fn) indexType(x ast.Expr) types.Type {
	t := f.typeOf(x)
	if isUntyped(t) || f.src.info.Types[x].Value != nil {
		return types.Typ[types.Int]
	}
	return t
}

// element is the text of base[i], with the check that Go makes before it.
func (f *fn) element(base val, t types.Type, i val, ix ast.Expr, at ast.Node) string {
	length := ""
	t = f.unpackedType(t)
	switch u := core(t).(type) {
	case *types.Array:
		length = strconv.FormatInt(u.Len(), 10)
	case *types.Pointer:
		length = strconv.FormatInt(core(u.Elem()).(*types.Array).Len(), 10)
		base = f.pointer(base, t, at)
		base = val{s: "(*" + base.s + ")", atom: true}
	case *types.Basic:
		base = f.simple(base, t)
		if isLiteralText(base.s) {
			base = f.variable(base, t)
		}
	default:
		base = f.simple(base, t)
	}
	if len(base.s) > 0 && base.s[0] == '*' {
		base = val{s: "(" + base.s + ")", atom: true}
	}
	constant, isConstant := int64(0), false
	if tv := f.src.info.Types[ix]; tv.Value != nil {
		constant, isConstant = constantInt(tv.Value)
	}
	switch {
	case isConstant && length != "":
		// The compiler has checked it.
	case isConstant:
		f.emit("if len(%s) <= %d {", base.s, constant)
		f.emit("rt.PanicIndex(%d, len(%s), %s)", constant, base.s, f.where(at))
		f.emit("}")
	default:
		it := f.indexType(ix)
		i = f.simple(i, it)
		f.checkIndex(i, it, base.s, length, at)
		if rep := f.rep(it); rep != "int" {
			i = val{s: "int(" + i.s + ")", atom: true}
		}
	}
	return base.operand() + "[" + i.s + "]"
}

func (f *fn) checkIndex(i val, it types.Type, base, length string, at ast.Node) {
	if length == "" {
		length = "len(" + base + ")"
	}
	rep := f.rep(it)
	switch {
	case core(it).(*types.Basic).Info()&types.IsUnsigned != 0:
		f.emit("if uint64(%s) >= uint64(%s) {", i.s, length)
	case rep == "int":
		f.emit("if %s < 0 || %s >= %s {", i.s, i.s, length)
	default:
		f.emit("if int64(%s) < 0 || int64(%s) >= int64(%s) {", i.s, i.s, length)
	}
	f.emit("rt.PanicIndex(%s, %s, %s)", i.s, length, f.where(at))
	f.emit("}")
}

// simple gives a value as text that is cheap to repeat.
func (f *fn) simple(v val, t types.Type) val {
	if v.atom && !strings.ContainsAny(v.s, "([{ ") && strings.Count(v.s, ".") <= 1 {
		return v
	}
	if v.fixed && isLiteralText(v.s) {
		return v
	}
	return f.keep(v, t)
}

// slice evaluates x[lo:hi:max].
func (f *fn) slice(x *ast.SliceExpr) val {
	t := f.typeOf(x.X)
	_, isArray := core(t).(*types.Array)
	ints := types.Typ[types.Int]
	index := func(e ast.Expr) func() val {
		return func() val {
			if e == nil {
				return val{fixed: true, stable: true}
			}
			it := f.indexType(e)
			v := f.as(e, it)
			if f.rep(it) != "int" {
				v = f.keepName(v, it)
				f.checkSliceIndex(v, it, e)
				v = val{s: "int(" + v.s + ")", stable: v.stable}
			}
			return v
		}
	}
	base := func() val {
		if isArray {
			return val{s: f.place(x.X, false).text, stable: true, fixed: true, atom: true}
		}
		return f.under(x.X)
	}
	vals := f.ordered([]types.Type{f.unpackedType(t), ints, ints, ints}, base, index(x.Low), index(x.High), index(x.Max))
	b := vals[0]
	t = f.unpackedType(t)
	length, capacity, kind := "", "", "slice"
	switch u := core(t).(type) {
	case *types.Array:
		length = strconv.FormatInt(u.Len(), 10)
		capacity = length
		kind = "array"
	case *types.Pointer:
		b = f.pointer(b, t, x)
		length = strconv.FormatInt(core(u.Elem()).(*types.Array).Len(), 10)
		capacity = length
		kind = "array"
	case *types.Basic:
		b = f.simple(b, t)
		if isLiteralText(b.s) {
			b = f.variable(b, t)
		}
		length = "len(" + b.s + ")"
		capacity = length
		kind = "string"
	default:
		b = f.simple(b, t)
		length = "len(" + b.s + ")"
		capacity = "cap(" + b.s + ")"
	}
	text := func(v val, given ast.Expr) string {
		if given == nil {
			return ""
		}
		if v.fixed {
			return v.s
		}
		return f.keepName(v, ints).s
	}
	lo, hi, limit := text(vals[1], x.Low), text(vals[2], x.High), text(vals[3], x.Max)
	var conds []string
	top := length
	if hi != "" {
		top = hi
	}
	if limit != "" {
		conds = append(conds, limit+" < 0", limit+" > "+capacity, hi+" < 0", hi+" > "+limit)
	} else if hi != "" {
		conds = append(conds, hi+" < 0", hi+" > "+capacity)
	}
	if lo != "" {
		conds = append(conds, lo+" < 0", lo+" > "+top)
	}
	conds = f.dropConstant(conds)
	if len(conds) > 0 {
		f.emit("if %s {", strings.Join(conds, " || "))
		f.emit("rt.PanicSlice(%s, %s, %s, %s, %s, %q, %s)", boundText(lo), boundText(hi), boundText(limit), length, capacity, kind, f.where(x))
		f.emit("}")
	}
	bs := b.operand()
	if len(b.s) > 0 && b.s[0] == '*' {
		bs = "(" + b.s + ")"
	}
	out := bs + "[" + lo + ":" + hi
	if limit != "" {
		out += ":" + limit
	}
	return val{s: out + "]", atom: true}
}

func boundText(s string) string {
	if s == "" {
		return "nil"
	}
	return s
}

// dropConstant leaves out comparisons of two literals that can't hold.
func (f *fn) dropConstant(conds []string) []string {
	var kept []string
	for _, c := range conds {
		parts := strings.Fields(c)
		a, err1 := strconv.ParseInt(parts[0], 10, 64)
		b, err2 := strconv.ParseInt(parts[2], 10, 64)
		if err1 == nil && err2 == nil {
			if parts[1] == "<" && a >= b || parts[1] == ">" && a <= b {
				continue
			}
		}
		if err1 == nil && a == 0 && parts[1] == ">" {
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

func (f *fn) checkSliceIndex(v val, it types.Type, at ast.Node) {
	if core(it).(*types.Basic).Info()&types.IsUnsigned != 0 {
		f.emit("if uint64(%s) > uint64(9223372036854775807) {", v.s)
		f.emit("rt.PanicSlice(nil, %s, nil, 0, 0, \"slice\", %s)", v.s, f.where(at))
		f.emit("}")
	}
}

// place is an operand that can be assigned to.
type lvalue struct {
	text  string
	t     types.Type
	isMap bool
	blank bool
	// broken says that the place is held as interface{} (see breakRings).
	broken bool
	checks []string // statements to be emitted just before the store
}

// place evaluates the operands of an assignable expression. With hold they are
// kept, so that what is evaluated next can't change which place is meant.
func (f *fn) place(x ast.Expr, hold bool) lvalue {
	x = ast.Unparen(x)
	t := f.typeOf(x)
	switch x := x.(type) {
	case *ast.Ident:
		if x.Name == "_" {
			return lvalue{blank: true, t: t}
		}
		return lvalue{text: f.value(x).s, t: t}
	case *ast.StarExpr:
		pt := f.typeOf(x.X)
		p := f.under(x.X)
		if hold && !p.fixed {
			p = f.keep(p, pt)
		}
		checks := f.checked(hold, func() { p = f.pointer(p, pt, x) })
		return lvalue{text: "*" + p.operand(), t: t, checks: checks}
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			if _, ok := f.src.info.Uses[id].(*types.PkgName); ok {
				return lvalue{text: f.value(x).s, t: t}
			}
		}
		bt := f.typeOf(x.X)
		var base val
		if _, ok := core(bt).(*types.Pointer); ok {
			base = f.under(x.X)
			if hold && !base.fixed {
				base = f.keep(base, bt)
			}
		} else {
			base = f.placeOrValue(x.X, hold)
		}
		s := f.lookup(x)
		last := len(s.index) - 1
		for _, i := range s.index[:last] {
			base, bt = f.field(base, bt, i, x)
		}
		st := bt
		if ptr, ok := core(bt).(*types.Pointer); ok {
			st = ptr.Elem()
		}
		if u := core(st).(*types.Struct); !f.nativeStruct(st) && f.isBroken(u, s.index[last]) {
			if _, ok := core(bt).(*types.Pointer); ok {
				base = f.pointer(f.unpack(base, bt), bt, x)
			} else {
				base.s = strings.TrimPrefix(base.s, "*")
			}
			return lvalue{text: base.operand() + "." + f.fieldName(u, s.index[last]), t: t, broken: true}
		}
		checks := f.checked(hold, func() { base, _ = f.field(base, bt, s.index[last], x) })
		return lvalue{text: base.s, t: t, checks: checks}
	case *ast.IndexExpr:
		bt := f.typeOf(x.X)
		if m, ok := core(bt).(*types.Map); ok {
			vals := f.ordered([]types.Type{f.unpackedType(bt), m.Key()}, func() val { return f.under(x.X) }, func() val { return f.as(x.Index, m.Key()) })
			if hold {
				vals[0], vals[1] = f.keep(vals[0], f.unpackedType(bt)), f.keep(vals[1], m.Key())
			}
			base := f.simple(vals[0], f.unpackedType(bt))
			checks := f.checked(hold, func() {
				f.emit("if %s == nil {", base.s)
				f.emit("rt.PanicNilMap(%s)", f.where(x))
				f.emit("}")
			})
			return lvalue{text: base.operand() + "[" + f.mapKey(vals[1], m.Key()).s + "]", t: t, isMap: true, checks: checks}
		}
		it := f.indexType(x.Index)
		_, isArray := core(bt).(*types.Array)
		vals := f.ordered([]types.Type{f.unpackedType(bt), it}, func() val {
			if isArray {
				v := f.placeOrValue(x.X, hold)
				v.stable, v.fixed = true, true
				return v
			}
			v := f.under(x.X)
			if hold && !v.fixed {
				v = f.keep(v, f.unpackedType(bt))
			}
			return v
		}, func() val {
			v := f.as(x.Index, it)
			if hold && !v.fixed {
				v = f.keep(v, it)
			}
			return v
		})
		text := ""
		checks := f.checked(hold, func() { text = f.element(vals[0], bt, vals[1], x.Index, x) })
		return lvalue{text: text, t: t, checks: checks}
	case *ast.CompositeLit:
		v := f.composite(x)
		name := f.temp("")
		f.emit("%s := %s", name, v.s)
		return lvalue{text: name, t: t}
	}
	v := f.keep(f.value(x), t)
	return lvalue{text: v.s, t: t}
}

// checked collects checks that are to be made later, or makes them now.
func (f *fn) checked(later bool, do func()) []string {
	if later {
		return f.block(do)
	}
	do()
	return nil
}

// placeOrValue is the base of a selector or index: a place where it is one.
func (f *fn) placeOrValue(x ast.Expr, hold bool) val {
	switch y := ast.Unparen(x).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		if ix, ok := y.(*ast.IndexExpr); ok {
			if _, isMap := core(f.typeOf(ix.X)).(*types.Map); isMap {
				return f.value(x)
			}
			if core(f.typeOf(ix.X)) == nil {
				return f.value(x)
			}
		}
		p := f.place(y, hold)
		f.lines = append(f.lines, p.checks...)
		if p.broken {
			return val{s: f.unpacked(p.text, f.rep(p.t)), atom: true}
		}
		return val{s: p.text, atom: !strings.HasPrefix(p.text, "*")}
	}
	return f.keep(f.value(x), f.typeOf(x))
}

// storePlace emits the assignment of a value to a place.
func (f *fn) storePlace(p lvalue, v val) {
	f.lines = append(f.lines, p.checks...)
	if p.blank {
		f.discard(v, p.t)
		return
	}
	if p.broken {
		v = f.keepName(v, p.t.Underlying())
		f.emit("%s = nil", p.text)
		f.emit("if %s != nil {", v.s)
		f.emit("%s = %s", p.text, v.s)
		f.emit("}")
		return
	}
	f.emit("%s = %s", p.text, v.s)
}

// store assigns to an expression a value that does not depend on it.
func (f *fn) store(x ast.Expr, value func(to types.Type) val) {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && id.Name == "_" {
		return
	}
	p := f.place(x, false)
	f.storePlace(p, value(p.t))
}
