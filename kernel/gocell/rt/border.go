package rt

import (
	"errors"
	"fmt"
	"reflect"
)

// Raw gives the representation of a described value to compiled code that goes
// by structure alone.
func Raw(x any) any {
	if b, ok := BoxOf(x); ok {
		return b.V
	}
	return x
}

// RawAll is Raw for all operands.
func RawAll(xs []any) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = Raw(x)
	}
	return out
}

// Opaque refuses a described value as an operand of compiled code that would
// look at its type by reflection.
func Opaque(x any, what string) any {
	b, ok := BoxOf(x)
	if !ok {
		b, ok = within(x)
	}
	if ok {
		panic(fmt.Errorf("unsupported: a value of type %s, which was declared in a cell, in a call of %s; use types of compiled packages there", b.T.Name, what))
	}
	return x
}

// OpaqueAll is Opaque for all operands.
func OpaqueAll(xs []any, what string) []any {
	for _, x := range xs {
		Opaque(x, what)
	}
	return xs
}

// ErrorsAs is errors.As, also for targets of described types.
func ErrorsAs(err error, into any) bool {
	b, ok := BoxOf(into)
	if !ok || b.T.Kind != reflect.Pointer {
		return errors.As(err, into)
	}
	goal := b.T.Elem
	v := underlying(valueOf(b))
	if !v.IsValid() || v.IsNil() {
		panic("errors: target must be a non-nil pointer")
	}
	return errorAs(err, goal, v.Elem(), into)
}

func errorAs(err error, goal *Type, v reflect.Value, into any) bool {
	for err != nil {
		if x, ok := BoxOf(err); ok {
			if x.T == goal {
				v.Set(valueOf(x))
				return true
			}
			if goal.Kind == reflect.Interface && Implements(x, goal) {
				v.Set(reflect.ValueOf(x))
				return true
			}
		} else if goal.Kind == reflect.Interface && Implements(err, goal) {
			v.Set(reflect.ValueOf(err))
			return true
		}
		if a, ok := err.(interface{ As(any) bool }); ok && a.As(into) {
			return true
		}
		switch w := err.(type) {
		case interface{ Unwrap() error }:
			err = w.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range w.Unwrap() {
				if e != nil && errorAs(e, goal, v, into) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// TypeString is reflect.TypeOf(x).String().
func TypeString(x any) string {
	if b, ok := BoxOf(x); ok {
		return b.T.Name
	}
	return reflect.TypeOf(x).String()
}

// TypeKind is reflect.TypeOf(x).Kind().
func TypeKind(x any) reflect.Kind {
	if b, ok := BoxOf(x); ok {
		return b.T.Kind
	}
	return reflect.TypeOf(x).Kind()
}
