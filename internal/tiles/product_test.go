package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"hillock/internal/fresh"
	"hillock/internal/gemm"
	"hillock/internal/simd"
)

func TestGeneratedKernelsAreFresh(t *testing.T) { fresh.Assembly(t, "halves_amd64", "tiles") }

func normal(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64() * math.Exp(3*rng.NormFloat64()))
	}
	return x
}

// TestProducts compares with products in double precision, for operands split by
// rows and by columns.
func TestProducts(t *testing.T) {
	if !simd.Tiles() {
		return // there is nothing to compare on this machine
	}
	kernel := gemm.NewKernel(simd.Best())
	for _, c := range []struct{ m, n, k, depth int }{{16, 16, 32, 32}, {16, 48, 64, 32}, {48, 16, 32, 16}, {64, 96, 128, 32}, {32, 32, 48, 16}} {
		for _, columns := range []bool{false, true} {
			a, b := normal(c.m*c.k, 1), normal(c.k*c.n, 2)
			var left, right, scratch Halves
			left.Split(a)
			if columns { // b as its transposed
				turned := make([]float32, len(b))
				for i := range c.k {
					for j := range c.n {
						turned[j*c.k+i] = b[i*c.n+j]
					}
				}
				right.SplitColumns(kernel, turned, c.n, c.k, &scratch)
			} else {
				right.SplitRows(b, c.n)
			}
			l, r := Left{Halves: &left, Row: c.k}, Right{Halves: &right, Pairs: c.n}
			for s := 0; s < c.k; s += c.depth {
				l.From, r.From = append(l.From, s), append(r.From, s/2*c.n)
			}
			var w Worker
			const gap = 5
			got := make([]float32, c.m*(c.n+gap))
			for i := range got {
				got[i] = 7
			}
			for _, add := range []bool{false, true} {
				w.Multiply(got, c.n+gap, l, r, c.m, c.n, c.depth, add)
				times := 1.0
				if add {
					times = 2
				}
				for i := range c.m {
					for j := range c.n + gap {
						want, size := 7.0, 0.0
						if j < c.n {
							want = 0
							for k := range c.k {
								term := float64(a[i*c.k+k]) * float64(b[k*c.n+j])
								want += term
								size += math.Abs(term)
							}
							want, size = times*want, times*size
						}
						if off := math.Abs(float64(got[i*(c.n+gap)+j]) - want); off > 3*size/(1<<16) {
							t.Fatalf("%+v, by columns %v: element %d, %d is %g, want %g", c, columns, i, j, got[i*(c.n+gap)+j], want)
						}
					}
				}
			}
		}
	}
}

// TestHalves puts numbers together again.
func TestHalves(t *testing.T) {
	if !simd.Tiles() {
		return // there is nothing to compare on this machine
	}
	for _, n := range []int{16, 17, 100} {
		x := normal(n, 3)
		var h Halves
		h.Split(x)
		for i, v := range x {
			high := math.Float32frombits(uint32(h.data[i]) << 16)
			low := math.Float32frombits(uint32(h.data[n+i]) << 16)
			if off := math.Abs(float64(high) + float64(low) - float64(v)); off > math.Abs(float64(v))/(1<<16) {
				t.Fatalf("%g became %g and %g", v, high, low)
			}
		}
	}
}

func BenchmarkProduct(b *testing.B) {
	if !simd.Tiles() {
		return
	}
	for _, c := range []struct{ m, n, k int }{{128, 128, 832}, {64, 64, 1664}, {64, 256, 176}} {
		b.Run(fmt.Sprint(c), func(b *testing.B) {
			x, y := normal(c.m*c.k, 1), normal(c.k*c.n, 2)
			out := make([]float32, c.m*c.n)
			gflops := func(b *testing.B) {
				b.ReportMetric(2*float64(c.m*c.n*c.k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			}
			b.Run("tiles", func(b *testing.B) {
				var left, right Halves
				left.Split(x)
				right.SplitRows(y, c.n)
				l, r := Left{Halves: &left, Row: c.k}, Right{Halves: &right, Pairs: c.n}
				depth := Step
				if c.k%Step > 0 {
					depth = Step / 2
				}
				for s := 0; s < c.k; s += depth {
					l.From, r.From = append(l.From, s), append(r.From, s/2*c.n)
				}
				var w Worker
				for b.Loop() {
					w.Multiply(out, c.n, l, r, c.m, c.n, depth, false)
				}
				gflops(b)
			})
			b.Run("split", func(b *testing.B) {
				var h Halves
				for b.Loop() {
					h.SplitRows(y, c.n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/element")
			})
			b.Run("vectors", func(b *testing.B) {
				kernel := gemm.NewKernel(simd.Best())
				var rows []int
				for i := range c.k {
					rows = append(rows, i*c.n*gemm.Offset)
				}
				for b.Loop() {
					kernel.Strips(gemm.RowMajor(out, c.n), gemm.RowMajor(x, c.k), y, rows, c.m, c.n, c.k, false)
				}
				gflops(b)
			})
		})
	}
}
