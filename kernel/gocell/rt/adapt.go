package rt

import (
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
)

// wrappers are the adaptors of the interpreter in use; a process has one.
var wrappers atomic.Pointer[func(path, name string) (reflect.Value, bool)]

// errorBox is a described value that is an error.
type errorBox struct{ Box }

// Error calls the value's method.
func (e errorBox) Error() string {
	return e.T.Methods["Error"].Func.Interface().(func(any) string)(e.V)
}

// Is calls the value's method, if it has one.
func (e errorBox) Is(target error) bool {
	if m, ok := e.T.method("Is"); ok {
		if f, ok := m.Func.Interface().(func(any, error) bool); ok {
			return f(e.V, target)
		}
	}
	return false
}

// As calls the value's method, if it has one.
func (e errorBox) As(target any) bool {
	if m, ok := e.T.method("As"); ok {
		if f, ok := m.Func.Interface().(func(any, any) bool); ok {
			return f(e.V, target)
		}
	}
	return false
}

// wrappingError is an error that wraps another.
type wrappingError struct{ errorBox }

// Unwrap calls the value's method.
func (e wrappingError) Unwrap() error {
	return e.T.Methods["Unwrap"].Func.Interface().(func(any) error)(e.V)
}

// joinedError is an error that wraps several.
type joinedError struct{ errorBox }

// Unwrap calls the value's method.
func (e joinedError) Unwrap() []error {
	return e.T.Methods["Unwrap"].Func.Interface().(func(any) []error)(e.V)
}

// timeout calls the value's method.
func (e errorBox) timeout() bool {
	return e.T.Methods["Timeout"].Func.Interface().(func(any) bool)(e.V)
}

// timeoutError is an error that says whether a time limit caused it.
type timeoutError struct{ errorBox }

// Timeout calls the value's method.
func (e timeoutError) Timeout() bool { return e.timeout() }

// wrappingTimeoutError is both.
type wrappingTimeoutError struct{ wrappingError }

// Timeout calls the value's method.
func (e wrappingTimeoutError) Timeout() bool { return e.timeout() }

// NewError makes an error of a value whose type has an Error method.
func NewError(t *Type, v any) error {
	e := errorBox{Box{t, v}}
	timeout := false
	if m, ok := t.method("Timeout"); ok {
		_, timeout = m.Func.Interface().(func(any) bool)
	}
	if m, ok := t.method("Unwrap"); ok {
		switch m.Func.Interface().(type) {
		case func(any) error:
			if timeout {
				return wrappingTimeoutError{wrappingError{e}}
			}
			return wrappingError{e}
		case func(any) []error:
			return joinedError{e}
		}
	}
	if timeout {
		return timeoutError{e}
	}
	return e
}

// Adapt makes a value satisfy the compiled interface of that name.
func Adapt(x any, name string) any {
	b, ok := BoxOf(x)
	if !ok {
		return x
	}
	if name == "error" {
		return NewError(b.T, b.V)
	}
	for _, m := range besides[name] {
		if _, ok := b.T.method(m); ok {
			panic(fmt.Errorf("unsupported: a value of type %s as %s: its method %s would not be found; leave that method out", b.T.Name, name, m))
		}
	}
	w, ok := wrapperOf(name)
	if !ok {
		panic("unsupported: a value of type " + b.T.Name + " as " + name + "; use a type of a compiled package")
	}
	v := reflect.New(w)
	s := v.Elem()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if f.Name == "IValue" {
			s.Field(i).Set(reflect.ValueOf(b))
			continue
		}
		m, ok := b.T.method(strings.TrimPrefix(f.Name, "W"))
		if !ok {
			continue
		}
		fn := bind(m.Func, b.V)
		if fn.Type().AssignableTo(f.Type) {
			s.Field(i).Set(fn)
		} else if fn.Type().ConvertibleTo(f.Type) {
			s.Field(i).Set(fn.Convert(f.Type))
		}
	}
	return s.Interface()
}

// besides are the methods that compiled code looks for in values of an interface
// besides those of the interface: an adaptor does not have them.
var besides = map[string][]string{
	"flag.Value":                  {"IsBoolFlag"},
	"gonum.org/v1/plot.Plotter":   {"DataRange", "GlyphBoxes"},
	"hillock/stdlib/nn.Samples":   {"Order"},
	"hillock/stdlib/nn.Module":    {"Describe"},
	"hillock/stdlib/viz.Traced":   {"Adaptation", "Units"},
	"hillock/stdlib/viz.Adapting": {"Units"},
}

func wrapperOf(name string) (reflect.Type, bool) {
	find := wrappers.Load()
	dot := strings.LastIndexByte(name, '.')
	if find == nil || *find == nil || dot < 0 {
		return nil, false
	}
	w, ok := (*find)(name[:dot], "_"+name[dot+1:])
	if !ok {
		return nil, false
	}
	return w.Type().Elem(), true
}

// adapted finds the box in a wrapper.
func adapted(x any) (Box, bool) {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Struct || v.NumField() == 0 || v.Type().Field(0).Name != "IValue" {
		return Box{}, false
	}
	b, ok := v.Field(0).Interface().(Box)
	return b, ok
}

// AssertAdapt asserts a compiled interface: a compiled value must implement it,
// a described one is adapted.
func AssertAdapt(x any, t *Type, name string) (any, bool) {
	if x == nil {
		return nil, false
	}
	if b, ok := BoxOf(x); ok {
		for i := range t.Rep.NumMethod() {
			want := t.Rep.Method(i)
			m, ok := b.T.method(want.Name)
			if !ok || !sameMethod(m.Func.Type(), want.Type) {
				return nil, false
			}
		}
		return Adapt(b, name), true
	}
	if !reflect.TypeOf(x).Implements(t.Rep) {
		return nil, false
	}
	return x, true
}
