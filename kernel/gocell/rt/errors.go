package rt

import (
	"fmt"
	"reflect"
	"strings"
)

// Error is a run-time error as Go's runtime makes them.
type Error struct{ text string }

// Error gives Go's text.
func (e *Error) Error() string { return "runtime error: " + e.text }

// RuntimeError marks the error as the runtime's.
func (e *Error) RuntimeError() {}

// TypeAssertionError is the error of a failed type assertion.
type TypeAssertionError struct{ text string }

// Error gives Go's text.
func (e *TypeAssertionError) Error() string { return e.text }

// RuntimeError marks the error as the runtime's.
func (e *TypeAssertionError) RuntimeError() {}

// plainError is an error of the runtime without the usual beginning.
type plainError struct{ text string }

func (e *plainError) Error() string { return e.text }
func (e *plainError) RuntimeError() {}

func fail(where, format string, args ...any) {
	trace.at(where)
	panic(&Error{fmt.Sprintf(format, args...)})
}

// Panic is the builtin panic.
func Panic(v any, where string) {
	trace.at(where)
	panic(v)
}

// PanicIndex reports an index out of range.
func PanicIndex(i, n any, where string) {
	if v := reflect.ValueOf(i); v.CanInt() && v.Int() < 0 {
		fail(where, "index out of range [%d]", i)
	}
	fail(where, "index out of range [%d] with length %d", i, n)
}

// PanicSlice reports slice bounds out of range; absent bounds are nil.
func PanicSlice(lo, hi, limit any, length, capacity int, kind, where string) {
	low, l := bound(lo)
	high, h := bound(hi)
	top, m := bound(limit)
	what := "capacity"
	have := capacity
	if kind != "slice" {
		what, have = "length", length
	}
	switch {
	case m && (top < 0):
		fail(where, "slice bounds out of range [::%d]", limit)
	case m && top > int64(have):
		fail(where, "slice bounds out of range [::%d] with %s %d", limit, what, have)
	case m && h && (high < 0 || high > top):
		fail(where, "slice bounds out of range [:%d:%d]", hi, limit)
	case m:
		fail(where, "slice bounds out of range [%d:%d:]", lo, hi)
	case h && high < 0:
		fail(where, "slice bounds out of range [:%d]", hi)
	case h && high > int64(have):
		fail(where, "slice bounds out of range [:%d] with %s %d", hi, what, have)
	case l && low < 0:
		fail(where, "slice bounds out of range [%d:]", lo)
	case h:
		fail(where, "slice bounds out of range [%d:%d]", lo, hi)
	}
	fail(where, "slice bounds out of range [%d:%d]", lo, length)
}

func bound(x any) (int64, bool) {
	v := reflect.ValueOf(x)
	switch {
	case !v.IsValid():
		return 0, false
	case v.CanInt():
		return v.Int(), true
	}
	if u := v.Uint(); u > 1<<62 {
		return 1 << 62, true
	}
	return int64(v.Uint()), true
}

// PanicNil reports a nil pointer that was followed.
func PanicNil(where string) { fail(where, "invalid memory address or nil pointer dereference") }

// PanicWrap reports a value method that was called through a nil pointer in an
// interface.
func PanicWrap(typ, method string) {
	base := typ[strings.LastIndexByte(typ, '.')+1:]
	panic(&plainError{"value method " + typ + "." + method + " called using nil *" + base + " pointer"})
}

// PanicDivide reports an integer division by zero.
func PanicDivide(where string) { fail(where, "integer divide by zero") }

// PanicShift reports a negative shift count.
func PanicShift(where string) { fail(where, "negative shift amount") }

// PanicArray reports a slice too short for an array.
func PanicArray(length, want int, where string) {
	fail(where, "cannot convert slice with length %d to array or pointer to array with length %d", length, want)
}

// PanicNilMap reports an assignment to an entry of a nil map.
func PanicNilMap(where string) {
	trace.at(where)
	panic(&plainError{"assignment to entry in nil map"})
}

// PanicMake reports a length that make can't give.
func PanicMake(what string, length, capacity int, where string) {
	if what == "chan" {
		trace.at(where)
		panic(&plainError{"makechan: size out of range"})
	}
	if length < 0 || length > 1<<40 {
		fail(where, "makeslice: len out of range")
	}
	fail(where, "makeslice: cap out of range")
}

// PanicYield reports an iterator that calls the loop's body when it may not.
func PanicYield(state int, where string) {
	switch state {
	case 1:
		fail(where, "range function continued iteration after function for loop body returned false")
	case 3:
		fail(where, "range function recovered a loop body panic and did not resume panicking")
	}
	fail(where, "range function continued iteration after whole loop exit")
}

// PanicAssert reports a failed type assertion. from is the static type's name.
func PanicAssert(x any, from string, to *Type, where string) {
	trace.at(where)
	panic(&TypeAssertionError{assertText(x, from, to)})
}

func assertText(x any, from string, to *Type) string {
	if from == "error" || strings.Contains(from, ".") {
		if x == nil && to.Kind != reflect.Interface {
			return "interface conversion: " + from + " is nil, not " + to.Name
		}
	} else {
		from = strings.Replace(from, "interface {}", "interface {}", 1)
	}
	if to.Kind == reflect.Interface {
		if x == nil {
			return "interface conversion: interface is nil, not " + to.Name
		}
		m := ""
		if to.Native {
			m = missingNative(x, to.Rep)
		} else {
			m = missing(x, to)
		}
		return "interface conversion: " + typeName(x) + " is not " + to.Name + ": missing method " + m
	}
	if x == nil {
		return "interface conversion: " + from + " is nil, not " + to.Name
	}
	have := typeName(x)
	text := "interface conversion: " + from + " is " + have + ", not " + to.Name
	if have == to.Name {
		text += " (types from different scopes)"
	}
	return text
}

func missingNative(x any, want reflect.Type) string {
	b, isBox := BoxOf(x)
	for i := range want.NumMethod() {
		name := want.Method(i).Name
		if isBox {
			if _, ok := b.T.method(name); !ok {
				return name
			}
			continue
		}
		if _, ok := reflect.TypeOf(x).MethodByName(name); !ok {
			return name
		}
	}
	return ""
}

// Explain turns what yaegi panics with into the error that Go's runtime gives.
func Explain(v any) any {
	switch v := v.(type) {
	case *reflect.ValueError:
		return &Error{"invalid memory address or nil pointer dereference"}
	case string:
		switch {
		case strings.HasPrefix(v, "reflect: ") && strings.Contains(v, "index out of range"):
			return &Error{"index out of range"}
		case strings.HasPrefix(v, "reflect.Value.Slice") || strings.HasPrefix(v, "reflect: slice bounds"):
			return &Error{"slice bounds out of range"}
		case strings.HasPrefix(v, "reflect.Value.Call: call of nil function"),
			strings.HasPrefix(v, "reflect: call of reflect.Value") && strings.Contains(v, "zero Value"):
			return &Error{"invalid memory address or nil pointer dereference"}
		}
	}
	return v
}
