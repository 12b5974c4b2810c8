package nn

import "fmt"

// Operation is an operation of your own, for Tape.Custom. Its methods are called
// in the order Shape, Forward, and in training Backward.
type Operation interface {
	// Name stands in errors.
	Name() string
	// Shape gives the output's shape for the inputs, or says why they don't fit.
	Shape(inputs []*Tensor) ([]int, error)
	// Forward writes the output.
	Forward(out []float32, inputs []*Tensor)
	// Backward adds, for every input that wants one, the gradient to grads, given
	// the output and its gradient. Where no gradient is wanted grads holds nil.
	Backward(out, outGrad []float32, inputs []*Tensor, grads [][]float32)
}

// maxInputs is the number of tensors that an operation of this package takes at
// most.
const maxInputs = 5

// Custom does an operation of your own on some tensors. The operation may keep
// what it needs from Forward to Backward in itself, so use a value of its own for
// each call in a batch.
func (t *Tape) Custom(op Operation, inputs ...*Tensor) *Tensor {
	n := t.begin(op.Name(), customBackward, inputs...)
	if n == nil {
		return t.void
	}
	n.inputs = append(n.inputs[:0], inputs...)
	n.custom = op
	shape, err := op.Shape(n.inputs)
	if err == nil {
		_, err = sizeOf(shape)
	}
	if err != nil {
		return t.fail(n, "%v", err)
	}
	out := t.result(n, shape...)
	op.Forward(out.Data, n.inputs)
	return out
}

// Earlier gives the operation that stood at this place of the tape in the batch
// before, or nil: an operation with large buffers can be used again.
func (t *Tape) Earlier() Operation {
	if t.used < len(t.nodes) {
		return t.nodes[t.used].custom
	}
	return nil
}

func customBackward(t *Tape, n *node) {
	n.grads = n.grads[:0]
	for _, x := range n.inputs {
		if !x.needs {
			n.grads = append(n.grads, nil)
			continue
		}
		grad, add := x.gradient()
		if !add {
			clear(grad)
		}
		n.grads = append(n.grads, grad)
	}
	n.custom.Backward(n.out.Data, n.out.Grad, n.inputs, n.grads)
}

// ShapeError says that an operation's input has not the shape it needs; for use
// in Operation.Shape.
func ShapeError(x *Tensor, want string) error {
	return fmt.Errorf("input %s; want %s", shapeText(x.Shape()), want)
}
