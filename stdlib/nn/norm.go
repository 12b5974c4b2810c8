package nn

import "math"

// batchStatistics are what batch normalisation remembers between batches.
type batchStatistics struct {
	mean, variance []float32
	momentum       float32
	epsilon        float64
}

// batchNorm normalises every channel of x, of shape (batch, channels) or (batch,
// channels, length), over batch and length, then scales and shifts it. When
// recording it uses the batch's own mean and (biased) variance and lets the
// running ones follow; otherwise it uses the running ones.
func (t *Tape) batchNorm(x, scale, shift *Tensor, s batchStatistics) *Tensor {
	n := t.begin("batchnorm1d", batchNormBackward, x, scale, shift)
	if n == nil {
		return t.void
	}
	channels := scale.Len()
	if x.rank != 2 && x.rank != 3 || x.dims[1] != channels {
		return t.fail(n, "input %s; want (batch, %d) or (batch, %d, length)", shapeText(x.Shape()), channels, channels)
	}
	length := 1
	if x.rank == 3 {
		length = x.dims[2]
	}
	if t.Training() && x.dims[0]*length < 2 {
		return t.fail(n, "one value a channel can't be normalised in training; input %s", shapeText(x.Shape()))
	}
	out := t.result(n, x.dims[:x.rank]...)
	n.i[0], n.i[1], n.statistics = channels, length, s
	n.buffer(0, channels) // mean
	n.buffer(1, channels) // 1/standard deviation
	t.team.run(t, n, channels, 3*len(out.Data), batchNormForward)
	return out
}

func batchNormForward(t *Tape, n *node, worker, channel int) {
	x, s := n.in[0], n.statistics
	channels, length, batch := n.i[0], n.i[1], n.in[0].dims[0]
	count := float64(batch * length)
	mean, variance := float64(s.mean[channel]), float64(s.variance[channel])
	if t.Training() {
		sum := 0.0
		for b := range batch {
			sum += t.vec[worker].Sum(x.Data[(b*channels+channel)*length:][:length])
		}
		mean = sum / count
		squares := 0.0
		for b := range batch {
			squares += t.vec[worker].Squares(x.Data[(b*channels+channel)*length:][:length], float32(mean))
		}
		variance = squares / count
		s.mean[channel] += s.momentum * (float32(mean) - s.mean[channel])
		s.variance[channel] += s.momentum * (float32(squares/(count-1)) - s.variance[channel])
	}
	inverse := 1 / math.Sqrt(variance+s.epsilon)
	n.buffers[0][channel], n.buffers[1][channel] = float32(mean), float32(inverse)
	p := float64(n.in[1].Data[channel]) * inverse
	q := float64(n.in[2].Data[channel]) - p*mean
	for b := range batch {
		at := (b*channels + channel) * length
		t.vec[worker].ScaleShift(n.out.Data[at:at+length], x.Data[at:at+length], float32(p), float32(q))
	}
}

func batchNormBackward(t *Tape, n *node) {
	x, scale := n.in[0], n.in[1]
	for i, p := range n.in[:3] {
		n.i[2+i] = 0
		if p.needs {
			grad, add := p.gradient()
			if add {
				n.i[2+i] = 1
			} else if p != x {
				clear(grad)
			}
		}
	}
	n.buffer(2, t.team.size*n.i[1])
	t.team.run(t, n, scale.Len(), 3*len(x.Data), batchNormChannel)
}

func batchNormChannel(t *Tape, n *node, worker, channel int) {
	x, scale, shift := n.in[0], n.in[1], n.in[2]
	channels, length, batch := n.i[0], n.i[1], x.dims[0]
	count := float64(batch * length)
	mean, inverse := float64(n.buffers[0][channel]), float64(n.buffers[1][channel])
	var sum, dot float64
	for b := range batch {
		at := (b*channels + channel) * length
		dy := n.out.Grad[at : at+length]
		sum += t.vec[worker].Sum(dy)
		dot += t.vec[worker].Dot(dy, x.Data[at:at+length])
	}
	dot = (dot - mean*sum) * inverse // with the normalised input
	if scale.needs {
		scale.Grad[channel] += float32(dot)
	}
	if shift.needs {
		shift.Grad[channel] += float32(sum)
	}
	if !x.needs {
		return
	}
	p := float64(scale.Data[channel]) * inverse
	q := -p * inverse * dot / count
	r := -p*sum/count - q*mean
	for b := range batch {
		at := (b*channels + channel) * length
		dx, dy, in := x.Grad[at:at+length], n.out.Grad[at:at+length], x.Data[at:at+length]
		if n.i[2] == 0 {
			t.vec[worker].Combine(dx, dy, in, float32(p), float32(q), float32(r))
			continue
		}
		part := n.buffers[2][worker*length:][:length]
		t.vec[worker].Combine(part, dy, in, float32(p), float32(q), float32(r))
		t.vec[worker].Add(dx, dx, part)
	}
}

// layerNorm normalises the last dimension of x, then scales and shifts it.
func (t *Tape) layerNorm(x, scale, shift *Tensor, epsilon float64) *Tensor {
	n := t.begin("layernorm", layerNormBackward, x, scale, shift)
	if n == nil {
		return t.void
	}
	if x.Dim(-1) != scale.Len() {
		return t.fail(n, "input %s; want a last dimension of %d", shapeText(x.Shape()), scale.Len())
	}
	out := t.result(n, x.dims[:x.rank]...)
	width := scale.Len()
	rows := len(x.Data) / width
	n.buffer(0, rows)
	n.buffer(1, rows)
	v := t.vec[0]
	for r := range rows {
		in, to := x.Data[r*width:][:width], out.Data[r*width:][:width]
		mean := v.Sum(in) / float64(width)
		inverse := 1 / math.Sqrt(v.Squares(in, float32(mean))/float64(width)+epsilon)
		n.buffers[0][r], n.buffers[1][r] = float32(mean), float32(inverse)
		v.ScaleShift(to, in, float32(inverse), float32(-mean*inverse))
		v.Mul(to, to, scale.Data)
		v.Add(to, to, shift.Data)
	}
	return out
}

func layerNormBackward(t *Tape, n *node) {
	x, scale, shift := n.in[0], n.in[1], n.in[2]
	width := scale.Len()
	v := t.vec[0]
	normal, part := n.buffer(2, width), n.buffer(3, width)
	for _, p := range []*Tensor{scale, shift} {
		if p.needs {
			if grad, add := p.gradient(); !add {
				clear(grad)
			}
		}
	}
	add := false
	if x.needs {
		_, add = x.gradient()
	}
	for r := range len(x.Data) / width {
		dy, in := n.out.Grad[r*width:][:width], x.Data[r*width:][:width]
		mean, inverse := float64(n.buffers[0][r]), float64(n.buffers[1][r])
		v.ScaleShift(normal, in, float32(inverse), float32(-mean*inverse))
		if scale.needs {
			v.Mul(part, dy, normal)
			v.Add(scale.Grad, scale.Grad, part)
		}
		if shift.needs {
			v.Add(shift.Grad, shift.Grad, dy)
		}
		if !x.needs {
			continue
		}
		v.Mul(part, dy, scale.Data)
		sum, dot := v.Sum(part)/float64(width), v.Dot(part, normal)/float64(width)
		v.Combine(part, part, normal, float32(inverse), float32(-inverse*dot), float32(-inverse*sum))
		dx := x.Grad[r*width:][:width]
		if add {
			v.Add(dx, dx, part)
		} else {
			copy(dx, part)
		}
	}
}
