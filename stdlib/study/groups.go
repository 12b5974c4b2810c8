package study

import (
	"fmt"
	"math/rand/v2"
)

// Groups is what a measure of difference says about groups of runs.
type Groups struct {
	Within  float64 // mean of the measure over pairs of the same group
	Between float64 // mean over pairs of different groups
	// P is the probability of so large a difference Between − Within, or a larger
	// one, when the runs are dealt to groups of the same sizes by chance.
	P float64
}

// regroupings is how many random groupings CompareGroups looks at, besides the
// true one: P is known to ± 0.002 near 0.05.
const regroupings = 9999

// CompareGroups asks whether runs of different groups differ more than runs of the
// same one: the rows of measure are those of a symmetric matrix, measure[i][j] for
// j < i the difference of runs i and j (what stands at j ≥ i is not read), group[i]
// the group of run i. Pairs share runs and are not independent, so that the
// standard error of their mean says nothing; the test deals whole runs to groups
// instead (a permutation test, as in Mielke, Berry and Johnson, Communications in
// Statistics A 5, 1409, 1976). The smallest P is one over the number of different
// groupings, and never below 1e-4. It fails unless there are two groups or more,
// one of which has two runs.
//
//	c2st := [][]float64{nil, {0.55}, {0.9, 0.8}, {0.85, 0.95, 0.6}}
//	fmt.Println(must(study.CompareGroups(c2st, []int{0, 0, 1, 1}, 1)))
func CompareGroups(measure [][]float64, group []int, seed uint64) (*Groups, error) {
	if len(measure) != len(group) {
		return nil, fmt.Errorf("study: differences of %d runs in groups of %d; want as many", len(measure), len(group))
	}
	for i, row := range measure {
		if len(row) < i {
			return nil, fmt.Errorf("study: run %d has its differences to %d runs; want those to all %d before it", i, len(row), i)
		}
	}
	g := &Groups{}
	var within, between int
	g.Within, g.Between, within, between = means(measure, group)
	if within == 0 || between == 0 {
		return nil, fmt.Errorf("study: %d pairs of runs of one group and %d of different ones; want two groups or more, one of them with two runs", within, between)
	}
	rng := rand.New(rand.NewPCG(seed, 0x9409))
	dealt := append([]int(nil), group...)
	asLarge := 1 // the true grouping
	for range regroupings {
		rng.Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
		w, b, _, _ := means(measure, dealt)
		if b-w >= g.Between-g.Within-1e-12 { // equal groupings are summed in another order
			asLarge++
		}
	}
	g.P = float64(asLarge) / (regroupings + 1)
	return g, nil
}

// means gives the mean measure of pairs within groups and between them.
func means(measure [][]float64, group []int) (within, between float64, withins, betweens int) {
	for i, row := range measure {
		for j, m := range row[:i] {
			if group[i] == group[j] {
				within += m
				withins++
			} else {
				between += m
				betweens++
			}
		}
	}
	return within / float64(max(withins, 1)), between / float64(max(betweens, 1)), withins, betweens
}

// String says both means and how probable their difference is by chance.
func (g *Groups) String() string {
	return fmt.Sprintf("within groups %.2f, between groups %.2f, p = %.2g", g.Within, g.Between, g.P)
}
