package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"hillock/internal/simd"
)

func everyLevel(t *testing.T, check func(t *testing.T, k *Kernels)) {
	for _, l := range simd.Levels() {
		t.Run(l.String(), func(t *testing.T) { check(t, New(l)) })
	}
}

func normal(rng *rand.Rand, n int, scale float64) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(scale * rng.NormFloat64())
	}
	return s
}

// near says whether got is within a few roundings of want.
func near(got float32, want, roundings float64) bool {
	if math.IsNaN(want) || math.IsInf(float64(float32(want)), 0) {
		return math.IsNaN(float64(got)) == math.IsNaN(want) && (math.IsNaN(want) || got == float32(want))
	}
	return math.Abs(float64(got)-want) <= roundings*(math.Abs(want)*0x1p-24+0x1p-149)
}

var sizes = []int{0, 1, 7, 8, 15, 16, 17, 31, 50, 64, 127, 200, 1000}

func TestElementwiseKernelsEqualFloat64(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	kernels := []struct {
		name      string
		run       func(k *Kernels, dst, a, b []float32)
		want      func(a, b float64) float64
		roundings float64
		scale     float64
	}{
		{"Add", func(k *Kernels, d, a, b []float32) { k.Add(d, a, b) }, func(a, b float64) float64 { return a + b }, 1, 1},
		{"Mul", func(k *Kernels, d, a, b []float32) { k.Mul(d, a, b) }, func(a, b float64) float64 { return a * b }, 1, 1},
		{"Axpy", func(k *Kernels, d, a, b []float32) { k.Axpy(d, a, b, 0) }, func(a, _ float64) float64 { return a }, 1, 1},
		{"ScaleShift", func(k *Kernels, d, a, b []float32) { k.ScaleShift(d, a, 2, 0) }, func(a, _ float64) float64 { return 2 * a }, 1, 1},
		{"ShiftReLU", func(k *Kernels, d, a, b []float32) { k.ShiftReLU(d, a, 0.5) }, func(a, _ float64) float64 { return max(a+0.5, 0) }, 2, 1},
		{"ReLUGrad", func(k *Kernels, d, a, b []float32) { k.ReLUGrad(d, a, b) }, func(a, b float64) float64 {
			if a > 0 {
				return b
			}
			return 0
		}, 0, 1},
		{"Exp", func(k *Kernels, d, a, b []float32) { k.Exp(d, a) }, func(a, _ float64) float64 { return math.Exp(a) }, 4, 30},
		{"Sigmoid", func(k *Kernels, d, a, b []float32) { k.Sigmoid(d, a) }, func(a, _ float64) float64 { return sigmoid(a) }, 6, 10},
		{"Tanh", func(k *Kernels, d, a, b []float32) { k.Tanh(d, a) }, func(a, _ float64) float64 { return math.Tanh(a) }, 6, 2},
	}
	everyLevel(t, func(t *testing.T, k *Kernels) {
		rng := rand.New(rand.NewPCG(1, 1))
		for _, kernel := range kernels {
			for _, n := range sizes {
				a, b := normal(rng, n, kernel.scale), normal(rng, n, 1)
				dst := make([]float32, n)
				kernel.run(k, dst, a, b)
				for i := range dst {
					if want := kernel.want(float64(a[i]), float64(b[i])); !near(dst[i], want, kernel.roundings) {
						t.Fatalf("%s of %g, %g at %d of %d: got %g, want %g", kernel.name, a[i], b[i], i, n, dst[i], want)
					}
				}
			}
		}
	})
}

func TestFunctionsAtTheEndsOfTheirRange(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	in := []float32{0, float32(math.Copysign(0, -1)), 1e-30, -1e-30, 0.65, -0.65, 0.6499999, 20, -20, 88.7, 88.73, -87, -100, -103.9, -200, inf, -inf, nan}
	for len(in)%16 != 0 {
		in = append(in, 1)
	}
	everyLevel(t, func(t *testing.T, k *Kernels) {
		out := make([]float32, len(in))
		for _, f := range []struct {
			name      string
			run       func(dst, a []float32)
			want      func(float64) float64
			roundings float64
		}{
			{"Exp", k.Exp, math.Exp, 4},
			{"Sigmoid", k.Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 6},
			{"Tanh", k.Tanh, math.Tanh, 6},
		} {
			f.run(out, in)
			for i, x := range in {
				want := f.want(float64(x))
				if f.name == "Sigmoid" && x < -88 && out[i] >= 0 && out[i] < 1e-38 {
					continue // e^−x overflows float32 before its reciprocal underflows
				}
				if !near(out[i], want, f.roundings) || math.Signbit(float64(out[i])) != math.Signbit(want) && want == want {
					t.Errorf("%s(%g) = %g, want %g", f.name, x, out[i], want)
				}
			}
		}
		k.ShiftReLU(out, in, 1)
		if !math.IsNaN(float64(out[17])) {
			t.Errorf("ShiftReLU of NaN is %g", out[17])
		}
	})
}

func TestGradientsEqualFiniteDifferences(t *testing.T) {
	everyLevel(t, func(t *testing.T, k *Kernels) {
		rng := rand.New(rand.NewPCG(2, 2))
		n := 77
		x, dy := normal(rng, n, 1), normal(rng, n, 1)
		for _, f := range []struct {
			name string
			run  func(dst, a []float32)
			grad func(dst, y, dy []float32)
			of   func(float64) float64
		}{
			{"Tanh", k.Tanh, k.TanhGrad, math.Tanh},
			{"Sigmoid", k.Sigmoid, k.SigmoidGrad, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
		} {
			y, dx := make([]float32, n), make([]float32, n)
			f.run(y, x)
			f.grad(dx, y, dy)
			for i := range x {
				h := 1e-5
				want := float64(dy[i]) * (f.of(float64(x[i])+h) - f.of(float64(x[i])-h)) / (2 * h)
				if math.Abs(float64(dx[i])-want) > 1e-5 {
					t.Errorf("%sGrad at %g: got %g, want %g", f.name, x[i], dx[i], want)
				}
			}
		}
	})
}

func TestPairs(t *testing.T) {
	everyLevel(t, func(t *testing.T, k *Kernels) {
		rng := rand.New(rand.NewPCG(3, 3))
		for _, n := range sizes {
			a, b := normal(rng, 2*n, 1), normal(rng, n, 1)
			for i := 0; i < n; i += 3 {
				a[2*i+1] = a[2*i]
			}
			top, sum, grad, twice := make([]float32, n), make([]float32, n), make([]float32, 2*n), make([]float32, 2*n)
			k.MaxPairs(top, a)
			k.AddPairs(sum, a)
			k.MaxPairsGrad(grad, a, b)
			k.RepeatPairs(twice, b)
			for i := range n {
				x, y := a[2*i], a[2*i+1]
				first, second := b[i], float32(0)
				if y > x {
					first, second = 0, b[i]
				}
				if top[i] != max(x, y) || sum[i] != x+y || grad[2*i] != first || grad[2*i+1] != second || twice[2*i] != b[i] || twice[2*i+1] != b[i] {
					t.Fatalf("pair %d of %d: (%g, %g): max %g, sum %g, gradient (%g, %g) of %g, repeated (%g, %g)", i, n, x, y, top[i], sum[i], grad[2*i], grad[2*i+1], b[i], twice[2*i], twice[2*i+1])
				}
			}
		}
	})
}

func TestReductionsAndCombine(t *testing.T) {
	everyLevel(t, func(t *testing.T, k *Kernels) {
		rng := rand.New(rand.NewPCG(4, 4))
		for _, n := range sizes {
			a, b := normal(rng, n, 1), normal(rng, n, 1)
			var sum, dot, squares, size float64
			for i := range a {
				x, y := float64(a[i]), float64(b[i])
				sum, dot, squares = sum+x, dot+x*y, squares+(x-0.5)*(x-0.5)
				size += math.Abs(x) + math.Abs(x*y) + (x-0.5)*(x-0.5)
			}
			bound := (size + 1) * 0x1p-22
			if got := k.Sum(a); math.Abs(got-sum) > bound {
				t.Errorf("Sum of %d: %g, want %g", n, got, sum)
			}
			if got := k.Dot(a, b); math.Abs(got-dot) > bound {
				t.Errorf("Dot of %d: %g, want %g", n, got, dot)
			}
			if got := k.Squares(a, 0.5); math.Abs(got-squares) > bound {
				t.Errorf("Squares of %d: %g, want %g", n, got, squares)
			}
			dst, moved, line := make([]float32, n), make([]float32, n), make([]float32, n)
			k.Combine(dst, a, b, 2, -3, 0.5)
			k.Axpy(moved, a, b, -3)
			k.ScaleShift(line, a, 2, 0.5)
			for i := range dst {
				x, y := float64(a[i]), float64(b[i])
				bound := (2*math.Abs(x) + 3*math.Abs(y) + 0.5) * 0x1p-22
				if math.Abs(float64(dst[i])-(2*x-3*y+0.5)) > bound || math.Abs(float64(moved[i])-(x-3*y)) > bound || math.Abs(float64(line[i])-(2*x+0.5)) > bound {
					t.Fatalf("combinations of %g, %g: %g, %g, %g", x, y, dst[i], moved[i], line[i])
				}
			}
		}
	})
}

func TestAdamEqualsItsDefinition(t *testing.T) {
	everyLevel(t, func(t *testing.T, k *Kernels) {
		rng := rand.New(rand.NewPCG(5, 5))
		n := 53
		w := normal(rng, n, 1)
		u, v := make([]float32, n), make([]float32, n)
		w64, u64, v64 := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range w {
			w64[i] = float64(w[i])
		}
		for step := 1; step <= 20; step++ {
			g := normal(rng, n, 1)
			k.Adam(w, g, u, v, AdamStep{
				Rate: float32(1e-2 / (1 - math.Pow(0.9, float64(step)))), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8,
				Correction: float32(1 / math.Sqrt(1-math.Pow(0.999, float64(step)))), Decay: 1 - 1e-2*0.1,
			})
			for i := range w64 {
				gi := float64(g[i])
				u64[i] = 0.9*u64[i] + 0.1*gi
				v64[i] = 0.999*v64[i] + 0.001*gi*gi
				mean, square := u64[i]/(1-math.Pow(0.9, float64(step))), v64[i]/(1-math.Pow(0.999, float64(step)))
				w64[i] -= 1e-2 * 0.1 * w64[i]
				w64[i] -= 1e-2 * mean / (math.Sqrt(square) + 1e-8)
			}
		}
		for i := range w {
			if math.Abs(float64(w[i])-w64[i]) > 1e-5 {
				t.Errorf("weight %d is %g, want %g", i, w[i], w64[i])
			}
		}
	})
}

// A weight that only decays, and moments without gradients, come to zero in the
// end, not to the subnormal numbers that processors are slow with.
func TestAdamLeavesNothingSubnormal(t *testing.T) {
	everyLevel(t, func(t *testing.T, k *Kernels) {
		n := 53
		w, g, u, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range w {
			w[i], u[i], v[i] = 1, 1, 1
			if i%2 == 1 {
				w[i], u[i] = -1, -1
			}
		}
		for step := range 3000 {
			k.Adam(w, g, u, v, AdamStep{Beta1: 0.9, Beta2: 0.9, Epsilon: 1e-8, Correction: 1, Decay: 0.9})
			for _, values := range [][]float32{w, u, v} {
				for i, x := range values {
					if x != 0 && math.Abs(float64(x)) < 0x1p-126 {
						t.Fatalf("step %d: value %d is %g, which is subnormal", step, i, x)
					}
					if x != 0 && (x > 0) != (i%2 == 0) && &values[0] != &v[0] {
						t.Fatalf("step %d: value %d is %g, with the wrong sign", step, i, x)
					}
				}
			}
		}
		for i := range w {
			if w[i] != 0 || u[i] != 0 || v[i] != 0 {
				t.Errorf("weight %d is %g with moments %g and %g after 3000 steps; want zeros", i, w[i], u[i], v[i])
			}
		}
	})
}

func BenchmarkKernels(b *testing.B) {
	rng := rand.New(rand.NewPCG(6, 6))
	n := 4096
	x, y, z := normal(rng, n, 1), normal(rng, n, 1), make([]float32, 2*n)
	for _, l := range simd.Levels() {
		k := New(l)
		for _, f := range []struct {
			name string
			run  func()
		}{
			{"ShiftReLU", func() { k.ShiftReLU(z[:n], x, 0.1) }},
			{"Exp", func() { k.Exp(z[:n], x) }},
			{"Tanh", func() { k.Tanh(z[:n], x) }},
			{"Sigmoid", func() { k.Sigmoid(z[:n], x) }},
			{"Sum", func() { k.Sum(x) }},
			{"MaxPairsGrad", func() { k.MaxPairsGrad(z[:n], x, y[:n/2]) }},
		} {
			b.Run(l.String()+"/"+f.name, func(b *testing.B) {
				for b.Loop() {
					f.run()
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*n), "ns/element")
			})
		}
	}
}
