package rt

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// Interface marks an interface operand of print.
type Interface struct{ x any }

// Eface marks an interface operand of print.
func Eface(x any) any { return Interface{x} }

// Print is the builtin print.
func Print(args ...any) {
	var b strings.Builder
	for _, a := range args {
		b.WriteString(printed(a))
	}
	os.Stderr.WriteString(b.String())
}

// Println is the builtin println.
func Println(args ...any) {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = printed(a)
	}
	os.Stderr.WriteString(strings.Join(parts, " ") + "\n")
}

// printed formats an operand as Go's runtime does.
func printed(x any) string {
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return printedFloat(v.Float(), v.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		c, bits := v.Complex(), v.Type().Bits()/2
		imaginary := printedFloat(imag(c), bits)
		if imaginary[0] != '-' && imaginary[0] != '+' {
			imaginary = "+" + imaginary
		}
		return "(" + printedFloat(real(c), bits) + imaginary + "i)"
	case reflect.String:
		return v.String()
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return fmt.Sprintf("%#x", v.Pointer())
	case reflect.Slice:
		return fmt.Sprintf("[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	}
	if e, ok := x.(Interface); ok {
		if e.x == nil {
			return "(0x0,0x0)"
		}
		return fmt.Sprintf("(%p,%p)", e.x, &e.x)
	}
	return fmt.Sprint(x)
}

// printedFloat is the runtime's form: the shortest that gives the number back.
func printedFloat(x float64, bits int) string {
	if math.IsInf(x, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(x, 'g', -1, bits)
}
