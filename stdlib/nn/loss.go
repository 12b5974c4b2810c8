package nn

import (
	"math"
	"math/rand/v2"
)

// Sum is the sum of all elements, of shape (1).
func (t *Tape) Sum(x *Tensor) *Tensor { return t.reduce("sum", x, 1) }

// Mean is the mean of all elements, of shape (1).
func (t *Tape) Mean(x *Tensor) *Tensor {
	if x == nil {
		return t.reduce("mean", x, 1)
	}
	return t.reduce("mean", x, 1/float32(len(x.Data)))
}

// reduce is factor times the sum of x.
func (t *Tape) reduce(name string, x *Tensor, factor float32) *Tensor {
	n := t.begin(name, reduceBackward, x)
	if n == nil {
		return t.void
	}
	out := t.result(n, 1)
	sum := 0.0
	for lo := 0; lo < len(x.Data); lo += chunk {
		sum += t.vec[0].Sum(x.Data[lo:min(lo+chunk, len(x.Data))])
	}
	n.f[0] = factor
	out.Data[0] = float32(sum * float64(factor))
	return out
}

func reduceBackward(t *Tape, n *node) {
	grad, add := n.in[0].gradient()
	slope := n.out.Grad[0] * n.f[0]
	if add {
		t.vec[0].ScaleShift(grad, grad, 1, slope)
		return
	}
	for i := range grad {
		grad[i] = slope
	}
}

// MSELoss is the mean squared error as a loss for Train, which takes it by itself.
func MSELoss(t *Tape, output, target *Tensor, _ *rand.Rand) *Tensor { return t.MSE(output, target) }

// MSE is the mean of (x − target)² over all elements, of shape (1).
func (t *Tape) MSE(x, target *Tensor) *Tensor { return t.WeightedMSE(x, target, nil) }

// WeightedMSE is the mean over all elements of weights·(x − target)²; a nil
// weight is 1. The weights get no gradient.
func (t *Tape) WeightedMSE(x, target, weights *Tensor) *Tensor {
	n := t.begin("mse", mseBackward, x, target)
	if n == nil {
		return t.void
	}
	n.in[2] = weights
	if !sameShape(x, target) || weights != nil && !sameShape(x, weights) {
		return t.fail(n, "output %s does not fit target %s%s", shapeText(x.Shape()), shapeText(target.Shape()), weightText(weights))
	}
	out := t.result(n, 1)
	n.f[0] = 1 / float32(len(x.Data))
	n.buffer(0, len(x.Data))
	partial := n.buffer(1, (len(x.Data)+chunk-1)/chunk)
	t.chunks(n, len(x.Data), 2, func(t *Tape, n *node, worker, item int) {
		lo, hi := span(item, len(n.in[0].Data))
		d, v := n.buffers[0][lo:hi], t.vec[worker]
		v.Axpy(d, n.in[0].Data[lo:hi], n.in[1].Data[lo:hi], -1)
		if n.in[2] == nil {
			n.buffers[1][item] = float32(v.Dot(d, d))
			return
		}
		sum := 0.0
		for i, w := range n.in[2].Data[lo:hi] {
			sum += float64(w) * float64(d[i]) * float64(d[i])
		}
		v.Mul(d, d, n.in[2].Data[lo:hi])
		n.buffers[1][item] = float32(sum)
	})
	sum := 0.0
	for _, p := range partial {
		sum += float64(p)
	}
	out.Data[0] = float32(sum / float64(len(x.Data)))
	return out
}

func weightText(weights *Tensor) string {
	if weights == nil {
		return ""
	}
	return " and weights " + shapeText(weights.Shape())
}

func mseBackward(t *Tape, n *node) {
	for i, x := range n.in[:2] {
		if !x.needs {
			continue
		}
		slope := 2 * n.out.Grad[0] * n.f[0]
		if i == 1 {
			slope = -slope
		}
		grad, add := x.gradient()
		if add {
			t.vec[0].Axpy(grad, grad, n.buffers[0], slope)
		} else {
			t.vec[0].ScaleShift(grad, n.buffers[0], slope, 0)
		}
	}
}

// BCEWithLogits is the mean binary cross-entropy between logits and targets in
// [0, 1], of shape (1); it takes the logits before the sigmoid.
func (t *Tape) BCEWithLogits(logits, targets *Tensor) *Tensor {
	n := t.begin("bce with logits", bceBackward, logits, targets)
	if n == nil {
		return t.void
	}
	if !sameShape(logits, targets) {
		return t.fail(n, "logits %s do not fit targets %s", shapeText(logits.Shape()), shapeText(targets.Shape()))
	}
	out := t.result(n, 1)
	sum := 0.0
	for i, z := range logits.Data {
		x, y := float64(z), float64(targets.Data[i])
		sum += math.Max(x, 0) - x*y + math.Log1p(math.Exp(-math.Abs(x)))
	}
	out.Data[0] = float32(sum / float64(len(logits.Data)))
	return out
}

func bceBackward(t *Tape, n *node) {
	logits, targets := n.in[0], n.in[1]
	if !logits.needs {
		return
	}
	part := n.buffer(0, len(logits.Data))
	t.vec[0].Sigmoid(part, logits.Data)
	slope := n.out.Grad[0] / float32(len(logits.Data))
	t.vec[0].Combine(part, part, targets.Data, slope, -slope, 0)
	t.accumulate(logits, part)
}
