package rt

import (
	"fmt"
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
		return printedFloat(v.Float())
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		return "(" + printedFloat(real(c)) + printedFloat(imag(c)) + "i)"
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

// printedFloat is the runtime's form: +1.500000e+000, NaN, +Inf.
func printedFloat(x float64) string {
	switch {
	case x != x:
		return "NaN"
	case x > 1.7976931348623157e308:
		return "+Inf"
	case x < -1.7976931348623157e308:
		return "-Inf"
	}
	text := strconv.FormatFloat(x, 'e', 6, 64)
	if text[0] != '-' {
		text = "+" + text
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign := exponent[:1]
	digits := exponent[1:]
	for len(digits) < 3 {
		digits = "0" + digits
	}
	return mantissa + "e" + sign + digits
}
