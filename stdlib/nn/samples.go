package nn

import (
	"fmt"
	"math/rand/v2"
)

// Samples is a set of samples that training reads: tensors in memory, or a
// dataset on disk.
type Samples interface {
	// Len is the number of samples.
	Len() int
	// Shape is the shape of one sample's input and of its target.
	Shape() (input, target []int)
	// Read copies the samples at the given places into inputs and targets, one
	// after the other.
	Read(places []int, inputs, targets []float32) error
}

// Orderer is implemented by Samples that are fast to read in some orders only: a
// dataset on disk shuffles its parts, and the samples within them.
type Orderer interface {
	// Order gives every place once, in an order drawn from rng.
	Order(rng *rand.Rand) []int
}

// Split is the three parts of a dataset.
type Split struct {
	Train      Samples // what the weights are fitted to
	Validation Samples // what says when to stop
	Test       Samples // what is looked at once, at the end; may be nil
}

// tensorSamples are samples in memory.
type tensorSamples struct{ inputs, targets *Tensor }

// NewSamples makes a set of the rows of two tensors; with nil targets the inputs
// are their own, as for an autoencoder. It fails when the numbers of rows differ.
func NewSamples(inputs, targets *Tensor) (Samples, error) {
	if targets == nil {
		targets = inputs
	}
	if inputs == nil || inputs.Rank() < 2 || targets.Rank() < 2 || inputs.Dim(0) != targets.Dim(0) {
		return nil, fmt.Errorf("nn: samples need inputs and targets of the same number of rows")
	}
	return tensorSamples{inputs, targets}, nil
}

func (s tensorSamples) Len() int { return s.inputs.Dim(0) }

func (s tensorSamples) Shape() (input, target []int) {
	return s.inputs.Shape()[1:], s.targets.Shape()[1:]
}

func (s tensorSamples) Read(places []int, inputs, targets []float32) error {
	in, out := s.inputs.Len()/s.Len(), s.targets.Len()/s.Len()
	for i, p := range places {
		if p < 0 || p >= s.Len() {
			return fmt.Errorf("nn: sample %d of %d", p, s.Len())
		}
		copy(inputs[i*in:][:in], s.inputs.Data[p*in:])
		copy(targets[i*out:][:out], s.targets.Data[p*out:])
	}
	return nil
}

// SplitSamples parts samples at random into training, validation and test sets
// whose sizes are as the given shares: SplitSamples(s, 8, 1, 1, seed). It fails
// when a share is negative or the training or validation set would be empty.
func SplitSamples(s Samples, train, validation, test int, seed uint64) (Split, error) {
	sum := train + validation + test
	if train <= 0 || validation <= 0 || test < 0 {
		return Split{}, fmt.Errorf("nn: shares %d : %d : %d; want training and validation above 0", train, validation, test)
	}
	n := s.Len()
	first, second := n*train/sum, n*(train+validation)/sum
	if first == 0 || second == first {
		return Split{}, fmt.Errorf("nn: %d samples are too few for shares %d : %d : %d", n, train, validation, test)
	}
	places := rand.New(rand.NewPCG(seed, 0x5b117)).Perm(n)
	split := Split{Train: subset{s, places[:first]}, Validation: subset{s, places[first:second]}}
	if second < n {
		split.Test = subset{s, places[second:]}
	}
	return split, nil
}

// subset is some of the samples of another set.
type subset struct {
	Samples
	places []int
}

func (s subset) Len() int { return len(s.places) }

func (s subset) Read(places []int, inputs, targets []float32) error {
	mapped := make([]int, len(places))
	for i, p := range places {
		if p < 0 || p >= len(s.places) {
			return fmt.Errorf("nn: sample %d of %d", p, len(s.places))
		}
		mapped[i] = s.places[p]
	}
	return s.Samples.Read(mapped, inputs, targets)
}

// order gives the order of an epoch.
func order(s Samples, rng *rand.Rand) []int {
	if o, ok := s.(Orderer); ok {
		return o.Order(rng)
	}
	return rng.Perm(s.Len())
}
