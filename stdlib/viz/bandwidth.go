package viz

import (
	"math"

	"gonum.org/v1/plot/plotter"
)

// outline gives the density of values within limits: what is counted in small parts,
// smoothed by a normal kernel that is reflected at the ends. The kernel is as wide as
// the values ask for, but spans some parts of at least that width.
func outline(values []float64, limits span, least float64) plotter.XYs {
	const fewest, most = 256, 4096 // parts
	s := spanOf(values, limits)
	n := most
	if parts := math.Ceil(4 * (s.high - s.low) / least); parts < most {
		n = max(fewest, int(parts))
	}
	share := make([]float64, n)
	within := 0.0
	for _, v := range values {
		if k := s.part(v, n); k >= 0 {
			share[k]++
			within++
		}
	}
	for k := range share {
		share[k] /= math.Max(within, 1)
	}
	width := (s.high - s.low) / float64(n)
	deviation := math.Max(1.4*least, bandwidth(share, within)*(s.high-s.low))
	density := convolved(share, deviation/width)
	line := plotter.XYs{{X: s.low, Y: 0}}
	for k, x := range s.places(n) {
		line = append(line, plotter.XY{X: x, Y: density[k] * within / (float64(len(values)) * width)})
	}
	return append(line, plotter.XY{X: s.high, Y: 0})
}

// convolved smooths by a normal kernel of a deviation in parts, reflected at both
// ends.
func convolved(x []float64, deviation float64) []float64 {
	reach := int(math.Ceil(4 * deviation))
	kernel, sum := make([]float64, reach+1), 0.0
	for k := range kernel {
		kernel[k] = math.Exp(-float64(k*k) / (2 * deviation * deviation))
		if sum += kernel[k]; k > 0 {
			sum += kernel[k]
		}
	}
	at := func(k int) float64 {
		for k < 0 || k >= len(x) {
			if k < 0 {
				k = -1 - k
			} else {
				k = 2*len(x) - 1 - k
			}
		}
		return x[k]
	}
	out := make([]float64, len(x))
	for k := range x {
		value := kernel[0] * x[k]
		for d := 1; d <= reach; d++ {
			value += kernel[d] * (at(k-d) + at(k+d))
		}
		out[k] = value / sum
	}
	return out
}

// bandwidth gives the deviation of the kernel for a density of which the shares in
// equal parts are known, as a share of the whole: the plug-in rule of Botev, Grotowski
// and Kroese 2010 (https://doi.org/10.1214/10-AOS799), which takes no normal
// distribution for granted and so keeps several narrow peaks apart. 0 when it finds
// none, as with few draws.
func bandwidth(share []float64, draws float64) float64 {
	const waves, stages, widest = 300, 7, 0.1
	squares := make([]float64, waves) // of the cosine coefficients, from the first
	for j, p := range share {
		if p == 0 {
			continue
		}
		// cos kφ by the recurrence cos (k+1)φ = 2 cos φ cos kφ − cos (k−1)φ.
		c := math.Cos(math.Pi * (float64(j) + 0.5) / float64(len(share)))
		before, now := 1.0, c
		for k := range squares {
			squares[k] += p * now
			before, now = now, 2*c*now-before
		}
	}
	for k := range squares {
		squares[k] *= squares[k]
	}
	// The squared norm of the s-th derivative after diffusion for a time t.
	norm := func(s int, t float64) float64 {
		sum := 0.0
		for k, a := range squares {
			i := float64((k + 1) * (k + 1))
			decay := math.Exp(-i * math.Pi * math.Pi * t)
			if decay < 1e-300 {
				break
			}
			sum += math.Pow(i, float64(s)) * a * decay
		}
		return 2 * math.Pow(math.Pi, 2*float64(s)) * sum
	}
	// surplus is t less the best time for the density that diffusion for t gives.
	surplus := func(t float64) float64 {
		f := norm(stages, t)
		for s := stages - 1; s >= 2; s-- {
			odd := 1.0
			for k := 1; k < 2*s; k += 2 {
				odd *= float64(k)
			}
			factor := (1 + math.Pow(0.5, float64(s)+0.5)) / 3
			time := math.Pow(2*factor*odd/math.Sqrt(2*math.Pi)/(draws*f), 2/(3+2*float64(s)))
			f = norm(s, time)
		}
		return t - math.Pow(2*draws*math.Sqrt(math.Pi)*f, -0.4)
	}
	low := 1e-7
	if draws < 50 || !(surplus(low) < 0) {
		return 0
	}
	for high := 2 * low; high <= widest; low, high = high, 2*high {
		if !(surplus(high) >= 0) {
			continue
		}
		for range 30 {
			if middle := math.Sqrt(low * high); surplus(middle) < 0 {
				low = middle
			} else {
				high = middle
			}
		}
		return math.Sqrt(low)
	}
	return 0
}
