package vec

import (
	"math"

	"hillock/internal/simd"
)

// table holds the vector instructions' kernels; n counts whole vectors, in the
// reductions groups of four.
type table struct {
	lanes int

	add, mul, reluGrad, tanhGrad, sigmoidGrad, maxPairsGrad func(dst, a, b *float32, n int)
	maxPairs, repeatPairs, addPairs, exp, sigmoid, tanh     func(dst, a *float32, n int)

	scaleShift func(dst, a *float32, n int, p, q float32)
	shiftReLU  func(dst, a *float32, n int, q float32)
	axpy       func(dst, a, b *float32, n int, p float32)
	combine    func(dst, a, b *float32, n int, p, q, r float32)
	sum        func(dst, a *float32, n int)
	dot        func(dst, a, b *float32, n int)
	squares    func(dst, a *float32, n int, q float32)
	adam       func(w, g, u, v *float32, n int, rate, beta1, beta2, epsilon, correction, decay float32)
}

// Kernels are the kernels of one level of instructions. Slices given to a call
// must be as long as dst, or twice as long where pairs are taken; dst may be one
// of the sources except where pairs are taken. Kernels must not be used by two
// goroutines at once.
type Kernels struct {
	table
	partial [16]float32 // of a reduction
	rest    [16]float32 // the elements that fill no whole vector
}

// New gives the kernels of a level, or plain Go where this machine lacks it.
func New(level simd.Level) *Kernels {
	t, _ := vectorTable(level)
	return &Kernels{table: t}
}

// whole is the number of whole vectors in n elements.
func (k *Kernels) whole(n int) int {
	if k.lanes == 0 {
		return 0
	}
	return n / k.lanes
}

// whole1 runs a costly kernel on all elements; those that fill no whole vector
// go through one of their own, so that an element's value does not depend on its
// place.
func (k *Kernels) whole1(dst, a []float32, run func(dst, a *float32, n int)) {
	n := len(dst) / k.lanes
	if n > 0 {
		_ = a[len(dst)-1]
		run(&dst[0], &a[0], n)
	}
	if at := n * k.lanes; at < len(dst) {
		copy(k.rest[:], a[at:len(dst)])
		run(&k.rest[0], &k.rest[0], 1)
		copy(dst[at:], k.rest[:])
	}
}

// Add sets dst = a + b.
func (k *Kernels) Add(dst, a, b []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.add(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = a[i] + b[i]
	}
}

// Mul sets dst = a · b.
func (k *Kernels) Mul(dst, a, b []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.mul(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = a[i] * b[i]
	}
}

// Axpy sets dst = a + p·b.
func (k *Kernels) Axpy(dst, a, b []float32, p float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.axpy(&dst[0], &a[0], &b[0], n, p)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = a[i] + p*b[i]
	}
}

// ScaleShift sets dst = p·a + q.
func (k *Kernels) ScaleShift(dst, a []float32, p, q float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_ = a[len(dst)-1]
		k.scaleShift(&dst[0], &a[0], n, p, q)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = p*a[i] + q
	}
}

// Combine sets dst = p·a + q·b + r.
func (k *Kernels) Combine(dst, a, b []float32, p, q, r float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.combine(&dst[0], &a[0], &b[0], n, p, q, r)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = p*a[i] + q*b[i] + r
	}
}

// ShiftReLU sets dst = max(a + q, 0); NaN stays NaN.
func (k *Kernels) ShiftReLU(dst, a []float32, q float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_ = a[len(dst)-1]
		k.shiftReLU(&dst[0], &a[0], n, q)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = max(a[i]+q, 0)
	}
}

// ReLUGrad sets dst = b where a > 0 and 0 elsewhere.
func (k *Kernels) ReLUGrad(dst, a, b []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.reluGrad(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		if a[i] > 0 {
			dst[i] = b[i]
		} else {
			dst[i] = 0
		}
	}
}

// TanhGrad sets dst = b·(1 − a²), for a = tanh x.
func (k *Kernels) TanhGrad(dst, a, b []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.tanhGrad(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = b[i] * (1 - a[i]*a[i])
	}
}

// SigmoidGrad sets dst = b·a·(1 − a), for a = 1/(1 + e^−x).
func (k *Kernels) SigmoidGrad(dst, a, b []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		_, _ = a[len(dst)-1], b[len(dst)-1]
		k.sigmoidGrad(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = b[i] * (a[i] - a[i]*a[i])
	}
}

// Exp sets dst = e^a, to 2·10⁻⁷ of its value.
func (k *Kernels) Exp(dst, a []float32) {
	if k.lanes > 0 {
		k.whole1(dst, a, k.exp)
		return
	}
	for i := range dst {
		dst[i] = float32(math.Exp(float64(a[i])))
	}
}

// Sigmoid sets dst = 1/(1 + e^−a).
func (k *Kernels) Sigmoid(dst, a []float32) {
	if k.lanes > 0 {
		k.whole1(dst, a, k.sigmoid)
		return
	}
	for i := range dst {
		dst[i] = float32(1 / (1 + math.Exp(-float64(a[i]))))
	}
}

// Tanh sets dst = tanh a.
func (k *Kernels) Tanh(dst, a []float32) {
	if k.lanes > 0 {
		k.whole1(dst, a, k.tanh)
		return
	}
	for i := range dst {
		dst[i] = float32(math.Tanh(float64(a[i])))
	}
}

// MaxPairs sets dst[i] to the larger of a[2i] and a[2i+1].
func (k *Kernels) MaxPairs(dst, a []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		k.maxPairs(&dst[0], &a[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = max(a[2*i], a[2*i+1])
	}
}

// MaxPairsGrad sets, for every pair of a, the place of its larger member in dst
// to b[i] and the other to 0; of equal members the first gets it. b is half as
// long as dst and a.
func (k *Kernels) MaxPairsGrad(dst, a, b []float32) {
	n := k.whole(len(b))
	if n > 0 {
		k.maxPairsGrad(&dst[0], &a[0], &b[0], n)
	}
	for i := n * k.lanes; i < len(b); i++ {
		if a[2*i+1] <= a[2*i] {
			dst[2*i], dst[2*i+1] = b[i], 0
		} else {
			dst[2*i], dst[2*i+1] = 0, b[i]
		}
	}
}

// RepeatPairs sets dst[2i] and dst[2i+1] to a[i].
func (k *Kernels) RepeatPairs(dst, a []float32) {
	n := k.whole(len(a))
	if n > 0 {
		k.repeatPairs(&dst[0], &a[0], n)
	}
	for i := n * k.lanes; i < len(a); i++ {
		dst[2*i], dst[2*i+1] = a[i], a[i]
	}
}

// AddPairs sets dst[i] = a[2i] + a[2i+1].
func (k *Kernels) AddPairs(dst, a []float32) {
	n := k.whole(len(dst))
	if n > 0 {
		k.addPairs(&dst[0], &a[0], n)
	}
	for i := n * k.lanes; i < len(dst); i++ {
		dst[i] = a[2*i] + a[2*i+1]
	}
}
