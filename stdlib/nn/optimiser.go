package nn

import "fmt"

// Optimiser moves the parameters of a module against their gradients. Adam and SGD
// are optimisers.
type Optimiser interface {
	// Step moves the parameters by the gradients of the last Backward.
	Step()
	// SetRate sets the learning rate of the steps to come.
	SetRate(rate float64)
	// State gives what is remembered from step to step, which a checkpoint saves
	// and writes back in place: the number of steps, and named tensors.
	State() (steps *int, tensors []Parameter)
	// Describe says what it is, without the learning rate.
	Describe() string
}

// SetRate sets the learning rate of the steps to come.
func (a *Adam) SetRate(rate float64) { a.LR = rate }

// State gives the number of steps and the moments of the gradients.
func (a *Adam) State() (steps *int, tensors []Parameter) {
	for i, p := range a.parameters {
		tensors = append(tensors,
			Parameter{Name: fmt.Sprintf("mean.%d", i), Tensor: makeTensor(a.mean[i], p.dims[:p.rank])},
			Parameter{Name: fmt.Sprintf("square.%d", i), Tensor: makeTensor(a.square[i], p.dims[:p.rank])})
	}
	return &a.steps, tensors
}

// Describe says the decays.
func (a *Adam) Describe() string {
	o := a.options
	return fmt.Sprintf("Adam(%g, %g, epsilon %g, weight decay %g)", o.Beta1, o.Beta2, o.Epsilon, o.WeightDecay)
}
