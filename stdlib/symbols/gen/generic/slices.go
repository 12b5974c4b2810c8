//go:build ignore

package slices

import (
	"cmp"
	"sort"
)

func Insert[S ~[]E, E any](s S, i int, v ...E) S {
	_ = s[i:]
	return Replace(s, i, i, v...)
}

func Replace[S ~[]E, E any](s S, i, j int, v ...E) S {
	_ = s[i:j]
	if i == j && len(v) == 0 {
		return s
	}
	total := len(s) - (j - i) + len(v)
	if total > cap(s) {
		grown := append(s[:i], make(S, total-i)...)
		copy(grown[i:], v)
		copy(grown[i+len(v):], s[j:])
		return grown
	}
	kept := append([]E(nil), v...) // v may be a part of s
	replaced := s[:total]
	copy(replaced[i+len(v):], s[j:])
	copy(replaced[i:], kept)
	if total < len(s) {
		clear(s[total:])
	}
	return replaced
}

func Sort[S ~[]E, E cmp.Ordered](x S) {
	switch x := any(x).(type) { // compiled code is many times faster
	case []float64:
		sort.Float64s(x)
		return
	case []int:
		sort.Ints(x)
		return
	case []string:
		sort.Strings(x)
		return
	}
	n := len(x)
	pdqsortOrdered(x, 0, n, bits.Len(uint(n)))
}
