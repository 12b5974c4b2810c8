package nn

import (
	"fmt"
	"math/rand/v2"
)

// MaskedLinear is a fully connected layer of which the mask leaves some weights,
// y = x·(W∘M)ᵀ + b: what a masked autoregressive network is made of (Germain et
// al. 2015, https://arxiv.org/abs/1502.03509).
type MaskedLinear struct {
	Weight *Tensor // (out, in)
	Bias   *Tensor // (out), or nil
	Mask   *Tensor // (out, in), 1 where an output may see an input, else 0
}

// NewMaskedLinear makes a layer from in to out features, drawn uniformly from
// ±1/√in. sees says whether an output may see an input; nil lets every output see
// all.
func NewMaskedLinear(in, out int, sees func(out, in int) bool, rng *rand.Rand) *MaskedLinear {
	l := &MaskedLinear{Weight: uniform(newParameter(out, in), in, rng), Bias: uniform(newParameter(out), in, rng), Mask: makeTensor(make([]float32, out*in), []int{out, in})}
	for i := range l.Mask.Data {
		if sees == nil || sees(i/in, i%in) {
			l.Mask.Data[i] = 1
		}
	}
	return l
}

// Forward takes (…, in) to (…, out).
func (l *MaskedLinear) Forward(t *Tape, x *Tensor) *Tensor {
	return t.Linear(x, t.Mul(l.Weight, l.Mask), l.Bias)
}

// Parameters are weight and, if there is one, bias, and the mask as a buffer.
func (l *MaskedLinear) Parameters() []Parameter {
	return append(weightAndBias(l.Weight, l.Bias), Parameter{Name: "mask", Tensor: l.Mask, Buffer: true})
}

// Describe says the sizes.
func (l *MaskedLinear) Describe() string {
	kept := 0
	for _, v := range l.Mask.Data {
		if v != 0 {
			kept++
		}
	}
	return fmt.Sprintf("MaskedLinear(%d, %d, %d of %d weights)", l.Weight.Dim(1), l.Weight.Dim(0), kept, l.Mask.Len())
}
