package nn

import (
	"fmt"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// SGDOptions are the options of SGD. The zero value is plain gradient descent with
// a learning rate of 1e-2.
type SGDOptions struct {
	LR          float64 // learning rate; 0 means 1e-2
	Momentum    float64 // share of the last step's direction that is kept; 0 means none
	Nesterov    bool    // looks ahead along the momentum (Sutskever et al. 2013)
	WeightDecay float64 // times the weights, is added to the gradient
}

// SGD is stochastic gradient descent with momentum, with PyTorch's definitions:
// v ← momentum·v + gradient, weights ← weights − LR·v.
type SGD struct {
	// LR is the learning rate of the next step; a schedule may change it.
	LR float64

	options    SGDOptions
	parameters []*Tensor
	velocity   [][]float32
	steps      int
	vec        *vec.Kernels
	scratch    []float32
}

// NewSGD makes an optimiser of a module's parameters. It fails when an option is
// out of its range.
func NewSGD(m Module, o SGDOptions) (*SGD, error) {
	if o.LR == 0 {
		o.LR = 1e-2
	}
	switch {
	case !(o.LR > 0):
		return nil, fmt.Errorf("nn: learning rate %g; want above 0", o.LR)
	case !(o.Momentum >= 0 && o.Momentum < 1):
		return nil, fmt.Errorf("nn: momentum %g; want 0 up to below 1", o.Momentum)
	case o.Nesterov && o.Momentum == 0:
		return nil, fmt.Errorf("nn: Nesterov's look ahead needs a momentum above 0")
	case !(o.WeightDecay >= 0):
		return nil, fmt.Errorf("nn: weight decay %g; want 0 or more", o.WeightDecay)
	}
	s := &SGD{LR: o.LR, options: o, vec: vec.New(simd.Best()), scratch: make([]float32, chunk)}
	for _, p := range m.Parameters() {
		if !p.Buffer {
			s.parameters = append(s.parameters, p.Tensor)
			s.velocity = append(s.velocity, make([]float32, p.Tensor.Len()))
		}
	}
	return s, nil
}

// Step moves the parameters against the gradients of the last Backward.
// Parameters that had no part in it stay.
func (s *SGD) Step() {
	s.steps++
	rate, momentum, decay := float32(s.LR), float32(s.options.Momentum), float32(s.options.WeightDecay)
	for i, p := range s.parameters {
		if !p.graded {
			continue
		}
		// All that is done to a piece is done while it is in the cache.
		for lo := 0; lo < len(p.Data); lo += chunk {
			hi := min(lo+chunk, len(p.Data))
			w, g, v, step := p.Data[lo:hi], p.Grad[lo:hi], s.velocity[i][lo:hi], s.scratch[:hi-lo]
			s.vec.Axpy(step, g, w, decay)
			s.vec.Axpy(v, step, v, momentum)
			if s.options.Nesterov {
				s.vec.Axpy(step, step, v, momentum)
				s.vec.Axpy(w, w, step, -rate)
			} else {
				s.vec.Axpy(w, w, v, -rate)
			}
		}
	}
}

// SetRate sets the learning rate of the steps to come.
func (s *SGD) SetRate(rate float64) { s.LR = rate }

// State gives the number of steps and the directions of the last one.
func (s *SGD) State() (steps *int, tensors []Parameter) {
	for i, p := range s.parameters {
		tensors = append(tensors, Parameter{Name: fmt.Sprintf("velocity.%d", i), Tensor: makeTensor(s.velocity[i], p.dims[:p.rank])})
	}
	return &s.steps, tensors
}

// Describe says the momentum.
func (s *SGD) Describe() string {
	return fmt.Sprintf("SGD(momentum %g, Nesterov %t, weight decay %g)", s.options.Momentum, s.options.Nesterov, s.options.WeightDecay)
}
