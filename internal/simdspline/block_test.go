package simdspline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hillock/internal/fresh"
	"hillock/internal/simd"
	"hillock/internal/simdspline/layout"
)

func TestGeneratedKernelsAreFresh(t *testing.T) {
	fresh.Assembly(t, "spline_amd64", "simdspline")
	fresh.Assembly(t, "spline_arm64", "simdspline")
}

// formula is a spline by the formulas of the paper, in double precision: the value
// and the logarithm of the slope.
func formula(s Spline, u float64, params []float64) (z, logSlope float64) {
	if !(u > -Bound && u < Bound) {
		return u, 0
	}
	sizes := func(params []float64) []float64 {
		top, sum := slices.Max(params), 0.0
		var shares []float64
		for _, p := range params {
			shares = append(shares, math.Exp((p-top)/float64(s.Calm)))
			sum += shares[len(shares)-1]
		}
		for i := range shares {
			shares[i] = 2*Bound*layout.LeastShareValue + s.scale()*shares[i]/sum
		}
		return shares
	}
	widths, heights := sizes(params[:s.Bins]), sizes(params[s.Bins:2*s.Bins])
	slope := func(knot int) float64 {
		if knot == 0 || knot == s.Bins {
			return 1
		}
		p := params[2*s.Bins+knot-1] + math.Log(math.Expm1(1-layout.LeastSlopeValue))
		return layout.LeastSlopeValue + max(p, 0) + math.Log1p(math.Exp(-math.Abs(p)))
	}
	x, y, k := -float64(Bound), -float64(Bound), 0
	for ; k < s.Bins-1 && u >= x+widths[k]; k++ {
		x, y = x+widths[k], y+heights[k]
	}
	xi := (u - x) / widths[k]
	steep, d0, d1 := heights[k]/widths[k], slope(k), slope(k+1)
	den := steep + (d1+d0-2*steep)*xi*(1-xi)
	z = y + heights[k]*(steep*xi*xi+d0*xi*(1-xi))/den
	return z, math.Log(steep * steep * (d1*xi*xi + 2*steep*xi*(1-xi) + d0*(1-xi)*(1-xi)) / (den * den))
}

// draw gives arguments, some of them outside, at the edges or no numbers, and
// parameters of a size.
func draw(s Spline, n int, size float64, rng *rand.Rand) (u, params []float32) {
	for i := range n {
		u = append(u, float32(3*rng.NormFloat64()))
		switch {
		case i%16 == 3:
			u[i] = math.Nextafter32(Bound, float32(8*rng.IntN(2)))
		case i%16 == 7:
			u[i] = -Bound
		case i%64 == 9:
			u[i] = float32(math.NaN())
		}
		shift := 0.0
		if i%8 == 5 {
			shift = -3 * size // no softmax changes by it
		}
		for range s.Params() {
			params = append(params, float32(size*rng.NormFloat64()+shift))
		}
	}
	return u, params
}

// TestValuesAreThoseOfTheFormula compares every level with the formula, also for
// parameters of which float32 has no exponentials, and finds the way back.
func TestValuesAreThoseOfTheFormula(t *testing.T) {
	for _, level := range simd.Levels() {
		for _, size := range []float64{0, 0.3, 3, 30, 1e3, 1e5} {
			for _, n := range []int{1, 9, Elements} {
				s := Spline{Bins: 10, Calm: 2}
				rng := rand.New(rand.NewPCG(1, uint64(n)))
				u, params := draw(s, n, size, rng)
				var b Block
				k := New(level, s)
				z, logSlope := make([]float32, n), make([]float64, n)
				k.Forward(&b, z, logSlope, u, params)
				back, planes := slices.Clone(z), make([]float32, len(params))
				for i := range n {
					wide := make([]float64, s.Params())
					for j, p := range params[i*s.Params():][:s.Params()] {
						wide[j] = float64(p)
						planes[j*n+i] = p
					}
					wantZ, wantSlope := formula(s, float64(u[i]), wide)
					if math.IsNaN(float64(u[i])) {
						if !math.IsNaN(float64(z[i])) {
							t.Fatalf("no number became %g", z[i])
						}
						continue
					}
					// Large parameters lose digits where they become exponentials of float32.
					bound := 2e-6 * (1 + size)
					if size > 3 {
						bound = 8
					}
					if !(math.Abs(float64(z[i])-wantZ) < bound) || !(math.Abs(logSlope[i]-wantSlope) < 50*bound) {
						t.Fatalf("%v, parameters of size %g: %g goes to %g with a slope of e^%g, by the formula to %g with e^%g", level, size, u[i], z[i], logSlope[i], wantZ, wantSlope)
					}
				}
				k.Inverse(&b, back, planes, n)
				for i := range n {
					// z was rounded; where the spline is flat, u is lost.
					if lost := 3e-7 * (1 + math.Exp(-logSlope[i])) * 10; math.Abs(float64(back[i]-u[i])) > lost && size <= 3 {
						t.Fatalf("%v, parameters of size %g: %g goes to %g and back to %g", level, size, u[i], z[i], back[i])
					}
				}
			}
		}
	}
}

// TestGradientsAreThoseOfTheFormula compares with differences of the formula.
func TestGradientsAreThoseOfTheFormula(t *testing.T) {
	for _, level := range simd.Levels() {
		for _, s := range []Spline{{10, 2}, {3, 1}, {1, 1}} {
			for _, n := range []int{5, Elements} {
				rng := rand.New(rand.NewPCG(2, uint64(n)))
				u, params := draw(s, n, 1, rng)
				gradZ, gradLog := make([]float32, n), make([]float32, n)
				for i := range n {
					gradZ[i], gradLog[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
				}
				var b Block
				k := New(level, s)
				gradU, gradParams := make([]float32, n), make([]float32, len(params))
				gradU[0], gradParams[0] = 10, 20 // what was there stays
				k.Forward(&b, make([]float32, n), make([]float64, n), u, params)
				k.Backward(&b, gradU, gradParams, gradZ, gradLog)
				gradU[0], gradParams[0] = gradU[0]-10, gradParams[0]-20
				for i := range n {
					if math.IsNaN(float64(u[i])) {
						continue
					}
					x, wide := float64(u[i]), make([]float64, s.Params())
					for j, p := range params[i*s.Params():][:s.Params()] {
						wide[j] = float64(p)
					}
					compare := func(at *float64, got float32, what string) {
						const h = 1e-5
						old := *at
						var values [2]float64
						for side, step := range []float64{h, -h} {
							*at = old + step
							z, l := formula(s, x, wide)
							values[side] = float64(gradZ[i])*z + float64(gradLog[i])*l
						}
						*at = old
						if want := (values[0] - values[1]) / (2 * h); math.Abs(float64(got)-want) > 1e-3*(1+math.Abs(want)) {
							t.Fatalf("%v, %v, element %d at %g: derivative by %s is %g, numerically %g", level, s, i, u[i], what, got, want)
						}
					}
					if math.Abs(math.Abs(x)-Bound) > 1e-4 { // the slope's derivative jumps at the ends
						compare(&x, gradU[i], "the argument")
					}
					for j := range wide {
						compare(&wide[j], gradParams[i*s.Params()+j], fmt.Sprint("parameter ", j))
					}
				}
			}
		}
	}
}

// TestLevelsAgree compares every level with the plain code, bit by bit. What
// differs are the exponentials, which are made the same here.
func TestLevelsAgree(t *testing.T) {
	s := Spline{Bins: 10, Calm: 7}
	u, params := draw(s, Elements, 2, rand.New(rand.NewPCG(4, 4)))
	gradZ, gradLog := make([]float32, Elements), make([]float32, Elements)
	for i := range gradZ {
		gradZ[i], gradLog[i] = float32(i%5)-2, float32(i%3)-1
	}
	type result struct {
		b     Block
		grads []float32
		back  [Elements]float64
	}
	run := func(level simd.Level) *result {
		var r result
		plain := New(simd.Plain, s)
		plain.Forward(&r.b, make([]float32, Elements), make([]float64, Elements), u, params)
		k := New(level, s)
		k.run(&r.b, k.forward, forward)
		given := r.b
		k.run(&r.b, k.inverse, inverse)
		r.back, r.b = r.b.z, given
		for i := range gradZ {
			r.b.gradZ[i], r.b.gradLog[i] = float64(gradZ[i]), float64(gradLog[i])
		}
		r.grads = make([]float32, s.Params()*Elements)
		given = r.b
		if k.backward == nil {
			backward(&r.b, s, r.grads)
		} else {
			k.backward(&r.b.u[0], &r.b.exponentials[0], &r.grads[0], s.Bins, Elements/k.lanes, 1/s.scale(), 1/float64(s.Calm))
		}
		given.gradU = r.b.gradU
		r.b = given
		return &r
	}
	want := run(simd.Plain)
	for _, level := range simd.Levels() {
		got := run(level)
		same := func(what string, got, want []float64) {
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%v: %s %d is %v, plain %v", level, what, i, got[i], want[i])
				}
			}
		}
		same("value", got.b.z[:], want.b.z[:])
		same("slope", got.b.logSlope[:], want.b.logSlope[:])
		same("inverse", got.back[:], want.back[:])
		same("gradient of argument", got.b.gradU[:], want.b.gradU[:])
		for i, g := range want.grads {
			if got.grads[i] != g {
				t.Fatalf("%v: gradient by parameter %d of element %d is %g, plain %g", level, i/Elements, i%Elements, got.grads[i], g)
			}
		}
	}
}

func BenchmarkSpline(b *testing.B) {
	s := Spline{Bins: 10, Calm: 7}
	u, params := draw(s, Elements, 1, rand.New(rand.NewPCG(4, 4)))
	z, logSlope, grads := make([]float32, Elements), make([]float64, Elements), make([]float32, len(params))
	gradZ := slices.Repeat([]float32{1}, Elements)
	for _, level := range simd.Levels() {
		b.Run(level.String(), func(b *testing.B) {
			k := New(level, s)
			var block Block
			for b.Loop() {
				k.Forward(&block, z, logSlope, u, params)
				k.Backward(&block, z, grads, gradZ, gradZ)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/Elements, "ns/element")
		})
	}
}
