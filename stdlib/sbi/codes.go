package sbi

import (
	"math"
	"math/rand/v2"
	"slices"
)

// fewCodes is the number of codes from which on they are left as they are: flows don't
// see the gaps between so many. A spline flow trained on 3,000 simulations, of a
// simulator that tells every code from the next, had posteriors no narrower than two
// of 256 codes, with and without gaps, and eight of 1,023.
const fewCodes = 256

// spreadCodes gives parameters that a continuous density can be right about: to each
// of a CodeUniform prior of few codes it adds a number between −½ and ½, since
// estimators would put all density on the whole numbers themselves. What rounds
// propose lies between them already and stays. The draws for vector i come from the
// seed and i alone. It gives thetas itself where the prior has no such parameters.
func spreadCodes(p Prior, thetas [][]float64, seed uint64) [][]float64 {
	few := ofFewCodes(p)
	if !slices.Contains(few, true) {
		return thetas
	}
	spread := make([][]float64, len(thetas))
	for i, theta := range thetas {
		rng := rand.New(rand.NewPCG(seed^0xc0de, uint64(i)))
		spread[i] = slices.Clone(theta)
		for d, v := range theta {
			if few[d] && v == math.Round(v) {
				spread[i][d] += rng.Float64() - 0.5
			}
		}
	}
	return spread
}

// ofFewCodes says which parameters spreadCodes spreads.
func ofFewCodes(p Prior) []bool {
	few := make([]bool, p.Dim())
	for i, m := range marginalsOf(p) {
		c, ok := m.(codes)
		few[i] = ok && c.upper-c.lower+1 < fewCodes
	}
	return few
}

// likeDraws gives a truth that was spread as a whole code again where all draws of
// its posterior are whole: a posterior of one's own may give codes, and ranks among
// them need the code itself.
func likeDraws(p Prior, truth []float64, draws [][]float64) []float64 {
	for d, few := range ofFewCodes(p) {
		if few && !slices.ContainsFunc(draws, func(theta []float64) bool { return theta[d] != math.Round(theta[d]) }) {
			truth = slices.Clone(truth)
			truth[d] = math.Round(truth[d])
		}
	}
	return truth
}
