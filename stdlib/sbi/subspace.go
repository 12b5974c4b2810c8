package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// ActiveSubspaceOptions are the options of ActiveSubspace. The zero value takes
// the gradient of log p and scales parameters by the prior's deviations.
type ActiveSubspaceOptions struct {
	Samples int // of the posterior; 0 means 1,000
	// OfDensity takes the gradient of p itself, as equation 7 of the thesis writes
	// it, instead of log p: what lies near the mode counts more. Eigenvalues are
	// then relative to the square of the largest density among the samples.
	OfDensity bool
	// Unscaled leaves the gradient in the parameters' own units.
	Unscaled bool
	Seed     uint64
}

// Subspace is how strongly a posterior changes along directions of the parameters.
type Subspace struct {
	Names []string
	// Values are the eigenvalues of the mean outer product of gradients, the largest
	// first: the mean squared derivative along the direction.
	Values []float64
	// Vectors are the directions, of length 1, each turned towards the mean gradient.
	Vectors [][]float64
	// Of and Scaled say what the gradient was taken of, and whether parameters are in
	// units of the prior's deviations.
	Of     string
	Scaled bool
	// Projections are the coordinates of the posterior's samples along the directions,
	// as Project gives them.
	Projections [][]float64
}

// seedOf is the seed of a posterior's draws; 0 where it has none of its own.
func seedOf(d Distribution) uint64 {
	switch d := d.(type) {
	case *Posterior:
		return d.seed
	case *Ensemble:
		return d.seed
	}
	return 0
}

// ActiveSubspace finds the directions of the parameters along which the posterior
// changes most (stiff) and least (sloppy), from the gradients at samples of it
// (Constantine, Dow and Wang 2014, https://arxiv.org/abs/1304.2070; Deistler,
// Macke and Gonçalves 2022, https://doi.org/10.1073/pnas.2207632119). Unlike the
// Python toolbox, which takes the gradient of a mean over the samples, eigenvalues
// don't depend on the number of samples: theirs are smaller by its square. It fails
// for fewer than one sample, where the posterior can't be sampled or its gradient is
// not finite, and when its prior gives names or deviations of fewer parameters than
// it has.
func ActiveSubspace(ctx context.Context, p Differentiable, o ActiveSubspaceOptions) (*Subspace, error) {
	if p == nil || p.Prior() == nil {
		return nil, errNoPosterior
	}
	if o.Samples == 0 {
		o.Samples = 1000
	}
	if o.Samples < 1 {
		return nil, fmt.Errorf("sbi: active subspace of %d samples", o.Samples)
	}
	prior := p.Prior()
	dim, scale := prior.Dim(), prior.Std()
	if names := p.Names(); len(names) != dim || len(scale) != dim {
		return nil, fmt.Errorf("sbi: active subspace: the prior of %d parameters gives %d names and %d deviations; want as many of both", dim, len(names), len(scale))
	}
	s, err := p.SampleSeed(ctx, o.Samples, o.Seed^seedOf(p)^0xac7)
	if err != nil {
		return nil, err
	}
	gradients, err := p.Gradient(ctx, s.Values)
	if err != nil {
		return nil, err
	}
	logs, err := p.LogProb(ctx, s.Values)
	if err != nil {
		return nil, err
	}
	top := math.Inf(-1)
	for _, l := range logs {
		top = math.Max(top, l)
	}
	mean := make([]float64, dim)
	outer := mat.NewSymDense(dim, nil)
	for i, g := range gradients {
		weight := 1.0
		if o.OfDensity {
			weight = math.Exp(logs[i] - top)
		}
		for d := range g {
			g[d] *= weight
			if !o.Unscaled {
				g[d] *= scale[d]
			}
			mean[d] += g[d] / float64(len(gradients))
		}
		outer.SymRankOne(outer, 1/float64(len(gradients)), mat.NewVecDense(dim, g))
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(outer, true) {
		return nil, errors.New("sbi: active subspace: the gradients are not finite")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	r := &Subspace{Names: p.Names(), Of: "log p", Scaled: !o.Unscaled}
	if o.OfDensity {
		r.Of = "p"
	}
	for k := dim - 1; k >= 0; k-- {
		v := mat.Col(nil, k, &vectors)
		along := 0.0
		for d := range v {
			along += v[d] * mean[d]
		}
		if along < 0 {
			for d := range v {
				v[d] = -v[d]
			}
		}
		r.Values, r.Vectors = append(r.Values, values[k]), append(r.Vectors, v)
	}
	r.Projections = r.Project(s.Values, prior)
	return r, nil
}

// Project gives the coordinates of parameter vectors along the directions, in the
// units that the subspace was found in; NaN where a vector or the prior is not of as many
// parameters as the directions.
func (s *Subspace) Project(thetas [][]float64, prior Prior) [][]float64 {
	var mean, std []float64
	if prior != nil {
		mean, std = prior.Mean(), prior.Std()
	}
	out := make([][]float64, len(thetas))
	for i, theta := range thetas {
		out[i] = make([]float64, len(s.Vectors))
		for k, v := range s.Vectors {
			if len(theta) != len(v) || len(mean) != len(v) || len(std) != len(v) {
				out[i][k] = math.NaN()
				continue
			}
			for d := range v {
				x := theta[d] - mean[d]
				if s.Scaled {
					x /= std[d]
				}
				out[i][k] += v[d] * x
			}
		}
	}
	return out
}

// String gives eigenvalues and directions as a table.
func (s *Subspace) String() string {
	var b strings.Builder
	units := "in the parameters' units"
	if s.Scaled {
		units = "in units of the prior's deviations"
	}
	fmt.Fprintf(&b, "directions of the gradient of %s, %s\n%-12s", s.Of, units, "eigenvalue")
	for _, name := range s.Names {
		fmt.Fprintf(&b, " %8s", name)
	}
	for k, v := range s.Vectors {
		fmt.Fprintf(&b, "\n%-12.4g", s.Values[k])
		for _, x := range v {
			fmt.Fprintf(&b, " %8.3f", x)
		}
	}
	return b.String()
}
