// Package symbols holds what the kernel knows of every package that a cell can
// import: the compiled symbols that the interpreter links to, type data for the
// checker, documentation, and the source of generic functions, which have no
// compiled form. It covers the standard library, gonum, gonum/plot and
// hillock/stdlib, and needs no Go toolchain at run time.
//
// Everything here is generated. After a change to a package of hillock/stdlib
//
//	go generate -run hillock ./stdlib/symbols
//
// brings its part up to date in about two seconds; go generate ./stdlib/symbols
// does all of it, and is needed after an update of Go or of gonum.
package symbols

//go:generate go run ./gen -only std
//go:generate go run ./gen -only gonum
//go:generate go run ./gen -only hillock

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"hillock/stdlib/symbols/internal/gonum"
	"hillock/stdlib/symbols/internal/hillock"
	"hillock/stdlib/symbols/internal/std"
	"hillock/stdlib/symbols/internal/table"
)

// tables gives the tables by import path.
var tables = sync.OnceValue(func() map[string]*table.Package {
	m := make(map[string]*table.Package, len(std.Tables)+len(gonum.Tables)+len(hillock.Tables))
	for _, group := range [][]table.Package{std.Tables, gonum.Tables, hillock.Tables} {
		for i := range group {
			m[group[i].Path] = &group[i]
		}
	}
	return m
})

// packages gives the import paths, sorted.
var packages = sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(tables())) })

// Packages gives the import path of every package that a cell can import,
// sorted. The caller must not change the slice.
func Packages() []string { return packages() }

// Name gives the name of the package at an import path ("rand" for
// "math/rand/v2"). It says false for a path that cells can't import.
func Name(path string) (string, bool) {
	if t, ok := tables()[path]; ok {
		return t.Name, true
	}
	return "", false
}

// Lookup gives the compiled symbols of a package in yaegi's form: a function's
// value, an addressable variable, a nil pointer to a type, a constant.Value for
// an untyped constant, and under "_Name" a nil pointer to the type that wraps an
// interpreted value as the interface Name. Generic functions and types are not
// among them (see GenericSource). The map is new at each call; it belongs under
// the key path + "/" + Name(path) of an interp.Exports.
func Lookup(path string) (map[string]reflect.Value, bool) {
	t, ok := tables()[path]
	if !ok {
		return nil, false
	}
	m := make(map[string]reflect.Value, len(t.Symbols))
	for _, s := range t.Symbols {
		m[s.Name] = s.Reflect()
	}
	return m, true
}
