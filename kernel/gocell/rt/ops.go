package rt

import (
	"math"
	"reflect"
	"unicode/utf8"
)

// Nop does nothing; it stands where a label needs a statement.
func Nop() {}

// Complex makes a complex number.
func Complex(re, im float64) complex128 { return complex(re, im) }

// AddComplex is a + b.
func AddComplex(a, b complex128) complex128 { return a + b }

// SubComplex is a - b.
func SubComplex(a, b complex128) complex128 { return a - b }

// MulComplex is a * b.
func MulComplex(a, b complex128) complex128 { return a * b }

// QuoComplex is a / b.
func QuoComplex(a, b complex128) complex128 { return a / b }

// NegComplex is -a.
func NegComplex(a complex128) complex128 { return -a }

// Real is the real part.
func Real(c complex128) float64 { return real(c) }

// Imag is the imaginary part.
func Imag(c complex128) float64 { return imag(c) }

// Min is the builtin min of two floating-point numbers.
func Min(a, b float64) float64 { return math.Min(a, b) }

// Max is the builtin max of two floating-point numbers.
func Max(a, b float64) float64 { return math.Max(a, b) }

// DecodeRune decodes the rune at byte i of s and its width.
func DecodeRune(s string, i int) (rune, int) { return utf8.DecodeRuneInString(s[i:]) }

// RuneString is string(n) for an integer.
func RuneString(n int64) string {
	if n < 0 || n > utf8.MaxRune {
		return string(utf8.RuneError)
	}
	return string(rune(n))
}

// Clamp gives a negative number for what no int64 holds.
func Clamp(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1
	}
	return int64(n)
}

// Size turns a length of any integer type into an int; what does not fit
// becomes a negative number, which make refuses.
func Size(n any) int {
	v := reflect.ValueOf(n)
	if v.CanInt() {
		return int(v.Int())
	}
	if v.CanFloat() {
		return int(v.Float())
	}
	if u := v.Uint(); u > math.MaxInt {
		return -1
	}
	return int(v.Uint())
}

// Clear is the builtin clear of a map or slice.
func Clear(x any) { reflect.ValueOf(x).Clear() }

// ArrayPointer gives the array that a slice begins with, as the type of sample.
func ArrayPointer(slice, sample any) any {
	v := reflect.ValueOf(slice)
	return v.Convert(reflect.TypeOf(sample)).Interface()
}

// IsEmpty says whether x holds a struct{}.
func IsEmpty(x any) bool {
	_, ok := x.(struct{})
	return ok
}
