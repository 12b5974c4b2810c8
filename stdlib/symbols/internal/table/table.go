// Package table is the form of the generated symbol tables: plain data that the
// linker lays out, so that a table costs nothing until it is asked for.
package table

import (
	"go/constant"
	"go/token"
	"reflect"
)

// Kind says what a symbol's value stands for.
type Kind uint8

// The kinds of symbols.
const (
	Value   Kind = iota // a function or a typed constant: the value itself
	Var                 // a variable: a pointer to it
	Type                // a type: a nil pointer to it
	Int                 // an untyped integer or rune constant: its digits
	Float               // an untyped floating-point constant: its digits
	String              // an untyped string constant: its text
	Complex             // an untyped complex constant: a complex128
)

// Symbol is an exported name of a package, or, with a name that begins with an
// underscore, the wrapper type that makes an interpreted value an interface's.
type Symbol struct {
	Name  string
	Kind  Kind
	Value any
}

// Package is the table of one package.
type Package struct {
	Path, Name string
	Symbols    []Symbol
}

// Reflect gives the symbol in the form that yaegi wants: a function's or typed
// constant's value, an addressable variable, a nil pointer to a type, or a
// constant.Value for an untyped constant.
func (s Symbol) Reflect() reflect.Value {
	switch s.Kind {
	case Var:
		return reflect.ValueOf(s.Value).Elem()
	case Int:
		return reflect.ValueOf(constant.MakeFromLiteral(s.Value.(string), token.INT, 0))
	case Float:
		return reflect.ValueOf(constant.MakeFromLiteral(s.Value.(string), token.FLOAT, 0))
	case String:
		return reflect.ValueOf(constant.MakeString(s.Value.(string)))
	case Complex:
		c := s.Value.(complex128)
		im := constant.MakeImag(constant.MakeFloat64(imag(c)))
		return reflect.ValueOf(constant.BinaryOp(constant.MakeFloat64(real(c)), token.ADD, im))
	}
	return reflect.ValueOf(s.Value)
}

// Sealed stands in for the wrapper of an interface with unexported methods,
// which no type of a cell can have.
type Sealed struct{ IValue any }
