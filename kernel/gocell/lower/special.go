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

// replaced are the functions that a helper does instead.
var replaced = map[string]string{
	"errors.As":         "rt.ErrorsAs",
	"reflect.DeepEqual": "rt.DeepEqual",
}

// methodHelpers are the methods that a helper does instead, whose first argument
// is the receiver.
var methodHelpers = map[string]string{
	"(*sync.WaitGroup).Wait":     "rt.Wait", // a wait that an interrupt ends
	"(*sync/atomic.Value).Store": "rt.StoreAtomic",
	"(*sync/atomic.Value).Swap":  "rt.SwapAtomic",

	"(*encoding/json.Decoder).Decode":                "rt.DecodeJSON",
	"(*encoding/json.Decoder).UseNumber":             "rt.UseNumber",
	"(*encoding/json.Decoder).DisallowUnknownFields": "rt.DisallowUnknownFields",
}

// operands are the helpers that make operands of empty interface types ready
// for a function; of all others of its package, those under its path.
var operands = map[string]string{
	"encoding/json.Unmarshal":   "Target",
	"sort.Slice":                "Raw",
	"sort.SliceStable":          "Raw",
	"sort.SliceIsSorted":        "Raw",
	"fmt.Scan":                  "Scanned",
	"fmt.Scanf":                 "Scanned",
	"fmt.Scanln":                "Scanned",
	"fmt.Sscan":                 "Scanned",
	"fmt.Sscanf":                "Scanned",
	"fmt.Sscanln":               "Scanned",
	"fmt.Fscan":                 "Scanned",
	"fmt.Fscanf":                "Scanned",
	"fmt.Fscanln":               "Scanned",
	"encoding/binary.Write":     "Raw",
	"encoding/binary.Read":      "Raw",
	"encoding/binary.Size":      "Raw",
	"(*database/sql.Rows).Scan": "Raw",
	"(*database/sql.Row).Scan":  "Raw",
}

// open are the packages whose functions take values of any type as they are:
// they print, keep or compare them, or ask for methods that boxes have.
var open = map[string]bool{
	"fmt": true, "log": true, "log/slog": true, "errors": true, "context": true, "sync": true, "sync/atomic": true,
	"container/heap": true, "container/list": true, "container/ring": true, "encoding/json": true, "testing": true,
	"expvar": true, "runtime": true,
}

func isOpen(path string) bool {
	return open[path] || strings.HasPrefix(path, "hillock/")
}

// guarded is a call of a compiled function whose operands of empty interface
// types are made ready for it, or refused at run time if their types are own.
func (f *fn) guarded(text, name string, sig *types.Signature, x *ast.CallExpr) invocation {
	if lead, ok := formats[name]; ok && len(x.Args) > lead+1 {
		return f.formatted(text, sig, lead, x)
	}
	args := f.arguments(sig, x.Args, x.Ellipsis.IsValid())
	if helper, ok := printing[name]; ok {
		return f.printed(text, helper, args, x)
	}
	return f.guardedOn(text, name, sig, args)
}

// guardedOn is guarded with arguments that are texts.
func (f *fn) guardedOn(text, name string, sig *types.Signature, args []string) invocation {
	helper := operands[name]
	path := name[:strings.LastIndexByte(name, '.')]
	path = strings.Trim(path, "(*)")
	if i := strings.LastIndexByte(path, '.'); strings.HasPrefix(name, "(") && i >= 0 {
		path = path[:i]
	}
	if helper == "" && isOpen(path) {
		return made(text, args)
	}
	for i := range sig.Params().Len() {
		if i >= len(args) {
			break
		}
		t := sig.Params().At(i).Type()
		all := ""
		if s, ok := t.Underlying().(*types.Slice); ok && sig.Variadic() && i == sig.Params().Len()-1 {
			t, all = s.Elem(), "All"
		}
		if u, ok := t.Underlying().(*types.Interface); !ok || u.NumMethods() > 0 {
			continue
		}
		arg, dots := strings.CutSuffix(args[i], "...")
		if arg == "nil" || strings.HasSuffix(arg, "(nil)") {
			continue
		}
		r := f.temp("o")
		if helper == "" {
			f.emit("%s := rt.Opaque%s(%s, %q)", r, all, arg, name)
		} else {
			f.emit("%s := rt.%s%s(%s)", r, helper, all, arg)
		}
		if dots {
			r += "..."
		}
		args[i] = r
	}
	return made(text, args)
}

// compiledValue is the text of a compiled function as a value. What a call of it
// would do to its operands, the value does.
func (f *fn) compiledValue(text, name string, sig *types.Signature, receiver ...string) string {
	if helper, ok := replaced[name]; ok {
		return helper
	}
	params, args := f.forwarded(sig)
	g := f.newFn(f.src, f.env, f, f.analysis)
	g.loops = 0
	last := len(args) - 1
	c := made(text, args)
	if lead, ok := formats[name]; ok {
		format, ready := f.temp("f"), f.temp("a")
		g.emit("%s, %s := rt.Format(%s, a_%d)", format, ready, args[lead], last)
		args[lead], args[last] = format, ready+"..."
	} else if helper, ok := printing[name]; ok {
		ready := f.temp("a")
		g.emit("%s := rt.%s(a_%d)", ready, helper, last)
		args[last] = ready + "..."
	} else if helper, ok := methodHelpers[name]; ok {
		c = made(helper, append(receiver, args...))
	} else if c = g.guardedOn(text, name, sig, args); len(g.lines) == 0 && len(receiver) == 0 {
		return text
	}
	return f.forwarding(params, sig, c, g.lines...)
}

// special lowers calls of compiled functions that look at values by reflection
// or that yaegi can't call.
func (f *fn) special(obj *types.Func, x *ast.CallExpr) invocation {
	name := obj.Pkg().Path() + "." + obj.Name()
	if name, ok := replaced[name]; ok {
		return made(name, f.arguments(obj.Signature(), x.Args, x.Ellipsis.IsValid()))
	}
	return f.guarded(f.compiledName(obj), name, obj.Signature(), x)
}

// typeQuestion lowers reflect.TypeOf(x).String() and its like, which descriptors
// can answer.
func (f *fn) typeQuestion(y *ast.SelectorExpr) (invocation, bool) {
	helper := map[string]string{"String": "rt.TypeString", "Kind": "rt.TypeKind"}[y.Sel.Name]
	inner, ok := ast.Unparen(y.X).(*ast.CallExpr)
	if helper == "" || !ok || len(inner.Args) != 1 {
		return invocation{}, false
	}
	sel, ok := ast.Unparen(inner.Fun).(*ast.SelectorExpr)
	if !ok {
		return invocation{}, false
	}
	obj, ok := f.src.info.Uses[sel.Sel].(*types.Func)
	if !ok || obj.FullName() != "reflect.TypeOf" {
		return invocation{}, false
	}
	v := f.as(inner.Args[0], types.Universe.Lookup("any").Type())
	return made(helper, []string{v.s}), true
}
