package nn

import (
	"errors"
	"fmt"
	"math"
)

// Haar gives the approximation coefficients of the Haar wavelet transform of
// traces of shape (traces, points) after some levels, of shape (traces,
// points/2^levels): each is the sum of a block of 2^levels points divided by
// √2^levels. The thesis embeds traces with 4 levels. It fails when 2^levels does
// not divide the points.
func Haar(x *Tensor, levels int) (*Tensor, error) {
	if err := haarFits(x, levels); err != nil {
		return nil, fmt.Errorf("nn: haar: %w", err)
	}
	y := makeTensor(make([]float32, x.Len()>>levels), []int{x.Dim(0), x.Dim(1) >> levels})
	haar(y.Data, x.Data, levels)
	return y, nil
}

func haarFits(x *Tensor, levels int) error {
	if x == nil || x.Rank() != 2 {
		return errors.New("want traces of shape (traces, points)")
	}
	if levels < 0 || levels > 30 || x.Dim(1)%(1<<levels) != 0 {
		return fmt.Errorf("%d levels need points divisible by 2^levels; there are %d", levels, x.Dim(1))
	}
	return nil
}

// haar sums the blocks of 2^levels elements of x into y.
func haar(y, x []float32, levels int) {
	scale := math.Pow(2, -float64(levels)/2)
	for i := range y {
		sum := 0.0
		for _, v := range x[i<<levels:][:1<<levels] {
			sum += float64(v)
		}
		y[i] = float32(scale * sum)
	}
}

// HaarEmbedding is the transform as a module without parameters, for traces of
// shape (batch, points).
func HaarEmbedding(levels int) *Function {
	return &Function{fmt.Sprintf("Haar(%d levels)", levels), func(t *Tape, x *Tensor) *Tensor {
		n := t.begin("haar", haarBackward, x)
		if n == nil {
			return t.void
		}
		if err := haarFits(x, levels); err != nil {
			return t.fail(n, "%v", err)
		}
		n.i[0] = levels
		out := t.result(n, x.Dim(0), x.Dim(1)>>levels)
		haar(out.Data, x.Data, levels)
		return out
	}}
}

func haarBackward(t *Tape, n *node) {
	block := 1 << n.i[0]
	scale := float32(math.Pow(2, -float64(n.i[0])/2))
	part := n.buffer(0, n.in[0].Len())
	for i := range part {
		part[i] = scale * n.out.Grad[i/block]
	}
	t.accumulate(n.in[0], part)
}
