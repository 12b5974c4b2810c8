package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unicode/utf8"

	"hillock/kernel/gocell/rt"
)

// Variable is a live variable, as %vars lists it.
type Variable struct {
	Name  string
	Type  string // as written in a cell: "[]float64", "Point", "Point (of cell 3)"
	Value string // one short line
	Size  int64  // bytes held by the value and what it refers to directly; approximate
	Cell  int    // count of the cell that declared it last
}

// Vars lists the live variables by name. It waits for a running cell.
func (s *Session) Vars() []Variable {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	var list []Variable
	for _, d := range s.front.Objects() {
		v, ok := d.Object.(*types.Var)
		if !ok || d.Cell == 0 {
			continue
		}
		variable := Variable{Name: v.Name(), Type: s.front.TypeString(v.Type()), Cell: d.Cell}
		if value, ok := s.valueOf(v); ok {
			variable.Value = summary(value, v.Type(), summaryDepth)
			variable.Size = size(value)
		}
		list = append(list, variable)
	}
	return list
}

// Value gives the value of a live variable in a few words. It says false for
// other names, and while a cell runs.
func (s *Session) Value(name string) (string, bool) {
	select {
	case s.turn <- struct{}{}:
	default:
		return "", false
	}
	defer func() { <-s.turn }()
	for _, d := range s.front.Objects() {
		if v, ok := d.Object.(*types.Var); ok && v.Name() == name && d.Cell > 0 {
			if value, ok := s.valueOf(v); ok {
				return summary(value, v.Type(), summaryDepth), true
			}
		}
	}
	return "", false
}

// valueOf gives the place of a variable in the interpreter.
func (s *Session) valueOf(v *types.Var) (reflect.Value, bool) {
	name, ok := s.lower.NameOf(v)
	if !ok {
		return reflect.Value{}, false
	}
	pointer, ok := s.places[name]
	if !ok {
		p, err := s.engine.value("&" + name)
		if err != nil || p.Kind() != reflect.Pointer || p.IsNil() {
			return reflect.Value{}, false
		}
		pointer = p
		s.places[name] = p
	}
	return pointer.Elem(), true
}

// How much of a value a line shows.
const (
	summaryDepth    = 3
	summaryElements = 6
	summaryLength   = 80
)

// summary gives a value as one short line. The static type gives the names that
// the interpreter's value lacks. Maps are not looked into: a goroutine may write
// to them.
func summary(v reflect.Value, t types.Type, depth int) string {
	return shorten(summarize(v, t, depth), summaryLength)
}

func summarize(v reflect.Value, t types.Type, depth int) string {
	under := types.Type(types.Typ[types.Invalid])
	if t != nil {
		under = t.Underlying()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return summarizeDynamic(v.Elem(), depth)
	case reflect.String:
		return fmt.Sprintf("%q", shorten(v.String(), summaryLength))
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if v.IsNil() {
			return "nil"
		}
		return v.Kind().String()
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		return fmt.Sprintf("%d entries", v.Len())
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		p, ok := under.(*types.Pointer)
		if !ok || depth == 0 {
			return "pointer"
		}
		return "&" + summarize(v.Elem(), p.Elem(), depth-1)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "nil"
		}
		var elem types.Type
		switch u := under.(type) {
		case *types.Slice:
			elem = u.Elem()
		case *types.Array:
			elem = u.Elem()
		}
		if depth == 0 {
			return fmt.Sprintf("%d elements", v.Len())
		}
		var parts []string
		for i := range min(v.Len(), summaryElements) {
			parts = append(parts, summarize(v.Index(i), elem, depth-1))
		}
		text := strings.Join(parts, " ")
		if v.Len() > summaryElements {
			return fmt.Sprintf("[%s …] %d elements", shorten(text, summaryLength-20), v.Len())
		}
		return "[" + text + "]"
	case reflect.Struct:
		u, ok := under.(*types.Struct)
		if !ok || u.NumFields() != v.NumField() || depth == 0 {
			return "{…}"
		}
		var parts []string
		for i := range u.NumFields() {
			parts = append(parts, u.Field(i).Name()+": "+summarize(v.Field(i), u.Field(i).Type(), depth-1))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// summarizeDynamic gives what an interface holds.
func summarizeDynamic(v reflect.Value, depth int) string {
	if !v.CanInterface() {
		return summarize(v, nil, depth)
	}
	x := v.Interface()
	if b, ok := rt.BoxOf(x); ok {
		name := strings.TrimPrefix(b.TypeName(), "main.")
		if inner := reflect.ValueOf(b.Unwrap()); inner.IsValid() && inner.Kind() != reflect.Struct {
			return name + "(" + summarize(inner, nil, depth) + ")"
		}
		return name + "{…}"
	}
	if err, ok := x.(error); ok {
		return err.Error()
	}
	if v.Kind() == reflect.Struct || v.Kind() == reflect.Pointer {
		return v.Type().String()
	}
	return summarize(v, nil, depth)
}

// shorten cuts a text to a number of code points.
func shorten(text string, length int) string {
	if utf8.RuneCountInString(text) <= length {
		return text
	}
	runes := []rune(text)
	return string(runes[:length-1]) + "…"
}

// size gives the bytes that a value holds, counting what it refers to directly.
func size(v reflect.Value) int64 {
	if !v.IsValid() {
		return 0
	}
	total := int64(v.Type().Size())
	switch v.Kind() {
	case reflect.String:
		total += int64(v.Len())
	case reflect.Slice:
		total += int64(v.Cap()) * int64(v.Type().Elem().Size())
	case reflect.Map:
		total += int64(v.Len()) * int64(v.Type().Key().Size()+v.Type().Elem().Size())
	case reflect.Pointer:
		if !v.IsNil() {
			total += int64(v.Type().Elem().Size())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Slice || f.Kind() == reflect.String || f.Kind() == reflect.Map {
				total += size(f) - int64(f.Type().Size())
			}
		}
	}
	return total
}
