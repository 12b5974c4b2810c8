package vec

import "math"

// AdamStep holds what a step of Adam has in common for all parameters.
type AdamStep struct {
	Rate       float32 // learning rate over 1 − β₁^t
	Beta1      float32 // decay of the mean gradient
	Beta2      float32 // decay of the mean squared gradient
	Epsilon    float32 // keeps the divisor above zero
	Correction float32 // 1/√(1 − β₂^t)
	Decay      float32 // factor on the weights first: 1 − rate·weight decay (AdamW)
}

// Adam moves the weights w against their gradient g, with the running means u of
// the gradient and v of its square: u = g + β₁(u − g), v = g² + β₂(v − g²),
// w = decay·w − rate·u/(correction·√v + ε). All three become zero where they would
// be subnormal: a weight that decays and gets no gradient ends there, and a
// product with such weights takes ten times as long.
func (k *Kernels) Adam(w, g, u, v []float32, s AdamStep) {
	n := k.whole(len(w))
	if n > 0 {
		k.adam(&w[0], &g[0], &u[0], &v[0], n, s.Rate, s.Beta1, s.Beta2, s.Epsilon, s.Correction, s.Decay)
	}
	for i := n * k.lanes; i < len(w); i++ {
		u[i] = g[i] + s.Beta1*(u[i]-g[i])
		v[i] = g[i]*g[i] + s.Beta2*(v[i]-g[i]*g[i])
		u[i], v[i] = flushed(u[i]), flushed(v[i])
		w[i] = flushed(s.Decay*w[i] - s.Rate*(u[i]/(s.Correction*float32(math.Sqrt(float64(v[i])))+s.Epsilon)))
	}
}

// flushed is zero for a subnormal x, else x.
func flushed(x float32) float32 {
	if math.Abs(float64(x)) < 0x1p-126 {
		return 0
	}
	return x
}
