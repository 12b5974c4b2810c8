//go:build ignore

package maps

func Clone[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return nil
	}
	cloned := make(M, len(m))
	for k, v := range m {
		cloned[k] = v
	}
	return cloned
}
