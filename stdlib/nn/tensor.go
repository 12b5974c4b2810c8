package nn

import (
	"fmt"
	"strings"
)

// maxRank is the largest number of dimensions of a tensor.
const maxRank = 4

// Tensor is a dense array of float32 in row-major order, with 1 to 4 dimensions.
// Data may be read and written freely; the shape is fixed.
type Tensor struct {
	// Data holds the elements, the last dimension varying fastest.
	Data []float32
	// Grad holds the gradient of the loss in the same order after Backward; nil
	// where none is computed.
	Grad []float32

	dims   [maxRank]int
	rank   int
	needs  bool // a gradient is wanted
	graded bool // Grad holds part of the gradient already
}

// NewTensor makes a tensor of zeros. It fails when there are no dimensions, more
// than four, or one below 1.
func NewTensor(shape ...int) (*Tensor, error) {
	size, err := sizeOf(shape)
	if err != nil {
		return nil, err
	}
	return makeTensor(make([]float32, size), shape), nil
}

// FromSlice makes a tensor of the given shape around data, which it shares. It
// fails when the number of elements is not the product of the shape.
func FromSlice(data []float32, shape ...int) (*Tensor, error) {
	size, err := sizeOf(shape)
	if err != nil {
		return nil, err
	}
	if size != len(data) {
		return nil, fmt.Errorf("nn: %d elements do not fill shape %s, which takes %d", len(data), shapeText(shape), size)
	}
	return makeTensor(data, shape), nil
}

func makeTensor(data []float32, shape []int) *Tensor {
	t := &Tensor{Data: data}
	t.setShape(shape)
	return t
}

func (t *Tensor) setShape(shape []int) {
	t.dims = [maxRank]int{}
	t.rank = copy(t.dims[:], shape)
}

func sizeOf(shape []int) (int, error) {
	if len(shape) == 0 || len(shape) > maxRank {
		return 0, fmt.Errorf("nn: shape %s has %d dimensions, want 1 to %d", shapeText(shape), len(shape), maxRank)
	}
	size := 1
	for _, d := range shape {
		if d < 1 {
			return 0, fmt.Errorf("nn: shape %s has a dimension below 1", shapeText(shape))
		}
		size *= d
	}
	return size, nil
}

// shapeText writes a shape as (32, 1, 1024).
func shapeText(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, d)
	}
	b.WriteByte(')')
	return b.String()
}

// Shape gives the dimensions.
func (t *Tensor) Shape() []int { return append([]int(nil), t.dims[:t.rank]...) }

// Rank is the number of dimensions.
func (t *Tensor) Rank() int { return t.rank }

// Dim is the size of dimension i, counted from the last when i is negative; 0
// when there is no such dimension.
func (t *Tensor) Dim(i int) int {
	if i < 0 {
		i += t.rank
	}
	if i < 0 || i >= t.rank {
		return 0
	}
	return t.dims[i]
}

// Len is the number of elements.
func (t *Tensor) Len() int { return len(t.Data) }

// At gives the element at an index, one number a dimension. It panics, as a
// slice does, when the index is out of range.
func (t *Tensor) At(index ...int) float32 { return t.Data[t.offset(index)] }

// Set changes the element at an index. It panics, as a slice does, when the
// index is out of range.
func (t *Tensor) Set(value float32, index ...int) { t.Data[t.offset(index)] = value }

func (t *Tensor) offset(index []int) int {
	if len(index) != t.rank {
		panic(fmt.Sprintf("nn: index %s into a tensor of shape %s", shapeText(index), shapeText(t.dims[:t.rank])))
	}
	at := 0
	for i, x := range index {
		if x < 0 || x >= t.dims[i] {
			panic(fmt.Sprintf("nn: index %s out of range of shape %s", shapeText(index), shapeText(t.dims[:t.rank])))
		}
		at = at*t.dims[i] + x
	}
	return at
}

// Reshape gives a tensor of another shape that shares the data. It fails when
// the number of elements differs.
func (t *Tensor) Reshape(shape ...int) (*Tensor, error) { return FromSlice(t.Data, shape...) }

// Rows gives rows from … to−1 of the first dimension as a tensor that shares the
// data. It fails when there are no such rows.
func (t *Tensor) Rows(from, to int) (*Tensor, error) {
	if t.rank == 0 || from < 0 || to > t.dims[0] || from >= to {
		return nil, fmt.Errorf("nn: rows %d to %d of a tensor of shape %s", from, to, shapeText(t.Shape()))
	}
	width := len(t.Data) / t.dims[0]
	part := makeTensor(t.Data[from*width:to*width:to*width], t.dims[:t.rank])
	part.dims[0] = to - from
	return part, nil
}

// Clone gives a copy with data of its own, without gradient. Tensors that a tape
// made must be cloned to be kept beyond its Reset.
func (t *Tensor) Clone() *Tensor {
	return makeTensor(append([]float32(nil), t.Data...), t.dims[:t.rank])
}

// String says the shape and the first elements.
func (t *Tensor) String() string {
	const shown = 8
	var b strings.Builder
	fmt.Fprintf(&b, "Tensor%s [", shapeText(t.dims[:t.rank]))
	for i, x := range t.Data[:min(len(t.Data), shown)] {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.4g", x)
	}
	if len(t.Data) > shown {
		b.WriteString(" …")
	}
	b.WriteByte(']')
	return b.String()
}

// WantGradient makes Backward compute the gradient with respect to the tensor, as
// it does for the parameters of layers.
func (t *Tensor) WantGradient() { t.needs = true }

// sameShape says whether two tensors have equal shapes.
func sameShape(a, b *Tensor) bool { return a.rank == b.rank && a.dims == b.dims }

// gradient gives the buffer for the tensor's gradient and whether it holds part
// of it already, to which more must be added.
func (t *Tensor) gradient() (grad []float32, add bool) {
	if len(t.Grad) != len(t.Data) {
		t.Grad = make([]float32, len(t.Data))
	}
	add = t.graded
	t.graded = true
	return t.Grad, add
}
