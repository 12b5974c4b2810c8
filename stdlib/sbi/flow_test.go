package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hillock/stdlib/nn"
)

// families are the density estimators that every test of this file must hold
// for; a new family joins by its line here.
var families = map[string]Density{
	"MAF":              MAF{},
	"MDN":              MDN{Components: 3},
	"NSF":              NSF{Transforms: 3},
	"NSF by dimension": NSF{Autoregressive: true},
	"coupling flow":    CouplingFlow{Transforms: 3, Hidden: 30},
	"coupling spline":  CouplingFlow{Transforms: 2, Hidden: 30, Spline: true},
}

func tensor(t testing.TB, data []float32, shape ...int) *nn.Tensor {
	t.Helper()
	x, err := nn.FromSlice(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func normals(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// shaken builds a flow with weights far from their start, so that no part of it
// is near the identity.
func shaken(t *testing.T, d Density, dim, context int) flow {
	t.Helper()
	return shakenBy(t, d, dim, context, 0.1)
}

// shakenBy builds a flow with weights as far from their start as said.
func shakenBy(t *testing.T, d Density, dim, context int, by float32) flow {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, uint64(dim)))
	f, err := d.build(dim, context, rng)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Parameters() {
		if !p.Buffer {
			for i := range p.Tensor.Data {
				p.Tensor.Data[i] += by * float32(rng.NormFloat64())
			}
		}
	}
	return f
}

// allDims are the numbers of dimensions that quick tests go through, someDims those
// of slow ones.
var allDims, someDims = []int{1, 2, 3, 4, 5}, []int{1, 2, 5}

func forEveryFlow(t *testing.T, dims []int, check func(t *testing.T, d Density, dim int)) {
	for name, d := range families {
		for _, dim := range dims {
			t.Run(fmt.Sprintf("%s/%d", name, dim), func(t *testing.T) { check(t, d, dim) })
		}
	}
}

func TestGradientReachesEveryParameter(t *testing.T) {
	forEveryFlow(t, allDims, func(t *testing.T, d Density, dim int) {
		f := shaken(t, d, dim, 3)
		rng := rand.New(rand.NewPCG(2, 2))
		tape := nn.NewTape(nn.TapeOptions{})
		loss := tape.Mean(f.logProb(tape, tensor(t, normals(rng, 60*dim), 60, dim), tensor(t, normals(rng, 90), 30, 3)))
		if err := tape.Backward(loss); err != nil {
			t.Fatal(err)
		}
		for _, p := range f.Parameters() {
			if p.Buffer || dim == 1 && strings.HasSuffix(p.Name, "layer0.weight") {
				continue // a single dimension sees no other: its input is masked
			}
			some := false
			for _, g := range p.Tensor.Grad {
				some = some || g != 0
			}
			if !some {
				t.Errorf("no gradient reaches %s", p.Name)
			}
		}
	})
}

// TestShapes: a density has a value a row, with a context a row or for several, and
// what does not fit is an error.
func TestShapes(t *testing.T) {
	const rows = 6
	forEveryFlow(t, allDims, func(t *testing.T, d Density, dim int) {
		f := shaken(t, d, dim, 3)
		rng := rand.New(rand.NewPCG(4, 4))
		u, context := normals(rng, rows*(dim+1)), normals(rng, 3*rows)
		for _, contexts := range []int{1, 2, rows} {
			tape := nn.NewTape(nn.TapeOptions{Inference: true})
			logQ := f.logProb(tape, tensor(t, u[:rows*dim], rows, dim), tensor(t, context[:3*contexts], contexts, 3))
			if err := tape.Err(); err != nil || logQ.Rank() != 1 || logQ.Dim(0) != rows {
				t.Fatalf("%d rows with %d contexts have the densities %v: %v", rows, contexts, logQ, err)
			}
			for r, v := range logQ.Data { // row r goes with context r mod contexts
				alone := f.logProb(tape, tensor(t, u[r*dim:][:dim], 1, dim), tensor(t, context[r%contexts*3:][:3], 1, 3))
				if w := alone.Data[0]; math.Abs(float64(v-w)) > 1e-4*(1+math.Abs(float64(w))) {
					t.Errorf("row %d of %d contexts has the log-density %g, alone %g", r, contexts, v, w)
				}
			}
		}
		for _, wrong := range [][4]int{{rows, dim + 1, rows, 3}, {rows, dim, 4, 3}, {rows, dim, rows, 2}} {
			tape := nn.NewTape(nn.TapeOptions{Inference: true})
			f.logProb(tape, tensor(t, u[:wrong[0]*wrong[1]], wrong[0], wrong[1]), tensor(t, context[:wrong[2]*wrong[3]], wrong[2], wrong[3]))
			if tape.Err() == nil {
				t.Errorf("(%d, %d) is taken with contexts of (%d, %d)", wrong[0], wrong[1], wrong[2], wrong[3])
			}
		}
	})
}

// TestSavedFlowsAreTheSame: a posterior that was saved has the same density and draws
// the same bytes.
func TestSavedFlowsAreTheSame(t *testing.T) {
	forEveryFlow(t, allDims, func(t *testing.T, d Density, dim int) {
		prior := BoxUniform(filled(dim, -1), filled(dim, 1))
		thetas := Draw(prior, 20, 1)
		w := newWarp(BoxProbit, prior, thetas)
		p := &Posterior{prior: prior, kind: d, warp: w, flow: shaken(t, d, dim, 2), context: []float32{0.5, 1}, observation: []float64{1, 2}, seed: 1}
		path := filepath.Join(t.TempDir(), "posterior")
		if err := p.Save(path); err != nil {
			t.Fatal(err)
		}
		back, err := LoadPosterior(path)
		if err != nil {
			t.Fatal(err)
		}
		of := func(p *Posterior) (logs []float64, draws *Samples) {
			logs, err := p.LogProb(t.Context(), thetas)
			if err == nil {
				draws, err = p.Sample(t.Context(), 20)
			}
			if err != nil {
				t.Fatal(err)
			}
			return logs, draws
		}
		wantLogs, want := of(p)
		gotLogs, got := of(back)
		if !reflect.DeepEqual(gotLogs, wantLogs) || !reflect.DeepEqual(got, want) {
			t.Error("the posterior that was read has another density or draws other samples")
		}
	})
}

func TestFlowsInvert(t *testing.T) {
	forEveryFlow(t, allDims, func(t *testing.T, d Density, dim int) {
		f, ok := shaken(t, d, dim, 3).(*chain)
		if !ok {
			return // a mixture has no noise to go back from
		}
		rng := rand.New(rand.NewPCG(3, 3))
		u, context := normals(rng, 40*dim), normals(rng, 3)
		tape := nn.NewTape(nn.TapeOptions{Inference: true})
		z := tensor(t, append([]float32(nil), u...), 40, dim)
		c := tensor(t, context, 1, 3)
		for _, tr := range f.transforms {
			z, _ = tr.forward(tape, z, c)
		}
		if err := tape.Err(); err != nil {
			t.Fatal(err)
		}
		back := make([]float32, len(u)) // a row a dimension
		for i, v := range z.Data {
			back[i%dim*40+i/dim] = v
		}
		for i := len(f.transforms) - 1; i >= 0; i-- {
			f.transforms[i].inverter().invert(back, 40, context)
		}
		for i := range u {
			if got := back[i%dim*40+i/dim]; math.Abs(float64(got-u[i])) > 1e-4*(1+math.Abs(float64(u[i]))) {
				t.Fatalf("element %d comes back as %g, want %g", i, got, u[i])
			}
		}
	})
}

func TestDensitiesIntegrateToOne(t *testing.T) {
	for name, d := range families {
		for _, dim := range []int{1, 2} {
			f := shaken(t, d, dim, 2)
			integral := 0.0
			tape := nn.NewTape(nn.TapeOptions{Inference: true, Goroutines: 1})
			context := tensor(t, []float32{0.3, -0.7}, 1, 2)
			// Points at sinh of even steps: close where densities are sharp, and wide.
			n, half := 281, 4.5
			if dim == 1 {
				n = 4001
			}
			step := 2 * half / float64(n-1)
			var u []float32
			var weights []float64
			flush := func() {
				tape.Reset()
				for i, v := range f.logProb(tape, tensor(t, u, len(u)/dim, dim), context).Data {
					integral += weights[i] * math.Exp(float64(v))
				}
				u, weights = u[:0], weights[:0]
			}
			for i := range n {
				x := -half + step*float64(i)
				if dim == 1 {
					u, weights = append(u, float32(math.Sinh(x))), append(weights, step*math.Cosh(x))
					continue
				}
				for j := range n {
					y := -half + step*float64(j)
					u, weights = append(u, float32(math.Sinh(x)), float32(math.Sinh(y))), append(weights, step*step*math.Cosh(x)*math.Cosh(y))
				}
				flush()
			}
			if dim == 1 {
				flush()
			}
			if math.Abs(integral-1) > 2e-2 {
				t.Errorf("%s in %d dimensions integrates to %g", name, dim, integral)
			}
		}
	}
}

// Samples follow the density; those with wider noise do with the weights that the
// squared lengths of their noise give.
func TestSamplesFollowTheDensity(t *testing.T) {
	forEveryFlow(t, someDims, func(t *testing.T, d Density, dim int) {
		f := shaken(t, d, dim, 2)
		context := []float32{0.5, 1}
		const n = 20000 // with 5,000 the weights' own noise is 0.1 and more
		mean, std := make([]float64, dim), make([]float64, dim)
		for _, factor := range []float64{1, 1.3} {
			u, squares := make([]float32, n*dim), make([]float32, n)
			f.sampler().sample(u, context, rand.New(rand.NewPCG(5, 5)), float32(factor), squares)
			// The importance weights of a normal distribution fitted to the samples
			// average to 1 exactly when samples and density agree.
			if factor == 1 {
				for i, v := range u {
					mean[i%dim] += float64(v) / n
				}
				for i, v := range u {
					std[i%dim] += (float64(v) - mean[i%dim]) * (float64(v) - mean[i%dim]) / n
				}
			}
			tape := nn.NewTape(nn.TapeOptions{Inference: true})
			logQ := f.logProb(tape, tensor(t, u, n, dim), tensor(t, context, 1, 2))
			sum := 0.0
			for r, lq := range logQ.Data {
				lp := float64(dim)*math.Log(factor) - (1-1/(factor*factor))/2*float64(squares[r])
				for i := range dim {
					s := math.Sqrt(std[i]) / 2 // narrower, so that weights are bounded
					z := (float64(u[r*dim+i]) - mean[i]) / s
					lp += -z*z/2 - math.Log(s*math.Sqrt(2*math.Pi))
				}
				sum += math.Exp(lp-float64(lq)) / n
			}
			if math.Abs(sum-1) > 0.15 {
				t.Errorf("mean importance weight %g with noise times %g, want 1", sum, factor)
			}
		}
	})
}

// TestGradientsMatchDifferences compares derivatives of the density, with respect
// to each tensor of weights and to the parameters, with those taken numerically:
// along the gradient, along a random direction, and by the element that matters
// most.
func TestGradientsMatchDifferences(t *testing.T) {
	const rows = 64
	forEveryFlow(t, someDims, func(t *testing.T, d Density, dim int) {
		// A spline's density has a bend at every knot: few rows may pass one.
		by, h := float32(0.1), 4e-3
		if strings.Contains(t.Name(), "NSF") || strings.Contains(t.Name(), "spline") {
			by, h = 0.02, 2.5e-4
		}
		noise := 1.5e-5 / h // of differences of sums in single precision
		f := shakenBy(t, d, dim, 2, by)
		rng := rand.New(rand.NewPCG(6, 6))
		u, context := tensor(t, normals(rng, rows*dim), rows, dim), tensor(t, normals(rng, 2*rows), rows, 2)
		u.WantGradient()
		tape := nn.NewTape(nn.TapeOptions{Goroutines: 1})
		value := func() float64 {
			tape.Reset()
			sum := 0.0
			for _, v := range f.logProb(tape, u, context).Data {
				sum += float64(v)
			}
			return sum
		}
		tape.Reset()
		if err := tape.Backward(tape.Sum(f.logProb(tape, u, context))); err != nil {
			t.Fatal(err)
		}
		for _, p := range append(f.Parameters(), nn.Parameter{Name: "u", Tensor: u}) {
			if p.Buffer {
				continue
			}
			x := p.Tensor
			grad := append([]float32(nil), x.Grad...)
			along, random, single := make([]float64, len(grad)), make([]float64, len(grad)), make([]float64, len(grad))
			top := 0
			for i, g := range grad {
				along[i], random[i] = float64(g), rng.NormFloat64()
				if math.Abs(float64(g)) > math.Abs(float64(grad[top])) {
					top = i
				}
			}
			single[top] = 1
			old := append([]float32(nil), x.Data...)
			for direction, v := range map[string][]float64{"along the gradient": along, "in a random direction": random, "by the steepest element": single} {
				norm, want, size := 0.0, 0.0, 0.0
				for i, c := range v {
					norm += c * c
					want += c * float64(grad[i])
					size += float64(grad[i]) * float64(grad[i])
				}
				if size == 0 {
					continue // a masked layer of one dimension
				}
				norm = math.Sqrt(norm)
				move := func(step float64) float64 {
					for i, c := range v {
						x.Data[i] = old[i] + float32(step*c/norm)
					}
					return value()
				}
				got := (move(h) - move(-h)) / (2 * h)
				copy(x.Data, old)
				want /= norm
				if math.Abs(got-want) > 0.01*(math.Abs(want)+math.Sqrt(size))+noise {
					t.Errorf("derivative by %s %s is %g, numerically %g", p.Name, direction, want, got)
				}
			}
		}
	})
}
