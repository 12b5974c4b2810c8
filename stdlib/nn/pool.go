package nn

import "hillock/internal/vec"

// MaxPool1d is the largest of every window of size elements of the last
// dimension; windows do not overlap, and a rest that fills none is left out. Of
// equal elements the first gets the gradient.
func (t *Tape) MaxPool1d(x *Tensor, size int) *Tensor {
	n := t.begin("maxpool1d", maxPoolBackward, x)
	if n == nil {
		return t.void
	}
	length := x.Dim(-1)
	if size < 1 || length < size {
		return t.fail(n, "window of %d on input %s; want 1 to the last dimension", size, shapeText(x.Shape()))
	}
	shape := x.dims
	shape[x.rank-1] = length / size
	out := t.result(n, shape[:x.rank]...)
	n.i[0], n.i[1], n.i[2] = size, length, length/size
	if size == 2 {
		if length%2 == 0 { // the rows follow one another
			t.chunks(n, len(out.Data), 2, func(t *Tape, n *node, worker, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[worker].MaxPairs(n.out.Data[lo:hi], n.in[0].Data[2*lo:2*hi])
			})
			return out
		}
		t.team.run(t, n, len(out.Data)/n.i[2], 2*len(out.Data), func(t *Tape, n *node, worker, row int) {
			t.vec[worker].MaxPairs(n.out.Data[row*n.i[2]:][:n.i[2]], n.in[0].Data[row*n.i[1]:][:2*n.i[2]])
		})
		return out
	}
	n.rows(0, len(out.Data))
	n.buffer(1, t.team.size*size)
	t.team.run(t, n, len(out.Data)/n.i[2], len(x.Data), func(t *Tape, n *node, worker, row int) {
		size, length, windows := n.i[0], n.i[1], n.i[2]
		x, best := n.in[0].Data, n.offsets[0][row*windows:][:windows]
		for w := range best {
			from := row*length + w*size
			best[w] = from + largest(x[from:from+size], n.buffers[1][worker*size:][:size], t.vec[worker])
			n.out.Data[row*windows+w] = x[best[w]]
		}
	})
	return out
}

// largest gives the index of the largest element, the first of equal ones. It needs
// room for as many.
func largest(x, room []float32, k *vec.Kernels) int {
	const pairings, block = 4, 1 << 4
	among, first := x, 0
	if len(x)%block == 0 && len(x) > 2*block { // find its block first
		for range pairings {
			next := room[:len(among)/2]
			k.MaxPairs(next, among)
			among, room = next, room[len(next):]
		}
		first = block * firstLargest(among)
		among = x[first:][:block]
	}
	return first + firstLargest(among)
}

func firstLargest(x []float32) int {
	at, most := 0, x[0]
	for i, v := range x {
		if v > most {
			at, most = i, v
		}
	}
	return at
}

func maxPoolBackward(t *Tape, n *node) {
	if n.i[0] == 2 {
		grad, add := n.in[0].gradient()
		to := grad
		if add {
			to = n.buffer(0, len(grad))
		}
		n.buffers[5] = to
		if n.i[1]%2 == 0 {
			t.chunks(n, len(n.out.Data), 2, func(t *Tape, n *node, worker, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[worker].MaxPairsGrad(n.buffers[5][2*lo:2*hi], n.in[0].Data[2*lo:2*hi], n.out.Grad[lo:hi])
			})
		} else {
			t.team.run(t, n, len(n.out.Data)/n.i[2], 2*len(n.out.Data), func(t *Tape, n *node, worker, row int) {
				to := n.buffers[5][row*n.i[1]:][:n.i[1]]
				t.vec[worker].MaxPairsGrad(to[:2*n.i[2]], n.in[0].Data[row*n.i[1]:][:2*n.i[2]], n.out.Grad[row*n.i[2]:][:n.i[2]])
				to[2*n.i[2]] = 0
			})
		}
		n.buffers[5] = nil
		if add {
			t.vec[0].Add(grad, grad, to)
		}
		return
	}
	grad, add := n.in[0].gradient()
	if !add {
		clear(grad)
	}
	for at, from := range n.offsets[0] {
		grad[from] += n.out.Grad[at]
	}
}

// Upsample repeats every element of the last dimension factor times (nearest
// neighbour).
func (t *Tape) Upsample(x *Tensor, factor int) *Tensor {
	n := t.begin("upsample", upsampleBackward, x)
	if n == nil {
		return t.void
	}
	if factor < 1 {
		return t.fail(n, "factor %d; want 1 or more", factor)
	}
	shape := x.dims
	shape[x.rank-1] *= factor
	out := t.result(n, shape[:x.rank]...)
	n.i[0] = factor
	if factor == 2 {
		t.chunks(n, len(x.Data), 2, func(t *Tape, n *node, worker, item int) {
			lo, hi := span(item, len(n.in[0].Data))
			t.vec[worker].RepeatPairs(n.out.Data[2*lo:2*hi], n.in[0].Data[lo:hi])
		})
		return out
	}
	for i, v := range x.Data {
		for f := range factor {
			out.Data[i*factor+f] = v
		}
	}
	return out
}

func upsampleBackward(t *Tape, n *node) {
	if n.i[0] == 2 {
		grad, add := n.in[0].gradient()
		to := grad
		if add {
			to = n.buffer(0, len(grad))
		}
		n.buffers[5] = to
		t.chunks(n, len(to), 2, func(t *Tape, n *node, worker, item int) {
			lo, hi := span(item, len(n.in[0].Data))
			t.vec[worker].AddPairs(n.buffers[5][lo:hi], n.out.Grad[2*lo:2*hi])
		})
		n.buffers[5] = nil
		if add {
			t.vec[0].Add(grad, grad, to)
		}
		return
	}
	grad, add := n.in[0].gradient()
	if !add {
		clear(grad)
	}
	for i := range grad {
		for f := range n.i[0] {
			grad[i] += n.out.Grad[i*n.i[0]+f]
		}
	}
}
