package lower

import (
	"fmt"
	"go/constant"
	"go/types"
	"math"
	"strconv"
	"strings"
)

// constant is a constant as a typed literal.
func (f *fn) constant(v constant.Value, t types.Type) val {
	b, ok := core(t).(*types.Basic)
	if !ok {
		if isInterface(t) {
			d := defaultOf(v)
			return f.conv(f.constant(v, d), d, t)
		}
		panic(fmt.Sprintf("lower: constant of type %s", t))
	}
	rep := f.rep(t)
	switch {
	case b.Info()&types.IsBoolean != 0:
		return literal(convText(rep, "bool", strconv.FormatBool(constant.BoolVal(v))))
	case b.Info()&types.IsString != 0:
		return literal(convText(rep, "string", strconv.Quote(constant.StringVal(v))))
	case b.Info()&types.IsInteger != 0:
		i := constant.ToInt(v)
		if n, exact := constant.Int64Val(i); exact && n == math.MinInt64 {
			return literal(convText(rep, "int", "(-9223372036854775807 - 1)"))
		}
		text := i.ExactString()
		if rep == "int" && strings.HasPrefix(text, "-") {
			return val{s: text, stable: true, fixed: true}
		}
		return literal(convText(rep, "int", text))
	case b.Info()&types.IsFloat != 0:
		return f.floatLiteral(v, b, rep)
	case b.Info()&types.IsComplex != 0:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		r := f.temp("c")
		f.emit("%s := rt.Complex(%s, %s)", r, floatText(re), floatText(im))
		if rep != "complex128" {
			q := f.temp("c")
			f.emit("%s := %s(%s)", q, rep, r)
			r = q
		}
		return temp(r)
	}
	panic(fmt.Sprintf("lower: constant of type %s", t))
}

func (f *fn) floatLiteral(v constant.Value, b *types.Basic, rep string) val {
	var x float64
	if b.Kind() == types.Float32 {
		y, _ := constant.Float32Val(v)
		x = float64(y)
	} else {
		x, _ = constant.Float64Val(v)
	}
	text := convText(rep, "float64", floatText(x))
	if strings.HasPrefix(text, "-") {
		return val{s: text, stable: true, fixed: true}
	}
	return literal(text)
}

func floatText(x float64) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

func defaultOf(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.Bool]
	case constant.String:
		return types.Typ[types.String]
	case constant.Int:
		return types.Typ[types.Int]
	case constant.Float:
		return types.Typ[types.Float64]
	}
	return types.Typ[types.Complex128]
}
