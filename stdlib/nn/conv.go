package nn

import "hillock/internal/gemm"

// ConvOptions are the options of a one-dimensional convolution. The zero value
// is stride 1, dilation 1, no padding.
type ConvOptions struct {
	Stride    int // step of the kernel; 0 means 1
	Dilation  int // distance between the kernel's taps; 0 means 1
	PadBefore int // zeros before the input
	PadAfter  int // zeros after the input
}

// convolution is the geometry of a convolution, kept with its node.
type convolution struct {
	batch, in, out         int // samples, channels
	length, kernel, result int // of the input, the taps, the output
	stride, dilation       int
	before, after          int
	relu                   bool
	spectral               bool // done by spectra
}

func (c *convolution) padded() int { return c.length + c.before + c.after }
func (c *convolution) taps() int   { return c.in * c.kernel }

// shards is the number of groups of samples whose weight gradients are summed
// apart; it must not depend on the number of cores.
func (c *convolution) shards() int { return min(c.batch, 8) }

// Conv1d slides kernels over a sequence: x of shape (batch, in, length), weight
// of (out, in, kernel), bias of (out) or nil, as PyTorch's conv1d. Long kernels with
// many channels are multiplied as spectra, in half the time; the result is as near to
// the exact sums as a millionth of its norm.
func (t *Tape) Conv1d(x, weight, bias *Tensor, o ConvOptions) *Tensor {
	return t.conv1d(x, weight, bias, o, false)
}

// conv1d is Conv1d, with a ReLU after it when relu is set: one pass over the
// output instead of two.
func (t *Tape) conv1d(x, weight, bias *Tensor, o ConvOptions, relu bool) *Tensor {
	in := [3]*Tensor{x, weight, bias}
	used := in[:]
	if bias == nil {
		used = in[:2]
	}
	n := t.begin("conv1d", convBackward, used...)
	if n == nil {
		return t.void
	}
	if x.rank != 3 || weight.rank != 3 || weight.dims[1] != x.dims[1] || bias != nil && (bias.rank != 1 || bias.dims[0] != weight.dims[0]) {
		return t.fail(n, "input %s does not fit weight %s%s; want (batch, in, length) and (out, in, kernel)", shapeText(x.Shape()), shapeText(weight.Shape()), biasText(bias))
	}
	if n.conv == nil {
		n.conv = &convolution{}
	}
	c := n.conv
	*c = convolution{
		batch: x.dims[0], in: x.dims[1], out: weight.dims[0], length: x.dims[2], kernel: weight.dims[2],
		stride: max(o.Stride, 1), dilation: max(o.Dilation, 1), before: o.PadBefore, after: o.PadAfter, relu: relu,
	}
	reach := (c.kernel-1)*c.dilation + 1
	if c.before < 0 || c.after < 0 || c.padded() < reach {
		return t.fail(n, "length %d with padding %d and %d is shorter than the kernel's reach of %d", c.length, c.before, c.after, reach)
	}
	c.result = (c.padded()-reach)/c.stride + 1
	out := t.result(n, c.batch, c.out, c.result)
	perOutput := c.taps()
	if bias != nil {
		perOutput++
	}
	t.countProducts(len(out.Data) * perOutput)
	work := c.batch * c.out * c.result * c.taps()
	if plan, worth := planSpectral(c); worth && !t.tiled(c) && !t.noSpectra {
		c.spectral = true
		if n.spectral == nil {
			n.spectral = &spectralConvolution{}
		}
		n.spectral.prepare(plan, c, t.team.size)
		t.spectralForward(n, work)
		return out
	}
	if c.before+c.after > 0 {
		n.buffer(0, c.batch*c.in*c.padded())
	}
	rows := n.rows(0, c.taps())
	switch {
	case t.tiled(c):
		if n.tiled == nil {
			n.tiled = &tiledConvolution{}
		}
		n.tiled.forward.prepare(weight.Data, c.out, c.in, c, c.padded(), false)
	case c.stride == 1:
		for r := range rows {
			rows[r] = (r/c.kernel*c.padded() + r%c.kernel*c.dilation) * gemm.Offset
		}
	default:
		c.phaseRows(rows)
		n.buffer(1, t.team.size*c.in*c.stride*c.phaseLength())
	}
	t.team.run(t, n, c.batch, work, convForward)
	return out
}

// samples gives the padded inputs of samples first … last−1.
func (n *node) samples(first, last int) []float32 {
	c := n.conv
	if c.before+c.after == 0 {
		return n.in[0].Data[first*c.in*c.length : last*c.in*c.length]
	}
	return n.buffers[0][first*c.in*c.padded() : last*c.in*c.padded()]
}

func convForward(t *Tape, n *node, worker, b int) {
	c := n.conv
	x := n.samples(b, b+1)
	width := c.padded()
	if c.before+c.after > 0 {
		for i := range c.in {
			row := x[i*width:][:width]
			clear(row[:c.before])
			copy(row[c.before:], n.in[0].Data[(b*c.in+i)*c.length:][:c.length])
			clear(row[c.before+c.length:])
		}
	}
	if c.stride > 1 {
		size := c.in * c.stride * c.phaseLength()
		phases := n.buffers[1][worker*size:][:size]
		c.split(phases, x)
		x = phases
	}
	y := n.out.Data[b*c.out*c.result:][:c.out*c.result]
	if t.tiled(c) {
		t.tiles[worker].convolve(y, &n.tiled.forward, x, c.result, false)
	} else {
		t.kernel.Strips(gemm.RowMajor(y, c.result), gemm.RowMajor(n.in[1].Data, c.taps()), x, n.offsets[0], c.out, c.result, c.taps(), false)
	}
	t.shift(n, y, worker)
}

// shift adds the biases to the outputs of a sample, with a ReLU after it if there is one.
func (t *Tape) shift(n *node, y []float32, worker int) {
	c := n.conv
	for o := range c.out {
		row, bias := y[o*c.result:][:c.result], float32(0)
		if n.in[2] != nil {
			bias = n.in[2].Data[o]
		}
		switch {
		case c.relu:
			t.vec[worker].ShiftReLU(row, row, bias)
		case n.in[2] != nil:
			t.vec[worker].ScaleShift(row, row, 1, bias)
		}
	}
}

func convBackward(t *Tape, n *node) {
	c := n.conv
	x, weight, bias := n.in[0], n.in[1], n.in[2]
	work := c.batch * c.out * c.result * c.taps()
	if c.relu {
		n.i[0] = c.out * c.result
		t.team.run(t, n, c.batch, len(n.out.Data), func(t *Tape, n *node, worker, b int) {
			lo, hi := b*n.i[0], (b+1)*n.i[0]
			t.vec[worker].ReLUGrad(n.out.Grad[lo:hi], n.out.Data[lo:hi], n.out.Grad[lo:hi])
		})
	}
	if c.spectral {
		t.spectralBackward(n, work)
		return
	}
	switch {
	case !x.needs:
	case c.stride > 1:
		t.stridedInputGradient(n, work)
	default:
		t.convInputGradient(n, work)
	}
	if weight.needs || bias != nil && bias.needs {
		t.convWeightGradient(n, work)
	}
}

// convInputGradient convolves the output's gradient with the turned kernels, for a
// stride of 1.
func (t *Tape) convInputGradient(n *node, work int) {
	c := n.conv
	width := c.length + (c.kernel-1)*c.dilation
	if t.tiled(c) {
		n.tiled.back.prepare(n.in[1].Data, c.in, c.out, c, width, true)
	} else {
		n.buffer(2, c.in*c.out*c.kernel) // (in, out, kernel from the last tap)
		t.team.run(t, n, c.out, 4*c.in*c.out*c.kernel, turnKernels)
		rows := n.rows(1, c.out*c.kernel)
		for r := range rows {
			rows[r] = (r/c.kernel*width + r%c.kernel*c.dilation) * gemm.Offset
		}
	}
	n.buffer(3, t.team.size*c.out*width)
	_, add := n.in[0].gradient()
	n.i[1] = 0
	if add {
		n.i[1] = 1
	}
	t.team.run(t, n, c.batch, work, func(t *Tape, n *node, worker, b int) {
		c := n.conv
		width := c.length + (c.kernel-1)*c.dilation
		margin := (c.kernel-1)*c.dilation - c.before
		spread := n.buffers[3][worker*c.out*width:][:c.out*width]
		clear(spread)
		for o := range c.out {
			dy := n.out.Grad[(b*c.out+o)*c.result:][:c.result]
			if first := max(0, -margin); first < len(dy) {
				copy(spread[o*width:][:width][margin+first:], dy[first:])
			}
		}
		dx := n.in[0].Grad[b*c.in*c.length:][:c.in*c.length]
		if t.tiled(c) {
			t.tiles[worker].convolve(dx, &n.tiled.back, spread, c.length, n.i[1] == 1)
			return
		}
		t.kernel.Strips(gemm.RowMajor(dx, c.length), gemm.RowMajor(n.buffers[2], c.out*c.kernel), spread, n.offsets[1], c.in, c.length, c.out*c.kernel, n.i[1] == 1)
	})
}

// turnKernels lays out the kernels of output channel o for the input's gradient.
func turnKernels(_ *Tape, n *node, _, o int) {
	c := n.conv
	for i := range c.in {
		from := n.in[1].Data[(o*c.in+i)*c.kernel:][:c.kernel]
		to := n.buffers[2][(i*c.out+o)*c.kernel:][:c.kernel]
		for k, w := range from {
			to[c.kernel-1-k] = w
		}
	}
}

// across says that the weights' gradients are computed as (kernel, out, in), from
// the transposed input: the columns of in then fill the vectors better than
// those of out in (in, kernel, out), from the transposed output's gradient.
func (t *Tape) across(c *convolution) bool {
	if t.tiled(c) {
		return false
	}
	const lanes = 32
	whole := func(n int) int { return (n + lanes - 1) / lanes * lanes }
	return c.in >= c.kernel && whole(c.in)*c.out < whole(c.out)*c.in
}

// convWeightGradient sums the weights' gradients in shards of samples, then adds
// the shards up in their order.
func (t *Tape) convWeightGradient(n *node, work int) {
	c := n.conv
	weight, bias := n.in[1], n.in[2]
	size := c.taps() * c.out
	n.buffer(3, c.shards()*(size+c.out))
	if !t.tiled(c) {
		n.weightRows(t.across(c), t.team.size)
	}
	t.team.run(t, n, c.shards(), work, convWeightShard)
	sum := n.buffers[3][:size+c.out]
	for s := 1; s < c.shards(); s++ {
		t.vec[0].Add(sum, sum, n.buffers[3][s*(size+c.out):][:size+c.out])
	}
	if weight.needs {
		if grad, add := weight.gradient(); !add {
			clear(grad)
		}
		t.team.run(t, n, c.out, 4*size, addWeights)
	}
	if bias != nil && bias.needs {
		t.accumulate(bias, sum[size:])
	}
}

// weightRows prepares the rows that convWeights multiplies with.
func (n *node) weightRows(across bool, workers int) {
	c := n.conv
	stride := c.out
	if across {
		stride = c.stride * c.in
		n.buffer(4, workers*c.padded()*c.in)
	} else {
		n.buffer(4, workers*c.result*c.out)
	}
	rows := n.rows(2, c.result)
	for l := range rows {
		rows[l] = l * stride * gemm.Offset
	}
}

// addWeights adds the shards' sum to the weights' gradient of output channel o.
func addWeights(t *Tape, n *node, _, o int) {
	c := n.conv
	ofOut, ofIn, ofTap := 1, c.kernel*c.out, c.out
	if t.across(c) {
		ofOut, ofIn, ofTap = c.in, 1, c.out*c.in
	}
	for i := range c.in {
		row := n.in[1].Grad[(o*c.in+i)*c.kernel:][:c.kernel]
		from := n.buffers[3][o*ofOut+i*ofIn:]
		for k := range row {
			row[k] += from[k*ofTap]
		}
	}
}

func convWeightShard(t *Tape, n *node, worker, shard int) {
	c := n.conv
	size := c.taps() * c.out
	part := n.buffers[3][shard*(size+c.out):][:size+c.out]
	weights, biases := part[:size], part[size:]
	clear(biases)
	first, last := shard*c.batch/c.shards(), (shard+1)*c.batch/c.shards()
	for b := first; b < last; b++ {
		dy := n.out.Grad[b*c.out*c.result:][:c.out*c.result]
		if n.in[2] != nil {
			for o := range c.out {
				biases[o] += float32(t.vec[worker].Sum(dy[o*c.result:][:c.result]))
			}
		}
		if !t.tiled(c) {
			t.convWeights(n, weights, n.samples(b, b+1), dy, worker, b > first)
		}
	}
	if t.tiled(c) {
		t.tiles[worker].weights(t, n, weights, first, last)
	}
}

// convWeights computes one sample's part of the weights' gradient, or adds it.
func (t *Tape) convWeights(n *node, weights, x, dy []float32, worker int, add bool) {
	c := n.conv
	width := c.padded()
	if t.across(c) {
		turned := n.buffers[4][worker*width*c.in:][:width*c.in]
		t.kernel.Transpose(turned, x, c.in, width)
		for k := range c.kernel {
			t.kernel.Strips(gemm.RowMajor(weights[k*c.out*c.in:], c.in), gemm.RowMajor(dy, c.result),
				turned[k*c.dilation*c.in:], n.offsets[2], c.out, c.in, c.result, add)
		}
		return
	}
	turned := n.buffers[4][worker*c.result*c.out:][:c.result*c.out]
	t.kernel.Transpose(turned, dy, c.out, c.result)
	if c.in >= c.kernel {
		for k := range c.kernel {
			t.kernel.Strips(gemm.Operand{Data: weights[k*c.out:], Row: c.kernel * c.out, Col: 1},
				gemm.Operand{Data: x[k*c.dilation:], Row: width, Col: c.stride}, turned, n.offsets[2], c.in, c.out, c.result, add)
		}
		return
	}
	for i := range c.in {
		t.kernel.Strips(gemm.RowMajor(weights[i*c.kernel*c.out:], c.out),
			gemm.Operand{Data: x[i*width:], Row: c.dilation, Col: c.stride}, turned, n.offsets[2], c.kernel, c.out, c.result, add)
	}
}
