package symbols

import (
	"slices"
	"strings"
	"sync"
)

// preferred settles which package a name means when several have it.
var preferred = []string{
	"math/rand/v2", "text/template", "runtime/pprof", "text/scanner",
	"gonum.org/v1/plot/vg/draw", "gonum.org/v1/plot/palette", "gonum.org/v1/gonum/unit/constant",
}

// byName gives the import paths of each package name, the preferred one first.
var byName = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, path := range Packages() {
		name, _ := Name(path)
		m[name] = append(m[name], path)
	}
	for _, paths := range m {
		slices.SortStableFunc(paths, func(a, b string) int { return preference(b) - preference(a) })
	}
	return m
})

func preference(path string) int {
	if slices.Contains(preferred, path) {
		return 1
	}
	if strings.HasPrefix(path, "math/") || strings.HasPrefix(path, "hillock/") {
		return 0
	}
	return -1
}

// Resolve gives the import path that a package name which is not imported
// stands for ("rand" is math/rand/v2), given the members that are used of it:
// rand.Reader is crypto/rand's. When no package of that name has those members it
// gives the preferred one, so that the compiler can say which member is missing.
// It says false when no package has that name.
func Resolve(name string, members ...string) (string, bool) {
	for _, path := range byName()[name] {
		if hasAll(path, members) {
			return path, true
		}
	}
	if paths := byName()[name]; len(paths) > 0 {
		return paths[0], true
	}
	return "", false
}

// Resolve is the function Resolve, for those who are given an importer.
func (*TypeImporter) Resolve(name string, members ...string) (string, bool) {
	return Resolve(name, members...)
}

// hasAll says whether a package exports all members.
func hasAll(path string, members []string) bool {
	if len(members) == 0 {
		return true
	}
	pkg, err := Importer().Import(path)
	if err != nil {
		return false
	}
	for _, member := range members {
		if obj := pkg.Scope().Lookup(member); obj == nil || !obj.Exported() {
			return false
		}
	}
	return true
}
