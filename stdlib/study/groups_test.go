package study

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of three runs in each of four groups with one grouping that fits, 15,400
// groupings are different, so that P is about 1e-4 and Within and Between are what
// they were made from.
func TestGroupsThatDiffer(t *testing.T) {
	measure, group := make([][]float64, 12), make([]int, 12)
	for i := range group {
		group[i] = i / 3
		for j := range i {
			m := 0.9
			if group[i] == group[j] {
				m = 0.6
			}
			measure[i] = append(measure[i], m)
		}
	}
	g, err := CompareGroups(measure, group, 1)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(g.Within-0.6) > 1e-9 || math.Abs(g.Between-0.9) > 1e-9 || g.P > 1e-3 {
		t.Errorf("%v; want 0.6, 0.9 and p < 0.001", g)
	}
}

// Where groups mean nothing P is uniform, also when the measure of a pair is that
// of its runs, and pairs are far from independent.
func TestGroupsThatDoNotDiffer(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	small := 0
	const tests = 200
	for range tests {
		measure, group := make([][]float64, 8), []int{0, 0, 1, 1, 2, 2, 3, 3}
		place := make([]float64, 8)
		for i := range place {
			place[i] = rng.NormFloat64()
			for j := range i {
				measure[i] = append(measure[i], math.Abs(place[i]-place[j]))
			}
		}
		g, err := CompareGroups(measure, group, 3)
		if err != nil {
			t.Fatal(err)
		}
		if g.P <= 0.1 {
			small++
		}
	}
	if small < 8 || small > 34 { // 20 expected, ± 4.2
		t.Errorf("p is below 0.1 in %d of %d tests; want a tenth", small, tests)
	}
}

func TestGroupsRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		measure [][]float64
		group   []int
	}{
		"lengths":   {[][]float64{nil, {1}}, []int{0}},
		"row":       {[][]float64{nil, {}, {1, 2}}, []int{0, 0, 1}},
		"one group": {[][]float64{nil, {1}}, []int{0, 0}},
		"no pair":   {[][]float64{nil, {1}}, []int{0, 1}},
		"nothing":   {nil, nil},
	} {
		if g, err := CompareGroups(c.measure, c.group, 1); err == nil {
			t.Errorf("%s: %v; want an error", name, g)
		}
	}
}
