package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// kindOf is the reflect kind of a type, as compiled Go has it.
func kindOf(t types.Type) int {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return map[types.BasicKind]int{
			types.Bool: int(reflect.Bool), types.Int: int(reflect.Int), types.Int8: int(reflect.Int8),
			types.Int16: int(reflect.Int16), types.Int32: int(reflect.Int32), types.Int64: int(reflect.Int64),
			types.Uint: int(reflect.Uint), types.Uint8: int(reflect.Uint8), types.Uint16: int(reflect.Uint16),
			types.Uint32: int(reflect.Uint32), types.Uint64: int(reflect.Uint64), types.Uintptr: int(reflect.Uintptr),
			types.Float32: int(reflect.Float32), types.Float64: int(reflect.Float64),
			types.Complex64: int(reflect.Complex64), types.Complex128: int(reflect.Complex128),
			types.String: int(reflect.String),
		}[u.Kind()]
	case *types.Pointer:
		return int(reflect.Pointer)
	case *types.Slice:
		return int(reflect.Slice)
	case *types.Array:
		return int(reflect.Array)
	case *types.Map:
		return int(reflect.Map)
	case *types.Chan:
		return int(reflect.Chan)
	case *types.Signature:
		return int(reflect.Func)
	case *types.Struct:
		return int(reflect.Struct)
	case *types.Interface:
		return int(reflect.Interface)
	}
	return 0
}

// at is a node that stands for a position.
type at struct{ pos token.Pos }

func (a at) Pos() token.Pos { return a.pos }
func (a at) End() token.Pos { return a.pos }

func position(o types.Object) ast.Node { return at{o.Pos()} }

// formats are the functions with a format: how many parameters come before it.
var formats = map[string]int{
	"fmt.Printf": 0, "fmt.Sprintf": 0, "fmt.Errorf": 0, "fmt.Fprintf": 1, "fmt.Appendf": 1,
	"log.Printf": 0, "log.Fatalf": 0, "log.Panicf": 0,
}

// special lowers calls of compiled functions that look at values by reflection
// or that yaegi can't call.
func (f *fn) special(obj *types.Func, x *ast.CallExpr) (string, bool) {
	name := obj.Pkg().Path() + "." + obj.Name()
	if lead, ok := formats[name]; ok && !x.Ellipsis.IsValid() && len(x.Args) > lead+1 {
		return f.formatted(f.compiledName(obj), obj.Signature(), lead, x), true
	}
	return "", false
}

// formatted is a call of a function with a format, whose verbs %T and %p are
// answered first.
func (f *fn) formatted(name string, sig *types.Signature, lead int, x *ast.CallExpr) string {
	args := f.arguments(sig, x.Args, false)
	if tv := f.src.info.Types[x.Args[lead]]; tv.Value == nil || strings.ContainsAny(tv.Value.ExactString(), "Tp") {
		format, rest := f.temp("f"), f.temp("a")
		f.emit("%s, %s := rt.Format(%s, %s)", format, rest, args[lead], strings.TrimSuffix(args[lead+1], "..."))
		args[lead], args[lead+1] = format, rest+"..."
	}
	return name + "(" + joinComma(args) + ")"
}

// specialMethod is special for methods of compiled types.
func (f *fn) specialMethod(base string, m *types.Func, x *ast.CallExpr) (string, bool) {
	if m.FullName() == "(*sync.WaitGroup).Wait" {
		return "rt.Wait(" + base + ")", true
	}
	return "", false
}
