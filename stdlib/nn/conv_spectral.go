package nn

import (
	"math"

	"hillock/internal/gemm"
)

// A convolution with long kernels and many channels is a product of spectra: the
// sequence is cut into tiles that overlap by the kernel's length less one, the tiles
// are transformed (discrete Fourier transform), at each frequency a matrix of kernels
// takes the channels of the input to those of the output, and what is transformed back
// are the outputs of a tile (overlap-save; a transform of a few tens of points is
// itself a small product). Gradients are the same steps backwards, so that they are
// those of what was computed.
//
// Spectra of real sequences of an even size T have T/2+1 frequencies, of which the
// first and the last are real: together they make pair 0. Pairs hold (tile, real parts
// of the channels, imaginary parts of the channels).

// spectralPlan is how a convolution is done by spectra.
type spectralPlan struct {
	size  int // of the transform, even
	step  int // outputs of a tile
	tiles int // of a sequence
}

func (p spectralPlan) pairs() int { return p.size / 2 }

// reach is how long the sequences are that the tiles read.
func (p spectralPlan) reach() int { return (p.tiles-1)*p.step + p.size }

// spectralGroup is how many samples are done at a time, at most: their spectra should
// stay in a cache.
const spectralGroup = 16

// groups is the number of groups of a batch, as even as they can be.
func (c *convolution) groups() int { return (c.batch + spectralGroup - 1) / spectralGroup }

// planSpectral finds the size of the transform with the fewest multiplications, or
// none where the convolution itself takes hardly more.
func planSpectral(c *convolution) (best spectralPlan, worth bool) {
	if c.stride != 1 || c.dilation != 1 || c.batch < 8 {
		return best, false
	}
	least := c.result * c.kernel * c.in * c.out * 4 / 5
	for size := (c.kernel + 4) / 2 * 2; size <= 64; size += 2 {
		step := size - c.kernel + 1
		p := spectralPlan{size: size, step: step, tiles: (c.result + step - 1) / step}
		// Products with few rows, as the transforms are, take twice as long.
		cost := p.tiles * (2*size*size*c.in + (2*size-2)*c.in*c.out + 2*size*step*c.out)
		if cost < least {
			best, least, worth = p, cost, true
		}
	}
	return best, worth
}

// spectralConvolution is what a convolution by spectra keeps between steps.
type spectralConvolution struct {
	spectralPlan
	kernel, in, out int // that the coefficients are for

	into    []float32 // (size, size): points to real and imaginary parts in turn
	back    []float32 // (step, size): those to outputs
	kernels []float32 // (size, kernel): taps to the parts of the conjugated spectrum
	slots   [2][3][]float32

	turned           []float32    // weights as (kernel, in, out) or (kernel, out, in)
	weights          [2][]float32 // of forward and back
	x, y             []float32    // spectra of a group
	slope            []float32    // of the weights' spectrum, (size, in, out)
	scratch          []float32    // of each goroutine
	each             int          // elements of scratch of a goroutine
	rows             spectralRows
	first, samples   int  // of the group
	again            bool // the weights' gradient has had a group before
	ofInput, ofTaps  bool // the gradients that are wanted
	adds             bool // the input's gradient is added to
	gradient, biases []float32
}

// spectralRows are the offsets of the rows of the products' second operands.
type spectralRows struct{ points, outputs, x, y, forward, back, dy, slope, taps []int }

func offsetsOf(rows []int, n int, at func(r int) int) []int {
	rows = rows[:0]
	for r := range n {
		rows = append(rows, at(r)*gemm.Offset)
	}
	return rows
}

// prepare makes coefficients for a plan, once for each kind of convolution.
func (s *spectralConvolution) prepare(p spectralPlan, c *convolution, workers int) {
	if s.spectralPlan != p || s.kernel != c.kernel || s.in != c.in || s.out != c.out {
		s.spectralPlan, s.kernel, s.in, s.out = p, c.kernel, c.in, c.out
		s.coefficients()
	}
	s.each = max(p.reach()*c.in+c.in*c.length, p.tiles*p.step*c.out, 4*c.in*c.out)
	s.scratch = grow(s.scratch, workers*s.each)
}

func (s *spectralConvolution) coefficients() {
	size, pairs := s.size, s.pairs()
	wave := func(f, at int) (re, im float64) {
		im, re = math.Sincos(2 * math.Pi * float64(f*at%size) / float64(size))
		return re, im
	}
	s.into = grow(s.into, size*size)
	s.back = grow(s.back, s.step*size)
	for j := range size {
		for f := range pairs {
			re, im := wave(f, j)
			if f == 0 {
				re, im = 1, float64(2*(j%2)-1) // the highest frequency; minus its own wave
			}
			s.into[2*f*size+j], s.into[(2*f+1)*size+j] = float32(re), float32(-im)
			if j >= s.step {
				continue
			}
			scale := 2 / float64(size)
			if f == 0 {
				scale /= 2
			}
			s.back[j*size+2*f], s.back[j*size+2*f+1] = float32(scale*re), float32(-scale*im)
		}
	}
	s.kernels = grow(s.kernels, size*s.kernel)
	for way := range s.slots {
		for slot := range s.slots[way] {
			s.slots[way][slot] = grow(s.slots[way][slot], pairs*s.kernel)
		}
	}
	for f := range pairs {
		for k := range s.kernel {
			re, im := wave(f, k)
			outer, last := im, -im // of the way back; forward they change places
			if f == 0 {
				re, im = 1, float64(1-2*(k%2))
			}
			s.kernels[2*f*s.kernel+k], s.kernels[(2*f+1)*s.kernel+k] = float32(re), float32(im)
			for way, slots := range s.slots {
				values := [3]float64{outer, re, last}
				if way == 0 {
					values[0], values[2] = last, outer
				}
				if f == 0 {
					values = [3]float64{re, im, 0}
				}
				for slot, v := range values {
					slots[slot][f*s.kernel+k] = float32(v)
				}
			}
		}
	}
	in, out := s.in, s.out
	r := &s.rows
	r.points = offsetsOf(r.points, size, func(j int) int { return j * in })
	r.outputs = offsetsOf(r.outputs, s.step, func(l int) int { return l * out })
	r.forward = offsetsOf(r.forward, 2*in, func(i int) int { return i%in*3*out + (1-i/in)*out })
	r.back = offsetsOf(r.back, 2*out, func(o int) int { return o%out*3*in + (1-o/out)*in })
	r.taps = offsetsOf(r.taps, s.kernel, func(k int) int { return k * in * out })
	r.slope = offsetsOf(r.slope, size, func(r int) int { return r * in * out })
}

// group begins a group of samples.
func (s *spectralConvolution) group(c *convolution, g int) {
	s.first = g * c.batch / c.groups()
	s.samples = (g+1)*c.batch/c.groups() - s.first
	cols := s.cols()
	s.x = grow(s.x, s.pairs()*cols*2*s.in)
	s.y = grow(s.y, s.pairs()*cols*2*s.out)
	r := &s.rows
	r.x = offsetsOf(r.x, s.size, func(r int) int { return r/2*cols*2*s.in + r%2*s.in })
	r.y = offsetsOf(r.y, s.size, func(r int) int { return r/2*cols*2*s.out + r%2*s.out })
	r.dy = offsetsOf(r.dy, cols, func(col int) int { return col * 2 * s.out })
}

// cols is the number of tiles of a group.
func (s *spectralConvolution) cols() int { return s.samples * s.tiles }

// spectralForward computes n.out.
func (t *Tape) spectralForward(n *node, work int) {
	c, s := n.conv, n.spectral
	t.spectralWeights(n, 0)
	for g := range c.groups() {
		s.group(c, g)
		t.team.run(t, n, s.samples, work, spectraOfInput)
		t.team.run(t, n, s.pairs(), work, func(t *Tape, n *node, _, f int) {
			s := n.spectral
			x, y, w := s.x[f*s.cols()*2*s.in:], s.y[f*s.cols()*2*s.out:], s.weights[0][f*s.in*3*s.out:]
			t.spectralProduct(y, x, w, s.rows.forward, s.cols(), s.out, s.in, f == 0)
		})
		t.team.run(t, n, s.samples, work, outputsOfSpectra)
	}
}

// spectralProduct takes the tiles' channels to others, at one pair of frequencies.
func (t *Tape) spectralProduct(to, from, w []float32, rows []int, cols, wide, deep int, real bool) {
	c, a := gemm.RowMajor(to, 2*wide), gemm.RowMajor(from, 2*deep)
	if !real {
		t.kernel.Strips(c, a, w, rows, cols, 2*wide, 2*deep, false)
		return
	}
	for half := range 2 {
		c.Data, a.Data = to[half*wide:], from[half*deep:]
		t.kernel.Strips(c, a, w[half*wide:], rows[deep:], cols, wide, deep, false)
	}
}

// spectralWeights computes the kernels' spectra, for a product as it is needed forward
// (0) or back (1): for each pair and channel three rows, of which two neighbours are
// what real and imaginary parts are multiplied with.
func (t *Tape) spectralWeights(n *node, way int) {
	c, s := n.conv, n.spectral
	s.turned = grow(s.turned, c.taps()*c.out)
	s.weights[way] = grow(s.weights[way], s.pairs()*3*c.in*c.out)
	n.i[2] = way
	channels := c.in
	if way == 1 {
		channels = c.out
	}
	t.team.run(t, n, channels, s.size*c.taps()*c.out, func(t *Tape, n *node, _, channel int) {
		c, s, way := n.conv, n.spectral, n.i[2]
		w, wide, src, row := n.in[1].Data, c.out, channel*c.kernel, c.in*c.kernel
		if way == 1 {
			wide, src, row = c.in, channel*c.in*c.kernel, c.kernel
		}
		turned := s.turned[channel*wide:]
		t.kernel.Turn(turned, c.in*c.out, w[src:], row, wide, c.kernel)
		for slot, coefficients := range s.slots[way] {
			t.kernel.Strips(gemm.Operand{Data: s.weights[way][(channel*3+slot)*wide:], Row: 3 * c.in * c.out, Col: 1},
				gemm.RowMajor(coefficients, c.kernel), turned, s.rows.taps, s.pairs(), wide, c.kernel, false)
		}
	})
}

// spectraOfInput transforms the tiles of one sample of a group.
func spectraOfInput(t *Tape, n *node, worker, sample int) {
	c, s := n.conv, n.spectral
	b := s.first + sample
	points := s.scratch[worker*s.each:][:s.reach()*c.in]
	// As (point, channel), with zeros before and after.
	clear(points[:c.before*c.in])
	clear(points[(c.before+c.length)*c.in:])
	t.kernel.Transpose(points[c.before*c.in:], n.in[0].Data[b*c.in*c.length:], c.in, c.length)
	row := s.cols() * 2 * c.in
	for tile := range s.tiles {
		to := s.x[(sample*s.tiles+tile)*2*c.in:]
		for half := range 2 {
			t.kernel.Strips(gemm.Operand{Data: to[half*c.in:], Row: row, Col: 1}, gemm.Operand{Data: s.into[half*s.size:], Row: 2 * s.size, Col: 1},
				points[tile*s.step*c.in:], s.rows.points, s.pairs(), c.in, s.size, false)
		}
	}
}

// outputsOfSpectra transforms the tiles of one sample of a group back, and ends as
// every convolution does.
func outputsOfSpectra(t *Tape, n *node, worker, sample int) {
	c, s := n.conv, n.spectral
	outputs := s.scratch[worker*s.each:][:s.tiles*s.step*c.out]
	for tile := range s.tiles {
		t.kernel.Strips(gemm.RowMajor(outputs[tile*s.step*c.out:], c.out), gemm.RowMajor(s.back, s.size),
			s.y[(sample*s.tiles+tile)*2*c.out:], s.rows.y, s.step, c.out, s.size, false)
	}
	y := n.out.Data[(s.first+sample)*c.out*c.result:][:c.out*c.result]
	t.kernel.Transpose(y, outputs, c.result, c.out)
	t.shift(n, y, worker)
}
