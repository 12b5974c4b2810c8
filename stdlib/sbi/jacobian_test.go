package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"hillock/stdlib/nn"
)

// logDeterminants gives log |det ∂z/∂u| of each row by the tape's gradients: rows
// don't depend on each other, so the gradient of a column's sum is a row of every
// row's Jacobian.
func logDeterminants(t *testing.T, u []float32, dim int, forward func(tape *nn.Tape, u *nn.Tensor) *nn.Tensor) []float64 {
	t.Helper()
	rows := len(u) / dim
	jacobians := make([]*mat.Dense, rows)
	for r := range jacobians {
		jacobians[r] = mat.NewDense(dim, dim, nil)
	}
	for i := range dim {
		tape := nn.NewTape(nn.TapeOptions{Goroutines: 1})
		x := tensor(t, append([]float32(nil), u...), rows, dim)
		x.WantGradient()
		z := forward(tape, x)
		if err := tape.Backward(tape.Sum(tape.Slice(z, i, i+1))); err != nil {
			t.Fatal(err)
		}
		for k, g := range x.Grad {
			jacobians[k/dim].Set(i, k%dim, float64(g))
		}
	}
	out := make([]float64, rows)
	for r, j := range jacobians {
		out[r], _ = mat.LogDet(j)
	}
	return out
}

// TestLogDeterminantsAreThoseOfTheJacobian, of every transform and of whole flows,
// whose density is then the noise's times the determinant.
func TestLogDeterminantsAreThoseOfTheJacobian(t *testing.T) {
	const rows = 50
	forEveryFlow(t, allDims, func(t *testing.T, d Density, dim int) {
		f, ok := shaken(t, d, dim, 3).(*chain)
		if !ok {
			return // a mixture has no transforms; TestMixtureIsThatOfItsComponents
		}
		rng := rand.New(rand.NewPCG(7, 7))
		u := normals(rng, rows*dim)
		context := tensor(t, normals(rng, 3), 1, 3)
		compare := func(what string, got, want []float64) {
			for r := range want {
				if !(math.Abs(got[r]-want[r]) <= 1e-4*(1+math.Abs(want[r]))) {
					t.Fatalf("%s, row %d: the log-determinant is %g, that of the Jacobian %g", what, r, got[r], want[r])
				}
			}
		}
		x := u
		for i, tr := range f.transforms {
			tape := nn.NewTape(nn.TapeOptions{Inference: true})
			z, logDet := tr.forward(tape, tensor(t, x, rows, dim), context)
			if err := tape.Err(); err != nil {
				t.Fatal(err)
			}
			if z.Rank() != 2 || z.Dim(0) != rows || z.Dim(1) != dim || logDet != nil && (logDet.Rank() != 1 || logDet.Dim(0) != rows) {
				t.Fatalf("transform %d (%T) gives %v and %v of %d rows of %d", i, tr, z, logDet, rows, dim)
			}
			got := make([]float64, rows)
			if logDet != nil {
				for r, v := range logDet.Data {
					got[r] = float64(v)
				}
			}
			compare(fmt.Sprintf("transform %d (%T)", i, tr), got, logDeterminants(t, x, dim, func(tape *nn.Tape, u *nn.Tensor) *nn.Tensor {
				z, _ := tr.forward(tape, u, context)
				return z
			}))
			x = append([]float32(nil), z.Data...)
		}
		tape := nn.NewTape(nn.TapeOptions{Inference: true})
		logQ := f.logProb(tape, tensor(t, u, rows, dim), context)
		got := make([]float64, rows)
		for r, v := range logQ.Data {
			got[r] = float64(v) + float64(dim)*math.Log(2*math.Pi)/2
			for _, z := range x[r*dim:][:dim] {
				got[r] += float64(z) * float64(z) / 2
			}
		}
		compare("all transforms", got, logDeterminants(t, u, dim, func(tape *nn.Tape, u *nn.Tensor) *nn.Tensor {
			for _, tr := range f.transforms {
				u, _ = tr.forward(tape, u, context)
			}
			return u
		}))
	})
}

// TestMixtureIsThatOfItsComponents compares with gonum's normal distributions.
func TestMixtureIsThatOfItsComponents(t *testing.T) {
	const rows = 20
	for dim := 1; dim <= 5; dim++ {
		m := shaken(t, MDN{Components: 3}, dim, 3).(*mixture)
		rng := rand.New(rand.NewPCG(8, 8))
		u, context := normals(rng, rows*dim), tensor(t, normals(rng, 3), 1, 3)
		tape := nn.NewTape(nn.TapeOptions{Inference: true})
		got := m.logProb(tape, tensor(t, u, rows, dim), context).Data
		params := m.net.forward(tape, context, nil, context).Data
		want, total := make([]float64, rows), 0.0
		for k := range m.components {
			c := m.component(params[k*m.width():])
			a := mat.NewDense(dim, dim, nil)
			mean := make([]float64, dim)
			for i := range dim {
				mean[i] = float64(c.mean[i])
				a.Set(i, i, math.Exp(float64(c.logDiagonal[i])))
				for j := i + 1; j < dim; j++ {
					a.Set(i, j, float64(c.rest[c.place(i, j)]))
				}
			}
			var precision mat.Dense
			precision.Mul(a.T(), a)
			symmetric := mat.NewSymDense(dim, nil)
			for i := range dim {
				for j := range i + 1 {
					symmetric.SetSym(i, j, precision.At(i, j))
				}
			}
			normal, ok := distmv.NewNormalPrecision(mean, symmetric, nil)
			if !ok {
				t.Fatal("the covariance is not positive definite")
			}
			weight := math.Exp(float64(c.logit))
			total += weight
			for r := range want {
				at := make([]float64, dim)
				for i := range at {
					at[i] = float64(u[r*dim+i])
				}
				want[r] += weight * math.Exp(normal.LogProb(at))
			}
		}
		for r := range want {
			if w := math.Log(want[r] / total); !(math.Abs(float64(got[r])-w) <= 1e-4*(1+math.Abs(w))) {
				t.Errorf("%d dimensions, row %d: log-density %g, want %g", dim, r, got[r], w)
			}
		}
	}
}
