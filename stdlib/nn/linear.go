package nn

import "hillock/internal/gemm"

// Linear is x·Wᵀ + b for x of shape (…, in), weight of (out, in) and bias of
// (out) or nil: PyTorch's layout.
func (t *Tape) Linear(x, weight, bias *Tensor) *Tensor {
	in := []*Tensor{x, weight, bias}
	if bias == nil {
		in = in[:2]
	}
	n := t.begin("linear", linearBackward, in...)
	if n == nil {
		return t.void
	}
	features := x.Dim(-1)
	if weight.rank != 2 || weight.dims[1] != features || bias != nil && (bias.rank != 1 || bias.dims[0] != weight.dims[0]) {
		return t.fail(n, "input %s does not fit weight %s%s", shapeText(x.Shape()), shapeText(weight.Shape()), biasText(bias))
	}
	shape := x.dims
	shape[x.rank-1] = weight.dims[0]
	out := t.result(n, shape[:x.rank]...)
	rows, width := len(x.Data)/features, weight.dims[0]
	t.countProducts(rows * width * features)
	if bias != nil {
		t.countProducts(rows * width)
	}
	t.products.Multiply(gemm.RowMajor(out.Data, width), gemm.RowMajor(x.Data, features), gemm.RowMajor(weight.Data, features).T(), rows, width, features, false, t.team.size)
	if bias != nil {
		n.i[0] = max(1, chunk/width)
		t.team.run(t, n, (rows+n.i[0]-1)/n.i[0], len(out.Data), biasRows)
	}
	return out
}

func biasText(bias *Tensor) string {
	if bias == nil {
		return ""
	}
	return " and bias " + shapeText(bias.Shape())
}

// biasRows adds the bias to a group of rows.
func biasRows(t *Tape, n *node, worker, item int) {
	bias := n.in[2].Data
	width := len(bias)
	for at := item * n.i[0] * width; at < min((item+1)*n.i[0]*width, len(n.out.Data)); at += width {
		row := n.out.Data[at : at+width]
		t.vec[worker].Add(row, row, bias)
	}
}

func linearBackward(t *Tape, n *node) {
	x, weight, bias := n.in[0], n.in[1], n.in[2]
	width, features := weight.dims[0], weight.dims[1]
	rows := len(x.Data) / features
	dy := gemm.RowMajor(n.out.Grad, width)
	if x.needs {
		grad, add := x.gradient()
		t.products.Multiply(gemm.RowMajor(grad, features), dy, gemm.RowMajor(weight.Data, features), rows, features, width, add, t.team.size)
	}
	if weight.needs {
		grad, add := weight.gradient()
		t.products.Multiply(gemm.RowMajor(grad, features), dy.T(), gemm.RowMajor(x.Data, features), width, features, rows, add, t.team.size)
	}
	if bias != nil && bias.needs {
		grad, add := bias.gradient()
		if !add {
			clear(grad)
		}
		for at := 0; at < len(n.out.Grad); at += width {
			t.vec[0].Add(grad, grad, n.out.Grad[at:at+width])
		}
	}
}

// MatMul is the product of a, of shape (m, k), and b, of shape (k, n).
func (t *Tape) MatMul(a, b *Tensor) *Tensor {
	n := t.begin("matmul", matMulBackward, a, b)
	if n == nil {
		return t.void
	}
	if a.rank != 2 || b.rank != 2 || a.dims[1] != b.dims[0] {
		return t.fail(n, "shapes %s and %s do not fit", shapeText(a.Shape()), shapeText(b.Shape()))
	}
	out := t.result(n, a.dims[0], b.dims[1])
	t.products.Multiply(gemm.RowMajor(out.Data, b.dims[1]), gemm.RowMajor(a.Data, a.dims[1]), gemm.RowMajor(b.Data, b.dims[1]), a.dims[0], b.dims[1], a.dims[1], false, t.team.size)
	return out
}

func matMulBackward(t *Tape, n *node) {
	a, b := n.in[0], n.in[1]
	rows, depth, width := a.dims[0], a.dims[1], b.dims[1]
	dy := gemm.RowMajor(n.out.Grad, width)
	if a.needs {
		grad, add := a.gradient()
		t.products.Multiply(gemm.RowMajor(grad, depth), dy, gemm.RowMajor(b.Data, width).T(), rows, depth, width, add, t.team.size)
	}
	if b.needs {
		grad, add := b.gradient()
		t.products.Multiply(gemm.RowMajor(grad, width), gemm.RowMajor(a.Data, depth).T(), dy, depth, width, rows, add, t.team.size)
	}
}
