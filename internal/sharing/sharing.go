// Package sharing finds networks that are used by two trainings at once.
package sharing

import "hillock/stdlib/nn"

// Retrained finds two of n trainings that share a tensor of their embeddings (nil for
// none) which at least one of them changes. A frozen embedding may be shared.
func Retrained(n int, embedding func(i int) (m nn.Module, retrained bool)) (first, second int, found bool) {
	type use struct {
		by        int
		retrained bool
	}
	used := map[*nn.Tensor]use{}
	for i := range n {
		m, retrained := embedding(i)
		if m == nil {
			continue
		}
		for _, p := range m.Parameters() {
			before, twice := used[p.Tensor]
			if twice && before.by != i && (before.retrained || retrained) {
				return before.by, i, true
			}
			used[p.Tensor] = use{i, retrained}
		}
	}
	return 0, 0, false
}
