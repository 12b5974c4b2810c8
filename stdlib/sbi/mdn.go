package sbi

import (
	"math"
	"math/rand/v2"

	"hillock/stdlib/nn"
)

// MDN is a mixture density network (Bishop 1994): a mixture of normal
// distributions with full covariance whose parameters a network computes from the
// context. Quick to train, and enough for posteriors of few bumps.
type MDN struct {
	Components int // 0 means 10
	Hidden     int // units a hidden layer; 0 means 50
	Layers     int // hidden layers; 0 means 3
}

func (o MDN) build(dim, context int, rng *rand.Rand) (flow, error) {
	err := sizes("MDN", size{&o.Components, 10, "components"}, size{&o.Hidden, 50, "hidden units"}, size{&o.Layers, 3, "layers"})
	if err != nil {
		return nil, err
	}
	m := &mixture{dim: dim, components: o.Components}
	m.net = newDense(0, context, o.Hidden, o.Layers, o.Components*m.width(), rng)
	// Components start apart from one another.
	last := m.net.layers[len(m.net.layers)-1].Bias.Data
	for k := range o.Components {
		for i := range dim {
			last[k*m.width()+1+i] = float32(rng.NormFloat64())
		}
	}
	return m, nil
}

// mixture is Σ w·N(u; μ, Σ), with Σ⁻¹ = AᵀA for an upper triangular A. The network
// gives for each component: the logit of w, μ, the logarithms of A's diagonal, and
// the rest of A row by row.
type mixture struct {
	dim, components int
	net             *dense
}

func (m *mixture) width() int { return 1 + 2*m.dim + m.dim*(m.dim-1)/2 }

func (m *mixture) logProb(t *nn.Tape, u, context *nn.Tensor) *nn.Tensor {
	return t.Custom(&mixtureOp{mixture: m}, u, m.net.forward(t, context, nil, context))
}

// Parameters are those of the network.
func (m *mixture) Parameters() []nn.Parameter { return named("net", m.net) }

func (m *mixture) sampler() sampler { return &mixtureSampler{m, newDenseWalker(m.net)} }

type mixtureSampler struct {
	*mixture
	walker *denseWalker
}

func (s *mixtureSampler) sample(u []float32, context []float32, rng *rand.Rand, factor float32, squares []float32) {
	params := append([]float32(nil), s.walker.run(nil, 1, context)...)
	weights := make([]float64, s.components)
	total := 0.0
	for k := range weights {
		weights[k] = math.Exp(float64(params[k*s.width()] - params[0]))
		total += weights[k]
	}
	for at := 0; at < len(u); at += s.dim {
		k, left := 0, rng.Float64()*total
		for k < s.components-1 && left >= weights[k] {
			left -= weights[k]
			k++
		}
		c := s.component(params[k*s.width():])
		// Solve A·(u − μ) = noise from the last row up.
		row, square := u[at:at+s.dim], 0.0
		for i := s.dim - 1; i >= 0; i-- {
			v := float64(factor) * rng.NormFloat64()
			square += v * v
			for j := i + 1; j < s.dim; j++ {
				v -= float64(c.rest[c.place(i, j)]) * float64(row[j]-c.mean[j])
			}
			row[i] = c.mean[i] + float32(v/math.Exp(float64(c.logDiagonal[i])))
		}
		if squares != nil {
			squares[at/s.dim] = float32(square)
		}
	}
}

// component is the part of the parameters that describes one normal distribution.
type component struct {
	logit             float32
	mean, logDiagonal []float32
	rest              []float32
}

func (m *mixture) component(params []float32) component {
	d := m.dim
	return component{params[0], params[1 : 1+d], params[1+d : 1+2*d], params[1+2*d : m.width()]}
}

// place is where element (i, j) of A lies in rest, for i < j.
func (c component) place(i, j int) int { return i*len(c.mean) - i*(i+1)/2 + j - i - 1 }

// mixtureOp is log Σ w·N(u) for rows of u, of which there may be several to a row
// of parameters.
type mixtureOp struct {
	*mixture
	logs []float64 // log of w·N, components a row
}

func (*mixtureOp) Name() string { return "mixture" }

func (o *mixtureOp) Shape(in []*nn.Tensor) ([]int, error) {
	u, params := in[0], in[1]
	if u.Rank() != 2 || u.Dim(1) != o.dim || params.Dim(1) != o.components*o.width() || u.Dim(0)%params.Dim(0) != 0 {
		return nil, nn.ShapeError(u, "rows for the parameters")
	}
	return []int{u.Dim(0)}, nil
}

// noise gives A·(u − μ).
func (c component) noise(u []float32, into []float64) {
	for i := range into {
		v := math.Exp(float64(c.logDiagonal[i])) * float64(u[i]-c.mean[i])
		for j := i + 1; j < len(u); j++ {
			v += float64(c.rest[c.place(i, j)]) * float64(u[j]-c.mean[j])
		}
		into[i] = v
	}
}

func (o *mixtureOp) Forward(out []float32, in []*nn.Tensor) {
	u, params := in[0].Data, in[1].Data
	contexts := in[1].Dim(0)
	o.logs = make([]float64, len(out)*o.components)
	noise := make([]float64, o.dim)
	for r := range out {
		row, logs := u[r*o.dim:][:o.dim], o.logs[r*o.components:][:o.components]
		weights := 0.0
		for k := range logs {
			c := o.component(params[(r%contexts*o.components+k)*o.width():])
			c.noise(row, noise)
			log := float64(c.logit) - float64(o.dim)*math.Log(2*math.Pi)/2
			for i, e := range noise {
				log += float64(c.logDiagonal[i]) - e*e/2
			}
			logs[k] = log
			weights = logAdd(weights, float64(c.logit), k == 0)
		}
		sum := 0.0
		for k, l := range logs {
			sum = logAdd(sum, l, k == 0)
		}
		out[r] = float32(sum - weights)
		for k := range logs {
			logs[k] -= sum // log of the component's share
		}
	}
}

// logAdd is log(e^a + e^b), or b when it is the first.
func logAdd(a, b float64, first bool) float64 {
	if first {
		return b
	}
	return math.Max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

func (o *mixtureOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	u, params := in[0].Data, in[1].Data
	contexts := in[1].Dim(0)
	noise, back := make([]float64, o.dim), make([]float64, o.dim)
	for r, g := range outGrad {
		row := u[r*o.dim:][:o.dim]
		weights := 0.0
		for k := range o.components {
			weights = logAdd(weights, float64(params[(r%contexts*o.components+k)*o.width()]), k == 0)
		}
		for k := range o.components {
			at := (r%contexts*o.components + k) * o.width()
			c := o.component(params[at:])
			share := math.Exp(o.logs[r*o.components+k])
			gk := float64(g) * share
			c.noise(row, noise)
			// back is Aᵀ·noise, minus the gradient with respect to u.
			for j := range back {
				back[j] = math.Exp(float64(c.logDiagonal[j])) * noise[j]
				for i := range j {
					back[j] += float64(c.rest[c.place(i, j)]) * noise[i]
				}
				if grads[0] != nil {
					grads[0][r*o.dim+j] -= float32(gk * back[j])
				}
			}
			if grads[1] == nil {
				continue
			}
			to := o.component(grads[1][at:])
			grads[1][at] += float32(float64(g) * (share - math.Exp(float64(c.logit)-weights)))
			for i := range back {
				to.mean[i] += float32(gk * back[i])
				diagonal := math.Exp(float64(c.logDiagonal[i])) * float64(row[i]-c.mean[i])
				to.logDiagonal[i] += float32(gk * (1 - noise[i]*diagonal))
				for j := i + 1; j < o.dim; j++ {
					to.rest[c.place(i, j)] -= float32(gk * noise[i] * float64(row[j]-c.mean[j]))
				}
			}
		}
	}
}
