package sbi

import (
	"math"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// averageEpochs is over how many of the last epochs weights are averaged.
const averageEpochs = 3

// averaged keeps a running mean of the weights that training passes through
// (Polyak and Juditsky 1992, https://doi.org/10.1137/0330046). It is what is
// validated and kept: the last step's noise is not in it, which brings posteriors
// nearer to the true ones at no cost.
type averaged struct {
	of    learner
	means [][]float32
	saved [][]float32 // the weights, while the means are in their place
	steps float64     // so far
	most  float64     // that count
	vec   *vec.Kernels
}

// newAveraged makes an average for a number of steps an epoch.
func newAveraged(of learner, steps int) *averaged {
	return &averaged{of: of, means: weightsOf(of), saved: weightsOf(of), most: 1 + averageEpochs*float64(steps), vec: vec.New(simd.Best())}
}

// step takes the weights in.
func (a *averaged) step() {
	a.steps++
	share := float32(1 / math.Min(a.steps, a.most))
	for i, p := range a.of {
		if p.Buffer {
			copy(a.means[i], p.Tensor.Data)
			continue
		}
		a.vec.Combine(a.means[i], a.means[i], p.Tensor.Data, 1-share, share, 0)
	}
}

// use puts the means in the weights' place.
func (a *averaged) use() {
	keep(a.of, a.saved)
	restore(a.of, a.means)
}

// back puts the weights back.
func (a *averaged) back() { restore(a.of, a.saved) }
