package rt

import (
	"math"
	"reflect"
)

// Reflected gives a function of the interpreter as one that is called through
// reflection: it then gets all its arguments as they are.
func Reflected(f any) any { return f }

// NegativeZero says whether a value equals its type's zero value and holds a
// negative zero.
func NegativeZero(v any) bool {
	x := reflect.ValueOf(v)
	return x.IsValid() && x.IsZero() && holdsNegativeZero(x)
}

func holdsNegativeZero(x reflect.Value) bool {
	switch x.Kind() {
	case reflect.Float32, reflect.Float64:
		return math.Signbit(x.Float())
	case reflect.Complex64, reflect.Complex128:
		return math.Signbit(real(x.Complex())) || math.Signbit(imag(x.Complex()))
	case reflect.Array:
		for i := range x.Len() {
			if holdsNegativeZero(x.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for _, field := range x.Fields() {
			if holdsNegativeZero(field) {
				return true
			}
		}
	}
	return false
}
