package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
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

// special lowers calls of compiled functions that look at values by reflection
// or that yaegi can't call.
func (f *fn) special(obj *types.Func, x *ast.CallExpr) (string, bool) {
	return "", false
}

func (f *fn) specialMethod(base string, m *types.Func, x *ast.CallExpr) (string, bool) {
	return "", false
}
