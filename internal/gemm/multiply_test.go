package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"hillock/internal/simd"
)

func random(rng *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

// reference multiplies in float64.
func reference(a, b Operand, m, n, k int) (c, size []float64) {
	c, size = make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			for s := range k {
				p := float64(a.Data[i*a.Row+s*a.Col]) * float64(b.Data[s*b.Row+j*b.Col])
				c[i*n+j] += p
				size[i*n+j] += math.Abs(p)
			}
		}
	}
	return c, size
}

func TestMultiplyEqualsFloat64WithinRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	shapes := [][3]int{{1, 1, 1}, {2, 3, 0}, {5, 33, 7}, {12, 32, 256}, {13, 31, 257}, {50, 50, 50}, {97, 100, 300}, {200, 1030, 20}, {3, 2, 1000}, {64, 17, 65}}
	// Larger in each direction than what is packed at a time, with a small budget.
	large := [][3]int{{15, 70, 600}, {15, 600, 260}, {135, 70, 265}}
	for range 10 {
		shapes = append(shapes, [3]int{1 + rng.IntN(70), 1 + rng.IntN(90), 1 + rng.IntN(300)})
	}
	for i, shape := range append(shapes, large...) {
		m, n, k := shape[0], shape[1], shape[2]
		for variant := range 8 {
			budget := 0
			if i >= len(shapes) {
				budget = 1 << 12
			}
			a, b := RowMajor(random(rng, m*k), k), RowMajor(random(rng, k*n), n)
			if variant&1 != 0 {
				a = RowMajor(random(rng, m*k), m).T()
			}
			if variant&2 != 0 {
				b = RowMajor(random(rng, k*n), k).T()
			}
			add := variant&4 != 0
			stride := n + 3
			start := random(rng, m*stride)
			want, size := reference(a, b, m, n, k)
			for _, level := range simd.Levels() {
				got := append([]float32(nil), start...)
				w := NewWorkspace(level)
				w.budget = budget
				w.Multiply(RowMajor(got, stride), a, b, m, n, k, add, 2)
				for i := range m {
					for j := range stride {
						at, old := got[i*stride+j], start[i*stride+j]
						if j >= n {
							if at != old {
								t.Fatalf("%v %v variant %d: wrote past column %d of row %d", level, shape, variant, n, i)
							}
							continue
						}
						w, bound := want[i*n+j], (size[i*n+j]+1)*float64(k+2)*0x1p-24
						if add {
							w += float64(old)
							bound += math.Abs(float64(old)) * 0x1p-22
						}
						if math.Abs(float64(at)-w) > bound {
							t.Fatalf("%v %v variant %d: C[%d,%d] = %g, want %g within %g", level, shape, variant, i, j, at, w, bound)
						}
					}
				}
			}
		}
	}
}

func TestMultiplyGivesTheSameBytesAtAnyNumberOfGoroutines(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	m, n, k := 61, 1111, 260
	a, b := RowMajor(random(rng, m*k), k), RowMajor(random(rng, k*n), k).T()
	for _, level := range simd.Levels() {
		var first []float32
		for _, goroutines := range []int{1, 2, 3, 7} {
			w := NewWorkspace(level)
			c := make([]float32, m*n)
			w.Multiply(RowMajor(c, n), a, b, m, n, k, false, goroutines)
			if first == nil {
				first = c
			}
			for i := range c {
				if c[i] != first[i] {
					t.Fatalf("%v with %d goroutines: element %d is %g, with 1 it is %g", level, goroutines, i, c[i], first[i])
				}
			}
		}
	}
}

func TestMultiplyAllocatesNothingInTheSteadyState(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	m, n, k := 100, 200, 300
	for variant := range 4 {
		a, b, c := RowMajor(random(rng, m*k), k), RowMajor(random(rng, k*n), n), RowMajor(make([]float32, m*n), n)
		if variant&1 != 0 {
			a = RowMajor(a.Data, m).T()
		}
		if variant&2 != 0 {
			b = RowMajor(b.Data, k).T()
		}
		for _, goroutines := range []int{1, 2} {
			var w Workspace
			if got := testing.AllocsPerRun(10, func() { w.Multiply(c, a, b, m, n, k, false, goroutines) }); got != 0 {
				t.Errorf("variant %d on %d goroutines: a product allocates %v times, want 0", variant, goroutines, got)
			}
		}
	}
}

func BenchmarkMultiply(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, level := range simd.Levels() {
		for _, shape := range [][3]int{{512, 512, 512}, {1024, 1024, 1024}, {200, 50, 50}, {2000, 50, 50}} {
			for _, goroutines := range []int{1, 2} {
				m, n, k := shape[0], shape[1], shape[2]
				b.Run(fmt.Sprintf("%v/%dx%dx%d/%d", level, m, n, k, goroutines), func(b *testing.B) {
					w := NewWorkspace(level)
					x, y, z := RowMajor(random(rng, m*k), k), RowMajor(random(rng, k*n), n), RowMajor(make([]float32, m*n), n)
					for b.Loop() {
						w.Multiply(z, x, y, m, n, k, false, goroutines)
					}
					b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
