package rt

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
)

// PrintPanic writes an uncaught panic as Go's runtime does.
func PrintPanic(w io.Writer, v any) {
	fmt.Fprintf(w, "panic: %s\n\ngoroutine 1 [running]:\n", PanicText(v))
	if place := PanicPlace(); place != "" {
		fmt.Fprintf(w, "main\n\t%s\n", place)
	}
}

// PanicText is how Go's runtime prints the value of an uncaught panic; where that
// gives an address only, the value itself.
func PanicText(v any) string {
	if b, ok := v.(Box); ok {
		if f, ok := b.Method("String"); ok {
			if f, ok := f.(func() string); ok {
				return f()
			}
		}
		if basicKind(b.T.Kind) {
			return b.T.Name + "(" + panicValue(b.V) + ")"
		}
		return fmt.Sprintf("%#v", b)
	}
	switch v := v.(type) {
	case nil:
		return "nil"
	case error:
		if _, ok := v.(interface{ RuntimeError() }); ok {
			return v.Error()
		}
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	if r := reflect.TypeOf(v); r.PkgPath() != "" && basicKind(r.Kind()) {
		return r.String() + "(" + panicValue(v) + ")"
	}
	if basicKind(reflect.TypeOf(v).Kind()) {
		if s, ok := v.(string); ok {
			return s
		}
		return reflect.TypeOf(v).String() + "(" + printed(v) + ")"
	}
	return fmt.Sprintf("%#v", v)
}

func panicValue(v any) string {
	if s := reflect.ValueOf(v); s.Kind() == reflect.String {
		return strconv.Quote(s.String())
	}
	return printed(v)
}

func basicKind(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
}
