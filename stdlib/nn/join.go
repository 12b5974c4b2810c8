package nn

import (
	"math"
	"math/rand/v2"
)

// Concat joins tensors along the last dimension; the other dimensions must be
// equal.
func (t *Tape) Concat(a, b *Tensor) *Tensor {
	n := t.begin("concat", concatBackward, a, b)
	if n == nil {
		return t.void
	}
	head, other := a.dims, b.dims
	head[a.rank-1], other[b.rank-1] = 0, 0
	if a.rank != b.rank || head != other {
		return t.fail(n, "shapes %s and %s differ before the last dimension", shapeText(a.Shape()), shapeText(b.Shape()))
	}
	first, second := a.Dim(-1), b.Dim(-1)
	head[a.rank-1] = first + second
	out := t.result(n, head[:a.rank]...)
	for r := range len(a.Data) / first {
		row := out.Data[r*(first+second):][:first+second]
		copy(row, a.Data[r*first:][:first])
		copy(row[first:], b.Data[r*second:][:second])
	}
	return out
}

func concatBackward(t *Tape, n *node) {
	first, width := n.in[0].Dim(-1), n.out.Dim(-1)
	for i, x := range n.in[:2] {
		if !x.needs {
			continue
		}
		from, to := 0, first
		if i == 1 {
			from, to = first, width
		}
		grad, add := x.gradient()
		for r := range len(n.out.Grad) / width {
			part, dx := n.out.Grad[r*width+from:r*width+to], grad[r*(to-from):][:to-from]
			if add {
				t.vec[0].Add(dx, dx, part)
			} else {
				copy(dx, part)
			}
		}
	}
}

// Slice keeps elements from … to−1 of the last dimension.
func (t *Tape) Slice(x *Tensor, from, to int) *Tensor {
	n := t.begin("slice", sliceBackward, x)
	if n == nil {
		return t.void
	}
	width := x.Dim(-1)
	if from < 0 || to > width || from >= to {
		return t.fail(n, "elements %d to %d of input %s", from, to, shapeText(x.Shape()))
	}
	shape := x.dims
	shape[x.rank-1] = to - from
	out := t.result(n, shape[:x.rank]...)
	n.i[0], n.i[1] = from, to
	for r := range len(x.Data) / width {
		copy(out.Data[r*(to-from):][:to-from], x.Data[r*width+from:])
	}
	return out
}

func sliceBackward(t *Tape, n *node) {
	from, to, width := n.i[0], n.i[1], n.in[0].Dim(-1)
	grad, add := n.in[0].gradient()
	if !add {
		clear(grad)
	}
	for r := range len(grad) / width {
		dx := grad[r*width+from : r*width+to]
		t.vec[0].Add(dx, dx, n.out.Grad[r*(to-from):][:to-from])
	}
}

// Transpose swaps the last two dimensions.
func (t *Tape) Transpose(x *Tensor) *Tensor {
	n := t.begin("transpose", transposeBackward, x)
	if n == nil {
		return t.void
	}
	if x.rank < 2 {
		return t.fail(n, "input %s; want two dimensions or more", shapeText(x.Shape()))
	}
	shape := x.dims
	shape[x.rank-1], shape[x.rank-2] = shape[x.rank-2], shape[x.rank-1]
	out := t.result(n, shape[:x.rank]...)
	transpose(out.Data, x.Data, x.Dim(-2), x.Dim(-1))
	return out
}

// transpose turns every matrix of rows × columns in from.
func transpose(to, from []float32, rows, columns int) {
	size := rows * columns
	for at := 0; at < len(from); at += size {
		for r := range rows {
			for c, x := range from[at+r*columns:][:columns] {
				to[at+c*rows+r] = x
			}
		}
	}
}

func transposeBackward(t *Tape, n *node) {
	part := n.buffer(0, len(n.out.Grad))
	transpose(part, n.out.Grad, n.out.Dim(-2), n.out.Dim(-1))
	t.accumulate(n.in[0], part)
}

// Dropout sets elements to zero with the given probability while training, and
// scales the others by 1/(1 − probability); otherwise it changes nothing.
func (t *Tape) Dropout(x *Tensor, probability float64) *Tensor {
	n := t.begin("dropout", dropoutBackward, x)
	if n == nil {
		return t.void
	}
	if !(probability >= 0 && probability < 1) {
		return t.fail(n, "probability %g; want 0 up to below 1", probability)
	}
	out := t.result(n, x.dims[:x.rank]...)
	n.buffer(0, len(x.Data))
	n.f[0], n.seed, n.i[0] = float32(1/(1-probability)), 0, int(probability*(1<<32))
	if t.inference {
		n.f[0], n.i[0] = 1, 0
	} else if n.i[0] > 0 {
		n.seed = t.source.Uint64()
	}
	t.chunks(n, len(x.Data), 8, dropoutForward)
	return out
}

// dropoutForward draws the mask of a chunk, from a source of its own, so that it
// does not matter who does it.
func dropoutForward(t *Tape, n *node, worker, item int) {
	lo, hi := span(item, len(n.out.Data))
	mask := n.buffers[0][lo:hi]
	keep, below := math.Float32bits(n.f[0]), uint64(n.i[0])
	var source rand.PCG
	source.Seed(n.seed, uint64(item))
	// One draw of 64 bits serves two elements.
	var drawn uint64
	for i := range mask {
		if i%2 == 0 && below > 0 {
			drawn = source.Uint64()
		}
		// All ones where the draw is not below: half the branches would be guessed
		// wrong.
		kept := ^uint32(int64(drawn&math.MaxUint32-below) >> 63)
		mask[i] = math.Float32frombits(keep & kept)
		drawn >>= 32
	}
	t.vec[worker].Mul(n.out.Data[lo:hi], n.in[0].Data[lo:hi], mask)
}

func dropoutBackward(t *Tape, n *node) {
	t.backwardChunks(n, func(t *Tape, n *node, worker, item int) {
		lo, hi := span(item, len(n.out.Grad))
		t.vec[worker].Mul(n.buffers[5][lo:hi], n.out.Grad[lo:hi], n.buffers[0][lo:hi])
	})
}
