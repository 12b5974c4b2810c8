package complete

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// candidate is a match and how near it is to the cursor.
type candidate struct {
	Match
	near  int  // larger for what a person more likely means: locals before packages
	fits  bool // its type is the one that is expected
	below bool // to be proposed last: deprecated
	order int  // among neighbours, before the alphabet
}

// How near candidates are.
const (
	nearUnimported = iota
	nearBuiltin
	nearKeyword
	nearPackage
	nearSession
	nearLocal
	nearMember
)

// completer gathers candidates.
type completer struct {
	state State
	list  []candidate
	doc   bool // for %doc: a type's fields can be named, too
}

// add proposes a match.
func (c *completer) add(c2 candidate) { c.list = append(c.list, c2) }

// sorted gives the candidates that match what is typed, best first, each text
// once.
func (c *completer) sorted(typed string) []Match {
	type scored struct {
		candidate
		score int
	}
	var list []scored
	seen := map[string]bool{}
	for _, x := range c.list {
		if score := score(typed, x.Text); score > 0 && !seen[x.Text] {
			seen[x.Text] = true
			list = append(list, scored{x, score})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int {
		return cmp.Or(
			compareBool(b.below, a.below),
			cmp.Compare(b.score, a.score),
			compareBool(a.fits, b.fits),
			cmp.Compare(b.near, a.near),
			cmp.Compare(a.order, b.order),
			cmp.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)),
			cmp.Compare(a.Text, b.Text),
		)
	})
	matches := make([]Match, len(list))
	for i, x := range list {
		matches[i] = x.Match
	}
	return matches
}

// compareBool puts true before false.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// score says how well a name continues what is typed; 0 when it does not.
func score(typed, name string) int {
	switch {
	case typed == "":
		return 1
	case strings.HasPrefix(name, typed):
		return 5
	case len(name) >= len(typed) && strings.EqualFold(name[:len(typed)], typed):
		return 4
	case humps(typed, name):
		return 3
	case len(typed) >= 3 && strings.Contains(strings.ToLower(name), strings.ToLower(typed)):
		return 2
	}
	return 0
}

// humps says whether typed is made of beginnings of the words in name, as nsv
// or NewSV is of NewSparseVector.
func humps(typed, name string) bool {
	if len(typed) < 2 {
		return false
	}
	rest := []rune(strings.ToLower(typed))
	first, _ := utf8.DecodeRuneInString(name)
	if unicode.ToLower(first) != rest[0] {
		return false
	}
	start, matching := true, true
	var before rune
	for _, r := range name {
		start = start || unicode.IsUpper(r) && !unicode.IsUpper(before) || unicode.IsDigit(r) != unicode.IsDigit(before) || before == '_' || unicode.IsUpper(r)
		switch {
		case len(rest) == 0:
			return true
		case start || matching:
			matching = unicode.ToLower(r) == rest[0]
			if matching {
				rest = rest[1:]
			}
		}
		start = false
		before = r
	}
	return len(rest) == 0
}
