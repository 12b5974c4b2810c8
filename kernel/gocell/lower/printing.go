package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// formats are the functions with a format: how many parameters come before it.
var formats = map[string]int{
	"fmt.Printf": 0, "fmt.Sprintf": 0, "fmt.Errorf": 0, "fmt.Fprintf": 1, "fmt.Appendf": 1,
	"log.Printf": 0, "log.Fatalf": 0, "log.Panicf": 0,
	"(*log.Logger).Printf": 0, "(*log.Logger).Fatalf": 0, "(*log.Logger).Panicf": 0,
}

// printing are the functions that print their operands without a format: what
// makes operands ready for them.
var printing = map[string]string{
	"fmt.Print": "Spaced", "fmt.Sprint": "Spaced", "fmt.Fprint": "Spaced", "fmt.Append": "Spaced",
	"fmt.Println": "Operands", "fmt.Sprintln": "Operands", "fmt.Fprintln": "Operands", "fmt.Appendln": "Operands",
	"log.Print": "Spaced", "log.Fatal": "Spaced", "log.Panic": "Spaced",
	"log.Println": "Operands", "log.Fatalln": "Operands", "log.Panicln": "Operands",
	"(*log.Logger).Print": "Spaced", "(*log.Logger).Fatal": "Spaced", "(*log.Logger).Panic": "Spaced",
	"(*log.Logger).Println": "Operands", "(*log.Logger).Fatalln": "Operands", "(*log.Logger).Panicln": "Operands",
}

// printed is a call of a function that prints its last operands.
func (f *fn) printed(text, helper string, args []string, x *ast.CallExpr) invocation {
	last := len(args) - 1
	rest := strings.TrimSuffix(args[last], "...")
	if strings.HasSuffix(rest, "(nil)") || !f.mayNeed(helper, x) {
		return made(text, args)
	}
	ready := f.temp("a")
	f.emit("%s := rt.%s(%s)", ready, helper, rest)
	args[last] = ready + "..."
	return made(text, args)
}

// mayNeed says whether an operand of a call may have to be made ready.
func (f *fn) mayNeed(helper string, x *ast.CallExpr) bool {
	if x.Ellipsis.IsValid() {
		return true
	}
	for _, a := range x.Args {
		if tv := f.src.info.Types[a]; tv.IsNil() {
			continue
		}
		t := f.typeOf(a)
		if tuple, ok := t.(*types.Tuple); ok {
			for v := range tuple.Variables() {
				if f.operandMayNeed(helper, v.Type()) {
					return true
				}
			}
			continue
		}
		if f.operandMayNeed(helper, t) {
			return true
		}
	}
	return false
}

func (f *fn) operandMayNeed(helper string, t types.Type) bool {
	if isInterface(t) {
		return true
	}
	if !f.native(t) { // it goes in a box
		b, ok := core(t).(*types.Basic)
		return ok && helper == "Spaced" && b.Info()&types.IsString != 0
	}
	return holdsInterfaces(t, map[types.Type]bool{})
}

// holdsInterfaces says whether a value of a type may hold interfaces.
func holdsInterfaces(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := core(t).(type) {
	case *types.Interface:
		return true
	case *types.Pointer:
		return holdsInterfaces(u.Elem(), seen)
	case *types.Slice:
		return holdsInterfaces(u.Elem(), seen)
	case *types.Array:
		return holdsInterfaces(u.Elem(), seen)
	case *types.Map:
		return holdsInterfaces(u.Key(), seen) || holdsInterfaces(u.Elem(), seen)
	case *types.Struct:
		for v := range u.Fields() {
			if holdsInterfaces(v.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// formatted is a call of a function with a format: the verbs %T and %p, and
// surplus operands, are answered first.
func (f *fn) formatted(name string, sig *types.Signature, lead int, x *ast.CallExpr) invocation {
	args := f.arguments(sig, x.Args, x.Ellipsis.IsValid())
	operands := *x
	operands.Args = x.Args[lead+1:]
	rest := strings.TrimSuffix(args[lead+1], "...")
	switch tv := f.src.info.Types[x.Args[lead]]; {
	case tv.Value == nil || x.Ellipsis.IsValid() || looksAtTypes(tv.Value.ExactString(), len(x.Args)-lead-1):
		format, ready := f.temp("f"), f.temp("a")
		f.emit("%s, %s := rt.Format(%s, %s)", format, ready, args[lead], rest)
		args[lead], args[lead+1] = format, ready+"..."
	case f.mayNeed("Operands", &operands):
		return f.printed(name, "Operands", args, &operands)
	}
	return made(name, args)
}

// looksAtTypes says whether a format may name the type of one of its operands: by
// a verb, or because there are more operands than verbs.
func looksAtTypes(format string, operands int) bool {
	verbs := strings.Count(strings.ReplaceAll(format, "%%", ""), "%")
	return verbs < operands || strings.ContainsAny(format, "Tp")
}
