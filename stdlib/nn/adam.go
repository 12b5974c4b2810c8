package nn

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"hillock/internal/simd"
	"hillock/internal/vec"
)

// AdamOptions are the options of Adam. The zero value is the usual one, with a
// learning rate of 1e-3.
type AdamOptions struct {
	LR          float64 // learning rate; 0 means 1e-3
	Beta1       float64 // decay of the mean gradient; 0 means 0.9
	Beta2       float64 // decay of the mean squared gradient; 0 means 0.999
	Epsilon     float64 // keeps the divisor above zero; 0 means 1e-8
	WeightDecay float64 // of AdamW: share of the weights taken off, times LR, each step
}

// Adam is the optimiser of Kingma and Ba 2015 (https://arxiv.org/abs/1412.6980),
// with the decoupled weight decay of AdamW (https://arxiv.org/abs/1711.05101).
type Adam struct {
	// LR is the learning rate of the next step; a schedule may change it.
	LR float64

	options    AdamOptions
	parameters []*Tensor
	mean       [][]float32
	square     [][]float32
	steps      int
	kernels    []*vec.Kernels // one a core

	// What the cores share while they move a large parameter.
	helpers []func() // one for every core but the first
	wait    sync.WaitGroup
	current int // number of the parameter
	step    vec.AdamStep
}

// NewAdam makes an optimiser of a module's parameters.
func NewAdam(m Module, o AdamOptions) (*Adam, error) {
	defaults := []struct {
		value *float64
		usual float64
	}{{&o.LR, 1e-3}, {&o.Beta1, 0.9}, {&o.Beta2, 0.999}, {&o.Epsilon, 1e-8}}
	for _, d := range defaults {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	switch {
	case !(o.LR > 0):
		return nil, fmt.Errorf("nn: learning rate %g; want above 0", o.LR)
	case !(o.Beta1 > 0 && o.Beta1 < 1 && o.Beta2 > 0 && o.Beta2 < 1):
		return nil, fmt.Errorf("nn: Beta1 %g and Beta2 %g; want between 0 and 1", o.Beta1, o.Beta2)
	case !(o.WeightDecay >= 0):
		return nil, fmt.Errorf("nn: weight decay %g; want 0 or more", o.WeightDecay)
	}
	a := &Adam{LR: o.LR, options: o}
	for range runtime.GOMAXPROCS(0) {
		a.kernels = append(a.kernels, vec.New(simd.Best()))
	}
	for _, p := range m.Parameters() {
		if !p.Buffer {
			a.parameters = append(a.parameters, p.Tensor)
			a.mean = append(a.mean, make([]float32, p.Tensor.Len()))
			a.square = append(a.square, make([]float32, p.Tensor.Len()))
		}
	}
	return a, nil
}

// Step moves the parameters against the gradients of the last Backward.
// Parameters that had no part in it stay.
func (a *Adam) Step() {
	a.steps++
	o := a.options
	step := vec.AdamStep{
		Rate:  float32(a.LR / (1 - math.Pow(o.Beta1, float64(a.steps)))),
		Beta1: float32(o.Beta1), Beta2: float32(o.Beta2), Epsilon: float32(o.Epsilon),
		Correction: float32(1 / math.Sqrt(1-math.Pow(o.Beta2, float64(a.steps)))),
		Decay:      float32(1 - a.LR*o.WeightDecay),
	}
	for i, p := range a.parameters {
		if !p.graded {
			continue
		}
		if len(p.Data) > large && len(a.kernels) > 1 {
			a.shared(i, step)
		} else {
			a.span(0, i, 0, len(p.Data), step)
		}
	}
}

// large is the size from which all cores share a parameter: memory, not
// arithmetic, is then what takes the time.
const large = 1 << 18

// shared moves parameter i on all cores. The helpers are kept, so that it
// allocates nothing.
func (a *Adam) shared(i int, step vec.AdamStep) {
	for me := len(a.helpers) + 1; me < len(a.kernels); me++ {
		a.helpers = append(a.helpers, func() {
			a.share(me)
			a.wait.Done()
		})
	}
	a.current, a.step = i, step
	a.wait.Add(len(a.helpers))
	for _, help := range a.helpers {
		go help()
	}
	a.share(0)
	a.wait.Wait()
}

// share moves the part of the current parameter that falls to core number me:
// whole vectors, so that it does not matter for an element where parts end.
func (a *Adam) share(me int) {
	const lanes = 16
	total := len(a.parameters[a.current].Data)
	size := (total/len(a.kernels)/lanes + 1) * lanes
	if lo := me * size; lo < total {
		a.span(me, a.current, lo, min(lo+size, total), a.step)
	}
}

// span moves elements lo … hi−1 of parameter i.
func (a *Adam) span(me, i, lo, hi int, step vec.AdamStep) {
	p := a.parameters[i]
	a.kernels[me].Adam(p.Data[lo:hi], p.Grad[lo:hi], a.mean[i][lo:hi], a.square[i][lo:hi], step)
}
