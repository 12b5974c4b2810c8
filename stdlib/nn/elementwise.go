package nn

// Add is a + b, of equal shapes.
func (t *Tape) Add(a, b *Tensor) *Tensor {
	return t.binary("add", a, b, addForward, addBackward)
}

// Sub is a − b, of equal shapes.
func (t *Tape) Sub(a, b *Tensor) *Tensor {
	return t.binary("subtract", a, b, subForward, subBackward)
}

// Mul is the product of a and b element by element, of equal shapes.
func (t *Tape) Mul(a, b *Tensor) *Tensor {
	return t.binary("multiply", a, b, mulForward, mulBackward)
}

type piece = func(t *Tape, n *node, worker, item int)

func (t *Tape) binary(name string, a, b *Tensor, forward piece, backward func(t *Tape, n *node)) *Tensor {
	n := t.begin(name, backward, a, b)
	if n == nil {
		return t.void
	}
	if !sameShape(a, b) {
		return t.fail(n, "shapes %s and %s differ", shapeText(a.Shape()), shapeText(b.Shape()))
	}
	out := t.result(n, a.dims[:a.rank]...)
	t.chunks(n, len(out.Data), 1, forward)
	return out
}

func addForward(t *Tape, n *node, worker, item int) {
	lo, hi := span(item, len(n.out.Data))
	t.vec[worker].Add(n.out.Data[lo:hi], n.in[0].Data[lo:hi], n.in[1].Data[lo:hi])
}

func addBackward(t *Tape, n *node) {
	for _, x := range n.in[:2] {
		if x.needs {
			t.accumulate(x, n.out.Grad)
		}
	}
}

func subForward(t *Tape, n *node, worker, item int) {
	lo, hi := span(item, len(n.out.Data))
	t.vec[worker].Axpy(n.out.Data[lo:hi], n.in[0].Data[lo:hi], n.in[1].Data[lo:hi], -1)
}

func subBackward(t *Tape, n *node) {
	if n.in[0].needs {
		t.accumulate(n.in[0], n.out.Grad)
	}
	if n.in[1].needs {
		part := n.buffer(0, len(n.out.Data))
		t.vec[0].ScaleShift(part, n.out.Grad, -1, 0)
		t.accumulate(n.in[1], part)
	}
}

func mulForward(t *Tape, n *node, worker, item int) {
	lo, hi := span(item, len(n.out.Data))
	t.vec[worker].Mul(n.out.Data[lo:hi], n.in[0].Data[lo:hi], n.in[1].Data[lo:hi])
}

func mulBackward(t *Tape, n *node) {
	part := n.buffer(0, len(n.out.Data))
	for i, x := range n.in[:2] {
		if x.needs {
			t.vec[0].Mul(part, n.out.Grad, n.in[1-i].Data)
			t.accumulate(x, part)
		}
	}
}

// Affine is p·a + q.
func (t *Tape) Affine(a *Tensor, p, q float32) *Tensor {
	n := t.begin("affine", affineBackward, a)
	if n == nil {
		return t.void
	}
	n.f[0], n.f[1] = p, q
	out := t.result(n, a.dims[:a.rank]...)
	t.chunks(n, len(out.Data), 1, affineForward)
	return out
}

func affineForward(t *Tape, n *node, worker, item int) {
	lo, hi := span(item, len(n.out.Data))
	t.vec[worker].ScaleShift(n.out.Data[lo:hi], n.in[0].Data[lo:hi], n.f[0], n.f[1])
}

func affineBackward(t *Tape, n *node) {
	grad, add := n.in[0].gradient()
	if add {
		t.vec[0].Axpy(grad, grad, n.out.Grad, n.f[0])
	} else {
		t.vec[0].ScaleShift(grad, n.out.Grad, n.f[0], 0)
	}
}

// unary runs an element-wise function whose gradient follows from its output:
// gradient(worker, dst, y, dy) sets dst to the input's.
func (t *Tape) unary(name string, a *Tensor, forward piece, backward func(t *Tape, n *node)) *Tensor {
	n := t.begin(name, backward, a)
	if n == nil {
		return t.void
	}
	out := t.result(n, a.dims[:a.rank]...)
	t.chunks(n, len(out.Data), 4, forward)
	return out
}

// backwardChunks computes the gradient of a unary operation chunk by chunk:
// straight into the input's gradient when it is the first part of it.
func (t *Tape) backwardChunks(n *node, piece piece) {
	grad, add := n.in[0].gradient()
	if !add {
		n.buffers[5] = grad
		t.chunks(n, len(grad), 2, piece)
		n.buffers[5] = nil
		return
	}
	n.buffers[5] = n.buffer(4, len(grad))
	t.chunks(n, len(grad), 2, piece)
	n.buffers[5] = nil
	t.vec[0].Add(grad, grad, n.buffers[4])
}

// ReLU is max(a, 0).
func (t *Tape) ReLU(a *Tensor) *Tensor {
	return t.unary("relu", a,
		func(t *Tape, n *node, w, item int) {
			lo, hi := span(item, len(n.out.Data))
			t.vec[w].ShiftReLU(n.out.Data[lo:hi], n.in[0].Data[lo:hi], 0)
		},
		func(t *Tape, n *node) {
			t.backwardChunks(n, func(t *Tape, n *node, w, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[w].ReLUGrad(n.buffers[5][lo:hi], n.out.Data[lo:hi], n.out.Grad[lo:hi])
			})
		})
}

// Tanh is the hyperbolic tangent.
func (t *Tape) Tanh(a *Tensor) *Tensor {
	return t.unary("tanh", a,
		func(t *Tape, n *node, w, item int) {
			lo, hi := span(item, len(n.out.Data))
			t.vec[w].Tanh(n.out.Data[lo:hi], n.in[0].Data[lo:hi])
		},
		func(t *Tape, n *node) {
			t.backwardChunks(n, func(t *Tape, n *node, w, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[w].TanhGrad(n.buffers[5][lo:hi], n.out.Data[lo:hi], n.out.Grad[lo:hi])
			})
		})
}

// Sigmoid is 1/(1 + e^−a).
func (t *Tape) Sigmoid(a *Tensor) *Tensor {
	return t.unary("sigmoid", a,
		func(t *Tape, n *node, w, item int) {
			lo, hi := span(item, len(n.out.Data))
			t.vec[w].Sigmoid(n.out.Data[lo:hi], n.in[0].Data[lo:hi])
		},
		func(t *Tape, n *node) {
			t.backwardChunks(n, func(t *Tape, n *node, w, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[w].SigmoidGrad(n.buffers[5][lo:hi], n.out.Data[lo:hi], n.out.Grad[lo:hi])
			})
		})
}

// Exp is e^a.
func (t *Tape) Exp(a *Tensor) *Tensor {
	return t.unary("exp", a,
		func(t *Tape, n *node, w, item int) {
			lo, hi := span(item, len(n.out.Data))
			t.vec[w].Exp(n.out.Data[lo:hi], n.in[0].Data[lo:hi])
		},
		func(t *Tape, n *node) {
			t.backwardChunks(n, func(t *Tape, n *node, w, item int) {
				lo, hi := span(item, len(n.out.Data))
				t.vec[w].Mul(n.buffers[5][lo:hi], n.out.Data[lo:hi], n.out.Grad[lo:hi])
			})
		})
}

// SiLU is a/(1 + e^−a).
func (t *Tape) SiLU(a *Tensor) *Tensor { return t.Mul(a, t.Sigmoid(a)) }

// ELU is a where a > 0 and e^a − 1 elsewhere.
func (t *Tape) ELU(a *Tensor) *Tensor {
	return t.unary("elu", a,
		func(t *Tape, n *node, w, item int) {
			lo, hi := span(item, len(n.out.Data))
			y, x := n.out.Data[lo:hi], n.in[0].Data[lo:hi]
			t.vec[w].Exp(y, x)
			for i, a := range x {
				if a > 0 {
					y[i] = a
				} else {
					y[i]--
				}
			}
		},
		func(t *Tape, n *node) {
			t.backwardChunks(n, func(t *Tape, n *node, w, item int) {
				lo, hi := span(item, len(n.out.Data))
				y, dy, dx := n.out.Data[lo:hi], n.out.Grad[lo:hi], n.buffers[5][lo:hi]
				for i, a := range y {
					dx[i] = dy[i]
					if a <= 0 {
						dx[i] = dy[i] * (a + 1)
					}
				}
			})
		})
}

// Reshape gives a's elements another shape.
func (t *Tape) Reshape(a *Tensor, shape ...int) *Tensor {
	n := t.begin("reshape", addFirstBackward, a)
	if n == nil {
		return t.void
	}
	if size, err := sizeOf(shape); err != nil || size != len(a.Data) {
		return t.fail(n, "%s can't take shape %s", shapeText(a.Shape()), shapeText(append([]int(nil), shape...)))
	}
	out := t.result(n, shape...)
	copy(out.Data, a.Data)
	return out
}

// Flatten joins all dimensions after the first.
func (t *Tape) Flatten(a *Tensor) *Tensor {
	if a == nil || a.rank == 0 {
		return t.Reshape(a)
	}
	return t.Reshape(a, a.dims[0], len(a.Data)/a.dims[0])
}

func addFirstBackward(t *Tape, n *node) { t.accumulate(n.in[0], n.out.Grad) }
