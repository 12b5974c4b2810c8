package simdspline

import (
	"math"

	"hillock/internal/simd"
	"hillock/internal/simdspline/layout"
)

// find looks up the pieces that the arguments lie in, or with byHeight the values.
func (b *Block) find(i int, s Spline, byHeight bool) {
	e := func(plane int) float64 { return float64(b.exponentials[plane*Elements+i]) }
	widths, heights := 0.0, 0.0
	for j := range s.Bins {
		widths += e(j)
		heights += e(s.Bins + j)
	}
	b.perWidths[i], b.perHeights[i] = s.scale()/widths, s.scale()/heights
	x, y, before := -float64(Bound), -float64(Bound), float64(layout.EdgeValue)
	for j := range s.Bins {
		width := float64(e(j)*b.perWidths[i]) + layout.LeastSizeValue
		height := float64(e(s.Bins+j)*b.perHeights[i]) + layout.LeastSizeValue
		after := e(2*s.Bins + j)
		at := x
		if byHeight {
			at = y
		}
		if at > b.u[i] {
			break
		}
		b.x[i], b.y[i], b.width[i], b.height[i] = x, y, width, height
		b.e0[i], b.e1[i], b.bin[i] = before, after, float64(j)
		x, y, before = x+width, y+height, after
	}
	b.e0[i], b.e1[i] = min(b.e0[i], math.MaxFloat32), min(b.e1[i], math.MaxFloat32)
	b.d0[i] = simd.Log(b.e0[i]+1) + layout.LeastSlopeValue
	b.d1[i] = simd.Log(b.e1[i]+1) + layout.LeastSlopeValue
}

// shape is what value, slope and gradients at a place within a piece are made of.
type shape struct {
	perWidth, xi, rest, theta float64 // where it is
	s, bend, den, per, rise   float64
	num                       float64
}

func (b *Block) shape(i int) shape {
	d0, d1 := b.d0[i], b.d1[i]
	var p shape
	p.perWidth = 1 / b.width[i]
	p.xi = float64((b.u[i] - b.x[i]) * p.perWidth)
	p.rest = 1 - p.xi
	p.theta = float64(p.xi * p.rest)
	p.s = float64(b.height[i] * p.perWidth)
	p.bend = (d0 + d1) - (p.s + p.s)
	p.den = math.FMA(p.bend, p.theta, p.s)
	p.per = 1 / p.den
	square := float64(p.xi * p.xi)
	p.rise = math.FMA(p.s, square, float64(d0*p.theta))
	p.num = math.FMA(d1, square, math.FMA(p.s+p.s, p.theta, float64(d0*float64(p.rest*p.rest))))
	return p
}

// forward is the value and the logarithm of the slope.
func forward(b *Block, s Spline) {
	for i := range b.n {
		b.find(i, s, false)
		p := b.shape(i)
		b.z[i] = math.FMA(b.height[i], float64(p.rise*p.per), b.y[i])
		t := float64(p.s * p.per)
		b.logSlope[i] = simd.Log(float64(t*t) * p.num)
	}
}

// inverse solves the quadratic equation for the place within the piece.
func inverse(b *Block, s Spline) {
	for i := range b.n {
		b.find(i, s, true)
		h, d0 := b.height[i], b.d0[i]
		slope, up := h/b.width[i], b.u[i]-b.y[i]
		bend := float64(up * ((d0 + b.d1[i]) - (slope + slope)))
		a := math.FMA(h, slope-d0, bend)
		minusB := bend - float64(h*d0)
		c := float64(slope * up) // less than 0 in the formula
		root := math.Sqrt(max(math.FMA(minusB, minusB, float64((4*a)*c)), 0))
		b.z[i] = math.FMA(b.width[i], (c+c)/(root-minusB), b.x[i])
	}
}

// backward writes the gradients of arguments, and to grads those of parameters,
// Elements of each.
func backward(b *Block, s Spline, grads []float32) {
	perScale, perCalm := 1/s.scale(), 1/float64(s.Calm)
	for i := range b.n {
		p := b.shape(i)
		d0, d1, gz, gl := b.d0[i], b.d1[i], b.gradZ[i], b.gradLog[i]
		square := float64(p.xi * p.xi)
		lean := 1 - (p.xi + p.xi)                // of theta by xi
		byDen := float64(-2 * float64(gl*p.per)) // gradient of den
		ratio := float64(p.rise * p.per)
		height := float64(gz * float64(b.height[i]*p.per)) // of rise
		byDen = byDen - float64(height*ratio)
		byNum := gl / p.num
		twice := float64(byNum * 2)
		byTheta := math.FMA(height, d0, math.FMA(byDen, p.bend, float64(twice*p.s)))
		gs := math.FMA(height, square, math.FMA(twice, p.theta, float64((gl+gl)/p.s)))
		gs = math.FMA(byDen, 1-(p.theta+p.theta), gs)
		gxi := float64(height * float64((p.s+p.s)*p.xi))
		gxi = math.FMA(twice, float64(d1*p.xi)-float64(d0*p.rest), gxi)
		gxi = math.FMA(byTheta, lean, gxi)
		b.gradU[i] = float64(gxi * p.perWidth)
		x := -b.gradU[i]
		width := float64(-math.FMA(gxi, p.xi, float64(gs*p.s)) * p.perWidth)
		high := math.FMA(gs, p.perWidth, float64(gz*ratio))
		byBend := float64(byDen * p.theta)
		g0 := math.FMA(height, p.theta, math.FMA(byNum, float64(p.rest*p.rest), byBend))
		g1 := math.FMA(byNum, square, byBend)
		g0 = float64(g0 * (b.e0[i] / (b.e0[i] + 1)))
		g1 = float64(g1 * (b.e1[i] / (b.e1[i] + 1)))

		bin := b.bin[i]
		least := float64(bin * layout.LeastSizeValue)
		mean := math.FMA(x, float64((b.x[i]+Bound-least)*perScale), float64(width*float64((b.width[i]-layout.LeastSizeValue)*perScale)))
		per := float64(b.perWidths[i] * perCalm)
		w := [3]float64{float64((x - mean) * per), float64((width - mean) * per), float64(-mean * per)}
		mean = math.FMA(gz, float64((b.y[i]+Bound-least)*perScale), float64(high*float64((b.height[i]-layout.LeastSizeValue)*perScale)))
		per = float64(b.perHeights[i] * perCalm)
		h := [3]float64{float64((gz - mean) * per), float64((high - mean) * per), float64(-mean * per)}
		for j := range s.Bins {
			which := 0 // the bins before the piece move it
			if bin == float64(j) {
				which = 1
			} else if bin <= float64(j) {
				which = 2
			}
			grads[j*Elements+i] = float32(float64(b.exponentials[j*Elements+i]) * w[which])
			at := (s.Bins+j)*Elements + i
			grads[at] = float32(float64(b.exponentials[at]) * h[which])
		}
		for j := range s.Bins - 1 {
			g := 0.0
			if bin == float64(j) {
				g = g1
			} else if bin == float64(j+1) {
				g = g0
			}
			grads[(2*s.Bins+j)*Elements+i] = float32(g)
		}
	}
}
