package nn

import "hillock/internal/gemm"

// spectralBackward computes the gradients that are wanted.
func (t *Tape) spectralBackward(n *node, work int) {
	c, s := n.conv, n.spectral
	x, weight, bias := n.in[0], n.in[1], n.in[2]
	s.ofInput, s.ofTaps, s.again = x.needs, weight.needs, false
	if s.ofInput {
		t.spectralWeights(n, 1)
		_, s.adds = x.gradient()
	}
	if s.ofTaps {
		s.slope = grow(s.slope, s.size*c.in*c.out)
	}
	s.biases = grow(s.biases, c.batch*c.out)
	for g := range c.groups() {
		if c.groups() > 1 {
			s.group(c, g)
			if s.ofTaps {
				t.team.run(t, n, s.samples, work, spectraOfInput)
			}
		}
		t.team.run(t, n, s.samples, work, spectraOfSlopes)
		t.team.run(t, n, s.pairs(), work, slopesOfPair)
		if s.ofInput {
			t.team.run(t, n, s.samples, work, inputSlopes)
		}
		s.again = true
	}
	if bias != nil && bias.needs {
		sum := s.biases[:c.out]
		for b := 1; b < c.batch; b++ {
			t.vec[0].Add(sum, sum, s.biases[b*c.out:][:c.out])
		}
		t.accumulate(bias, sum)
	}
	if s.ofTaps {
		s.gradient = grow(s.gradient, c.taps()*c.out)
		if grad, add := weight.gradient(); !add {
			clear(grad)
		}
		t.team.run(t, n, c.in, s.size*c.taps()*c.out, tapSlopes)
	}
}

// spectraOfSlopes transforms the output's gradient of one sample of a group.
func spectraOfSlopes(t *Tape, n *node, worker, sample int) {
	c, s := n.conv, n.spectral
	b := s.first + sample
	dy := n.out.Grad[b*c.out*c.result:][:c.out*c.result]
	for o := range c.out {
		s.biases[b*c.out+o] = float32(t.vec[worker].Sum(dy[o*c.result:][:c.result]))
	}
	outputs := s.scratch[worker*s.each:][:s.tiles*s.step*c.out]
	t.kernel.Transpose(outputs, dy, c.out, c.result)
	clear(outputs[c.result*c.out:])
	row := s.cols() * 2 * c.out
	for tile := range s.tiles {
		to := s.y[(sample*s.tiles+tile)*2*c.out:]
		for half := range 2 {
			t.kernel.Strips(gemm.Operand{Data: to[half*c.out:], Row: row, Col: 1}, gemm.Operand{Data: s.back[half:], Row: 2, Col: s.size},
				outputs[tile*s.step*c.out:], s.rows.outputs, s.pairs(), c.out, s.step, false)
		}
	}
}

// slopesOfPair computes the slopes of the kernels' spectrum at a pair of frequencies,
// and then those of the input's spectrum, in its place.
func slopesOfPair(t *Tape, n *node, worker, f int) {
	c, s := n.conv, n.spectral
	cols := s.cols()
	x, dy := s.x[f*cols*2*c.in:][:cols*2*c.in], s.y[f*cols*2*c.out:][:cols*2*c.out]
	if s.ofTaps {
		// All products of real and imaginary parts, as (in, out).
		each := s.scratch[worker*s.each:][:4*c.in*c.out]
		t.kernel.Strips(gemm.RowMajor(each, 2*c.out), gemm.Operand{Data: x, Row: 1, Col: 2 * c.in}, dy, s.rows.dy, 2*c.in, 2*c.out, cols, false)
		re, im := s.slope[2*f*c.in*c.out:][:c.in*c.out], s.slope[(2*f+1)*c.in*c.out:][:c.in*c.out]
		for i := range c.in {
			upper, lower := each[i*2*c.out:][:2*c.out], each[(c.in+i)*2*c.out:][:2*c.out]
			toRe, toIm := re[i*c.out:][:c.out], im[i*c.out:][:c.out]
			if !s.again {
				clear(toRe)
				clear(toIm)
			}
			v := t.vec[worker]
			v.Add(toRe, toRe, upper[:c.out])
			if f == 0 {
				v.Add(toIm, toIm, lower[c.out:])
				continue
			}
			v.Add(toRe, toRe, lower[c.out:])
			v.Add(toIm, toIm, upper[c.out:])
			v.Axpy(toIm, toIm, lower[:c.out], -1)
		}
	}
	if s.ofInput {
		t.spectralProduct(x, dy, s.weights[1][f*c.out*3*c.in:], s.rows.back, cols, c.in, c.out, f == 0)
	}
}

// inputSlopes transforms the slopes of the input's spectrum back, for one sample of a
// group.
func inputSlopes(t *Tape, n *node, worker, sample int) {
	c, s := n.conv, n.spectral
	points := s.scratch[worker*s.each:][:s.reach()*c.in]
	clear(points)
	for tile := range s.tiles {
		t.kernel.Strips(gemm.RowMajor(points[tile*s.step*c.in:], c.in), gemm.Operand{Data: s.into, Row: 1, Col: s.size},
			s.x[(sample*s.tiles+tile)*2*c.in:], s.rows.x, s.size, c.in, s.size, true)
	}
	dx := n.in[0].Grad[(s.first+sample)*c.in*c.length:][:c.in*c.length]
	points = points[c.before*c.in:]
	if !s.adds {
		t.kernel.Transpose(dx, points, c.length, c.in)
		return
	}
	more := s.scratch[worker*s.each+s.reach()*c.in:][:c.in*c.length]
	t.kernel.Transpose(more, points, c.length, c.in)
	t.vec[worker].Add(dx, dx, more)
}

// tapSlopes transforms the slopes of the kernels' spectrum back, for one channel of
// the input, and adds them to the weights' gradient.
func tapSlopes(t *Tape, n *node, _, i int) {
	c, s := n.conv, n.spectral
	part := s.gradient[i*c.kernel*c.out:][:c.kernel*c.out]
	t.kernel.Strips(gemm.RowMajor(part, c.out), gemm.Operand{Data: s.kernels, Row: 1, Col: c.kernel},
		s.slope[i*c.out:], s.rows.slope, c.kernel, c.out, s.size, false)
	for o := range c.out {
		row := n.in[1].Grad[(o*c.in+i)*c.kernel:][:c.kernel]
		for k := range row {
			row[k] += part[k*c.out+o]
		}
	}
}
