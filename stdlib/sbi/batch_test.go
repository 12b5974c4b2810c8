package sbi

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hillock/stdlib/nn"
)

// Loss and gradients of a batch are the same in pieces as in one, those of an
// embedding included, with atoms and without.
func TestPiecesOfABatchAddUp(t *testing.T) {
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	thetas := Draw(prior, 300, 1)
	rng := rand.New(rand.NewPCG(2, 2))
	xs := make([][]float64, len(thetas))
	for i, theta := range thetas {
		xs[i] = []float64{theta[0] + 0.3*rng.NormFloat64(), theta[1], theta[0] * theta[1]}
	}
	for name, o := range map[string]Options{
		"MAF":       {},
		"NSF":       {Density: NSF{Transforms: 2}},
		"embedding": {Embedding: nn.NewSequential(nn.NewLinear(3, 4, rng), nn.Tanh()), Retrain: true},
	} {
		for _, atomic := range []bool{false, true} {
			o.Seed, o.Quiet, o.Goroutines = 1, true, 1
			inf, err := NewSNPE(prior, o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := inf.Append(thetas, xs); err != nil {
				t.Fatal(err)
			}
			f, err := inf.newFit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f.atomic = atomic
			learn := func(rows int) (loss float64, gradients []float64) {
				f.pieceRows = rows
				loss, err := f.learn(rand.New(rand.NewPCG(3, 3)).Perm(len(thetas)), rand.New(rand.NewPCG(4, 4)))
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range f.learner() {
					for _, g := range p.Tensor.Grad {
						gradients = append(gradients, float64(g))
					}
				}
				return loss, gradients
			}
			wantLoss, want := learn(1 << 20)
			loss, gradients := learn(37)
			if math.Abs(loss-wantLoss) > 1e-5 {
				t.Errorf("%s, atoms %v: loss %g in pieces, %g in one", name, atomic, loss, wantLoss)
			}
			most := max(slices.Max(want), -slices.Min(want))
			if len(want) == 0 || !(most > 0.01) {
				t.Fatalf("%s: %d gradients of at most %g", name, len(want), most)
			}
			for i, g := range gradients {
				if math.Abs(g-want[i]) > 1e-5*most+1e-4*math.Abs(want[i]) {
					t.Fatalf("%s, atoms %v: gradient %d is %g in pieces, %g in one", name, atomic, i, g, want[i])
				}
			}
		}
	}
}
