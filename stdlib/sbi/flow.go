package sbi

import (
	"math"
	"math/rand/v2"
	"strconv"

	"hillock/stdlib/nn"
)

// Density is a kind of conditional density estimator: MAF, NSF, CouplingFlow or
// MDN, with its sizes.
type Density interface {
	// build makes an estimator of dim dimensions given context values.
	build(dim, context int, rng *rand.Rand) (flow, error)
}

// flow is a conditional density q(u | c) of standardised parameters u.
type flow interface {
	// logProb is log q, of shape (rows), for u of shape (rows, dim) and context of
	// shape (contexts, width): row r of u goes with row r mod contexts of it.
	logProb(t *nn.Tape, u, context *nn.Tensor) *nn.Tensor
	// sampler gives an object that draws; it sees the weights as they are now.
	sampler() sampler
	// Parameters are the weights.
	Parameters() []nn.Parameter
}

// sampler draws from a flow. It belongs to one goroutine.
type sampler interface {
	// sample fills u, of shape (rows, dim), with draws for one context. Their noise is
	// standard normal times a factor, which is 1 for draws of the flow; squares, of
	// shape (rows) or nil, takes the squared length of each draw's noise.
	sample(u []float32, context []float32, rng *rand.Rand, factor float32, squares []float32)
}

// transform is an invertible map between parameters and noise.
type transform interface {
	// forward takes u towards noise; logDet, of shape (rows), is the logarithm of
	// the map's volume factor, nil when it is 1.
	forward(t *nn.Tape, u, context *nn.Tensor) (z, logDet *nn.Tensor)
	// inverter gives an object that takes noise back.
	inverter() inverter
	Parameters() []nn.Parameter
}

// inverter takes noise back to parameters, in place, for draws of one context; z
// has shape (dim, draws).
type inverter interface {
	invert(z []float32, draws int, context []float32)
}

// chain is a normalising flow: transforms one after another, then standard
// normal noise.
type chain struct {
	dim        int
	transforms []transform
}

func place(i int) string { return "transform" + strconv.Itoa(i) }

func (c *chain) logProb(t *nn.Tape, u, context *nn.Tensor) *nn.Tensor {
	var sum *nn.Tensor
	for i, tr := range c.transforms {
		t.Enter(place(i))
		z, logDet := tr.forward(t, u, context)
		t.Leave()
		u = z
		switch {
		case logDet == nil:
		case sum == nil:
			sum = logDet
		default:
			sum = t.Add(sum, logDet)
		}
	}
	noise := t.Affine(t.SumRows(t.Mul(u, u)), -0.5, -float32(c.dim)*float32(math.Log(2*math.Pi)/2))
	if sum == nil {
		return noise
	}
	return t.Add(noise, sum)
}

// Parameters are those of all transforms.
func (c *chain) Parameters() []nn.Parameter {
	var all []nn.Parameter
	for i, tr := range c.transforms {
		all = append(all, named(place(i), tr)...)
	}
	return all
}

func (c *chain) sampler() sampler {
	s := &chainSampler{dim: c.dim}
	for i := len(c.transforms) - 1; i >= 0; i-- {
		s.steps = append(s.steps, c.transforms[i].inverter())
	}
	return s
}

type chainSampler struct {
	dim   int
	steps []inverter
	noise []float32
	z     []float32
}

const (
	noiseDraws = 480 // draws whose noise is drawn together, dimension by dimension
	blockDraws = 160 // draws whose hidden units stay in the cache; it divides noiseDraws
)

func (s *chainSampler) sample(u []float32, context []float32, rng *rand.Rand, factor float32, squares []float32) {
	for len(u) > 0 {
		n := min(noiseDraws*s.dim, len(u))
		s.noise = resize(s.noise, n)
		for i := range s.noise {
			s.noise[i] = factor * float32(rng.NormFloat64())
		}
		draws := n / s.dim
		if squares != nil {
			s.square(squares[:draws])
			squares = squares[draws:]
		}
		for at := 0; at < draws; at += blockDraws {
			end := min(at+blockDraws, draws)
			s.block(u[at*s.dim:end*s.dim], s.noise[at:], draws, context)
		}
		u = u[n:]
	}
}

// square gives the squared length of each draw's noise.
func (s *chainSampler) square(squares []float32) {
	clear(squares)
	for d := range s.dim {
		for i, z := range s.noise[d*len(squares):][:len(squares)] {
			squares[i] += z * z
		}
	}
}

// block takes noise, whose dimensions lie stride apart, back to parameters.
func (s *chainSampler) block(u, noise []float32, stride int, context []float32) {
	draws := len(u) / s.dim
	s.z = resize(s.z, len(u))
	for d := range s.dim {
		copy(s.z[d*draws:][:draws], noise[d*stride:])
	}
	for _, step := range s.steps {
		step.invert(s.z, draws, context)
	}
	for d := range s.dim {
		for i, v := range s.z[d*draws:][:draws] {
			u[i*s.dim+d] = v
		}
	}
}

// permutation reorders the dimensions. The order is kept as a tensor, so that it
// is saved and copied with the weights.
type permutation struct{ order *nn.Tensor }

func randomPermutation(dim int, rng *rand.Rand) (*permutation, error) {
	order, err := nn.NewTensor(dim)
	if err != nil {
		return nil, err
	}
	for i, from := range rng.Perm(dim) {
		order.Data[i] = float32(from)
	}
	return &permutation{order}, nil
}

func (p *permutation) places() []int {
	places := make([]int, p.order.Len())
	for i, from := range p.order.Data {
		places[i] = int(from)
	}
	return places
}

func (p *permutation) forward(t *nn.Tape, u, _ *nn.Tensor) (z, logDet *nn.Tensor) {
	return t.Permute(u, p.places()), nil
}

func (p *permutation) inverter() inverter { return &turnedBack{places: p.places()} }

// Parameters hold the order.
func (p *permutation) Parameters() []nn.Parameter {
	return []nn.Parameter{{Name: "order", Tensor: p.order, Buffer: true}}
}

// turnedBack is the inverse of a permutation.
type turnedBack struct {
	places []int
	old    []float32
}

func (p *turnedBack) invert(z []float32, draws int, _ []float32) {
	p.old = append(p.old[:0], z...)
	for i, from := range p.places {
		copy(z[from*draws:][:draws], p.old[i*draws:])
	}
}
