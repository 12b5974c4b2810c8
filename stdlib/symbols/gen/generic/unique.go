//go:build ignore

package unique

// Handle holds the value itself: two handles are equal exactly if their values
// are.
type Handle[T comparable] struct{ value T }

func Make[T comparable](value T) Handle[T] { return Handle[T]{value} }

func (h Handle[T]) Value() T { return h.value }
