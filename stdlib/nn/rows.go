package nn

import "math"

// AddRepeated is a of shape (rows·times, width) plus b of shape (rows, width),
// each row of b added to times rows of a that follow one another.
func (t *Tape) AddRepeated(a, b *Tensor) *Tensor {
	n := t.begin("add repeated", addRepeatedBackward, a, b)
	if n == nil {
		return t.void
	}
	if a.rank != 2 || b.rank != 2 || a.dims[1] != b.dims[1] || a.dims[0]%b.dims[0] != 0 {
		return t.fail(n, "shapes %s and %s; want (rows·times, width) and (rows, width)", shapeText(a.Shape()), shapeText(b.Shape()))
	}
	out := t.result(n, a.dims[:2]...)
	width, times := a.dims[1], a.dims[0]/b.dims[0]
	n.i[0], n.i[1] = width, times
	for r := range a.dims[0] {
		at := r * width
		t.vec[0].Add(out.Data[at:at+width], a.Data[at:at+width], b.Data[r/times*width:][:width])
	}
	return out
}

func addRepeatedBackward(t *Tape, n *node) {
	width, times := n.i[0], n.i[1]
	if n.in[0].needs {
		t.accumulate(n.in[0], n.out.Grad)
	}
	if b := n.in[1]; b.needs {
		grad, add := b.gradient()
		if !add {
			clear(grad)
		}
		for r := range len(n.out.Grad) / width {
			to := grad[r/times*width:][:width]
			t.vec[0].Add(to, to, n.out.Grad[r*width:][:width])
		}
	}
}

// SumRows is the sum over the last dimension.
func (t *Tape) SumRows(x *Tensor) *Tensor {
	n := t.begin("sum rows", sumRowsBackward, x)
	if n == nil {
		return t.void
	}
	if x.rank < 2 {
		return t.fail(n, "input %s; want two dimensions or more", shapeText(x.Shape()))
	}
	out := t.result(n, x.dims[:x.rank-1]...)
	t.chunks(n, len(x.Data), 1, sumRowsForward)
	return out
}

// rowsOf is the range of rows of chunk number item, when rows of that width are as
// many chunks as their elements are: a row belongs to the chunk that it begins in.
func rowsOf(item, width, rows int) (lo, hi int) {
	first := func(item int) int { return min((item*chunk+width-1)/width, rows) }
	return first(item), first(item + 1)
}

func sumRowsForward(t *Tape, n *node, worker, item int) {
	x := n.in[0]
	width := x.Dim(-1)
	lo, hi := rowsOf(item, width, len(n.out.Data))
	for r := lo; r < hi; r++ {
		n.out.Data[r] = float32(t.vec[worker].Sum(x.Data[r*width:][:width]))
	}
}

func sumRowsBackward(t *Tape, n *node) {
	grad, add := n.in[0].gradient()
	n.buffers[5], n.i[0] = grad, 0
	if add {
		n.i[0] = 1
	}
	t.chunks(n, len(grad), 1, func(t *Tape, n *node, worker, item int) {
		width := n.in[0].Dim(-1)
		lo, hi := rowsOf(item, width, len(n.out.Data))
		for r := lo; r < hi; r++ {
			row := n.buffers[5][r*width:][:width]
			if n.i[0] == 0 {
				clear(row)
			}
			t.vec[worker].ScaleShift(row, row, 1, n.out.Grad[r])
		}
	})
	n.buffers[5] = nil
}

// LogSoftmax is x minus the logarithm of the sum of e^x over the last dimension.
func (t *Tape) LogSoftmax(x *Tensor) *Tensor {
	n := t.begin("log softmax", logSoftmaxBackward, x)
	if n == nil {
		return t.void
	}
	out := t.result(n, x.dims[:x.rank]...)
	width := x.Dim(-1)
	for at := 0; at < len(x.Data); at += width {
		row := x.Data[at:][:width]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v - top))
		}
		t.vec[0].ScaleShift(out.Data[at:][:width], row, 1, -top-float32(math.Log(sum)))
	}
	return out
}

func logSoftmaxBackward(t *Tape, n *node) {
	width := n.in[0].Dim(-1)
	part := n.buffer(0, len(n.out.Data))
	t.vec[0].Exp(part, n.out.Data)
	for at := 0; at < len(part); at += width {
		row, dy := part[at:][:width], n.out.Grad[at:][:width]
		t.vec[0].Combine(row, row, dy, -float32(t.vec[0].Sum(dy)), 1, 0)
	}
	t.accumulate(n.in[0], part)
}

// Permute reorders the last dimension: element i of the output is element
// order[i] of the input. order must hold every place once.
func (t *Tape) Permute(x *Tensor, order []int) *Tensor {
	n := t.begin("permute", permuteBackward, x)
	if n == nil {
		return t.void
	}
	width := x.Dim(-1)
	if len(order) != width {
		return t.fail(n, "an order of %d places for input %s", len(order), shapeText(x.Shape()))
	}
	places := n.rows(0, width)
	seen := n.rows(1, width)
	clear(seen)
	for i, p := range order {
		if p < 0 || p >= width || seen[p] > 0 {
			return t.fail(n, "order %v does not hold every place from 0 to %d once", append([]int(nil), order...), width-1)
		}
		places[i], seen[p] = p, 1
	}
	out := t.result(n, x.dims[:x.rank]...)
	for at := 0; at < len(x.Data); at += width {
		for i, p := range places {
			out.Data[at+i] = x.Data[at+p]
		}
	}
	return out
}

func permuteBackward(t *Tape, n *node) {
	width := n.in[0].Dim(-1)
	grad, add := n.in[0].gradient()
	if !add {
		clear(grad)
	}
	for at := 0; at < len(grad); at += width {
		for i, p := range n.offsets[0] {
			grad[at+p] += n.out.Grad[at+i]
		}
	}
}
