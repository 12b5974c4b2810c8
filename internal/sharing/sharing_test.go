package sharing

import (
	"math/rand/v2"
	"testing"

	"hillock/stdlib/nn"
)

func TestRetrained(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	one, other := nn.NewLinear(2, 2, rng), nn.NewLinear(2, 2, rng)
	both := nn.NewSequential(one, other)
	type training struct {
		m         nn.Module
		retrained bool
	}
	for _, c := range []struct {
		trainings     []training
		first, second int
		found         bool
	}{
		{nil, 0, 0, false},
		{[]training{{one, true}, {other, true}, {nil, true}}, 0, 0, false},
		{[]training{{one, false}, {one, false}, {both, false}}, 0, 0, false},
		{[]training{{other, true}, {one, true}, {one, false}}, 1, 2, true},
		{[]training{{one, false}, {nil, false}, {both, true}}, 0, 2, true},
	} {
		first, second, found := Retrained(len(c.trainings), func(i int) (nn.Module, bool) {
			return c.trainings[i].m, c.trainings[i].retrained
		})
		if first != c.first || second != c.second || found != c.found {
			t.Errorf("%v: %d and %d, %v; want %d and %d, %v", c.trainings, first, second, found, c.first, c.second, c.found)
		}
	}
}
