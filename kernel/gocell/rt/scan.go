package rt

import "fmt"

// scanner is a described value that scans itself.
type scanner struct {
	scan  func(any, fmt.ScanState, rune) error
	value any
}

// Scan calls the value's method.
func (s scanner) Scan(state fmt.ScanState, verb rune) error { return s.scan(s.value, state, verb) }

// Scanned makes the operand of a function that scans: a value with a method for
// it, or the representation.
func Scanned(x any) any {
	b, ok := BoxOf(x)
	if !ok {
		return x
	}
	if m, ok := b.T.method("Scan"); ok {
		if f, ok := m.Func.Interface().(func(any, fmt.ScanState, rune) error); ok {
			return scanner{f, b.V}
		}
	}
	return b.V
}

// ScannedAll is Scanned for all operands.
func ScannedAll(xs []any) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = Scanned(x)
	}
	return out
}
